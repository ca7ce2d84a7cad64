// Programs from outside: what they read, what they give, how they fail.
#include <algorithm>

#include <gtest/gtest.h>

#include "cel/testing.h"

namespace messina::cel {
namespace {

/// The slots that the expression reads, as "variable.path", in the order of their numbers.
std::string reads(std::string_view expression) {
    Bench bench;
    bench.declare("event");
    bench.declare("meta");
    const auto program = bench.compile(expression);
    if (!program) return program.error().message;
    std::string text;
    for (const SlotIndex slot : (*program)->reads()) {
        const SlotLayout::Slot& known = bench.layout().slot(slot);
        text += known.variable + ":" + to_text(known.path) + " ";
    }
    return text;
}

TEST(Program, ReadsOneSlotForEachPath) {
    EXPECT_EQ(reads("event.user.id"), "event:user.id ");
    EXPECT_EQ(reads("event[\"user\"].id + event.user[\"id\"]"), "event:user.id ");
    EXPECT_EQ(reads("has(event.a.b) && event.?a.?b.hasValue()"), "event:a.b ");
    EXPECT_EQ(reads("event[?\"a\"].b.orValue(1)"), "event:a.b ");
    EXPECT_EQ(reads("event.items[0].price + meta.offset"), "event:items meta:offset ");
    EXPECT_EQ(reads("event.items.map(i, i.price)"), "event:items ");
    EXPECT_EQ(reads("event.a[event.b].c"), "event:a event:b ");
    EXPECT_EQ(reads("event"), "event: ");
    EXPECT_EQ(reads("event.`content-type`"), "event:[\"content-type\"] ");
    EXPECT_EQ(reads("1 + 1"), "");
}

TEST(Program, ShadowsVariablesInsideComprehensionsAndBind) {
    EXPECT_EQ(reads("[1].map(event, event)"), "");
    EXPECT_EQ(reads("cel.bind(event, {'a': 1}, event.a)"), "");
    EXPECT_EQ(reads("meta.list.exists(event, event.a == 1) && event.b"), "meta:list event:b ");
}

TEST(Program, TellsPlainSlotsAndConstants) {
    Bench bench;
    bench.declare("event");
    const auto plain = bench.compile("event.user.id");
    EXPECT_EQ((*plain)->plain_slot(), (*plain)->reads().front());
    EXPECT_EQ((*plain)->constant(), nullptr);
    const auto computed = bench.compile("event.a + 1");
    EXPECT_EQ((*computed)->plain_slot(), kNoSlot);
    EXPECT_EQ((*bench.compile("event.?a"))->plain_slot(), kNoSlot);
    const auto constant = bench.compile("[1, 2].map(x, x * 2).exists(y, y == 4) ? 'a' + 'b' : ''");
    ASSERT_NE((*constant)->constant(), nullptr);
    EXPECT_EQ((*constant)->constant()->as_text(), "ab");
    EXPECT_EQ((*bench.compile("1 / 0"))->constant(), nullptr);
}

TEST(Program, HandsRefusalsOfTheResolverOnWithTheirPlace) {
    Environment environment;
    environment.declare("event", Type::dynamic());
    const auto program =
        compile("1 + event.a", environment, [](std::string_view, const Path&) -> Result<SlotIndex> {
            return fail(ErrorClass::Misconfigured, "step.order", "not looked up yet", "later");
        });
    ASSERT_FALSE(program);
    EXPECT_EQ(program.error().code, "step.order");
    EXPECT_EQ(program.error().message,
              "1:5: not looked up yet\n    1 | 1 + event.a\n      |     ^");
    EXPECT_EQ(program.error().hint, "later");
}

class Absence : public testing::Test {
  protected:
    void SetUp() override {
        bench_.declare("event");
        bench_.set("event.here", Value::integer(1));
        bench_.set("event.nothing", Value::null());
        bench_.set("event.object", Value::map(entries_));
        bench_.set("event.list", Value::list(list_));
        bench_.set("event.strange", Value::error(&failed_));
    }

