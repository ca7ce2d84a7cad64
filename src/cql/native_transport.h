// The transport over ScyllaDB's driver (native/include/messina_native.h).
#pragma once

#include <memory>

#include "base/error.h"
#include "cql/transport.h"

namespace messina::cql {

/// Fatal when the system gives no event loop (out of file descriptors).
Result<std::unique_ptr<Transport>> make_native_transport();

}  // namespace messina::cql
