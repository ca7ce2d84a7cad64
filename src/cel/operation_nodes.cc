#include "cel/operation_nodes.h"

#include <array>
#include <string>

#include "cel/type_name.h"

namespace messina::cel {
namespace {

/// The overloads that a call of this style and number of arguments can mean.
std::vector<const Overload*> candidates(std::string_view name, CallStyle style, size_t count) {
    std::vector<const Overload*> found;
    for (const Overload& overload : FunctionTable::get().find(name))
        if (overload.is_member == (style == CallStyle::Method) && overload.run != nullptr &&
            overload.takes_count(count))
            found.push_back(&overload);
    return found;
}

class Dispatcher {
  public:
    Dispatcher(std::string_view name, CallStyle style, size_t count)
        : name_(name), overloads_(candidates(name, style, count)) {}

    Value call(Frame& frame, std::span<const Value> args) const {
        if (!frame.charge(1)) return Frame::exhausted();
        for (const Overload* overload : overloads_)
            if (overload->takes(args)) return overload->run(frame, args);
        return no_such_overload(frame, name_, args);
    }

  private:
    std::string_view name_;
    std::vector<const Overload*> overloads_;
};

template <size_t count>
class CallNode final : public Node {
  public:
    CallNode(std::string_view name, CallStyle style, NodeList args)
        : dispatcher_(name, style, count) {
        std::ranges::move(args, args_.begin());
    }

    Value evaluate(Frame& frame) const override {
        std::array<Value, count> values;
        for (size_t i = 0; i < count; ++i) {
            values[i] = args_[i]->evaluate(frame);
            if (is_failure(values[i])) return values[i];
        }
        return dispatcher_.call(frame, values);
    }

  private:
    Dispatcher dispatcher_;
    std::array<NodePtr, count> args_;
};

/// A call with more arguments than usual, or none.
class LongCallNode final : public Node {
  public:
    LongCallNode(std::string_view name, CallStyle style, NodeList args)
        : dispatcher_(name, style, args.size()), args_(std::move(args)) {}

    Value evaluate(Frame& frame) const override {
        Value* values = frame.arena.make_array<Value>(args_.size());
        for (size_t i = 0; i < args_.size(); ++i) {
            values[i] = args_[i]->evaluate(frame);
            if (is_failure(values[i])) return values[i];
        }
        return dispatcher_.call(frame, {values, args_.size()});
    }

  private:
    Dispatcher dispatcher_;
    NodeList args_;
};

/// && (decided by false) and || (decided by true).
template <bool decider>
class LogicNode final : public Node {
  public:
    explicit LogicNode(NodeList terms) : terms_(std::move(terms)) {}

    Value evaluate(Frame& frame) const override {
        for (auto term = terms_.begin(); term != terms_.end(); ++term) {
            const Value value = (*term)->evaluate(frame);
            if (!value.is(Kind::Bool)) [[unlikely]]
                return after_failure(frame, term, value);
            if (value.as_bool() == decider) return value;
        }
        return Value::boolean(!decider);
    }

  private:
    /// One term had no answer; another may still decide.
    Value after_failure(Frame& frame, NodeList::const_iterator term, const Value& answer) const {
        const Value failed = is_failure(answer) ? answer
                                                : no_such_overload(frame, decider ? "_||_" : "_&&_",
                                                                   std::span(&answer, 1));
        for (++term; term != terms_.end(); ++term) {
            const Value value = (*term)->evaluate(frame);
            if (value.is(Kind::Bool) && value.as_bool() == decider) return value;
        }
        return failed;
    }

    NodeList terms_;
};

class NotNode final : public Node {
  public:
    explicit NotNode(NodePtr operand) : operand_(std::move(operand)) {}

    Value evaluate(Frame& frame) const override {
        const Value value = operand_->evaluate(frame);
        if (value.is(Kind::Bool)) return Value::boolean(!value.as_bool());
        return is_failure(value) ? value : no_such_overload(frame, "!_", std::span(&value, 1));
    }

  private:
    NodePtr operand_;
};

class ConditionalNode final : public Node {
  public:
    ConditionalNode(NodePtr condition, NodePtr when_true, NodePtr when_false)
        : condition_(std::move(condition)),
          when_true_(std::move(when_true)),
          when_false_(std::move(when_false)) {}

    Value evaluate(Frame& frame) const override {
        const Value condition = condition_->evaluate(frame);
        if (is_failure(condition)) return condition;
        if (!condition.is(Kind::Bool))
            return no_such_overload(frame, "_?_:_", std::span(&condition, 1));
        return condition.as_bool() ? when_true_->evaluate(frame) : when_false_->evaluate(frame);
    }

  private:
    NodePtr condition_;
    NodePtr when_true_;
    NodePtr when_false_;
};

template <bool unwraps>
class OptionalOrNode final : public Node {
  public:
    OptionalOrNode(NodePtr optional, NodePtr other)
        : optional_(std::move(optional)), other_(std::move(other)) {}

    Value evaluate(Frame& frame) const override {
        const Value optional = optional_->evaluate(frame);
        if (is_failure(optional)) return optional;
        if (!optional.is(Kind::Optional))
            return no_such_overload(frame, unwraps ? "orValue" : "or", std::span(&optional, 1));
        const Value* held = optional.as_optional();
        if (held != nullptr) return unwraps ? *held : optional;
        const Value other = other_->evaluate(frame);
        if (!unwraps && !other.is(Kind::Optional) && !is_failure(other))
            return no_such_overload(frame, "or", std::array{optional, other});
        return other;
    }

