#include <algorithm>

#include <gtest/gtest.h>
#include <re2/re2.h>
#include <simdjson.h>

#include "config/example_sections.h"
#include "config/option.h"

namespace messina::config {
namespace {

Node node_of(std::string yaml) {
    Result<Node> node = parse_yaml("value.yaml", std::move(yaml), Interpolation{.is_on = false});
    EXPECT_TRUE(node.has_value()) << node.error().to_text();
    return node.value_or(Node{});
}

/// The part of JSON schema that json_schema() uses. JSON being YAML, the schema is a Node, too.
class Validator {
  public:
    explicit Validator(const Node& root) : root_(root) {}

    bool accepts(const Node& value) const { return accepts(root_, value); }

  private:
    bool accepts(const Node& schema, const Node& value) const {
        return std::all_of(schema.entries.begin(), schema.entries.end(), [&](const auto& entry) {
            return holds(schema, entry.first.scalar, entry.second, value);
        });
    }

    bool holds(const Node& schema, const std::string& keyword, const Node& rule,
               const Node& value) const {
        const auto accepts_value = [&](const Node& alternative) {
            return accepts(alternative, value);
        };
        if (keyword == "$ref") return accepts(definition(rule.scalar), value);
        if (keyword == "type") return is_of_type(rule, value);
        if (keyword == "anyOf") {
            return std::any_of(rule.items.begin(), rule.items.end(), accepts_value);
        }
        if (keyword == "oneOf") {
            return std::count_if(rule.items.begin(), rule.items.end(), accepts_value) == 1;
        }
        if (keyword == "enum") {
            return std::any_of(rule.items.begin(), rule.items.end(), [&](const Node& item) {
                return value.kind == NodeKind::Scalar && item.scalar == value.scalar;
            });
        }
        if (keyword == "pattern") {
            return RE2::PartialMatch(value.scalar, RE2(rule.scalar));
        }
        if (keyword == "minimum") return std::stod(value.scalar) >= std::stod(rule.scalar);
        if (keyword == "maximum") return std::stod(value.scalar) <= std::stod(rule.scalar);
        if (keyword == "items") {
            return std::all_of(value.items.begin(), value.items.end(),
                               [&](const Node& item) { return accepts(rule, item); });
        }
        if (keyword == "required") {
            return std::all_of(rule.items.begin(), rule.items.end(), [&](const Node& name) {
                return value.find(name.scalar) != nullptr;
            });
        }
        if (keyword == "properties") {
            return std::all_of(value.entries.begin(), value.entries.end(), [&](const auto& entry) {
                const Node* property = rule.find(entry.first.scalar);
                return property == nullptr || accepts(*property, entry.second);
            });
        }
        if (keyword == "additionalProperties") return additional(schema, rule, value);
        return true;  // annotations
    }

    bool additional(const Node& schema, const Node& rule, const Node& value) const {
        const Node* properties = schema.find("properties");
        return std::all_of(value.entries.begin(), value.entries.end(), [&](const auto& entry) {
            if (properties != nullptr && properties->find(entry.first.scalar) != nullptr) {
                return true;
            }
            return rule.kind == NodeKind::Map && accepts(rule, entry.second);
        });
    }

    const Node& definition(const std::string& reference) const {
        const std::string prefix = "#/$defs/";
        EXPECT_TRUE(reference.starts_with(prefix)) << reference;
        const Node* found = root_.find("$defs")->find(reference.substr(prefix.size()));
        EXPECT_NE(found, nullptr) << reference;
        return found == nullptr ? root_ : *found;
    }

    static bool is_of_type(const Node& rule, const Node& value) {
        if (rule.kind == NodeKind::Sequence) {
            return std::any_of(rule.items.begin(), rule.items.end(),
                               [&](const Node& type) { return is_of_type(type, value); });
        }
        static const RE2 integer("[-+]?[0-9]+");
        static const RE2 number("[-+]?[0-9]+(\\.[0-9]+)?");
        const bool is_plain = value.kind == NodeKind::Scalar && !value.is_quoted;
        const bool is_integer = is_plain && RE2::FullMatch(value.scalar, integer);
        const bool is_number = is_plain && RE2::FullMatch(value.scalar, number);
        const bool is_boolean = is_plain && (value.scalar == "true" || value.scalar == "false");
        if (rule.scalar == "object") return value.kind == NodeKind::Map;
        if (rule.scalar == "array") return value.kind == NodeKind::Sequence;
        if (rule.scalar == "null") return value.kind == NodeKind::Null;
        if (rule.scalar == "integer") return is_integer;
        if (rule.scalar == "number") return is_number;
        if (rule.scalar == "boolean") return is_boolean;
        return value.kind == NodeKind::Scalar && !is_number && !is_boolean;
    }

    const Node& root_;
};

class JsonSchemaTest : public testing::Test {
  protected:
    bool accepts(const std::string& yaml) const {
        return Validator(schema_).accepts(node_of(yaml));
    }

