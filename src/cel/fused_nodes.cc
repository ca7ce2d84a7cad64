#include "cel/fused_nodes.h"

#include <algorithm>
#include <array>

#include "cel/compare.h"
#include "cel/constant_tests.h"
#include "cel/regex.h"

namespace messina::cel {
namespace {

// Where the tested value comes from.
struct SlotSource {
    SlotIndex slot;
    Value get(Frame& frame) const { return frame.slots[slot]; }
};
struct LocalSource {
    uint32_t local;
    Value get(Frame& frame) const { return frame.locals[local]; }
};
struct NodeSource {
    NodePtr node;
    Value get(Frame& frame) const { return node->evaluate(frame); }
};

template <class Source, class Test>
class TestLeaf final : public Node {
  public:
    TestLeaf(Source source, Test test) : source_(std::move(source)), test_(std::move(test)) {}
    Value evaluate(Frame& frame) const override { return test_(frame, source_.get(frame)); }

  private:
    Source source_;
    Test test_;
};

template <class Test>
class TestLeaf<LocalSource, Test> final : public Node, public ItemTest {
  public:
    TestLeaf(LocalSource source, Test test) : source_(source), test_(std::move(test)) {}
    Value evaluate(Frame& frame) const override { return test_(frame, source_.get(frame)); }
    const ItemTest* item_test(uint32_t local) const override {
        return local == source_.local ? this : nullptr;
    }
    Value any_of(Frame& frame, std::span<const Value> items) const override {
        Value result = Value::boolean(false);
        for (const Value& item : items) {
            const Value holds = test_(frame, item);
            if (holds.is(Kind::Bool) && holds.as_bool()) return holds;
            if (is_failure(holds) && !is_failure(result)) result = holds;
        }
        return result;
    }

