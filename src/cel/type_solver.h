// Decides whether one type may stand where another is expected, and finds out type parameters on
// the way.
#pragma once

#include <span>
#include <vector>

#include "cel/check_type.h"

namespace messina::cel {

class TypeSolver {
  public:
    explicit TypeSolver(TypePool& types) : types_(types) {}

    /// A type that is not known yet.
    const CheckType* unknown() { return types_.param(next_param_++); }
    /// `type` with its own parameters (A, B) replaced by unknown types; `renamed` remembers which
    /// became which.
    const CheckType* instantiate(const CheckType* type, std::vector<const CheckType*>& renamed);

    /// Whether `from` may stand for `to`; notes what that says of unknown types if so.
    bool is_assignable(const CheckType* from, const CheckType* to);
    bool are_assignable(std::span<const CheckType* const> from,
                        std::span<const CheckType* const> to);
    /// The type that covers both: the more general one, or dyn.
    const CheckType* join(const CheckType* a, const CheckType* b);
    /// `type` with all that was found out filled in; what is still unknown stays.
    const CheckType* resolve(const CheckType* type);
    /// The same; what is still unknown becomes dyn.
    const CheckType* resolve_finally(const CheckType* type);
    /// What an unknown type was found to be at its outermost, else the type itself.
    const CheckType* outermost(const CheckType* type) const;

  private:
    enum class Unknowns : uint8_t { Stay, AreDyn };
    bool assign(const CheckType* from, const CheckType* to);
    bool assign_parameters(const CheckType* from, const CheckType* to);
    /// Whether `type` can be what `param` stands for; `was_known`: something else already is.
    bool bind(const CheckType* type, const CheckType* param, bool& was_known);
    [[nodiscard]] bool mentions(const CheckType* type, uint32_t param) const;
    const CheckType* replace(const CheckType* type, Unknowns unknowns);
    [[nodiscard]] const CheckType* known(uint32_t param) const {
        return param < known_.size() ? known_[param] : nullptr;
    }
    void learn(uint32_t param, const CheckType* type);

    TypePool& types_;
    /// What is known of each parameter; null: nothing.
    std::vector<const CheckType*> known_;
    /// What was known before each learn(), to take back what a failed attempt learnt.
    struct Change {
        uint32_t param;
        const CheckType* before;
    };
    std::vector<Change> changes_;
    /// 0 … 25 are the letters of signatures.
    uint32_t next_param_ = 26;
};

}  // namespace messina::cel