    std::string text_ = json_schema(example::kPipeline);
    Node schema_ = node_of(text_);
};

TEST_F(JsonSchemaTest, IsValidJson) {
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    ASSERT_EQ(parser.parse(text_).get(root), simdjson::SUCCESS) << text_;
    std::string_view draft;
    ASSERT_EQ(root["$schema"].get(draft), simdjson::SUCCESS);
    EXPECT_EQ(draft, "https://json-schema.org/draft/2020-12/schema");
    double maximum = 0;
    EXPECT_EQ(
        root.at_pointer("/$defs/kafka/anyOf/0/properties/partitions/anyOf/0/maximum").get(maximum),
        simdjson::SUCCESS);
    EXPECT_EQ(maximum, 10'000);
}

TEST_F(JsonSchemaTest, AcceptsWhatThePipelineAccepts) {
    for (const char* yaml : {
             "pipeline: p",
             "{pipeline: p, sink: stdout}",
             "{pipeline: p, sink: {stdout: }}",
             "{pipeline: p, sink: {kafka: {topic: t, partitions: 3, ratio: 0.25, password: x}}}",
             "{pipeline: p, sink: {kafka: {topic: t, partitions: '${env:N}', linger: 5ms}}}",
             "{pipeline: p, labels: [any, {thing: 1}]}",
             "pipeline: p\nsteps:\n"
             "  - filter: event.kind == 1\n"
             "  - filter: {condition: true}\n"
             "  - set: {a: event.b, c: null}\n"
             "  - lookup: {table: t, timeout: 1h30m, cache: {max: 1.5MiB}, columns: [a, 5],\n"
             "             tables: {a: {ttl: 1s}}, types: [uuid, {type: int, is_static: true}]}\n"
             "  - lookup: {table: t, columns: a, on_miss: drop}\n",
         }) {
        EXPECT_TRUE(accepts(yaml)) << yaml;
    }
}

TEST_F(JsonSchemaTest, RefusesWhatThePipelineRefuses) {
    for (const char* yaml : {
             "{}",
             "[]",
             "{pipeline: p, pipelin: p}",
             "{pipeline: [p]}",
             "{pipeline: p, sink: kafka}",
             "{pipeline: p, sink: {kafka: {}}}",
             "{pipeline: p, sink: {stdout: , kafka: {topic: t}}}",
             "{pipeline: p, sink: {kafka: {topic: t, partitions: 0}}}",
             "{pipeline: p, sink: {kafka: {topic: t, partitions: many}}}",
             "{pipeline: p, sink: {kafka: {topic: t, ratio: 1.5}}}",
             "{pipeline: p, sink: {kafka: {topic: t, linger: 5}}}",
             "{pipeline: p, sink: {kafka: {topic: t, linger: 5 minutes}}}",
             "{pipeline: p, steps: [{lookup: {columns: [a]}}]}",
             "{pipeline: p, steps: [{lookup: {table: t, on_miss: dorp}}]}",
             "{pipeline: p, steps: [{lookup: {table: t, cache: {max: 5MIB}}}]}",
             "{pipeline: p, steps: [{fliter: a}]}",
             "{pipeline: p, steps: [{set: {a: [1]}}]}",
         }) {
        EXPECT_FALSE(accepts(yaml)) << yaml;
    }
}

TEST(JsonSchema, GivesSectionsOfOneNameTheirOwnDefinitions) {
    const Section source{.name = "kafka", .summary = "Reads.", .options = {}};
    const Section reference{.name = "reference", .summary = "Refers.", .options = {}};
    const Section root{
        .name = "job",
        .summary = "A job.",
        .options = {{.name = "source", .type = one_of({&source, &reference}), .doc = "In."},
                    {.name = "sink", .type = one_of({&example::kKafka}), .doc = "Out."}}};
    const Node schema = node_of(json_schema(root));
    EXPECT_EQ(schema.find("title")->scalar, "job");
    for (const char* name : {"job", "kafka", "kafka_2", "reference", "reference_2"}) {
        EXPECT_NE(schema.find("$defs")->find(name), nullptr) << name;
    }
    EXPECT_TRUE(
        Validator(schema).accepts(node_of("{source: {kafka: }, sink: {kafka: {topic: t}}}")));
    EXPECT_FALSE(Validator(schema).accepts(node_of("{source: {kafka: {topic: t}}}")));
}

TEST(JsonSchema, EndsAtSectionsInsideThemselves) {
    Section self{.name = "self", .summary = "Contains itself.", .options = {}};
    self.options.push_back({.name = "inner", .type = nested(self), .doc = "One \"more\"\tlevel."});
    const Node schema = node_of(json_schema(self));
    EXPECT_TRUE(Validator(schema).accepts(node_of("{inner: {inner: {inner: }}}")));
    EXPECT_FALSE(Validator(schema).accepts(node_of("{inner: {inner: {outer: }}}")));
}

}  // namespace
}  // namespace messina::config
