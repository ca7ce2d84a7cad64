// From what a request came to, to an Error with a class: the one table of this room.
#pragma once

#include <string_view>

#include "base/error.h"
#include "cql/transport.h"

namespace messina::cql {

enum class Use : uint8_t {
    Open,     // opening a connection
    Prepare,  // preparing a statement, or one that is not prepared
    Execute,  // a prepared statement with its values
};

/// A write whose outcome is not known (its time was over at the server, the connection broke) is
/// Transient, never a success: writes are idempotent and are sent again.
Error to_error(const Failure& failure, Use use);

/// Whether a write that failed with `error` may have been applied nevertheless.
bool may_be_applied(const Error& error);

}  // namespace messina::cql
