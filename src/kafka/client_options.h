// The options of a Kafka client: Messina's own, and librdkafka's under their own names where they
// change nothing that a promise stands on.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "kafka/handles.h"

namespace messina::kafka {

struct ClientOptions {
    std::vector<std::string> brokers;  // "host:port"
    /// Name to value, as librdkafka documents them (CONFIGURATION.md); checked by check_option().
    std::vector<std::pair<std::string, std::string>> settings = {};
};

enum class ClientRole : uint8_t { Consumer, Producer };

/// Misconfigured when the name is unknown (with the nearest known one), belongs to the other role,
/// is an option of the endpoint under another name, or would break a guarantee.
Result<void> check_setting(ClientRole role, const std::string& name, const std::string& value);

/// A configuration with the settings checked and set, over our own defaults.
Result<Conf> make_conf(ClientRole role, const ClientOptions& options);
/// Sets one of our own; the name and value are known to be good, so a refusal is Misconfigured with
/// librdkafka's reason.
Result<void> set(rd_kafka_conf_t& conf, const std::string& name, const std::string& value);

}  // namespace messina::kafka
