#include "config/origin.h"

#include <cstdlib>

#include <gtest/gtest.h>

#include "config/example_sections.h"

namespace messina::config {
namespace {

Options parsed(std::string text) {
    Result<Node> node = parse_yaml("p.yaml", std::move(text), Interpolation{});
    EXPECT_TRUE(node.has_value()) << node.error().to_text();
    Result<Options> options = Options::parse(example::kPipeline, node.value_or(Node{}));
    EXPECT_TRUE(options.has_value()) << options.error().to_text();
    return options.value_or(Options{});
}

TEST(Origin, ListsEveryValueWithItsPlace) {
    EXPECT_EQ(
        show_origin(parsed("pipeline: clicks\n"
                           "steps:\n"
                           "  - lookup:\n"
                           "      table: tracking.id_match\n"
                           "      columns: [user_id, 'a b, c']\n"
                           "      types: [uuid]\n"
                           "      tables: {x: {ttl: 1s}}\n"
                           "labels: {team: 'data: core', on_call: null}\n")),
        "pipeline                            clicks                               p.yaml:1\n"
        "steps[0].lookup.table               tracking.id_match                    p.yaml:4\n"
        "steps[0].lookup.columns             [user_id, \"a b, c\"]                  p.yaml:5\n"
        "steps[0].lookup.on_miss             pass                                 default\n"
        "steps[0].lookup.timeout             250ms                                default\n"
        "steps[0].lookup.cache.ttl           5ms                                  default\n"
        "steps[0].lookup.cache.max           64MiB                                default\n"
        "steps[0].lookup.tables.x.ttl        1s                                   p.yaml:7\n"
        "steps[0].lookup.tables.x.max        64MiB                                default\n"
        "steps[0].lookup.types[0].type       uuid                                 p.yaml:6\n"
        "steps[0].lookup.types[0].is_static  false                                default\n"
        "sink.stdout                         {}                                   default\n"
        "labels                              {team: \"data: core\", on_call: null}  p.yaml:8\n");
}

TEST(Origin, MasksWhatIsSecret) {
    ::setenv("MESSINA_TEST_DB_PASSWORD", "hunter2", 1);
    const std::string table = show_origin(
        parsed("pipeline: ${env:MESSINA_TEST_DB_PASSWORD}\n"
               "sink:\n"
               "  kafka:\n"
               "    topic: out\n"
               "    password: hunter2\n"
               "    properties: {sasl.password: hunter2, x: '${env:MESSINA_TEST_DB_PASSWORD}'}\n"));
    EXPECT_EQ(table.find("hunter2"), std::string::npos) << table;
    EXPECT_NE(table.find("{sasl.password: [secret], x: [secret]}"), std::string::npos) << table;
}

}  // namespace
}  // namespace messina::config
