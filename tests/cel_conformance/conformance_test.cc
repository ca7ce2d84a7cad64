// Runs the tests of the language's specification. A case that does not pass must be listed in
// skipped.txt with its reason; one that is listed there must not pass.
#include <functional>
#include <optional>
#include <set>
#include <string>

#include <fmt/core.h>
#include <gtest/gtest.h>

#include "cel/cel.h"
#include "cel/checker.h"
#include "cel/names.h"
#include "cel/parser.h"
#include "conformance_case.h"
#include "debug_text.h"
#include "json_value.h"

namespace messina::cel {
namespace {

/// Empty when the case passed, else what went wrong.
using Outcome = std::string;

/// The variables of a case and their values.
class World {
  public:
    explicit World(const ConformanceCase& test) {
        types_ = parser_types_.parse(test.type_env).value();
        bindings_ = parser_bindings_.parse(test.bindings).value();
        for (const simdjson::dom::element entry : simdjson::dom::array(types_)) declare(entry);
        for (const auto [name, binding] : simdjson::dom::object(bindings_))
            if (environment.find(name) == nullptr)
                environment.declare(std::string(name), Type::dynamic());
    }

    [[nodiscard]] SlotResolver resolver() {
        return [this](std::string_view variable, const Path& path) -> Result<SlotIndex> {
            return layout_.slot_for(variable, path);
        };
    }
    std::vector<Value> slots(Arena& arena) {
        std::vector<Value> values;
        for (const SlotLayout::Slot& slot : layout_.slots()) {
            simdjson::dom::element binding;
            const bool is_bound =
                bindings_[slot.variable]["value"].get(binding) == simdjson::SUCCESS;
            const std::optional<Value> root =
                is_bound ? value_of_json(binding, arena) : std::optional<Value>(Value());
            values.push_back(navigate(root.value_or(Value()), slot.path));
        }
        return values;
    }

    Environment environment;
    /// Why the environment cannot be had; empty when it can.
    std::string refusal;

  private:
    void declare(simdjson::dom::element entry) {
        const std::string name{std::string_view(entry["name"])};
        simdjson::dom::element type;
        if (entry["ident"]["type"].get(type) != simdjson::SUCCESS) {
            refusal = "declares a function of its own";
            return;
        }
        TypeRef known = type_of_json(type);
        if (known == nullptr)
            refusal = "declares a variable of a type of its own";
        else
            environment.declare(name, std::move(known));
    }

