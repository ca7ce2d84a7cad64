// Any text must compile to a program or to an error, and any program must end within its budget,
// whatever its slots hold.
#include <array>
#include <string>

#include "base/check.h"
#include "cel/cel.h"
#include "data/slots.h"

namespace messina::cel {
namespace {

constexpr std::array kItems = {Value::integer(1), Value::string("sale"), Value::null(),
                               Value::floating(2.5)};
constexpr std::array kTexts = {Value::string("shoes"), Value::string("sale")};
const std::array kEntries = {MapEntry{Value::string("id"), Value::integer(7)},
                             MapEntry{Value::string("name"), Value::string("häuser")},
                             MapEntry{Value::integer(3), Value::list(kItems)}};
constexpr EvalError kFailed{"codec.bad", "unreadable"};

const std::array kSlotValues = {Value(),
                                Value::null(),
                                Value::boolean(true),
                                Value::integer(INT64_MIN),
                                Value::unsigned_integer(UINT64_MAX),
                                Value::floating(0.5),
                                Value::decimal("123456789012345678901.5"),
                                Value::string("https://shop.example.org/%s?q=1"),
                                Value::bytes("\xff\x00z"),
                                Value::timestamp(1'700'000'000, 5),
                                Value::timestamp(INT64_MAX, 999'999'999),
                                Value::duration(INT64_MIN, -999'999'999),
                                Value::list(kItems),
                                Value::list(kTexts),
                                Value::map(kEntries),
                                Value::error(&kFailed)};

TypeRef record() {
    return Type::record({{"kind", Type::scalar(TypeKind::String)},
                         {"price", Type::scalar(TypeKind::Double, true)},
                         {"tags", Type::list(Type::scalar(TypeKind::String))}});
}

}  // namespace
}  // namespace messina::cel

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace messina;
    using namespace messina::cel;
    if (size < 2) return 0;
    const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);

    Environment environment;
    environment.declare("event", Type::dynamic());
    environment.declare("row", record());
    SlotLayout layout;
    const SlotResolver resolver = [&](std::string_view variable,
                                      const Path& path) -> Result<SlotIndex> {
        return layout.slot_for(variable, path);
    };
    CompileOptions options;
    options.depth_max = 60;
    options.is_checked = (data[0] & 1) == 0;
    const auto program = compile(text, environment, resolver, options);
    if (!program) return 0;

    std::vector<Value> slots;
    for (size_t i = 0; i < layout.size(); ++i)
        slots.push_back(kSlotValues[(i * 5 + data[0] / 2U) % kSlotValues.size()]);
    Arena arena;
    EvalContext ctx{slots.data(), arena, 2'000};
    const Value first = (*program)->evaluate(ctx);
    // The same slots give the same result.
    const Value second = (*program)->evaluate(ctx);
    MESSINA_CHECK(is_identical(first, second), text);
    return 0;
}
