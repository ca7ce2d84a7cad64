// Any bytes, against simdjson and against ourselves: what is accepted, with which values, by every
// kernel; and whether a spliced record says what editing the parsed one would.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "codec/json_testing.h"

namespace messina::codec {
namespace {

void expect(bool holds, const char* what, std::string_view text) {
    if (holds) return;
    std::fprintf(stderr, "%s: %.*s\n", what, static_cast<int>(text.size()), text.data());
    std::abort();
}

const std::vector<Path>& edited_paths() {
    static const std::vector<Path> paths = {
        {"a"}, {"b", "c"}, {"b", "d", "e"}, {"é"}, {"new", "x"}};
    return paths;
}

void check_splice(std::string_view text) {
    const auto count = static_cast<uint32_t>(edited_paths().size());
    Projection projection = projection_of(edited_paths());
    projection.fields.push_back({{}, count, kNoSite});
    OutputPlan plan{.can_splice = true, .root_slot = count, .edits = {}, .terminator = "\n"};
    for (uint32_t i = 0; i < count; ++i) plan.edits.push_back({edited_paths()[i], i, i});
    const RootEditor editor(plan);

    for (const JsonKernel kernel : json_kernels()) {
        Batch batch;
        fill(batch, {text}, count + 1, count);
        make_json_decoder(kernel, projection, {})->decode(batch);
        const Result<Value> whole = parse_json(text, batch.arena);
        const bool must_decode = whole && whole->is(Kind::Map);
        expect(batch.live().size() == (must_decode ? 1U : 0U), "kernels accept otherwise", text);
        if (!must_decode) continue;
        Value* const slots = batch.slots(0);
        expect(is_identical(slots[count], *whole), "another whole", text);
        for (uint32_t i = 0; i < count; ++i)
            expect(is_identical(slots[i], navigate(*whole, edited_paths()[i])), "another field",
                   text);

        // The size of the text decides what is changed, so that the fuzzer can steer it.
        for (uint32_t i = 0; i < count; ++i)
            slots[i] = (text.size() >> i & 1) != 0 ? Value::string("changed") : Value();
        Buffer out;
        std::vector<size_t> ends;
        make_json_encoder(plan)->encode(batch, batch.live(), out, ends);
        const Result<Value> spliced = parse_json(out.view(), batch.arena);
        expect(spliced && is_identical(*spliced, editor.apply(batch, 0)), "bad splice", text);
        expect(out.view().find('\n') == out.size() - 1, "a line break inside a line", text);
    }
}

}  // namespace
}  // namespace messina::codec

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace messina::codec;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::string difference = difference_to_simdjson(text);
    expect(difference.empty(), difference.c_str(), text);
    check_splice(text);
    return 0;
}
