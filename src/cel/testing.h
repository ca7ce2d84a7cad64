// For tests of this room: variables by their paths, expressions compiled and evaluated in one step.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cel/cel.h"

namespace messina::cel {

/// Variables and the values of their fields. A path that nobody set is Absent.
class Bench {
  public:
    void declare(std::string name, TypeRef type = Type::dynamic()) {
        environment_.declare(std::move(name), std::move(type));
    }
    /// `path`: "event.user.id", names without dots.
    void set(std::string_view path, Value value) {
        std::string_view variable;
        const Path fields = split(path, variable);
        const SlotIndex slot = layout_.slot_for(variable, fields);
        values_.resize(layout_.size());
        values_[slot] = value;
    }

    Result<std::unique_ptr<Program>> compile(std::string_view expression) {
        auto program = cel::compile(
            expression, environment_,
            [this](std::string_view variable, const Path& path) -> Result<SlotIndex> {
                return layout_.slot_for(variable, path);
            },
            options);
        values_.resize(layout_.size());
        return program;
    }
    Value evaluate(const Program& program) {
        EvalContext ctx{values_.data(), arena_, cost_max};
        return program.evaluate(ctx);
    }
    /// The result as to_debug_text() has it, or "compile: " and the error.
    std::string text(std::string_view expression) {
        auto program = compile(expression);
        if (!program) return "compile: " + program.error().message;
        programs_.push_back(std::move(*program));
        return to_debug_text(evaluate(*programs_.back()));
    }
    /// The error code of the compilation or evaluation; empty when there is none.
    std::string_view code(std::string_view expression) {
        auto program = compile(expression);
        if (!program) return program.error().code;
        programs_.push_back(std::move(*program));
        const Value value = evaluate(*programs_.back());
        return value.is(Kind::Error) ? value.as_error().code : std::string_view();
    }
    [[nodiscard]] const SlotLayout& layout() const { return layout_; }
    [[nodiscard]] Arena& arena() { return arena_; }

    CompileOptions options;
    uint64_t cost_max = 1'000'000;

  private:
    static Path split(std::string_view path, std::string_view& variable) {
        Path fields;
        size_t dot = path.find('.');
        variable = path.substr(0, dot);
        while (dot != std::string_view::npos) {
            const size_t next = path.find('.', dot + 1);
            fields.emplace_back(path.substr(dot + 1, next - dot - 1));
            dot = next;
        }
        return fields;
    }

    Environment environment_;
    SlotLayout layout_;
    std::vector<Value> values_;
    std::vector<std::unique_ptr<Program>> programs_;
    Arena arena_;
};

}  // namespace messina::cel
