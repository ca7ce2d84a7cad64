#include "live_cluster.h"

#include <cstdlib>

#include <fmt/format.h>
#include <unistd.h>

#include "base/check.h"
#include "cql/bytes.h"
#include "cql/native_transport.h"

namespace messina::table::testing {
namespace {

std::unique_ptr<cql::Transport> make_transport() {
    auto transport = cql::make_native_transport();
    MESSINA_CHECK(transport.has_value(), transport.error().message);
    return std::move(*transport);
}

std::string new_name() {
    static int number = 0;
    return fmt::format("cql_store_{}_{}", getpid(), ++number);
}

}  // namespace

cql::ConnectOptions live_connection() {
    const char* address = std::getenv("MESSINA_CASSANDRA");
    MESSINA_CHECK(address != nullptr, "tests/servers/servers gives MESSINA_CASSANDRA");
    cql::ConnectOptions options;
    options.contact_points = {address};
    options.local_dc = "dc1";
    return options;
}

LiveKeyspace::LiveKeyspace()
    : loop_(make_transport(), system_clock()),
      session_(loop_, live_connection(),
               {.request_timeout = std::chrono::seconds(30),
                .prepare_timeout = std::chrono::seconds(60)}),
      name_(new_name()) {
    const auto opened = session_.open();
    MESSINA_CHECK(opened.has_value(), opened.error().to_text());
    execute(
        fmt::format("CREATE KEYSPACE {} WITH replication = {{'class': "
                    "'NetworkTopologyStrategy', 'dc1': 1}}",
                    name_));
}

LiveKeyspace::~LiveKeyspace() {
    execute("DROP KEYSPACE " + name_);
}

void LiveKeyspace::execute(std::string_view text) {
    const auto done = session_.query(text);
    MESSINA_CHECK(done.has_value(), done.error().to_text());
}

std::chrono::milliseconds LiveKeyspace::server_time() {
    const auto rows = session_.select("SELECT toUnixTimestamp(now()) FROM system.local", {});
    MESSINA_CHECK(rows.has_value(), rows.error().to_text());
    return std::chrono::milliseconds(cql::load_big_endian<int64_t>(rows->at(0).at(0)->data()));
}

void LiveKeyspace::wait_for_server_time(std::chrono::milliseconds time) {
    while (server_time() < time) {
        // The answer is the pause.
    }
}

CqlOptions LiveKeyspace::options() const {
    CqlOptions options;
    options.connection = live_connection();
    options.connection.keyspace = name_;
    options.limits.request_timeout = std::chrono::seconds(30);
    options.keyspace = name_;
    return options;
}

}  // namespace messina::table::testing
