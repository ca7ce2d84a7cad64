// Requests to one cluster: statements prepared once and kept by their text, bounds of what is in
// flight, time-outs. Many requests are under way at once; answers come in any order.
//
// The driver reconnects by itself; while there is no connection, requests fail fast with class
// Transient, and whoever asks again backs off. Threads: those of the loop.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "cql/loop.h"
#include "cql/rows.h"
#include "cql/session_meter.h"
#include "cql/transport.h"

namespace messina::cql {

/// Hears of the requests that name it. Called from Loop::poll() only, never from execute().
class RequestHandler {
  public:
    virtual ~RequestHandler() = default;
    /// One page, without rows when the statement gives none. Views die when it returns.
    virtual void on_rows(uint64_t tag, const Rows& rows) = 0;
    virtual void on_failure(uint64_t tag, const Error& error) = 0;
};

struct SessionLimits {
    size_t requests_max = 1024;    // in flight; more wait here
    size_t bytes_max = 16u << 20;  // of values in flight; one larger request still goes, alone
    /// From execute() to the answer. Noticed up to an eighth later. A request that was sent stays
    /// in flight until its answer or the end of its connection.
    Nanos request_timeout = std::chrono::seconds(5);
    Nanos prepare_timeout = std::chrono::seconds(10);
    /// A statement that could not be prepared is not tried again before.
    Nanos prepare_pause = std::chrono::seconds(1);
};

/// A statement by its text, prepared when it is first used. Lives as long as its session.
class Statement {
  public:
    [[nodiscard]] const std::string& text() const { return text_; }

  private:
    friend class Session;
    enum class State : uint8_t { New, Preparing, Ready, Failed };
    std::string text_;
    StatementOptions options_;
    State state_ = State::New;
    std::unique_ptr<PreparedStatement> prepared_;
    Error error_;                    // of Failed
    Instant retry_at_;               // of Failed
    std::vector<uint32_t> waiting_;  // slots of requests that wait for it to be prepared
};

class Session final : private CompletionReceiver {
  public:
    Session(Loop& loop, ConnectOptions options, SessionLimits limits);
    ~Session() override;
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    /// Its figures go there from now on; `meter` outlives the session.
    void measure(SessionMeter& meter) { meter_ = &meter; }

    /// Connects; works on the loop until that succeeded or failed.
    Result<void> open();
    /// One statement without values, not prepared (what changes the schema); works on the loop.
    Result<void> query(std::string_view text);
    /// All rows of a statement, page by page, as texts of their cells; works on the loop.
    using Table = std::vector<std::vector<std::optional<std::string>>>;
    Result<Table> select(std::string_view text, const ValueWriter& values);

    struct StatementUse {
        bool is_read = false;
        uint32_t page_rows = 5000;
        std::optional<Consistency> consistency = std::nullopt;
    };
    /// The same text and use give the same statement.
    Statement& statement(std::string_view text, const StatementUse& use);
    /// Prepares it now, for what the cluster says of its columns; works on the loop.
    Result<const PreparedStatement*> describe(Statement& statement);

    /// Takes a request; flush() or the loop's next poll() sends it. `handler` outlives its answer,
    /// or forget().
    /// `timestamp_us`: of a write whose text has none; the server's when absent.
    void execute(Statement& statement, const ValueWriter& values, std::string_view paging,
                 RequestHandler& handler, uint64_t tag,
                 std::optional<int64_t> timestamp_us = std::nullopt);
    void flush();
    /// The handler hears nothing more.
    void forget(const RequestHandler& handler);

    [[nodiscard]] size_t in_flight() const { return in_flight_; }
    [[nodiscard]] size_t waiting() const { return queue_.size(); }

  private:
    friend class Loop;
    struct Slot {
        enum class State : uint8_t {
            Free,
            Waiting,  // for its statement, or for room
            Sent,
            Doomed,  // its statement could not be prepared
        };
        State state = State::Free;
        uint32_t generation = 0;
        RequestHandler* handler = nullptr;  // null: given up
        Statement* statement = nullptr;
        uint64_t tag = 0;
        Instant since;  // it waits, or was sent
        std::string values;
        std::string paging;
        std::optional<int64_t> timestamp_us;
        uint32_t value_count = 0;
    };

    void on_completion(Completion& completion) override;
    void on_prepared(Statement& statement, Completion& completion);
    void on_answer(Slot& slot, Completion& completion);
    void prepare(Statement& statement);
    uint32_t take_slot();
    void release(uint32_t index);
    void note_end(const Slot& slot, SessionMeter::End end, Instant now);
    /// Gives up what is late and tells of what cannot be; true when anybody heard of it.
    bool expire();
    bool tell_doomed();

    Loop& loop_;
    const ConnectOptions options_;
    const SessionLimits limits_;
    SessionMeter* meter_ = nullptr;
    std::unique_ptr<Connection> connection_;
    std::optional<Result<void>> opened_;
    std::optional<Result<void>> queried_;
    std::unordered_map<std::string, uint32_t> statement_numbers_;  // by text and use
    std::vector<std::unique_ptr<Statement>> statements_;

    std::deque<Slot> slots_;  // addresses stay
    std::vector<uint32_t> free_slots_;
    std::deque<uint32_t> queue_;    // statement ready, waits for room
    std::vector<uint32_t> doomed_;  // to be told
    std::vector<Request> batch_;    // scratch of flush()
    size_t in_flight_ = 0;
    size_t in_flight_bytes_ = 0;
    Instant next_expiry_{};
    Instant last_answer_{};
};

}  // namespace messina::cql
