// Tables in ScyllaDB or Cassandra: the store that `cql:` in a pipeline file declares.
//
// A write is durable when the cluster acknowledged it at the store's consistency level. A read or
// write whose outcome is not known fails as Transient; it is never taken for done. Many requests
// are under way at once; receivers are called from the loop's poll().
//
// Threads: those of the loop; each worker has a store of its own.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cql/session.h"
#include "table/store.h"

namespace messina::table {

struct CqlOptions {
    cql::ConnectOptions connection;
    cql::SessionLimits limits;
    std::string keyspace;
    /// Of reads; that of the connection when absent.
    std::optional<cql::Consistency> read_consistency = std::nullopt;
    /// What is used of the tables there; they are checked to have it. Empty: all there is.
    std::vector<TableSchema> tables = {};
    /// Create those of `tables` that are missing there.
    bool creates_tables = false;
    /// False: `tables` are known to be there as they are, and the schema is not read.
    bool checks_tables = true;
    cql::SessionMeter* meter = nullptr;  // null: nothing is measured; outlives store and tables
};

/// Connects and reads the schema; works on the loop until that is done. `loop` outlives the store
/// and its tables.
Result<std::unique_ptr<Store>> open_cql(cql::Loop& loop, CqlOptions options);

}  // namespace messina::table
