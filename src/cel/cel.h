// The Common Expression Language as its specification has it: text → parse (macros expanded) →
// check → program.
//
// A program reads slots: every select chain that starts at a declared variable (event.user.id,
// event["user"].id, has(event.a)) is resolved to one slot when it is compiled, so that nothing is
// looked up by name at run time.
//
// Threads: an Environment may be shared once it is complete. A Program is immutable; any number of
// threads may evaluate it, each with an arena of its own.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "base/clock.h"
#include "base/error.h"
#include "data/path.h"
#include "data/slots.h"
#include "data/type.h"
#include "data/value.h"

namespace messina::cel {

/// What the names in an expression mean.
class Environment {
  public:
    /// `type` is Type::dynamic() when nothing is known: then any field may be named, and one that
    /// is missing at run time is absent. With a Record type an unknown field is an error of
    /// compile().
    void declare(std::string name, TypeRef type);
    [[nodiscard]] const TypeRef* find(std::string_view name) const;
    /// Names, for "did you mean".
    [[nodiscard]] std::vector<std::string_view> names() const;

  private:
    std::vector<std::pair<std::string, TypeRef>> variables_;
};

/// Answers which slot holds variable.path; called while compiling. Bind SlotLayout::slot_for, with
/// refusals of your own.
using SlotResolver = std::function<Result<SlotIndex>(std::string_view variable, const Path& path)>;

struct CompileOptions {
    /// Nesting of the parsed expression; deeper ones are refused.
    uint32_t depth_max = 250;
    uint32_t text_bytes_max = 100'000;
    /// Names are looked up below this one first: with "a.b", x is a.b.x or a.x or x.
    std::string container = {};
    /// Off: what the checker would refuse becomes an error when it is evaluated.
    bool is_checked = true;
};

struct EvalContext {
    const Value* slots = nullptr;
    Arena& arena;
    /// Evaluation steps (calls, comprehension turns, bytes of string work / 64) before it ends in
    /// error cel.cost_limit.
    uint64_t cost_max = 1'000'000;
};

class Program {
  public:
    virtual ~Program() = default;
    /// The result; Kind::Error when it failed (its text is in ctx.arena), Kind::Absent when the
    /// expression is nothing but a field that is not there, or failed because such a field was
    /// needed (CEL's no_such_field on a slot).
    [[nodiscard]] virtual Value evaluate(EvalContext& ctx) const = 0;
    /// The slots it may read, ascending, each once.
    [[nodiscard]] virtual const std::vector<SlotIndex>& reads() const = 0;
    /// What it gives, as far as the checker knows.
    [[nodiscard]] virtual const TypeRef& result_type() const = 0;
    /// When the expression is a constant, its value; else null.
    [[nodiscard]] virtual const Value* constant() const = 0;
    /// When the expression is nothing but one slot (a plain field path), that slot; else kNoSlot.
    /// Steps use it to skip evaluation.
    [[nodiscard]] SlotIndex plain_slot() const { return plain_slot_; }

  protected:
    explicit Program(SlotIndex plain_slot) : plain_slot_(plain_slot) {}

  private:
    SlotIndex plain_slot_;  // asked for each row: no virtual call
};

/// Compiles; the message of an error has the form "1:14: …" (line and column in `text`) with the
/// line and a caret under it.
Result<std::unique_ptr<Program>> compile(std::string_view text, const Environment& environment,
                                         const SlotResolver& resolver,
                                         const CompileOptions& options = {});

/// "name(signature): one line" of every function and macro, for `messina doc cel`.
std::vector<std::string> function_reference();

}  // namespace messina::cel
