#include "cql/errors.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace messina::cql {
namespace {

struct Known {
    uint32_t code;  // native protocol specification v4, section 9; 0xf000: ScyllaDB's rate limit
    ErrorClass error_class;
    std::string_view name;
    std::string_view hint;
};

constexpr std::string_view kOverloadedHint =
    "the cluster is short of capacity: lower `limits.worker_lanes` or `requests_max` of the store, "
    "or add nodes";

constexpr std::array kKnown = {
    Known{0x0000, ErrorClass::Transient, "cql.server_error", "the server's log says more"},
    Known{0x000a, ErrorClass::Fatal, "cql.protocol_error", "the server's log says more"},
    Known{0x0100, ErrorClass::Misconfigured, "cql.authentication", "check `user` and `password`"},
    Known{0x1000, ErrorClass::Transient, "cql.unavailable",
          "too few replicas are alive for the consistency level: `nodetool status` shows them"},
    Known{0x1001, ErrorClass::Throttled, "cql.overloaded", kOverloadedHint},
    Known{0x1002, ErrorClass::Transient, "cql.bootstrapping", "the node is joining the cluster"},
    Known{0x1003, ErrorClass::Fatal, "cql.truncate_error", ""},
    Known{0x1100, ErrorClass::Transient, "cql.write_timeout", kOverloadedHint},
    Known{0x1200, ErrorClass::Transient, "cql.read_timeout", kOverloadedHint},
    Known{0x1300, ErrorClass::Transient, "cql.read_failure", "the servers' logs say more"},
    Known{0x1400, ErrorClass::Fatal, "cql.function_failure", ""},
    Known{0x1500, ErrorClass::Transient, "cql.write_failure", "the servers' logs say more"},
    Known{0x1600, ErrorClass::Transient, "cql.cdc_write_failure",
          "the servers' space for change data capture may be full"},
    Known{0x2000, ErrorClass::Misconfigured, "cql.syntax", ""},
    Known{0x2100, ErrorClass::Misconfigured, "cql.unauthorized",
          "grant the user SELECT and MODIFY on the keyspace"},
    Known{0x2200, ErrorClass::Misconfigured, "cql.invalid", ""},
    Known{0x2300, ErrorClass::Misconfigured, "cql.config_error", ""},
    Known{0x2400, ErrorClass::Misconfigured, "cql.already_exists", ""},
    Known{0x2500, ErrorClass::Transient, "cql.unprepared", ""},
    Known{0xf000, ErrorClass::Throttled, "cql.rate_limit",
          "the table has a rate limit for each partition"},
};

/// Whether the server misses something that the statement names, rather than refusing its values:
/// both are INVALID. Such a statement fails for every record.
bool is_about_schema(std::string_view message) {
    constexpr std::array<std::string_view, 6> signs = {"unconfigured table", "does not exist",
                                                       "doesn't exist",      "Undefined",
                                                       "Unknown identifier", "Unrecognized name"};
    return std::ranges::any_of(
        signs, [&](std::string_view sign) { return message.find(sign) != std::string_view::npos; });
}

Error database_error(const Failure& failure, Use use) {
    const auto* known = std::ranges::find(kKnown, failure.code, &Known::code);
    if (known == kKnown.end())
        return {ErrorClass::Fatal,
                "cql.unknown_error",
                fmt::format("error {:#06x} of the server: {}", failure.code, failure.message),
                {}};
    Error error{known->error_class, known->name, failure.message, std::string(known->hint)};
    constexpr uint32_t invalid = 0x2200;
    if (failure.code != invalid) return error;
    if (is_about_schema(failure.message)) {
        error.hint = "someone altered or dropped it, or it was never created";
    } else if (use == Use::Execute) {
        error.error_class = ErrorClass::Poison;
    }
    return error;
}

}  // namespace

Error to_error(const Failure& failure, Use use) {
    const auto make = [&](ErrorClass error_class, std::string_view code, std::string_view hint) {
        return Error{error_class, code, failure.message, std::string(hint)};
    };
    switch (failure.outcome) {
        case Outcome::Database: return database_error(failure, use);
        case Outcome::NotSent:
            return make(ErrorClass::Transient, "cql.no_connection",
                        "are the servers up, and do `contact_points` and `local_dc` name them?");
        case Outcome::ConnectionLost:
            if (use == Use::Prepare) return make(ErrorClass::Transient, "cql.not_prepared", "");
            return make(ErrorClass::Transient, "cql.connection_lost", "");
        case Outcome::TimedOut:
            if (use == Use::Prepare) return make(ErrorClass::Transient, "cql.not_prepared", "");
            return make(ErrorClass::Transient, "cql.timed_out",
                        use == Use::Open ? "is a server of CQL at `contact_points`, and can it be "
                                           "reached from here?"
                                         : "");
        // Values are checked before: the statement is not what it was prepared as.
        case Outcome::Invalid: return make(ErrorClass::Misconfigured, "cql.invalid_request", "");
        case Outcome::Protocol: return make(ErrorClass::Fatal, "cql.protocol", "");
        case Outcome::Authentication:
            return make(ErrorClass::Misconfigured, "cql.authentication",
                        "check `user` and `password`");
        case Outcome::Tls:
            return make(ErrorClass::Misconfigured, "cql.tls",
                        "check `tls`: the authority that signed the servers' certificates, and "
                        "this client's certificate and key");
    }
    return make(ErrorClass::Fatal, "cql.protocol", "");
}

bool may_be_applied(const Error& error) {
    if (error.error_class != ErrorClass::Transient) return false;
    constexpr std::array<std::string_view, 6> before_any_replica = {
        "cql.no_connection", "cql.not_prepared",  "cql.unprepared",
        "cql.unavailable",   "cql.bootstrapping", "cql.waited_too_long"};
    return std::ranges::find(before_any_replica, error.code) == before_any_replica.end();
}

}  // namespace messina::cql