    MapEntry entries_[1] = {{Value::string("a"), Value::integer(7)}};
    Value list_[2] = {Value::map(entries_), Value::null()};
    EvalError failed_{"codec.bad", "unreadable"};
    Bench bench_;
};

TEST_F(Absence, IsFalseForHas) {
    EXPECT_EQ(bench_.text("has(event.gone)"), "false");
    EXPECT_EQ(bench_.text("has(event.gone.deeper)"), "false");
    EXPECT_EQ(bench_.text("has(event.here)"), "true");
    EXPECT_EQ(bench_.text("has(event.nothing)"), "true");
    EXPECT_EQ(bench_.text("has(event.list[0].a)"), "true");
    EXPECT_EQ(bench_.text("has(event.list[0].b)"), "false");
    EXPECT_EQ(bench_.text("has(event.list[1].b)"), "false");
    EXPECT_EQ(bench_.text("has(event.list[9].b)"), "error(no item 9 in a list of 2)");
}

TEST_F(Absence, IsAnEmptyOptional) {
    EXPECT_EQ(bench_.text("event.?gone"), "optional()");
    EXPECT_EQ(bench_.text("event.?here"), "optional(1)");
    EXPECT_EQ(bench_.text("event.?gone.orValue(5)"), "5");
    EXPECT_EQ(bench_.text("event.?here.orValue(5)"), "1");
    EXPECT_EQ(bench_.text("event.?here.orValue(1 / 0)"), "1");
    EXPECT_EQ(bench_.text("event.?gone.or(event.?here).value()"), "1");
    EXPECT_EQ(bench_.text("event.list[0].?a.orValue(5)"), "7");
    EXPECT_EQ(bench_.text("event.list[0].?b.orValue(5)"), "5");
    EXPECT_EQ(bench_.text("event.list[?9].?b.orValue(5)"), "5");
    EXPECT_EQ(bench_.text("event.gone[?0].orValue(5)"), "5");
    EXPECT_EQ(bench_.text("event.?strange.orValue(5)"), "error(unreadable)");
    EXPECT_EQ(bench_.text("[?event.?gone, ?event.?here]"), "[1,]");
    EXPECT_EQ(bench_.text("{?'a': event.?gone, ?'b': event.?here}"), "{\"b\":1,}");
}

TEST_F(Absence, EndsWhatNeedsTheField) {
    EXPECT_EQ(bench_.text("event.gone"), "absent");
    EXPECT_EQ(bench_.text("event.gone + 1"), "absent");
    EXPECT_EQ(bench_.text("event.gone == 1"), "absent");
    EXPECT_EQ(bench_.text("event.gone == event.here"), "absent");
    EXPECT_EQ(bench_.text("event.gone in [1]"), "absent");
    EXPECT_EQ(bench_.text("!event.gone"), "absent");
    EXPECT_EQ(bench_.text("event.gone ? 1 : 2"), "absent");
    EXPECT_EQ(bench_.text("[event.gone]"), "absent");
    EXPECT_EQ(bench_.text("{event.gone: 1}"), "absent");
    EXPECT_EQ(bench_.text("{1: event.gone}"), "absent");
    EXPECT_EQ(bench_.text("event.gone.all(x, x)"), "absent");
    EXPECT_EQ(bench_.text("event.list.map(x, x.gone)"), "absent");
    EXPECT_EQ(bench_.text("event.object.gone"), "absent");
    EXPECT_EQ(bench_.text("event.list[0].gone"), "absent");
    EXPECT_EQ(bench_.text("event.list[1].gone"), "absent");
    EXPECT_EQ(bench_.text("event.list[1]['gone']"), "absent");
    EXPECT_EQ(bench_.text("event.gone.startsWith('a')"), "absent");
    EXPECT_EQ(bench_.text("event.gone[0]"), "absent");
    EXPECT_EQ(bench_.text("event.list[event.gone]"), "absent");
    EXPECT_EQ(bench_.text("event.gone.optMap(x, x)"), "absent");
    EXPECT_EQ(bench_.text("event.gone.orValue(1)"), "absent");
    EXPECT_EQ(bench_.text("cel.bind(x, event.gone, x)"), "absent");
}

TEST_F(Absence, IsAbsorbedByLogic) {
    EXPECT_EQ(bench_.text("event.gone || true"), "true");
    EXPECT_EQ(bench_.text("true || event.gone"), "true");
    EXPECT_EQ(bench_.text("event.gone && false"), "false");
    EXPECT_EQ(bench_.text("event.gone && true"), "absent");
    EXPECT_EQ(bench_.text("event.gone || false"), "absent");
    EXPECT_EQ(bench_.text("event.gone || event.here == 1 || 1 / 0 == 1"), "true");
    EXPECT_EQ(bench_.text("event.list.exists(x, x.a == 7)"), "true");
    EXPECT_EQ(bench_.text("event.list.exists(x, x.a == 8)"), "absent");
    EXPECT_EQ(bench_.text("cel.bind(x, event.gone, true || x)"), "true");
}

TEST(Program, KeepsTheTextOfExactNumbers) {
    Bench bench;
    bench.declare("event");
    bench.set("event.exact", Value::decimal("12345678901234567890.125"));
    EXPECT_EQ(bench.text("event.exact"), "12345678901234567890.125");
    EXPECT_EQ(bench.text("[event.exact][0]"), "12345678901234567890.125");
    EXPECT_EQ(bench.text("string(event.exact)"), "\"12345678901234567890.125\"");
    EXPECT_EQ(bench.text("event.exact > 1 && event.exact < 1e20"), "true");
    EXPECT_EQ(bench.text("event.exact == 12345678901234567890.125"), "true");
    EXPECT_EQ(bench.text("event.exact * 2.0 == 24691357802469135780.25"), "true");
    EXPECT_EQ(bench.text("type(event.exact) == double"), "true");
    EXPECT_EQ(bench.text("'%d %s'.format([event.exact, event.exact])"),
              "\"12345678901234567890.125 12345678901234567890.125\"");
}

TEST(Program, StopsAtTheCostLimit) {
    Bench bench;
    bench.declare("event");
    Value many[1000];
    std::ranges::fill(many, Value::integer(1));
    bench.set("event.many", Value::list(many));
    bench.cost_max = 500;
    for (const char* expression :
         {"event.many.all(x, x == 1)", "event.many.exists(x, x == 2)", "event.many.map(x, x)",
          "event.many.exists_one(x, x == 1)", "event.many.exists(x, event.many.exists(y, x != y))",
          "event.many.transformMap(i, x, x)", "event.many.sort()", "event.many.distinct()",
          "event.many.sortBy(x, x)", "2 in event.many", "event.many == event.many + []",
          "lists.range(1000 + event.many[0])", "event.many.exists(x, x == 2) || true",
          "event.many.all(x, x == 1) && false", "'%s'.format([event.many])"})
        EXPECT_EQ(bench.code(expression), "cel.cost_limit") << expression;
    EXPECT_EQ(bench.text("event.many[0] == 1"), "true");
}

TEST(Program, ChargesForLongTexts) {
    Bench bench;
    bench.declare("event");
    const std::string text(100'000, 'a');
    bench.set("event.text", Value::string(text));
    bench.cost_max = 500;
    for (const char* expression : {"event.text + 'b'",
                                   "event.text.lowerAscii()",
                                   "event.text.replace('a', 'b')",
                                   "event.text.split('')",
                                   "event.text.matches('b+')",
                                   "event.text.matches(event.text)",
                                   "event.text.size()",
                                   "event.text.trim()",
                                   "event.text.reverse()",
                                   "event.text.indexOf('b')",
                                   "event.text.lastIndexOf('b')",
                                   "event.text.charAt(3)",
                                   "event.text.substring(3)",
                                   "[event.text, event.text].join()",
                                   "'%s'.format([event.text])",
                                   "'%x'.format([event.text])",
                                   "event.text.format([])",
                                   "base64.encode(bytes(event.text))",
                                   "base64.decode(event.text)",
                                   "string(bytes(event.text))",
                                   "strings.quote(event.text)"})
        EXPECT_EQ(bench.code(expression), "cel.cost_limit") << expression;
}

TEST(Program, RefusesTextsThatAreNoExpressions) {
    Bench bench;
    EXPECT_EQ(bench.code(""), "cel.syntax");
    EXPECT_EQ(bench.code("'\xff'"), "cel.syntax");
    bench.options.text_bytes_max = 10;
    EXPECT_EQ(bench.code("1 + 1 + 1 + 1"), "cel.too_long");
    bench.options.text_bytes_max = 1000;
    bench.options.depth_max = 3;
    EXPECT_EQ(bench.code("[[[[1]]]]"), "cel.too_deep");
    EXPECT_EQ(bench.code("'a'.matches('(')"), "cel.pattern");
}

TEST(Program, TakesMoreLocalsThanUsual) {
    Bench bench;
    bench.declare("event");
    bench.set("event.one", Value::integer(1));
    std::string expression = "event.one";
    for (int i = 0; i < 20; ++i)
        expression = "cel.bind(v" + std::to_string(i) + ", event.one, v" + std::to_string(i) +
                     " + " + expression + ")";
    EXPECT_EQ(bench.text(expression), "21");
}

TEST(Environment, TakesTheLastDeclarationOfAName) {
    Bench bench;
    bench.declare("event", Type::scalar(TypeKind::Int));
    bench.declare("event", Type::scalar(TypeKind::String));
    EXPECT_EQ((*bench.compile("event"))->result_type()->to_text(), "string");
}

TEST(FunctionReference, HasALineForEachFunctionAndMacro) {
    const std::vector<std::string> lines = function_reference();
    const auto has = [&](std::string_view start) {
        return std::ranges::any_of(
            lines, [&](const std::string& line) { return line.starts_with(start); });
    };
    EXPECT_TRUE(has("string.startsWith(string) -> bool: "));
    EXPECT_TRUE(has("geo.distance(dyn, dyn, dyn, dyn) -> double: "));
    EXPECT_TRUE(has("has(a.b) -> bool: "));
    EXPECT_FALSE(has("_+_"));
    for (const std::string& line : lines) EXPECT_NE(line.back(), ' ') << line;
}

}  // namespace
}  // namespace messina::cel
