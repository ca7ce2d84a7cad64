// The tree of an expression. The parser builds it, names.cc decides what its names mean, the
// checker notes types in it, the planner turns it into a program.
#pragma once

#include <cstdint>
#include <deque>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "cel/source.h"
#include "data/value.h"

namespace messina::cel {

struct CheckType;

enum class ExprKind : uint8_t {
    Constant,       // `constant`
    Identifier,     // `name`; after name resolution only when nothing is known by it
    Select,         // target.name, target.?name; is_test: has(target.name)
    Index,          // target[args[0]], target[?args[0]]
    Call,           // name(args) or target.name(args); operators are calls of "_+_" and so on
    List,           // args
    Map,            // args: key, value, key, value, …
    Struct,         // name{field: value, …}; args: name as Constant, value, …
    Comprehension,  // `macro` over target; see Macro
    Bind,           // args: values, then the result that uses them by name. cel.bind: one value,
                    // named variables[0]; cel.block: any number, named @index:0 and so on
    // Names that were resolved:
    Variable,  // number `index` of the environment
    Local,     // number `index` of the locals: a comprehension's or cel.bind's variable
};

/// What a Comprehension does with each turn. args: the predicate or filter (null when there is
/// none), then the value.
enum class Macro : uint8_t {
    None,
    All,
    Exists,
    ExistsOne,
    Filter,
    Map,
    TransformList,
    TransformMap,
    TransformMapEntry,
    SortBy,      // the value is the key that the item is sorted by
    OptMap,      // over the one value of an optional
    OptFlatMap,  // the same; the value is an optional itself
};

struct Expr {
    ExprKind kind = ExprKind::Constant;
    Macro macro = Macro::None;
    bool is_optional = false;  // of Select and Index
    bool is_test = false;      // of Select: has()
    bool is_absolute = false;  // of Identifier, Call and Struct: written with a leading dot
    Offset at = 0;             // where an error about it points
    uint32_t depth = 1;
    uint32_t index = 0;
    Value constant;
    std::string_view name;
    /// Of comprehensions and bind; the second is empty when there is one only.
    std::string_view variables[2];
    /// Number of the first of them among the locals.
    uint32_t first_local = 0;
    Expr* target = nullptr;
    std::vector<Expr*> args;
    /// Of List, Map and Struct: which elements (entries) are written with `?`; empty when none is.
    std::vector<bool> optional_items;
    /// Of && and ||: the parser joins a && b && c into one call. Where each operator stands.
    std::vector<Offset> operator_at;
    const CheckType* type = nullptr;

    [[nodiscard]] bool is_call(std::string_view function) const {
        return kind == ExprKind::Call && name == function;
    }
    [[nodiscard]] bool is_item_optional(size_t item) const {
        return item < optional_items.size() && optional_items[item];
    }
};

/// Owns the nodes; names and literals are in the arena given, which outlives it.
class Ast {
  public:
    explicit Ast(Arena& arena) : arena_(arena) {}
    Expr* make(ExprKind kind, Offset at) {
        Expr& expr = exprs_.emplace_back();
        expr.kind = kind;
        expr.at = at;
        return &expr;
    }
    [[nodiscard]] Arena& arena() { return arena_; }

    Expr* root = nullptr;

  private:
    Arena& arena_;
    std::deque<Expr> exprs_;
};

/// "a.b.c" when `expr` is nothing but names selected from names, else empty. The text is in
/// `arena`.
std::string_view dotted_name(const Expr& expr, Arena& arena);

}  // namespace messina::cel
