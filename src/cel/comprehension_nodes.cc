#include "cel/comprehension_nodes.h"

#include <vector>

#include "base/check.h"
#include "cel/operation_nodes.h"
#include "cel/sorting.h"

namespace messina::cel {
namespace {

class ComprehensionNode : public Node {
  public:
    explicit ComprehensionNode(ComprehensionParts parts) : parts_(std::move(parts)) {}

  protected:
    /// Sets the variables for each item and calls turn(), until it returns false. Returns a failure
    /// when there is nothing to go over, else null.
    template <class Turn>
    Value for_each(Frame& frame, const Value& range, Turn turn) const {
        Value* locals = frame.locals + parts_.first_local;
        if (range.is(Kind::List)) {
            int64_t index = 0;
            for (const Value& item : range.as_list()) {
                if (!frame.charge(1)) return Frame::exhausted();
                locals[0] = parts_.has_two_variables ? Value::integer(index++) : item;
                if (parts_.has_two_variables) locals[1] = item;
                if (!turn()) break;
            }
            return Value::null();
        }
        if (range.is(Kind::Map)) {
            for (const MapEntry& entry : range.as_map()) {
                if (!frame.charge(1)) return Frame::exhausted();
                locals[0] = entry.key;
                if (parts_.has_two_variables) locals[1] = entry.value;
                if (!turn()) break;
            }
            return Value::null();
        }
        if (is_failure(range)) return range;
        return no_such_overload(frame, "comprehension", std::span(&range, 1));
    }

    /// Like for_each for macros that collect: turn() is called where the filter holds, gives false
    /// and sets `failed` to stop.
    template <class Turn>
    Value for_each_kept(Frame& frame, const Value& range, Turn turn) const {
        Value failed = Value::null();
        const Value ended = for_each(frame, range, [&] {
            if (parts_.filter != nullptr) {
                const Value keeps = parts_.filter->evaluate(frame);
                if (!keeps.is(Kind::Bool)) {
                    failed = not_bool(frame, keeps);
                    return false;
                }
                if (!keeps.as_bool()) return true;
            }
            failed = turn();
            return !is_failure(failed);
        });
        return is_failure(ended) ? ended : failed;
    }

    static Value not_bool(Frame& frame, const Value& value) {
        return is_failure(value) ? value
                                 : no_such_overload(frame, "condition", std::span(&value, 1));
    }
    static size_t size_of(const Value& range) {
        if (range.is(Kind::List)) return range.as_list().size();
        return range.is(Kind::Map) ? range.as_map().size() : 0;
    }

