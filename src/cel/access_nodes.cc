#include "cel/access_nodes.h"

#include <cmath>

#include "cel/compare.h"
#include "cel/type_name.h"

namespace messina::cel {
namespace {

Value some(Frame& frame, const Value& held) {
    return Value::optional_of(frame.arena.make<Value>(held));
}

class ConstantNode final : public Node {
  public:
    explicit ConstantNode(Value value) : value_(value) {}
    Value evaluate(Frame&) const override { return value_; }
    const Value* constant() const override { return &value_; }

  private:
    Value value_;
};

class SlotNode final : public Node {
  public:
    explicit SlotNode(SlotIndex slot) : slot_(slot) {}
    Value evaluate(Frame& frame) const override { return frame.slots[slot_]; }
    SlotIndex slot() const override { return slot_; }

  private:
    SlotIndex slot_;
};

class OptionalSlotNode final : public Node {
  public:
    explicit OptionalSlotNode(SlotIndex slot) : slot_(slot) {}
    Value evaluate(Frame& frame) const override {
        const Value& value = frame.slots[slot_];
        if (value.is_absent()) return Value::optional_none();
        return value.is(Kind::Error) ? value : some(frame, value);
    }
    SlotIndex optional_slot() const override { return slot_; }

  private:
    SlotIndex slot_;
};

class SlotTestNode final : public Node {
  public:
    explicit SlotTestNode(SlotIndex slot) : slot_(slot) {}
    Value evaluate(Frame& frame) const override {
        return Value::boolean(!frame.slots[slot_].is_absent());
    }

  private:
    SlotIndex slot_;
};

class LocalNode final : public Node {
  public:
    explicit LocalNode(uint32_t local) : local_(local) {}
    Value evaluate(Frame& frame) const override { return frame.locals[local_]; }
    uint32_t local() const override { return local_; }

  private:
    uint32_t local_;
};

class FailureNode final : public Node {
  public:
    explicit FailureNode(const EvalError* error) : error_(error) {}
    Value evaluate(Frame&) const override { return Value::error(error_); }

  private:
    const EvalError* error_;
};

/// The field, or Absent. What is no map has no fields, as below a slot.
Value field_of(const Value& operand, std::string_view name) {
    if (!operand.is(Kind::Map)) return {};
    const Value* found = find_key(operand, name);
    return found == nullptr ? Value() : *found;
}

class SelectNode final : public Node {
  public:
    SelectNode(NodePtr operand, std::string_view name, Access access)
        : operand_(std::move(operand)), name_(name), access_(access) {}

    Value evaluate(Frame& frame) const override {
        const Value operand = operand_->evaluate(frame);
        if (operand.is(Kind::Optional)) return from_optional(frame, operand);
        if (access_ == Access::Plain)
            return operand.is(Kind::Error) ? operand : field_of(operand, name_);
        if (operand.is_absent()) return Value::optional_none();
        return optional_field(frame, operand);
    }

  private:
    Value optional_field(Frame& frame, const Value& operand) const {
        if (operand.is(Kind::Error)) return operand;
        if (!operand.is(Kind::Map))
            return frame.fail("cel.no_such_overload", "no such overload: {}.?{}",
                              type_name(operand.kind()), name_);
        const Value* found = find_key(operand, name_);
        return found == nullptr ? Value::optional_none() : some(frame, *found);
    }
    Value from_optional(Frame& frame, const Value& optional) const {
        const Value* held = optional.as_optional();
        return held == nullptr ? optional : optional_field(frame, *held);
    }

    NodePtr operand_;
    std::string_view name_;
    Access access_;
};

class TestNode final : public Node {
  public:
    TestNode(NodePtr operand, std::string_view name) : operand_(std::move(operand)), name_(name) {}

    Value evaluate(Frame& frame) const override {
        Value operand = operand_->evaluate(frame);
        if (operand.is(Kind::Error)) return operand;
        if (operand.is(Kind::Optional)) {
            if (operand.as_optional() == nullptr) return Value::boolean(false);
            operand = *operand.as_optional();
        }
        return Value::boolean(!field_of(operand, name_).is_absent());
    }

