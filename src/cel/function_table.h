// Every function and operator: what it is called, what it takes and gives, what it does.
//
// A row's signature serves the checker, the choice among overloads at run time and the reference
// page alike: "string.indexOf(string, int) -> int" is called on a string, "size(list(A)) -> int"
// is not; A and B stand for any type; "..." after the last parameter allows more of it.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cel/check_type.h"
#include "cel/frame.h"
#include "data/value.h"

namespace messina::cel {

/// No argument is a failure, each is of a kind that the signature takes; the receiver comes first.
using Implementation = Value (*)(Frame& frame, std::span<const Value> args);

struct FunctionRow {
    std::string_view signature;
    Implementation run;  // null: evaluated by a node of its own, because it is lazy
    std::string_view summary;
};

// The rows, one group a file.
std::span<const FunctionRow> operator_functions();
std::span<const FunctionRow> conversion_functions();
std::span<const FunctionRow> string_functions();
std::span<const FunctionRow> time_functions();
std::span<const FunctionRow> math_functions();
std::span<const FunctionRow> list_functions();
std::span<const FunctionRow> optional_functions();
std::span<const FunctionRow> other_functions();

struct Overload {
    std::string_view signature;
    std::string_view summary;
    std::string name;
    bool is_member = false;
    bool is_variadic = false;
    std::vector<const CheckType*> params;  // the receiver first
    std::vector<uint32_t> kind_sets;       // one bit for each Kind that the parameter takes
    const CheckType* result = nullptr;
    Implementation run = nullptr;

    [[nodiscard]] bool takes_count(size_t count) const {
        return is_variadic ? count >= params.size() : count == params.size();
    }
    [[nodiscard]] bool takes(std::span<const Value> args) const {
        if (!takes_count(args.size())) return false;
        for (size_t i = 0; i < args.size(); ++i) {
            const uint32_t set = kind_sets[i < kind_sets.size() ? i : kind_sets.size() - 1];
            if ((set >> static_cast<uint32_t>(args[i].kind()) & 1U) == 0) return false;
        }
        return true;
    }
};

class FunctionTable {
  public:
    static const FunctionTable& get();

    /// The overloads of a name, in the order of their rows; empty when there is no such function.
    [[nodiscard]] std::span<const Overload> find(std::string_view name) const;
    /// Whether it can be called without a receiver.
    [[nodiscard]] bool has_global(std::string_view name) const;
    /// Names that a person can write, sorted.
    [[nodiscard]] std::vector<std::string_view> names() const;
    [[nodiscard]] const std::map<std::string, std::vector<Overload>, std::less<>>& all() const {
        return overloads_;
    }

  private:
    FunctionTable();
    void add(std::span<const FunctionRow> rows);

    TypePool types_;
    std::map<std::string, std::vector<Overload>, std::less<>> overloads_;
};

/// Whether an operator ("_+_") or another name that cannot be written as a call.
inline bool is_operator_name(std::string_view name) {
    return name.starts_with('_') || name.ends_with('_') || name.starts_with('@');
}
/// As it is written: "+" for "_+_".
std::string readable_name(std::string_view name);

}  // namespace messina::cel