    ComprehensionParts parts_;
};

/// all (decided by false) and exists (decided by true); failures are absorbed as in logic.
template <bool decider>
class QuantifierNode final : public ComprehensionNode {
  public:
    using ComprehensionNode::ComprehensionNode;
    Value evaluate(Frame& frame) const override {
        Value result = Value::boolean(!decider);
        const Value range = parts_.range->evaluate(frame);
        const Value ended = for_each(frame, range, [&] {
            const Value holds = parts_.value->evaluate(frame);
            if (holds.is(Kind::Bool)) {
                if (holds.as_bool() == decider) result = holds;
                return holds.as_bool() != decider;
            }
            if (!is_failure(result)) result = not_bool(frame, holds);
            return true;
        });
        return is_failure(ended) ? ended : result;
    }
};

class ExistsOneNode final : public ComprehensionNode {
  public:
    using ComprehensionNode::ComprehensionNode;
    Value evaluate(Frame& frame) const override {
        size_t count = 0;
        Value failed = Value::null();
        const Value range = parts_.range->evaluate(frame);
        const Value ended = for_each(frame, range, [&] {
            const Value holds = parts_.value->evaluate(frame);
            if (!holds.is(Kind::Bool)) {
                failed = not_bool(frame, holds);
                return false;
            }
            count += holds.as_bool() ? 1 : 0;
            return true;
        });
        if (is_failure(ended)) return ended;
        return is_failure(failed) ? failed : Value::boolean(count == 1);
    }
};

/// filter, map, transformList.
class CollectNode final : public ComprehensionNode {
  public:
    using ComprehensionNode::ComprehensionNode;
    Value evaluate(Frame& frame) const override {
        const Value range = parts_.range->evaluate(frame);
        if (!frame.charge(size_of(range) / 4)) return Frame::exhausted();
        Value* items = frame.arena.make_array<Value>(size_of(range));
        size_t count = 0;
        const Value ended = for_each_kept(frame, range, [&] {
            items[count++] = parts_.value->evaluate(frame);
            return items[count - 1];
        });
        return is_failure(ended) ? ended : Value::list({items, count});
    }
};

class SortByNode final : public ComprehensionNode {
  public:
    using ComprehensionNode::ComprehensionNode;
    Value evaluate(Frame& frame) const override {
        const Value range = parts_.range->evaluate(frame);
        if (range.is(Kind::Map)) return no_such_overload(frame, "sortBy", std::span(&range, 1));
        if (!frame.charge(size_of(range) / 4)) return Frame::exhausted();
        Value* keys = frame.arena.make_array<Value>(size_of(range));
        size_t count = 0;
        const Value ended = for_each_kept(frame, range, [&] {
            keys[count++] = parts_.value->evaluate(frame);
            return keys[count - 1];
        });
        return is_failure(ended) ? ended : sort_by_keys(frame, range.as_list(), {keys, count});
    }
};

class TransformMapNode final : public ComprehensionNode {
  public:
    using ComprehensionNode::ComprehensionNode;
    Value evaluate(Frame& frame) const override {
        const Value range = parts_.range->evaluate(frame);
        if (!frame.charge(size_of(range) / 2)) return Frame::exhausted();
        MapEntry* entries = frame.arena.make_array<MapEntry>(size_of(range));
        size_t count = 0;
        const Value ended = for_each_kept(frame, range, [&] {
            const Value& key = frame.locals[parts_.first_local];
            entries[count++] = {key, parts_.value->evaluate(frame)};
            return entries[count - 1].value;
        });
        return is_failure(ended) ? ended : Value::map({entries, count});
    }
};

class TransformMapEntryNode final : public ComprehensionNode {
  public:
    using ComprehensionNode::ComprehensionNode;
    Value evaluate(Frame& frame) const override {
        std::vector<MapEntry> entries;
        const Value range = parts_.range->evaluate(frame);
        const Value ended = for_each_kept(frame, range, [&] {
            const Value made = parts_.value->evaluate(frame);
            if (is_failure(made)) return made;
            if (!made.is(Kind::Map))
                return no_such_overload(frame, "transformMapEntry", std::span(&made, 1));
            if (!frame.charge(made.as_map().size())) return Frame::exhausted();
            entries.insert(entries.end(), made.as_map().begin(), made.as_map().end());
            return Value::null();
        });
        if (is_failure(ended)) return ended;
        MapEntry* kept = frame.arena.make_array<MapEntry>(entries.size());
        std::ranges::copy(entries, kept);
        return make_map(frame, {kept, entries.size()});
    }
};

/// optMap and optFlatMap.
template <bool is_flat>
class OptionalMapNode final : public ComprehensionNode {
  public:
    using ComprehensionNode::ComprehensionNode;
    Value evaluate(Frame& frame) const override {
        const Value optional = parts_.range->evaluate(frame);
        if (is_failure(optional)) return optional;
        const std::string_view name = is_flat ? "optFlatMap" : "optMap";
        if (!optional.is(Kind::Optional))
            return no_such_overload(frame, name, std::span(&optional, 1));
        if (optional.as_optional() == nullptr) return optional;
        frame.locals[parts_.first_local] = *optional.as_optional();
        const Value made = parts_.value->evaluate(frame);
        if (is_failure(made)) return made;
        if (!is_flat) return Value::optional_of(frame.arena.make<Value>(made));
        return made.is(Kind::Optional) ? made : no_such_overload(frame, name, std::span(&made, 1));
    }
};

}  // namespace

NodePtr comprehension_node(ComprehensionParts parts) {
    switch (parts.macro) {
        case Macro::All: return std::make_unique<QuantifierNode<false>>(std::move(parts));
        case Macro::Exists: return std::make_unique<QuantifierNode<true>>(std::move(parts));
        case Macro::ExistsOne: return std::make_unique<ExistsOneNode>(std::move(parts));
        case Macro::Filter:
        case Macro::Map:
        case Macro::TransformList: return std::make_unique<CollectNode>(std::move(parts));
        case Macro::SortBy: return std::make_unique<SortByNode>(std::move(parts));
        case Macro::TransformMap: return std::make_unique<TransformMapNode>(std::move(parts));
        case Macro::TransformMapEntry:
            return std::make_unique<TransformMapEntryNode>(std::move(parts));
        case Macro::OptMap: return std::make_unique<OptionalMapNode<false>>(std::move(parts));
        case Macro::OptFlatMap: return std::make_unique<OptionalMapNode<true>>(std::move(parts));
        case Macro::None: break;
    }
    MESSINA_CHECK(false, "a comprehension without a macro");
    return nullptr;
}

}  // namespace messina::cel
