// Conformance: clustering order of every type that has one, ascending and descending.
#pragma once

#include <algorithm>

#include "table/testing/store_conformance.h"

namespace messina::table::testing {

/// Values in CQL's order.
struct OrderCase {
    std::string_view type;
    std::vector<Value> ascending;
};

inline std::vector<OrderCase> order_cases() {
    const auto texts = [](std::initializer_list<std::string_view> all) {
        std::vector<Value> values;
        for (const std::string_view text : all) values.push_back(Value::string(text));
        return values;
    };
    const auto numbers = [](std::initializer_list<int64_t> all) {
        std::vector<Value> values;
        for (const int64_t number : all) values.push_back(Value::integer(number));
        return values;
    };
    const auto floats = [](std::initializer_list<double> all) {
        std::vector<Value> values;
        for (const double number : all) values.push_back(Value::floating(number));
        return values;
    };
    using namespace std::string_view_literals;
    static const std::vector<std::vector<Value>> lists = {numbers({1}), numbers({1, 1}),
                                                          numbers({1, 2}), numbers({2})};
    std::vector<Value> of_lists;
    for (const auto& list : lists) of_lists.push_back(Value::list(list));
    return {
        {"ascii", texts({"", "A", "Z", "a", "ab", "b"})},
        {"text", texts({"", "a\0"sv, "a\0b"sv, "aa", "z", "é"})},
        {"blob", {Value::bytes(""), Value::bytes("\0"sv), Value::bytes("a"), Value::bytes("\xff")}},
        {"boolean", {Value::boolean(false), Value::boolean(true)}},
        {"tinyint", numbers({-128, -1, 0, 127})},
        {"smallint", numbers({-32'768, -1, 0, 32'767})},
        {"int", numbers({INT32_MIN, -1, 0, 256, INT32_MAX})},
        {"bigint", numbers({INT64_MIN, -1, 0, 256, INT64_MAX})},
        {"varint",
         texts({"-99999999999999999999", "-256", "-1", "0", "255", "256", "99999999999999999999"})},
        {"decimal", texts({"-1e30", "-2.5", "-0.1", "0", "0.01", "0.1", "2.5", "10", "1e30"})},
        {"float", floats({-1e30, -0.5, 0, 0.5, 1e30})},
        {"double", floats({-1e300, -0.5, 0, 0.5, 1e300})},
        {"date", texts({"-1000-01-01", "1969-12-31", "1970-01-01", "2024-02-29"})},
        {"time", texts({"00:00:00", "00:00:00.000000001", "23:59:59.999999999"})},
        {"timestamp", numbers({-1'000'000, -1, 0, 1, 1'700'000'000'000})},
        {"inet", texts({"1.2.3.4", "10.0.0.1", "192.168.0.1"})},
        {"timeuuid",
         texts({"ffffffff-0000-1000-8080-808080808080", "00000000-0001-1000-8080-808080808080",
                "00000000-0000-1001-8080-808080808080", "00000000-0000-1001-7f7f-7f7f7f7f7f7f"})},
        {"uuid",
         texts({"ffffffff-0000-1000-8080-808080808080", "00000000-0001-1000-8080-808080808080",
                "00000000-0000-4000-8080-808080808080", "00000001-0000-4000-8080-808080808080",
                "ffffffff-0000-4000-8080-808080808080"})},
        {"list<int>", of_lists},
        {"set<int>", {of_lists[0], of_lists[2], of_lists[3]}},
        {"tuple<int, int>", {of_lists[1], of_lists[2]}},
    };
}

TEST_P(StoreConformance, SortsRowsOfEveryTypeInBothOrders) {
    for (const OrderCase& order : order_cases()) {
        for (const bool is_descending : {false, true}) {
            const std::string column =
                "c " + std::string(order.type) + (is_descending ? " desc" : "");
            TableDriver& t = open(make_schema(
                "ordered",
                {.partition_key = {"p int"}, .clustering_key = {column}, .columns = {"v int"}}));
            // Written in an order that is neither: every second one, then the others.
            for (const size_t first : {1U, 0U})
                for (size_t i = first; i < order.ascending.size(); i += 2)
                    good(t.upsert({number(1), order.ascending[i]},
                                  {{"v", number(static_cast<int64_t>(i))}}, 10));
            std::string ascending;
            std::string descending;
            for (size_t i = 0; i < order.ascending.size(); ++i) {
                ascending += "[" + std::to_string(i) + "]";
                descending = "[" + std::to_string(i) + "]" + descending;
            }
            const std::string in_order = is_descending ? descending : ascending;
            const std::string reversed = is_descending ? ascending : descending;
            EXPECT_EQ(show(t.rows({number(1)}, {"v"})), in_order) << column;
            EXPECT_EQ(show(t.rows({number(1)}, {"v"}, {.is_reversed = true, .rows_max = 2})),
                      reversed)
                << column;
            for (size_t i = 0; i < order.ascending.size(); ++i)
                EXPECT_EQ(show(t.read({number(1), order.ascending[i]}, {"v"})),
                          "[" + std::to_string(i) + "]")
                    << column;
        }
    }
}

TEST_P(StoreConformance, GivesClusteringColumnsBack) {
    TableDriver& t = open(make_schema("given", {.partition_key = {"p int"},
                                                .clustering_key = {"c int", "d int desc"},
                                                .columns = {"v int"}}));
    good(t.upsert({number(1), number(-7), number(8)}, {}, 10));
    EXPECT_EQ(show(t.rows({number(1)}, {"d", "c"})), "[8 -7]");
    for (const OrderCase& order : order_cases()) {
        const std::string column = "c " + std::string(order.type) + " desc";
        TableDriver& u = open(make_schema(
            "back",
            {.partition_key = {"p int"}, .clustering_key = {column}, .columns = {"v int"}}));
        good(u.upsert({number(1), order.ascending.back()}, {}, 10));
        const std::string by_key = show(u.read({number(1), order.ascending.back()}, {"c"}));
        EXPECT_EQ(show(u.rows({number(1)}, {"c"})), by_key) << column;
    }
}

}  // namespace messina::table::testing
