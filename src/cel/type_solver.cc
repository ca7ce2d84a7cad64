#include "cel/type_solver.h"

namespace messina::cel {
namespace {

bool is_same(const CheckType* a, const CheckType* b) {
    if (a == b) return true;
    if (a == nullptr || b == nullptr) return false;
    return a->kind == b->kind && a->is_nullable == b->is_nullable && a->param == b->param &&
           a->record == b->record && is_same(a->first, b->first) && is_same(a->second, b->second);
}

bool is_dyn(const CheckType* type) {
    return type->kind == CheckKind::Dyn;
}
bool is_param(const CheckType* type) {
    return type->kind == CheckKind::Param;
}

bool is_at_least_as_general(const CheckType* a, const CheckType* b) {
    if (is_dyn(a) || is_param(a)) return true;
    if (is_dyn(b) || is_param(b) || a->kind != b->kind) return false;
    switch (a->kind) {
        case CheckKind::List:
        case CheckKind::Optional: return is_at_least_as_general(a->first, b->first);
        case CheckKind::Map:
            return is_at_least_as_general(a->first, b->first) &&
                   is_at_least_as_general(a->second, b->second);
        case CheckKind::Type: return true;
        case CheckKind::Record: return a->record == b->record;
        default: return a->is_nullable || !b->is_nullable;
    }
}

/// Where null may stand for a value.
bool takes_null(const CheckType* type) {
    switch (type->kind) {
        case CheckKind::Null:
        case CheckKind::Timestamp:
        case CheckKind::Duration:
        case CheckKind::Optional:
        case CheckKind::Record: return true;
        default: return type->is_nullable;
    }
}

}  // namespace

const CheckType* TypeSolver::instantiate(const CheckType* type,
                                         std::vector<const CheckType*>& renamed) {
    switch (type->kind) {
        case CheckKind::Param:
            if (renamed.size() <= type->param) renamed.resize(type->param + 1);
            if (renamed[type->param] == nullptr) renamed[type->param] = unknown();
            return renamed[type->param];
        case CheckKind::List: return types_.list(instantiate(type->first, renamed));
        case CheckKind::Optional: return types_.optional(instantiate(type->first, renamed));
        case CheckKind::Type: return types_.type_of(instantiate(type->first, renamed));
        case CheckKind::Map: {
            const CheckType* key = instantiate(type->first, renamed);
            return types_.map(key, instantiate(type->second, renamed));
        }
        default: return type;
    }
}

bool TypeSolver::mentions(const CheckType* type, uint32_t param) const {
    if (type == nullptr) return false;
    if (is_param(type)) {
        if (type->param == param) return true;
        return mentions(known(type->param), param);
    }
    return mentions(type->first, param) || mentions(type->second, param);
}

void TypeSolver::learn(uint32_t param, const CheckType* type) {
    if (known_.size() <= param) known_.resize(param + 1);
    changes_.push_back({param, known_[param]});
    known_[param] = type;
}

bool TypeSolver::bind(const CheckType* type, const CheckType* param, bool& was_known) {
    if (is_same(type, param)) return true;
    const CheckType* before = known(param->param);
    if (before == nullptr) {
        if (mentions(type, param->param)) return false;
        learn(param->param, type);
        return true;
    }
    was_known = true;
    if (is_same(type, before)) return true;
    if (!assign(type, before)) return false;
    const CheckType* general = is_at_least_as_general(type, before) ? type : before;
    if (!mentions(general, param->param)) learn(param->param, general);
    return true;
}

bool TypeSolver::assign_parameters(const CheckType* from, const CheckType* to) {
    if (!assign(from->first, to->first)) return false;
    return from->second == nullptr || assign(from->second, to->second);
}

bool TypeSolver::assign(const CheckType* from, const CheckType* to) {
    if (is_param(to)) {
        bool was_known = false;
        if (bind(from, to, was_known)) return true;
        if (was_known) return false;
    }
    if (is_param(from)) {
        bool was_known = false;
        return bind(to, from, was_known);
    }
    if (is_dyn(from) || is_dyn(to)) return true;
    if (from->kind == CheckKind::Null) return takes_null(to);
    if (to->kind == CheckKind::Null) return takes_null(from);
    if (from->kind != to->kind) return false;
    switch (from->kind) {
        case CheckKind::List:
        case CheckKind::Map:
        case CheckKind::Optional: return assign_parameters(from, to);
        case CheckKind::Record: return from->record == to->record;
        default: return true;
    }
}

bool TypeSolver::is_assignable(const CheckType* from, const CheckType* to) {
    return are_assignable(std::span(&from, 1), std::span(&to, 1));
}

bool TypeSolver::are_assignable(std::span<const CheckType* const> from,
                                std::span<const CheckType* const> to) {
    changes_.clear();
    for (size_t i = 0; i < from.size(); ++i)
        if (!assign(from[i], to[i])) {
            for (; !changes_.empty(); changes_.pop_back())
                known_[changes_.back().param] = changes_.back().before;
            return false;
        }
    return true;
}

const CheckType* TypeSolver::join(const CheckType* a, const CheckType* b) {
    if (a == nullptr) return b;
    if (!is_assignable(a, b)) return simple_type(CheckKind::Dyn);
    // Where null met a type, the type is what the other has.
    if (a->kind == CheckKind::Null) return b;
    return is_at_least_as_general(a, b) || b->kind == CheckKind::Null ? a : b;
}

const CheckType* TypeSolver::outermost(const CheckType* type) const {
    while (is_param(type) && known(type->param) != nullptr) type = known(type->param);
    return type;
}

const CheckType* TypeSolver::replace(const CheckType* type, Unknowns unknowns) {
    type = outermost(type);
    switch (type->kind) {
        case CheckKind::Param:
            return unknowns == Unknowns::AreDyn ? simple_type(CheckKind::Dyn) : type;
        case CheckKind::List: return types_.list(replace(type->first, unknowns));
        case CheckKind::Optional: return types_.optional(replace(type->first, unknowns));
        case CheckKind::Type:
            return type->first == nullptr ? type : types_.type_of(replace(type->first, unknowns));
        case CheckKind::Map: {
            const CheckType* key = replace(type->first, unknowns);
            return types_.map(key, replace(type->second, unknowns));
        }
        default: return type;
    }
}

const CheckType* TypeSolver::resolve(const CheckType* type) {
    return replace(type, Unknowns::Stay);
}
const CheckType* TypeSolver::resolve_finally(const CheckType* type) {
    return replace(type, Unknowns::AreDyn);
}

}  // namespace messina::cel
