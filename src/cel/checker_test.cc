// What is found before anything is evaluated.
#include "cel/checker.h"

#include <gtest/gtest.h>

#include "cel/testing.h"

namespace messina::cel {
namespace {

Bench typed() {
    Bench bench;
    const TypeRef user = Type::record(
        {{"id", Type::scalar(TypeKind::Int)}, {"name", Type::scalar(TypeKind::String, true)}});
    bench.declare("event", Type::record({{"kind", Type::scalar(TypeKind::String)},
                                         {"price", Type::scalar(TypeKind::Double)},
                                         {"exact", Type::scalar(TypeKind::Decimal)},
                                         {"tags", Type::list(Type::scalar(TypeKind::String))},
                                         {"counts", Type::map(Type::scalar(TypeKind::String),
                                                              Type::scalar(TypeKind::Int))},
                                         {"user", user}}));
    bench.declare("meta");
    return bench;
}

/// The error without its excerpt, and its hint after a bar.
std::string refusal(std::string_view expression) {
    Bench bench = typed();
    const auto program = bench.compile(expression);
    if (program) return "accepted";
    const std::string& message = program.error().message;
    return message.substr(0, message.find('\n')) + " | " + program.error().hint;
}

std::string type(std::string_view expression) {
    Bench bench = typed();
    const auto program = bench.compile(expression);
    return program ? (*program)->result_type()->to_text() : program.error().message;
}

TEST(Checker, FindsMisspeltFields) {
    EXPECT_EQ(refusal("event.prise > 1.0"),
              "1:7: there is no field 'prise' | did you mean 'price'?");
    EXPECT_EQ(refusal("event.user.nmae"), "1:12: there is no field 'nmae' | did you mean 'name'?");
    EXPECT_EQ(refusal("has(event.xyzzy)"),
              "1:11: there is no field 'xyzzy' | fields: kind, price, exact, tags, counts, user");
    EXPECT_EQ(refusal("event[\"knd\"]"), "1:6: there is no field 'knd' | did you mean 'kind'?");
    EXPECT_EQ(refusal("event.?user.?nam"), "1:14: there is no field 'nam' | did you mean 'name'?");
    EXPECT_EQ(refusal("meta.anything.at.all"), "accepted");
}

TEST(Checker, FindsMisspeltNames) {
    EXPECT_EQ(refusal("evnt.kind"),
              "1:1: nothing is known by the name 'evnt' | did you mean 'event'?");
    EXPECT_EQ(refusal("xyzzy"),
              "1:1: nothing is known by the name 'xyzzy' | known here: event, meta");
    EXPECT_EQ(refusal("event.kind.startWith('a')"),
              "1:12: there is no function 'startWith' | did you mean 'startsWith'?");
    EXPECT_EQ(refusal("event.tags.exists(tag, tga == 'a')"),
              "1:24: nothing is known by the name 'tga' | did you mean 'tag'?");
    EXPECT_EQ(refusal("quux(1)"),
              "1:1: there is no function 'quux' | `messina doc cel` lists the functions");
    EXPECT_EQ(refusal("Event{kind: 'a'}"),
              "1:6: there is no message type 'Event' | a map is written {\"name\": value}");
}

TEST(Checker, FindsCallsThatNoOverloadFits) {
    EXPECT_EQ(refusal("event.kind + 1"),
              "1:12: '+' does not take (string, int) | string(x) makes a text of the other value");
    EXPECT_EQ(refusal("event.price == 10"),
              "1:13: '==' does not take (double, int) | numbers of one type only: 10.0 is a "
              "double, 10 an int, 10u a uint; double(x), int(x) and uint(x) convert");
    EXPECT_EQ(refusal("event.kind.charAt('a')"),
              "1:12: 'charAt' does not take (string, string) | it is string.charAt(int) -> string");
    EXPECT_EQ(refusal("event.kind && true"), "1:12: '&&' does not take (string, bool) | ");
    EXPECT_EQ(refusal("event.tags[\"a\"]"),
              "1:11: a value of type list(string) has no items under a key of type string | ");
    EXPECT_EQ(refusal("event.kind.length"), "1:12: a value of type string has no fields | ");
    EXPECT_EQ(refusal("event.kind.all(x, true)"), "1:12: cannot go over the items of string | ");
    EXPECT_EQ(refusal("event.tags.all(x, x)"), "1:19: expected a bool, found string | ");
    EXPECT_EQ(refusal("event.tags.map(x, x, x)"), "1:19: expected a bool, found string | ");
    EXPECT_EQ(refusal("[?1]"), "1:3: an item written with ? must be an optional, not int | ");
    EXPECT_EQ(refusal("optional.of(1).optFlatMap(x, x)"),
              "1:30: expected an optional, found int | ");
    EXPECT_EQ(refusal("event.tags.optMap(x, x)"),
              "1:12: expected an optional, found list(string) | ");
    EXPECT_EQ(refusal("!meta.a && -true"), "1:12: '-' does not take (bool) | ");
}

TEST(Checker, ComparesNumbersOfAnyTypeByOrder) {
    EXPECT_EQ(refusal("event.price > 10"), "accepted");
    EXPECT_EQ(refusal("event.price > 'a'"),
              "1:13: '>' does not take (double, string) | string(x) makes a text of the other "
              "value");
}

TEST(Checker, KnowsTheTypeOfTheResult) {
    EXPECT_EQ(type("event.kind"), "string");
    EXPECT_EQ(type("event.exact * 2.0"), "double");
    EXPECT_EQ(type("event.user.name"), "string?");
    EXPECT_EQ(type("event.user.name == null"), "bool");
    EXPECT_EQ(type("event.tags.map(t, t.size())"), "list(int)");
    EXPECT_EQ(type("event.tags.transformMap(i, t, t)"), "map(int, string)");
    EXPECT_EQ(type("event.counts.transformMapEntry(k, v, {v: k})"), "map(int, string)");
    EXPECT_EQ(type("event.counts.all(k, v, k != '' && v > 0)"), "bool");
    EXPECT_EQ(type("event.counts.hits"), "int");
    EXPECT_EQ(type("event.tags.sortBy(t, t.size())"), "list(string)");
    EXPECT_EQ(type("event.user"), "{id: int, name: string?}");
    EXPECT_EQ(type("event.?user.?id.orValue(0)"), "int");
    EXPECT_EQ(type("event.?user.optMap(u, u.id).orValue(0)"), "int");
    EXPECT_EQ(type("event.?user"), "any");
    EXPECT_EQ(type("meta.a"), "any");
    EXPECT_EQ(type("meta.a + 1"), "int");
    EXPECT_EQ(type("[1, 'a']"), "list(any)");
    EXPECT_EQ(type("[]"), "list(any)");
    EXPECT_EQ(type("{'a': [1u]}"), "map(string, list(uint))");
    EXPECT_EQ(type("cel.bind(x, event.tags, x[0])"), "string");
    EXPECT_EQ(type("timestamp(meta.at) - duration('1h')"), "timestamp");
    EXPECT_EQ(type("duration('1h')"), "duration");
    EXPECT_EQ(type("b'a'"), "bytes");
    EXPECT_EQ(type("null"), "null");
    EXPECT_EQ(type("true ? 1u : 2u"), "uint");
    EXPECT_EQ(type("event[meta.name]"), "any");
    EXPECT_EQ(type("type(1) == int"), "bool");
    EXPECT_EQ(type("[type(1), list, map, optional_type, type]"), "list(any)");
}

TEST(Checker, LeavesItsComplaintsToRunTimeWhenAsked) {
    Bench bench = typed();
    bench.options.is_checked = false;
    EXPECT_EQ(bench.text("xyzzy"), "error(nothing is known by the name 'xyzzy')");
    EXPECT_EQ(bench.text("xyzzy.a.b || true"), "true");
    EXPECT_EQ(bench.text("quux(1) || true"), "true");
    EXPECT_EQ(bench.text("1 + 'a'"), "error('+' does not take (int, string))");
    EXPECT_EQ(bench.text("Event{kind: 'a'}"), "error(nothing is known by the name 'Event')");
    EXPECT_EQ(bench.text("startsWith('ab', 'a')"),
              "error('startsWith' does not take (string, string))");
}

TEST(Checker, LooksNamesUpInTheContainer) {
    Bench bench;
    bench.declare("shop.event");
    bench.options.container = "shop.rules";
    EXPECT_EQ(bench.text("event.kind"), "absent");
    EXPECT_EQ(bench.text("shop.event.kind"), "absent");
    EXPECT_EQ(bench.code(".event.kind"), "cel.undeclared");
}

}  // namespace
}  // namespace messina::cel
