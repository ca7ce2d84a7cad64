#include "kafka/statistics.h"

#include <algorithm>

#include <simdjson.h>

namespace messina::kafka {
namespace {

using simdjson::dom::object;

int64_t number_of(const object& from, std::string_view name) {
    int64_t number = 0;
    return from[name].get(number) == simdjson::SUCCESS ? number : 0;
}
uint64_t count_of(const object& from, std::string_view name) {
    return static_cast<uint64_t>(std::max<int64_t>(number_of(from, name), 0));
}
std::string_view text_of(const object& from, std::string_view name) {
    std::string_view text;
    return from[name].get(text) == simdjson::SUCCESS ? text : std::string_view();
}

/// Each object in the object under `name`.
template <class Read>
void for_each_of(const object& from, std::string_view name, Read read) {
    object all;
    if (from[name].get(all) != simdjson::SUCCESS) return;
    for (const auto& [key, element] : all) {
        object each;
        if (element.get(each) == simdjson::SUCCESS) read(each);
    }
}

/// Brokers that were only heard of, addresses to begin with and the coordinator under its second
/// name say nothing.
bool is_in_use(const object& broker) {
    return number_of(broker, "nodeid") >= 0 && number_of(broker, "connects") > 0;
}

BrokerStatistics read_broker(const object& broker) {
    BrokerStatistics read;
    read.id = std::to_string(number_of(broker, "nodeid"));
    read.is_up = text_of(broker, "state") == "UP";
    object round_trips;
    if (broker["rtt"].get(round_trips) == simdjson::SUCCESS) {
        read.answers = count_of(round_trips, "cnt");
        read.rtt_average_us = number_of(round_trips, "avg");
        read.rtt_p99_us = number_of(round_trips, "p99");
    }
    read.send_errors = count_of(broker, "txerrs");
    read.receive_errors = count_of(broker, "rxerrs");
    read.retries = count_of(broker, "txretries");
    read.timeouts = count_of(broker, "req_timeouts");
    return read;
}

PartitionStatistics read_partition(std::string_view topic, const object& partition) {
    return {
        .partition = {std::string(topic), static_cast<int32_t>(number_of(partition, "partition"))},
        .begin = number_of(partition, "lo_offset"),
        .end = number_of(partition, "ls_offset"),
        .fetched_records = number_of(partition, "fetchq_cnt"),
        .fetched_bytes = number_of(partition, "fetchq_size")};
}

}  // namespace

std::optional<Statistics> parse_statistics(std::string_view json) {
    simdjson::dom::parser parser;
    object all;
    if (parser.parse(json.data(), json.size()).get(all) != simdjson::SUCCESS) return std::nullopt;
    Statistics read;
    read.unsent_records = number_of(all, "msg_cnt");
    read.unsent_bytes = number_of(all, "msg_size");
    for_each_of(all, "brokers", [&](const object& broker) {
        if (is_in_use(broker)) read.brokers.push_back(read_broker(broker));
    });
    if (text_of(all, "type") != "consumer") return read;
    for_each_of(all, "topics", [&](const object& topic) {
        for_each_of(topic, "partitions", [&](const object& partition) {
            // Partition -1 holds what has no partition yet.
            if (number_of(partition, "partition") >= 0)
                read.partitions.push_back(read_partition(text_of(topic, "topic"), partition));
        });
    });
    return read;
}

}  // namespace messina::kafka
