#include <gtest/gtest.h>

#include "config/node.h"

namespace messina::config {
namespace {

Result<Node> parse(std::string text) {
    return parse_yaml("test.yaml", std::move(text), Interpolation{});
}

Node parsed(std::string text) {
    Result<Node> node = parse(std::move(text));
    EXPECT_TRUE(node.has_value()) << node.error().to_text();
    return node.value_or(Node{});
}

TEST(Yaml, KeepsWhereEveryNodeStood) {
    const Node root = parsed("a: 1\nb:\n  - x\n  - {ü: 'quoted', k: v}\n");
    ASSERT_EQ(root.kind, NodeKind::Map);
    const Node& list = *root.find("b");
    EXPECT_EQ(list.mark.line, 3);
    EXPECT_EQ(list.mark.column, 3);
    const Node& map = list.items.at(1);
    EXPECT_EQ(map.entries.at(0).second.mark.column, 9);
    EXPECT_TRUE(map.entries.at(0).second.is_quoted);
    EXPECT_EQ(map.entries.at(1).first.mark.column, 19);
    EXPECT_FALSE(map.find("k")->is_quoted);
    EXPECT_EQ(map.find("nothing"), nullptr);
}

}  // namespace
}  // namespace messina::config