  private:
    LocalSource source_;
    Test test_;
};

template <class Test>
NodePtr test_leaf(NodePtr& operand, Test test) {
    if (operand->slot() != kNoSlot)
        return std::make_unique<TestLeaf<SlotSource, Test>>(SlotSource{operand->slot()},
                                                            std::move(test));
    if (operand->local() != kNoLocal)
        return std::make_unique<TestLeaf<LocalSource, Test>>(LocalSource{operand->local()},
                                                             std::move(test));
    return std::make_unique<TestLeaf<NodeSource, Test>>(NodeSource{std::move(operand)},
                                                        std::move(test));
}

// --- value op constant ---

struct Comparison {
    std::string_view name;
    std::string_view mirrored;  // a < b is b > a
};
constexpr std::array kComparisons = {Comparison{"_==_", "_==_"}, Comparison{"_!=_", "_!=_"},
                                     Comparison{"_<_", "_>_"},   Comparison{"_<=_", "_>=_"},
                                     Comparison{"_>_", "_<_"},   Comparison{"_>=_", "_<=_"}};

bool has_order(Kind kind) {
    return is_number(kind) || kind == Kind::Bool || kind == Kind::String || kind == Kind::Bytes ||
           kind == Kind::Timestamp || kind == Kind::Duration;
}

template <bool is_negated>
NodePtr equality_leaf(NodePtr& operand, const Value& constant) {
    if (constant.is(Kind::String))
        return test_leaf(operand, EqualsString<is_negated>{constant.as_text()});
    return test_leaf(operand, EqualsConstant<is_negated>{constant});
}

/// `written` is the operator as it stands in the text, `name` the one with the constant on its
/// right.
NodePtr ordering_leaf(std::string_view name, std::string_view written, NodePtr& operand,
                      const Value& constant) {
    if (!has_order(constant.kind())) return nullptr;
    const Operator op{written, written != name};
    if (name == "_<_") return test_leaf(operand, ComparesTo<IsLess>{constant, op});
    if (name == "_<=_") return test_leaf(operand, ComparesTo<IsLessOrEqual>{constant, op});
    if (name == "_>_") return test_leaf(operand, ComparesTo<IsGreater>{constant, op});
    return test_leaf(operand, ComparesTo<IsGreaterOrEqual>{constant, op});
}

NodePtr comparison_leaf(const Comparison& comparison, NodeList& args) {
    const bool is_mirrored = args[0]->constant() != nullptr;
    const Value* constant = args[is_mirrored ? 0 : 1]->constant();
    NodePtr& operand = args[is_mirrored ? 1 : 0];
    if (constant == nullptr || operand->constant() != nullptr) return nullptr;
    if (comparison.name == "_==_") return equality_leaf<false>(operand, *constant);
    if (comparison.name == "_!=_") return equality_leaf<true>(operand, *constant);
    return ordering_leaf(is_mirrored ? comparison.mirrored : comparison.name, comparison.name,
                         operand, *constant);
}

// --- value in [constants] ---

NodePtr membership_leaf(NodeList& args) {
    const Value* list = args[1]->constant();
    if (list == nullptr || !list->is(Kind::List)) return nullptr;
    const auto items = list->as_list();
    const bool are_strings =
        std::ranges::all_of(items, [](const Value& item) { return item.is(Kind::String); });
    constexpr size_t few = 12;
    if (!are_strings) return test_leaf(args[0], InConstants{items});
    if (items.size() <= few) return test_leaf(args[0], InFewStrings{items});
    return test_leaf(args[0], InManyStrings(items));
}

// --- value.startsWith(constant) ---

NodePtr text_leaf(std::string_view name, NodeList& args) {
    const Value* constant = args[1]->constant();
    if (constant == nullptr || !constant->is(Kind::String)) return nullptr;
    if (name == "startsWith")
        return test_leaf(args[0], TestsText<StartsWith>{constant->as_text(), name});
    if (name == "endsWith")
        return test_leaf(args[0], TestsText<EndsWith>{constant->as_text(), name});
    if (name == "contains")
        return test_leaf(args[0], TestsText<Contains>{constant->as_text(), name});
    if (name != "matches") return nullptr;
    std::unique_ptr<const RE2> pattern = compile_pattern(constant->as_text());
    if (!pattern->ok()) return nullptr;
    return test_leaf(args[0], MatchesConstant{std::move(pattern), *constant});
}

// --- field.exists(x, test of x) ---

class SlotExistsNode final : public Node {
  public:
    /// `general` is the comprehension itself, for what is no list; it owns `test`.
    SlotExistsNode(SlotIndex slot, const ItemTest* test, NodePtr general)
        : slot_(slot), test_(test), general_(std::move(general)) {}

    Value evaluate(Frame& frame) const override {
        const Value& range = frame.slots[slot_];
        if (!range.is(Kind::List)) return general_->evaluate(frame);
        if (!frame.charge(range.as_list().size())) return Frame::exhausted();
        return test_->any_of(frame, range.as_list());
    }

  private:
    SlotIndex slot_;
    const ItemTest* test_;
    NodePtr general_;
};

}  // namespace

NodePtr fused_call_node(std::string_view name, CallStyle style, NodeList& args) {
    if (args.size() != 2) return nullptr;
    for (const Comparison& comparison : kComparisons)
        if (comparison.name == name) return comparison_leaf(comparison, args);
    if (name == "@in") return membership_leaf(args);
    return style == CallStyle::Method || name == "matches" ? text_leaf(name, args) : nullptr;
}

NodePtr fused_comprehension_node(ComprehensionParts& parts) {
    const SlotIndex slot = parts.range->slot();
    if (parts.macro != Macro::Exists || parts.has_two_variables || slot == kNoSlot) return nullptr;
    const ItemTest* test = parts.value->item_test(parts.first_local);
    if (test == nullptr) return nullptr;
    return std::make_unique<SlotExistsNode>(slot, test, comprehension_node(std::move(parts)));
}

}  // namespace messina::cel
