// The cluster that tests share (tests/servers): keyspaces of a test's own.
#pragma once

#include <chrono>
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
    /// By the server's clock, which counts its TTLs.
    [[nodiscard]] std::chrono::milliseconds server_time();
    /// Asks the server until its clock stands there.
    void wait_for_server_time(std::chrono::milliseconds time);
    /// Options of a store in this keyspace.
    [[nodiscard]] CqlOptions options() const;

  private:
    cql::Loop loop_;
    cql::Session session_;
    std::string name_;
};

}  // namespace messina::table::testing