    simdjson::dom::parser parser_types_;
    simdjson::dom::parser parser_bindings_;
    simdjson::dom::element types_;
    simdjson::dom::element bindings_;
    SlotLayout layout_;
};

CompileOptions options_of(const ConformanceCase& test) {
    CompileOptions options;
    options.container = test.container;
    options.is_checked = !test.disable_check;
    return options;
}

/// The type that the checker finds, or its error.
Result<std::string> deduced_type(const ConformanceCase& test, const World& world) {
    const Source source(test.expr);
    const CompileOptions options = options_of(test);
    Arena arena;
    MESSINA_TRY(const auto ast, parse(source, options.depth_max, arena));
    MESSINA_TRY_VOID(resolve_names(*ast, source, world.environment, options));
    TypePool types;
    MESSINA_TRY(const CheckType* type, check_types(*ast, source, world.environment, types));
    return to_text(*type);
}

Outcome expect_type(const ConformanceCase& test, const World& world, const std::string& expected) {
    const Result<std::string> deduced = deduced_type(test, world);
    if (!deduced) return "was refused: " + deduced.error().message;
    if (*deduced != expected) return fmt::format("has type {}, not {}", *deduced, expected);
    return {};
}

Outcome expect_declared_type(const ConformanceCase& test, const World& world) {
    if (test.deduced_type == "null") return {};
    simdjson::dom::parser parser;
    return expect_type(test, world, type_text_of_json(parser.parse(test.deduced_type).value()));
}

Outcome expect_value(const ConformanceCase& test, const Value& actual, Arena& arena) {
    simdjson::dom::parser parser;
    const simdjson::dom::element json = parser.parse(test.value);
    // Without a value a test expects true.
    const std::optional<Value> expected =
        json.is_null() ? Value::boolean(true) : value_of_json(json, arena);
    if (!expected) return "expects a value that cannot be had here";
    if (is_identical(actual, *expected)) return {};
    return fmt::format("gives {}, not {}", to_debug_text(actual), to_debug_text(*expected));
}

Outcome run_conformance(const ConformanceCase& test) {
    World world(test);
    if (!world.refusal.empty()) return world.refusal;
    if (test.check_only) return expect_declared_type(test, world);
    const auto program = compile(test.expr, world.environment, world.resolver(), options_of(test));
    if (!program) {
        if (test.is_eval_error) return {};
        return "was refused: " + program.error().message;
    }
    Arena arena;
    const std::vector<Value> slots = world.slots(arena);
    EvalContext ctx{slots.data(), arena};
    const Value actual = (*program)->evaluate(ctx);
    const bool has_failed = actual.is(Kind::Error) || actual.is_absent();
    if (test.is_eval_error)
        return has_failed ? Outcome() : fmt::format("gives {}, no error", to_debug_text(actual));
    if (Outcome outcome = expect_declared_type(test, world); !outcome.empty()) return outcome;
    return expect_value(test, actual, arena);
}

/// The reference was asked with a depth of 32 and without optionals.
Outcome run_parsing(const ConformanceCase& test) {
    constexpr uint32_t depth_max = 32;
    const Source source(test.expr);
    Arena arena;
    const auto ast = parse(source, depth_max, arena);
    const bool lacks_syntax = test.error.find("unsupported syntax") != std::string::npos &&
                              test.error.find("Syntax error") == std::string::npos;
    const bool is_refused_there = test.ast.empty() && !lacks_syntax;
    if (is_refused_there) return ast ? "was accepted" : "";
    if (!ast) return "was refused: " + ast.error().message;
    if (test.ast.empty()) return {};
    const std::string printed = debug_text(*(*ast)->root);
    return printed == test.ast ? Outcome() : "prints as " + printed;
}

/// The variables that the reference's own tests of its checker have without declaring them.
void declare_usual_variables(Environment& environment) {
    environment.declare("is", Type::scalar(TypeKind::String));
    environment.declare("ii", Type::scalar(TypeKind::Int));
    environment.declare("iu", Type::scalar(TypeKind::Uint));
    environment.declare("iz", Type::scalar(TypeKind::Bool));
    environment.declare("id", Type::scalar(TypeKind::Double));
    environment.declare("ib", Type::scalar(TypeKind::Bytes));
    environment.declare("ix", Type::scalar(TypeKind::Null));
}

/// The reference was asked without optionals: where they occur only the parser is asked.
Outcome run_checking(const ConformanceCase& test) {
    if (test.error.find("unsupported syntax") != std::string::npos) return run_parsing(test);
    World world(test);
    declare_usual_variables(world.environment);
    if (!world.refusal.empty()) return world.refusal;
    if (!test.type.empty()) return expect_type(test, world, test.type);
    const Result<std::string> deduced = deduced_type(test, world);
    return deduced ? "was accepted with type " + *deduced : Outcome();
}

/// The block of cases that the reference tests for being refused, by the checker or when evaluated.
bool is_to_be_refused(const ConformanceCase& test) {
    return (test.id >= "comprehension/052" && test.id <= "comprehension/076") ||
           test.id == "comprehension/078";
}

/// These come without results: those without variables are true, or give a list or map.
Outcome run_comprehension(const ConformanceCase& test) {
    Environment environment;
    for (const char* name : {"m", "x", "y"}) environment.declare(name, Type::dynamic());
    SlotLayout layout;
    const auto program =
        compile(test.expr, environment,
                [&](std::string_view variable, const Path& path) -> Result<SlotIndex> {
                    return layout.slot_for(variable, path);
                });
    const bool is_refused = is_to_be_refused(test);
    if (!program) return is_refused ? "" : "was refused: " + program.error().message;
    if (!(*program)->reads().empty()) return {};
    Arena arena;
    EvalContext ctx{nullptr, arena};
    const Value value = (*program)->evaluate(ctx);
    if (is_refused) return value.is(Kind::Error) ? "" : "gives " + to_debug_text(value);
    const bool is_good =
        value.is(Kind::Bool) ? value.as_bool() : value.is(Kind::List) || value.is(Kind::Map);
    return is_good ? Outcome() : "gives " + to_debug_text(value);
}

struct Counts {
    size_t passed = 0;
    size_t skipped = 0;
    size_t protobuf = 0;
};

const std::map<std::string, std::string>& skipped_cases() {
    static const std::map<std::string, std::string> skipped = read_skipped();
    return skipped;
}

void run_set(const std::string& set, const std::function<Outcome(const ConformanceCase&)>& run) {
    Counts counts;
    for (const ConformanceCase& test : read_cases(set)) {
        if (test.is_protobuf) {
            ++counts.protobuf;
            continue;
        }
        const Outcome outcome = run(test);
        const bool is_listed = skipped_cases().contains(test.id);
        if (outcome.empty()) {
            ++counts.passed;
            EXPECT_FALSE(is_listed) << test.id << " passes, but is listed in skipped.txt";
        } else {
            counts.skipped += is_listed ? 1 : 0;
            EXPECT_TRUE(is_listed) << test.id << ": " << test.expr << "\n" << outcome;
        }
    }
    fmt::print("cel {}: {} passed, {} skipped, {} need protobuf\n", set, counts.passed,
               counts.skipped, counts.protobuf);
}

TEST(CelConformance, SkipsOnlyWhatExists) {
    std::set<std::string> known;
    for (const char* set : {"conformance", "parsing", "checking", "comprehension"})
        for (const ConformanceCase& test : read_cases(set)) known.insert(test.id);
    for (const auto& [id, reason] : skipped_cases()) EXPECT_TRUE(known.contains(id)) << id;
}
TEST(CelConformance, EvaluatesAsTheSpecificationSays) {
    run_set("conformance", run_conformance);
}
TEST(CelConformance, ParsesAsTheReferenceDoes) {
    run_set("parsing", run_parsing);
}
TEST(CelConformance, ChecksAsTheReferenceDoes) {
    run_set("checking", run_checking);
}
TEST(CelConformance, HasTheComprehensionsOfTheReference) {
    run_set("comprehension", run_comprehension);
}

}  // namespace
}  // namespace messina::cel
