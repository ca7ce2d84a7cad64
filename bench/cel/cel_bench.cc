// Nanoseconds for one evaluation of an expression on slots that are already decoded.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include <benchmark/benchmark.h>

#include "cel/cel.h"
#include "data/slots.h"

namespace messina::cel {
namespace {

/// A click in a shop: every term of the five-term rule holds.
class Click {
  public:
    std::unique_ptr<Program> compile(const char* expression) {
        Environment environment;
        environment.declare("event", Type::dynamic());
        auto program =
            cel::compile(expression, environment,
                         [this](std::string_view variable, const Path& path) -> Result<SlotIndex> {
                             return layout_.slot_for(variable, path);
                         });
        if (!program) {
            std::fprintf(stderr, "%s\n", program.error().message.c_str());
            std::exit(1);
        }
        for (const SlotLayout::Slot& slot : layout_.slots()) slots_.push_back(field(slot.path));
        return *std::move(program);
    }
    [[nodiscard]] const Value* slots() const { return slots_.data(); }

  private:
    static Value field(const Path& path) {
        static constexpr std::array kTags = {Value::string("new"), Value::string("summer"),
                                             Value::string("sale"), Value::string("shoes")};
        const std::string name = to_text(path);
        if (name == "kind") return Value::string("click");
        if (name == "url") return Value::string("https://shop.example.org/shoes/4711?ref=mail");
        if (name == "price") return Value::floating(24.9);
        if (name == "quantity") return Value::integer(3);
        if (name == "country") return Value::string("DE");
        if (name == "tags") return Value::list(kTags);
        return {};
    }

    SlotLayout layout_;
    std::vector<Value> slots_;
};

void evaluate(benchmark::State& state, const char* expression) {
    Click click;
    const std::unique_ptr<Program> program = click.compile(expression);
    Arena arena;
    uint64_t count = 0;
    for (auto _ : state) {
        EvalContext ctx{click.slots(), arena};
        benchmark::DoNotOptimize(program->evaluate(ctx));
        // Like a batch, the arena is emptied now and then.
        constexpr uint64_t batch_records = 512;
        if (++count % batch_records == 0) arena.reset();
    }
}

BENCHMARK_CAPTURE(evaluate, five_terms,
                  "event.kind == \"click\" && event.url.startsWith(\"https://shop.\") && "
                  "event.price > 10.0 && event.country in [\"FR\",\"DE\",\"ES\"] && "
                  "event.tags.exists(t, t == \"sale\")");
BENCHMARK_CAPTURE(evaluate, one_comparison, "event.kind == \"click\"");
BENCHMARK_CAPTURE(evaluate, first_term_false, "event.kind == \"view\" && event.price > 10.0");
BENCHMARK_CAPTURE(evaluate, membership, "event.country in [\"FR\",\"DE\",\"ES\"]");
BENCHMARK_CAPTURE(evaluate, presence, "has(event.kind) && !has(event.coupon)");
BENCHMARK_CAPTURE(evaluate, fallback, "event.?coupon.orValue(\"none\")");
BENCHMARK_CAPTURE(evaluate, arithmetic, "event.price * double(event.quantity) > 50.0");
BENCHMARK_CAPTURE(evaluate, general_exists, "event.tags.exists(t, t.size() > 5)");
BENCHMARK_CAPTURE(evaluate, map_list, "event.tags.map(t, t + \"!\")");
BENCHMARK_CAPTURE(evaluate, pattern, "event.url.matches(\"/shoes/[0-9]+\")");
BENCHMARK_CAPTURE(evaluate, format, "\"%s-%s\".format([event.kind, event.country])");

}  // namespace
}  // namespace messina::cel

BENCHMARK_MAIN();