  private:
    NodePtr operand_;
    std::string_view name_;
};

/// The position that a number means in a list of `size`, or `size` when it means none.
size_t list_position(const Value& key, size_t size) {
    const Value end = Value::unsigned_integer(size);
    if (!(compare_numbers(key, Value::integer(0)) >= 0) || !(compare_numbers(key, end) < 0))
        return size;
    if (key.is(Kind::Int) || key.is(Kind::Uint)) return key.as_uint();
    const double number = as_double(key);
    return number == std::trunc(number) ? static_cast<size_t>(number) : size;
}

class IndexNode final : public Node {
  public:
    IndexNode(NodePtr operand, NodePtr key, Access access)
        : operand_(std::move(operand)), key_(std::move(key)), access_(access) {}

    Value evaluate(Frame& frame) const override {
        const Value operand = operand_->evaluate(frame);
        if (operand.is(Kind::Error)) return operand;
        if (operand.is_absent())
            return access_ == Access::Optional ? Value::optional_none() : operand;
        const Value key = key_->evaluate(frame);
        if (is_failure(key)) return key;
        if (!operand.is(Kind::Optional)) return item(frame, operand, key, access_);
        const Value* held = operand.as_optional();
        return held == nullptr ? operand : item(frame, *held, key, Access::Optional);
    }

  private:
    static Value item(Frame& frame, const Value& operand, const Value& key, Access access) {
        const bool is_optional = access == Access::Optional;
        if (operand.is(Kind::Map)) {
            if (!frame.charge(operand.as_map().size() / 8)) return Frame::exhausted();
            const Value* found = find_key(operand, key);
            if (found == nullptr) return is_optional ? Value::optional_none() : Value();
            return is_optional ? some(frame, *found) : *found;
        }
        // As below a slot: null has no fields.
        if (operand.is_null() && key.is(Kind::String) && !is_optional) return {};
        if (!operand.is(Kind::List) || !is_number(key.kind()))
            return frame.fail("cel.no_such_overload", "no such overload: {}[{}]",
                              type_name(operand.kind()), type_name(key.kind()));
        const auto items = operand.as_list();
        const size_t position = list_position(key, items.size());
        if (position < items.size())
            return is_optional ? some(frame, items[position]) : items[position];
        if (is_optional) return Value::optional_none();
        return frame.fail("cel.index_out_of_range", "no item {} in a list of {}",
                          to_debug_text(key), items.size());
    }

    NodePtr operand_;
    NodePtr key_;
    Access access_;
};

class BindNode final : public Node {
  public:
    BindNode(uint32_t first, NodeList values, NodePtr result)
        : first_(first), values_(std::move(values)), result_(std::move(result)) {}

    Value evaluate(Frame& frame) const override {
        // A failure is bound like any value: it counts only where the name is used.
        for (uint32_t i = 0; i < values_.size(); ++i)
            frame.locals[first_ + i] = values_[i]->evaluate(frame);
        return result_->evaluate(frame);
    }

  private:
    uint32_t first_;
    NodeList values_;
    NodePtr result_;
};

}  // namespace

NodePtr constant_node(Value value) {
    return std::make_unique<ConstantNode>(value);
}
NodePtr slot_node(SlotIndex slot) {
    return std::make_unique<SlotNode>(slot);
}
NodePtr optional_slot_node(SlotIndex slot) {
    return std::make_unique<OptionalSlotNode>(slot);
}
NodePtr slot_test_node(SlotIndex slot) {
    return std::make_unique<SlotTestNode>(slot);
}
NodePtr local_node(uint32_t local) {
    return std::make_unique<LocalNode>(local);
}
NodePtr failure_node(const EvalError* error) {
    return std::make_unique<FailureNode>(error);
}
NodePtr select_node(NodePtr operand, std::string_view name, Access access) {
    return std::make_unique<SelectNode>(std::move(operand), name, access);
}
NodePtr test_node(NodePtr operand, std::string_view name) {
    return std::make_unique<TestNode>(std::move(operand), name);
}
NodePtr index_node(NodePtr operand, NodePtr key, Access access) {
    return std::make_unique<IndexNode>(std::move(operand), std::move(key), access);
}
NodePtr bind_node(uint32_t first, NodeList values, NodePtr result) {
    return std::make_unique<BindNode>(first, std::move(values), std::move(result));
}

}  // namespace messina::cel