  private:
    NodePtr optional_;
    NodePtr other_;
};

/// event.?name.orValue(other), without making an optional.
class SlotOrValueNode final : public Node {
  public:
    SlotOrValueNode(SlotIndex slot, NodePtr other) : slot_(slot), other_(std::move(other)) {}

    Value evaluate(Frame& frame) const override {
        const Value& value = frame.slots[slot_];
        return value.is_absent() ? other_->evaluate(frame) : value;
    }

  private:
    SlotIndex slot_;
    NodePtr other_;
};

/// Evaluates `[?node]`: true when there is a value (in `value`), false when it is left out or
/// failed (then `value` is the failure).
bool evaluate_item(Frame& frame, const Node& node, bool is_optional, Value& value) {
    value = node.evaluate(frame);
    if (is_failure(value)) return false;
    if (!is_optional) return true;
    if (!value.is(Kind::Optional)) {
        value =
            frame.fail("cel.no_such_overload", "an item written with ? must be an optional, not {}",
                       type_name(value.kind()));
        return false;
    }
    const Value* held = value.as_optional();
    value = held == nullptr ? Value::null() : *held;
    return held != nullptr;
}

class ListNode final : public Node {
  public:
    ListNode(NodeList items, std::vector<bool> is_optional)
        : items_(std::move(items)), is_optional_(std::move(is_optional)) {
        is_optional_.resize(items_.size());
    }

    Value evaluate(Frame& frame) const override {
        if (!frame.charge(1 + items_.size() / 4)) return Frame::exhausted();
        Value* values = frame.arena.make_array<Value>(items_.size());
        size_t count = 0;
        for (size_t i = 0; i < items_.size(); ++i) {
            Value& value = values[count];
            if (evaluate_item(frame, *items_[i], is_optional_[i], value))
                ++count;
            else if (is_failure(value))
                return value;
        }
        return Value::list({values, count});
    }

  private:
    NodeList items_;
    std::vector<bool> is_optional_;
};

class MapNode final : public Node {
  public:
    MapNode(NodeList nodes, std::vector<bool> is_optional)
        : nodes_(std::move(nodes)), is_optional_(std::move(is_optional)) {
        is_optional_.resize(nodes_.size() / 2);
    }

    Value evaluate(Frame& frame) const override {
        if (!frame.charge(1 + nodes_.size() / 4)) return Frame::exhausted();
        MapEntry* entries = frame.arena.make_array<MapEntry>(nodes_.size() / 2);
        size_t count = 0;
        for (size_t i = 0; i < nodes_.size() / 2; ++i) {
            MapEntry& entry = entries[count];
            entry.key = nodes_[2 * i]->evaluate(frame);
            if (is_failure(entry.key)) return entry.key;
            if (evaluate_item(frame, *nodes_[2 * i + 1], is_optional_[i], entry.value))
                ++count;
            else if (is_failure(entry.value))
                return entry.value;
        }
        return make_map(frame, {entries, count});
    }

  private:
    NodeList nodes_;
    std::vector<bool> is_optional_;
};

}  // namespace

Value no_such_overload(Frame& frame, std::string_view name, std::span<const Value> args) {
    std::string types;
    for (const Value& arg : args) {
        if (!types.empty()) types += ", ";
        types += type_name(arg.kind());
    }
    return frame.fail("cel.no_such_overload", "'{}' does not take ({})", readable_name(name),
                      types);
}

NodePtr call_node(std::string_view name, CallStyle style, NodeList args) {
    switch (args.size()) {
        case 1: return std::make_unique<CallNode<1>>(name, style, std::move(args));
        case 2: return std::make_unique<CallNode<2>>(name, style, std::move(args));
        case 3: return std::make_unique<CallNode<3>>(name, style, std::move(args));
        case 4: return std::make_unique<CallNode<4>>(name, style, std::move(args));
        default: return std::make_unique<LongCallNode>(name, style, std::move(args));
    }
}
NodePtr and_node(NodeList terms) {
    return std::make_unique<LogicNode<false>>(std::move(terms));
}
NodePtr or_node(NodeList terms) {
    return std::make_unique<LogicNode<true>>(std::move(terms));
}
NodePtr not_node(NodePtr operand) {
    return std::make_unique<NotNode>(std::move(operand));
}
NodePtr conditional_node(NodePtr condition, NodePtr when_true, NodePtr when_false) {
    return std::make_unique<ConditionalNode>(std::move(condition), std::move(when_true),
                                             std::move(when_false));
}
NodePtr optional_or_node(NodePtr optional, NodePtr other) {
    return std::make_unique<OptionalOrNode<false>>(std::move(optional), std::move(other));
}
NodePtr optional_or_value_node(NodePtr optional, NodePtr other) {
    if (optional->optional_slot() != kNoSlot)
        return std::make_unique<SlotOrValueNode>(optional->optional_slot(), std::move(other));
    return std::make_unique<OptionalOrNode<true>>(std::move(optional), std::move(other));
}
NodePtr list_node(NodeList items, std::vector<bool> is_optional) {
    return std::make_unique<ListNode>(std::move(items), std::move(is_optional));
}
NodePtr map_node(NodeList entries, std::vector<bool> is_optional) {
    return std::make_unique<MapNode>(std::move(entries), std::move(is_optional));
}

}  // namespace messina::cel
