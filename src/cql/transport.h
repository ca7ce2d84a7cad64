// The narrow port to whoever speaks CQL's protocol: native_transport.h (ScyllaDB's driver) in the
// product, testing/fake_transport.h in tests. session.h is what the rest of Messina uses.
//
// Shape: everything that takes time is asked for with a tag and answered by one completion with
// that tag. Threads: a transport and all that comes from it belong to one thread at a time, but
// wake(). Texts and values given are copied before a function returns.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace messina::cql {

/// Numbers of the protocol (native protocol specification v4, section 3).
enum class Consistency : uint16_t {
    Any = 0,
    One = 1,
    Two = 2,
    Three = 3,
    Quorum = 4,
    All = 5,
    LocalQuorum = 6,
    EachQuorum = 7,
    LocalOne = 10,
};

/// What became of a request that did not succeed.
enum class Outcome : uint8_t {
    Database,        // the server refused it: `code` is the protocol's error code
    NotSent,         // no connection took it: certainly not applied
    ConnectionLost,  // it was sent, and no answer came: may be applied
    Invalid,         // refused before it was sent: the values do not fit the statement
    Protocol,        // an answer came that cannot be understood: may be applied
    TimedOut,        // no answer in time: may be applied
    Authentication,  // of open: no name and password, or wrong ones
    Tls,             // of open: certificates that cannot be read or are not trusted
};

struct Failure {
    Outcome outcome = Outcome::Protocol;
    uint32_t code = 0;  // of Outcome::Database
    std::string message = {};
};

/// One page of rows in the protocol's own bytes; rows.h walks over them.
struct Rows {
    std::string_view bytes;  // for each cell its size (int32, big-endian, -1: null), then its bytes
    uint32_t row_count = 0;
    uint32_t column_count = 0;
    std::string_view paging;  // what the next page is asked for with; empty: this is the last one
    std::unique_ptr<void, void (*)(void*)> memory{nullptr, [](void*) {}};  // behind the views
};

/// Prepared by the cluster; requests under way do not need it any more.
class PreparedStatement {
  public:
    struct Column {
        std::string name;
        std::string type;               // in CQL's words
        bool is_partition_key = false;  // of a marker: it names the partition
    };
    virtual ~PreparedStatement() = default;
    [[nodiscard]] virtual std::vector<Column> markers() const = 0;
    [[nodiscard]] virtual std::vector<Column> results() const = 0;
};

struct Completion {
    uint64_t tag = 0;
    std::optional<Failure> failure;
    Rows rows;                                    // of requests and queries
    std::unique_ptr<PreparedStatement> prepared;  // of prepare
};

class CompletionReceiver {
  public:
    virtual ~CompletionReceiver() = default;
    /// Within Transport::poll(). What it wants of the completion it moves out.
    virtual void on_completion(Completion& completion) = 0;
};

struct StatementOptions {
    Nanos timeout = std::chrono::seconds(10);  // for preparing it
    uint32_t page_rows = 5000;
    std::optional<Consistency> consistency = std::nullopt;  // the connection's when absent
    bool is_read = false;  // may be asked of another node when one fails
};

struct Request {
    const PreparedStatement* statement = nullptr;
    std::string_view values;  // one after the other: size (int32, big-endian; -1: null, -2: leave
                              // as it is), then bytes
    uint32_t value_count = 0;
    std::string_view paging;  // Rows::paging of the page before; empty: the first page
    /// Write timestamp of a statement whose text has none; the server's when absent.
    std::optional<int64_t> timestamp_us;
    uint64_t tag = 0;
};

/// Connections to one cluster. Destroying it drops the completions that have not come yet.
class Connection {
  public:
    virtual ~Connection() = default;
    // Only after the completion of open() came without a failure:
    virtual void prepare(std::string_view text, const StatementOptions& options, uint64_t tag) = 0;
    /// Without preparing it; waits until the nodes agree on the schema.
    virtual void query(std::string_view text, Nanos timeout, uint64_t tag) = 0;
    /// There is no cancellation: whoever gives a request up ignores its completion.
    virtual void submit(std::span<const Request> requests) = 0;
};

struct TlsOptions {
    std::string ca_file = {};  // PEM; empty: the system's authorities
    std::string certificate_file = {};
    std::string key_file = {};
    std::vector<std::string> host_names =
        {};  // the certificate must be for one of them; empty: for any
};

struct ConnectOptions {
    std::vector<std::string> contact_points = {};  // host:port
    std::string keyspace = {};                     // whose replication is learned; empty: all
    std::string local_dc = {};                     // empty: none is preferred
    std::string local_rack = {};
    std::string user = {};  // empty: without authentication
    std::string password = {};
    std::optional<TlsOptions> tls = {};
    Nanos open_timeout = std::chrono::seconds(15);
    Nanos connect_timeout = std::chrono::seconds(5);
    /// Between two signs of life, and for their answer: a node that is silent for longer is given
    /// up.
    Nanos keepalive = std::chrono::seconds(2);
    uint32_t connections_per_host = 1;
    Consistency consistency = Consistency::LocalQuorum;
    bool permits_dc_failover = false;
    bool compresses = false;  // LZ4
};

class Transport {
  public:
    virtual ~Transport() = default;
    /// The connection can be used when the completion came. `receiver` outlives the connection.
    virtual std::unique_ptr<Connection> open(const ConnectOptions& options,
                                             CompletionReceiver& receiver, uint64_t tag) = 0;
    /// Does what is ready, without waiting, and hands completions to their receivers. True when
    /// there were any.
    virtual bool poll() = 0;
    /// Waits until there is something to poll for, wake() is called, or `max` has passed.
    virtual void wait(Nanos max) = 0;
    /// Does nothing for so long, whatever comes meanwhile.
    virtual void rest(Nanos time) = 0;
    /// Ends wait(): the one under way, else the next one. Any thread.
    virtual void wake() = 0;
};

}  // namespace messina::cql
