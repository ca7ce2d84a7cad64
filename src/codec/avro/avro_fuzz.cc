// A schema and data under it, then as a container file. Whatever can be read must be written again
// and read back the same; nothing may crash, hang or eat memory.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "codec/avro/container_reader.h"
#include "codec/avro/datum_reader.h"
#include "codec/avro/datum_writer.h"
#include "codec/avro/decoder.h"
#include "codec/avro/derive.h"

namespace {

using namespace messina;
using namespace messina::codec::avro;

class Memory final : public RandomAccess {
  public:
    explicit Memory(std::string_view bytes) : bytes_(bytes) {}
    Result<size_t> read_at(uint64_t offset, std::span<char> into) override {
        if (offset >= bytes_.size()) return 0;
        const size_t size = std::min<size_t>(into.size(), bytes_.size() - offset);
        std::copy_n(bytes_.data() + offset, size, into.data());
        return size;
    }

  private:
    std::string_view bytes_;
};

void require(bool condition) {
    if (!condition) std::abort();
}

void try_container(std::string_view data) {
    auto reader =
        ContainerReader::open(std::make_unique<Memory>(data),
                              {.block_bytes_max = 1 << 20, .limits = {.items_max = 10'000}});
    if (!reader) return;
    Batch batch;
    for (int i = 0; i < 50; ++i) {
        const auto got = (*reader)->read(batch, 100);
        if (!got || *got == 0) return;
        batch.reset();
    }
}

void try_datum(const SchemaRef& schema, const SchemaRef& reader, std::string_view data) {
    const ReadLimits limits{.depth_max = 40, .items_max = 10'000};
    Arena arena;
    if (reader != nullptr) {
        if (const auto resolved = Shapes::resolved(schema, reader); resolved)
            (void)read_datum(**resolved, data, arena, limits);
    }
    const ShapesRef shapes = *Shapes::plain(schema);
    const auto value = read_datum(*shapes, data, arena, limits);
    DatumReader skipper(limits);
    skipper.start(*shapes, arena, data);
    const bool can_skip = skipper.skip(shapes->root()) && skipper.is_at_end();
    if (!value) return;
    require(can_skip);
    Buffer out;
    DatumWriter writer(WriteOptions{});
    // A value may be ambiguous (a map where a record fits better): then writing may refuse it.
    if (!writer.write(*schema, schema->root(), *value, out)) return;
    require(read_datum(*shapes, out.view(), arena, limits).has_value());
}

}  // namespace

/// Input: two schemas, each ended by a zero byte, then data.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(bytes), size);
    if (input.starts_with("Obj\x01")) {
        try_container(input);
        return 0;
    }
    const size_t first = input.find('\0');
    if (first == std::string_view::npos) return 0;
    const size_t second = input.find('\0', first + 1);
    const SchemaOptions options{.text_bytes_max = 10'000, .node_count_max = 500};
    const auto schema = Schema::parse(input.substr(0, first), options);
    if (!schema) return 0;
    const auto printed = Schema::parse((*schema)->to_json());
    require(printed && (*printed)->canonical() == (*schema)->canonical());
    (void)(*schema)->type();
    SchemaRef reader;
    if (second != std::string_view::npos) {
        if (const auto parsed = Schema::parse(input.substr(first + 1, second - first - 1), options);
            parsed)
            reader = *parsed;
    }
    try_datum(*schema, reader,
              input.substr(second == std::string_view::npos ? first + 1 : second + 1));
    const SchemaEdit edits[] = {
        {{"a"}, Type::scalar(TypeKind::Int)}, {{"b", "c"}, Type::dynamic()}, {{"d"}, nullptr}};
    (void)derive(**schema, edits);
    return 0;
}
