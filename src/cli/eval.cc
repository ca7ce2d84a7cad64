// messina eval: CEL on records, for trying an expression before it goes into a file.
#include <cstdio>
#include <iostream>

#include <fmt/core.h>

#include "cel/cel.h"
#include "cli/load.h"
#include "cli/verbs.h"
#include "codec/json.h"
#include "data/path.h"

namespace messina::cli {
namespace {

struct EvalArguments {
    std::string expression;
    std::vector<std::string> records;
    std::vector<std::string> variables;
};

/// An expression and the values of its variables but `event`.
class Evaluator {
  public:
    static Result<Evaluator> make(const EvalArguments& arguments) {
        Evaluator evaluator;
        cel::Environment environment;
        environment.declare("event", Type::dynamic());
        for (const std::string& variable : arguments.variables) {
            const size_t equals = variable.find('=');
            if (equals == 0 || equals == std::string::npos)
                return fail(ErrorClass::Misconfigured, "eval.variable",
                            fmt::format("--var {}: expected NAME=JSON", variable));
            const std::string name = variable.substr(0, equals);
            const std::string_view text =
                evaluator.arena_->copy(std::string_view(variable).substr(equals + 1));
            Result<Value> value = codec::parse_json(text, *evaluator.arena_);
            if (!value) return fail(std::move(value.error()).at("--var " + name));
            environment.declare(name, Type::dynamic());
            evaluator.variables_.emplace_back(name, *value);
        }
        const auto resolver = [&](std::string_view variable,
                                  const Path& path) -> Result<SlotIndex> {
            return evaluator.layout_.slot_for(variable, path);
        };
        MESSINA_TRY(evaluator.program_, cel::compile(arguments.expression, environment, resolver));
        return evaluator;
    }

    [[nodiscard]] bool reads_event() const { return !layout_.slots_of("event").empty(); }

    /// Prints the result for one record; whether there was one.
    bool evaluate(const std::string& record, size_t number) {
        Arena arena;
        const Result<Value> event =
            record.empty() ? Result<Value>(Value()) : codec::parse_json(record, arena);
        if (!event) return refuse(number, event.error().code, event.error().message);
        std::vector<Value> slots(layout_.size());
        for (SlotIndex slot = 0; slot < slots.size(); ++slot)
            slots[slot] =
                navigate(variable(layout_.slot(slot).variable, *event), layout_.slot(slot).path);
        cel::EvalContext context{slots.data(), arena};
        Value result = program_->evaluate(context);
        if (result.is(Kind::Error))
            return refuse(number, result.as_error().code, result.as_error().message);
        if (result.is(Kind::Optional))
            result = result.as_optional() == nullptr ? Value() : *result.as_optional();
        if (result.is_absent())
            fmt::print(stderr, "record {}: absent: a field that is needed is not there\n", number);
        fmt::print("{}\n", codec::to_json(result));
        return true;
    }

  private:
    [[nodiscard]] Value variable(const std::string& name, const Value& event) const {
        if (name == "event") return event;
        for (const auto& [known, value] : variables_)
            if (known == name) return value;
        return {};
    }
    static bool refuse(size_t number, std::string_view code, std::string_view message) {
        fmt::print(stderr, "record {}: {}: {}\n", number, code, message);
        return false;
    }

    std::unique_ptr<Arena> arena_ = std::make_unique<Arena>();
    SlotLayout layout_;
    std::vector<std::pair<std::string, Value>> variables_;
    std::unique_ptr<cel::Program> program_;
};

int eval(const EvalArguments& arguments) {
    Result<Evaluator> evaluator = Evaluator::make(arguments);
    if (!evaluator) {
        fmt::print(stderr, "{}\n", evaluator.error().to_text());
        return kUsage;
    }
    size_t number = 0;
    bool is_good = true;
    const auto take = [&](const std::string& record) {
        is_good = evaluator->evaluate(record, ++number) && is_good;
    };
    for (const std::string& record : arguments.records) take(record);
    if (!arguments.records.empty()) return is_good ? kOk : kBadData;
    if (!evaluator->reads_event()) {
        take("");
        return is_good ? kOk : kBadData;
    }
    for (std::string line; std::getline(std::cin, line);)
        if (!line.empty()) take(line);
    return is_good ? kOk : kBadData;
}

}  // namespace

void add_eval(CLI::App& app, int& exit_code) {
    auto arguments = std::make_shared<EvalArguments>();
    CLI::App* verb = app.add_subcommand(
        "eval",
        "Evaluates a CEL expression; the result of each record is one line of JSON\n\n"
        "  messina eval 'event.price * 2.0' --record '{\"price\": 1.5}'\n"
        "  messina eval 'event.kind == \"click\"' < clicks.jsonl\n"
        "  messina eval 'size(words)' --var 'words=[\"a\", \"b\"]'");
    verb->add_option("expression", arguments->expression, "A CEL expression; the record is `event`")
        ->required();
    verb->add_option("-r,--record", arguments->records,
                     "A record as JSON; without one each line of standard input is a record")
        ->type_name("JSON");
    verb->add_option("--var", arguments->variables, "Another variable")->type_name("NAME=JSON");
    verb->callback([arguments, &exit_code] { exit_code = eval(*arguments); });
}

}  // namespace messina::cli
