// What an error of librdkafka or of a broker means here: class, stable code, and how to mend it.
// Source: rd_kafka_resp_err_t and the protocol's error codes (Kafka's Errors.java).
#pragma once

#include <string_view>

#include <librdkafka/rdkafka.h>

#include "base/error.h"

namespace messina::kafka {

/// `doing`: "commit offsets of group g". An error that the table does not know is Transient: Kafka
/// adds codes, and to try again loses nothing.
Error error_of(rd_kafka_resp_err_t code, std::string_view doing, std::string_view reason = {});
/// The error object of newer calls; it is read, not destroyed.
Error error_of(const rd_kafka_error_t* error, std::string_view doing);

}  // namespace messina::kafka
