// The cluster that tests share (tests/servers): keyspaces of a test's own.
#pragma once

#include <memory>
#include <string>

#include "cql/loop.h"
#include "cql/session.h"
#include "table/cql/cql_store.h"

namespace messina::table::testing {

/// Where the servers of this test run are.
cql::ConnectOptions live_connection();

/// A keyspace that goes with its holder.
class LiveKeyspace {
  public:
    LiveKeyspace();
    ~LiveKeyspace();
    LiveKeyspace(const LiveKeyspace&) = delete;
    LiveKeyspace& operator=(const LiveKeyspace&) = delete;

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] cql::Loop& loop() { return loop_; }
    /// Ends the test program when the cluster refuses it.
    void execute(std::string_view text);
    /// Options of a store in this keyspace.
    [[nodiscard]] CqlOptions options() const;

  private:
    cql::Loop loop_;
    cql::Session session_;
    std::string name_;
};

}  // namespace messina::table::testing
