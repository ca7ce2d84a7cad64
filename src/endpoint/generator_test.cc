#include "endpoint/generator.h"

#include <map>
#include <set>

#include <gtest/gtest.h>

#include "endpoint/testing/endpoint_bench.h"

namespace messina::endpoint {
namespace {

Generator make(const std::string& yaml) {
    Result<config::Options> options = testing::parse_options(*kGenerateSource.section, yaml);
    EXPECT_TRUE(options.has_value()) << (options ? "" : options.error().to_text());
    Result<Generator> generator = Generator::make(*options);
    EXPECT_TRUE(generator.has_value()) << (generator ? "" : generator.error().to_text());
    return std::move(*generator);
}

std::string record(const Generator& generator, uint64_t number) {
    Buffer out;
    generator.append(number, out);
    return std::string(out.view());
}

Value field(const Generator& generator, uint64_t number, std::string_view name, Arena& arena) {
    return codec::parse_json(arena.copy(record(generator, number)), arena)->field(name);
}

const char* const kShape =
    "{ count: 1000, seed: 7, draws: { v: { count: 50, order: zipf }, s: { count: 10, order: "
    "sequence } },"
    " fields: { at: { time: { start: 1000, step: 2ms } }, id: { key: { draw: v, form: hex } }, u: "
    "{ key: { draw: v, form: uuid, per: 3 } },"
    " h: { key: { draw: v, form: sha256, prefix: p } }, t: { key: { draw: s, prefix: 'x-' } }, i: "
    "{ key: { draw: s, form: number } },"
    " kind: { choice: { click: 7, view: 3 } }, land: { choice: { values: { de: 1, fr: 1 }, by: v } "
    "},"
    " n: { number: { min: -5, max: 5 } }, d: { number: { min: 0, max: 1, decimals: 3 } }, tags: { "
    "list: { values: [a, b], max: 4 } },"
    " rare: { make: { number: { min: 1, max: 1 } }, share: 0.1 } } }";

TEST(Generator, MakesTheSameRecordAgainInAnyOrder) {
    const Generator one = make(kShape);
    const Generator other = make(kShape);
    std::vector<std::string> backwards(1000);
    for (uint64_t n = 1000; n-- > 0;) backwards[n] = record(other, n);
    for (uint64_t n = 0; n < 1000; ++n) EXPECT_EQ(record(one, n), backwards[n]);
}

TEST(Generator, MakesOtherRecordsWithAnotherSeed) {
    const Generator one =
        make("{ count: 9, seed: 1, fields: { n: { number: { min: 0, max: 1e9 } } } }");
    const Generator other =
        make("{ count: 9, seed: 2, fields: { n: { number: { min: 0, max: 1e9 } } } }");
    EXPECT_NE(record(one, 0), record(other, 0));
}

TEST(Generator, MakesFieldsAsDescribed) {
    const Generator generator = make(kShape);
    size_t clicks = 0;
    size_t rare = 0;
    for (uint64_t n = 0; n < 1000; ++n) {
        Arena arena;
        Buffer out;
        EXPECT_EQ(generator.append(n, out), 1'000'000 + static_cast<int64_t>(n) * 2000);
        EXPECT_EQ(field(generator, n, "at", arena).as_int(), 1000 + static_cast<int64_t>(n) * 2);
        EXPECT_EQ(field(generator, n, "id", arena).as_text().size(), 32u);
        EXPECT_EQ(field(generator, n, "h", arena).as_text().size(), 64u);
        const std::string uuid(field(generator, n, "u", arena).as_text());
        EXPECT_EQ(uuid.size(), 36u);
        EXPECT_EQ(uuid[14], '4') << "version";
        EXPECT_NE(std::string("89ab").find(uuid[19]), std::string::npos) << "variant";
        EXPECT_EQ(field(generator, n, "t", arena).as_text(), "x-" + std::to_string(n % 10));
        EXPECT_EQ(field(generator, n, "i", arena).as_int(), static_cast<int64_t>(n % 10));
        const int64_t number = field(generator, n, "n", arena).as_int();
        EXPECT_TRUE(number >= -5 && number <= 5) << number;
        EXPECT_LE(field(generator, n, "tags", arena).as_list().size(), 4u);
        clicks += field(generator, n, "kind", arena).as_text() == "click" ? 1 : 0;
        rare += field(generator, n, "rare", arena).is_absent() ? 0 : 1;
    }
    EXPECT_NEAR(static_cast<double>(clicks), 700, 60);
    EXPECT_NEAR(static_cast<double>(rare), 100, 40);
}

TEST(Generator, GivesOneDrawAlwaysTheSameChoice) {
    const Generator generator = make(kShape);
    std::map<std::string, std::set<std::string>> lands;
    for (uint64_t n = 0; n < 1000; ++n) {
        Arena arena;
        lands[std::string(field(generator, n, "id", arena).as_text())].emplace(
            field(generator, n, "land", arena).as_text());
    }
    for (const auto& [id, seen] : lands) EXPECT_EQ(seen.size(), 1u) << id;
}

TEST(Generator, DrawsFewOftenByZipf) {
    for (const char* exponent : {"1", "1.1", "0.5"}) {
        const Generator generator =
            make(fmt::format("{{ count: 1, draws: {{ v: {{ count: 100, order: zipf, exponent: {} "
                             "}} }}, fields: {{ i: {{ key: {{ draw: v, form: number }} }} }} }}",
                             exponent));
        std::map<int64_t, size_t> seen;
        for (uint64_t n = 0; n < 5000; ++n) {
            Arena arena;
            const int64_t draw = field(generator, n, "i", arena).as_int();
            ASSERT_TRUE(draw >= 0 && draw < 100);
            ++seen[draw];
        }
        EXPECT_GT(seen[0], 2 * seen[20]) << exponent;
    }
}

TEST(Generator, TellsItsTypes) {
    const TypeRef type = make(kShape).type();
    EXPECT_EQ(type->field("n")->kind, TypeKind::Int);
    EXPECT_EQ(type->field("d")->kind, TypeKind::Double);
    EXPECT_EQ(type->field("tags")->kind, TypeKind::List);
    EXPECT_EQ(type->field("id")->kind, TypeKind::String);
    EXPECT_EQ(type->field("none"), nullptr);
}

TEST(Generator, RefusesWhatMakesNoSense) {
    const std::map<std::string, std::string> wrong = {
        {"{ count: 1, fields: { a: { key: { draw: none } } } }", "generate.unknown_draw"},
        {"{ count: 1, fields: { a: { choice: { x: nothing } } } }", "generate.weight"},
        {"{ count: 1, fields: { a: { choice: { x: 0 } } } }", "generate.weight"},
        {"{ count: 1, fields: { a: { number: { min: 2, max: 1 } } } }", "generate.bounds"},
        {"{ count: 1, fields: { a: { list: { values: [] } } } }", "generate.list"},
    };
    for (const auto& [yaml, code] : wrong) {
        Result<config::Options> options = testing::parse_options(*kGenerateSource.section, yaml);
        ASSERT_TRUE(options.has_value()) << yaml << options.error().to_text();
        const Result<Generator> generator = Generator::make(*options);
        ASSERT_FALSE(generator.has_value()) << yaml;
        EXPECT_EQ(generator.error().code, code) << yaml;
    }
}

}  // namespace
}  // namespace messina::endpoint
