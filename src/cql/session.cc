#include "cql/session.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/check.h"
#include "cql/errors.h"

namespace messina::cql {
namespace {

// Tags: a request's slot and its generation, or one of these.
constexpr uint64_t kOpenTag = UINT64_MAX;
constexpr uint64_t kQueryTag = UINT64_MAX - 1;
constexpr uint64_t kStatementBit = 1ULL << 63;
constexpr uint64_t kStatementMask = UINT32_MAX;
constexpr uint32_t kGenerationMask = 0x7fff'ffff;
/// A slot keeps its buffers for the next request up to this size.
constexpr size_t kSlotBytesKept = 4096;

uint64_t tag_of(uint32_t slot, uint32_t generation) {
    return static_cast<uint64_t>(generation) << 32 | slot;
}

Error timed_out(const Statement& statement, bool is_sent, Nanos after) {
    return {
        ErrorClass::Transient, is_sent ? "cql.timed_out" : "cql.waited_too_long",
        fmt::format("{} within {} ms: {}", is_sent ? "no answer" : "a request could not be sent",
                    std::chrono::duration_cast<std::chrono::milliseconds>(after).count(),
                    statement.text()),
        is_sent ? "" : "no request is answered: are the nodes up?"};
}

/// Collects the pages of Session::select().
class Collector final : public RequestHandler {
  public:
    explicit Collector(Session::Table& table) : table_(table) {}
    void on_rows(uint64_t /*tag*/, const Rows& rows) override {
        std::vector<std::optional<std::string_view>> cells(rows.column_count);
        RowReader reader(rows);
        while (reader.has_next()) {
            if (!reader.next(cells)) {
                outcome = fail(
                    to_error({Outcome::Protocol, 0, "a page of rows ends early"}, Use::Execute));
                return;
            }
            auto& row = table_.emplace_back();
            for (const auto& cell : cells)
                row.push_back(cell ? std::optional(std::string(*cell)) : std::nullopt);
        }
        paging = rows.paging;
        outcome.emplace();
    }
    void on_failure(uint64_t /*tag*/, const Error& error) override { outcome = fail(error); }

    std::optional<Result<void>> outcome;
    std::string paging;

  private:
    Session::Table& table_;
};

}  // namespace

Session::Session(Loop& loop, ConnectOptions options, SessionLimits limits)
    : loop_(loop), options_(std::move(options)), limits_(limits) {
    loop_.sessions_.push_back(this);
}

Session::~Session() {
    std::erase(loop_.sessions_, this);
}

Result<void> Session::open() {
    opened_.reset();
    connection_ = loop_.transport_->open(options_, *this, kOpenTag);
    loop_.run_until([this] { return opened_.has_value(); });
    return *opened_;
}

Result<void> Session::query(std::string_view text) {
    queried_.reset();
    connection_->query(text, limits_.prepare_timeout, kQueryTag);
    loop_.run_until([this] { return queried_.has_value(); });
    return *queried_;
}

Result<Session::Table> Session::select(std::string_view text, const ValueWriter& values) {
    Statement& wanted = statement(text, {.is_read = true});
    Table table;
    Collector collector(table);
    do {
        const std::string paging = std::move(collector.paging);
        collector.outcome.reset();
        execute(wanted, values, paging, collector, 0);
        loop_.run_until([&] { return collector.outcome.has_value(); });
        if (!*collector.outcome) return fail(std::move(collector.outcome->error()));
    } while (!collector.paging.empty());
    return table;
}

Statement& Session::statement(std::string_view text, const StatementUse& use) {
    std::string name = fmt::format("{} {} {} {}", use.is_read, use.page_rows,
                                   use.consistency ? static_cast<int>(*use.consistency) : -1, text);
    const auto [found, is_new] =
        statement_numbers_.try_emplace(std::move(name), static_cast<uint32_t>(statements_.size()));
    if (is_new) {
        auto made = std::make_unique<Statement>();
        made->text_ = text;
        made->options_ = {limits_.prepare_timeout, use.page_rows, use.consistency, use.is_read};
        statements_.push_back(std::move(made));
    }
    return *statements_[found->second];
}

Result<const PreparedStatement*> Session::describe(Statement& statement) {
    using enum Statement::State;
    if (statement.state_ == New || statement.state_ == Failed) prepare(statement);
    loop_.run_until([&] { return statement.state_ == Ready || statement.state_ == Failed; });
    if (statement.state_ == Failed) return fail(statement.error_);
    return statement.prepared_.get();
}

void Session::prepare(Statement& statement) {
    statement.state_ = Statement::State::Preparing;
    const auto found = std::ranges::find_if(
        statements_, [&](const auto& known) { return known.get() == &statement; });
    const auto number = static_cast<uint64_t>(found - statements_.begin());
    connection_->prepare(statement.text_, statement.options_, kStatementBit | number);
}

uint32_t Session::take_slot() {
    if (free_slots_.empty()) {
        slots_.emplace_back();
        return static_cast<uint32_t>(slots_.size() - 1);
    }
    const uint32_t index = free_slots_.back();
    free_slots_.pop_back();
    return index;
}

void Session::release(uint32_t index) {
    Slot& slot = slots_[index];
    slot.state = Slot::State::Free;
    slot.generation = (slot.generation + 1) & kGenerationMask;
    slot.handler = nullptr;
    for (std::string* bytes : {&slot.values, &slot.paging}) {
        bytes->clear();
        if (bytes->capacity() > kSlotBytesKept) bytes->shrink_to_fit();
    }
    free_slots_.push_back(index);
}

void Session::execute(Statement& statement, const ValueWriter& values, std::string_view paging,
                      RequestHandler& handler, uint64_t tag, std::optional<int64_t> timestamp_us) {
    const Instant now = loop_.clock_.instant();
    const uint32_t index = take_slot();
    Slot& slot = slots_[index];
    slot.state = Slot::State::Waiting;
    slot.handler = &handler;
    slot.statement = &statement;
    slot.tag = tag;
    slot.since = now;
    slot.values = values.bytes();
    slot.value_count = values.count();
    slot.paging = paging;
    slot.timestamp_us = timestamp_us;
    if (statement.state_ == Statement::State::Ready) {
        queue_.push_back(index);
        return;
    }
    if (statement.state_ == Statement::State::Failed && now < statement.retry_at_) {
        slot.state = Slot::State::Doomed;
        doomed_.push_back(index);
        return;
    }
    statement.waiting_.push_back(index);
    if (statement.state_ != Statement::State::Preparing) prepare(statement);
}

void Session::flush() {
    batch_.clear();
    while (!queue_.empty() && in_flight_ < limits_.requests_max &&
           in_flight_bytes_ < limits_.bytes_max) {
        const uint32_t index = queue_.front();
        queue_.pop_front();
        Slot& slot = slots_[index];
        if (slot.handler == nullptr) {
            release(index);
            continue;
        }
        slot.state = Slot::State::Sent;
        slot.since = loop_.clock().instant();
        ++in_flight_;
        in_flight_bytes_ += slot.values.size();
        batch_.push_back({slot.statement->prepared_.get(), slot.values, slot.value_count,
                          slot.paging, slot.timestamp_us, tag_of(index, slot.generation)});
    }
    if (batch_.empty()) return;
    connection_->submit(batch_);
    if (meter_ != nullptr) meter_->in_flight(in_flight_);
}

void Session::note_end(const Slot& slot, SessionMeter::End end, Instant now) {
    if (meter_ == nullptr || slot.state != Slot::State::Sent) return;
    meter_->ended(slot.statement->options_.is_read, end, now - slot.since);
}

void Session::forget(const RequestHandler& handler) {
    for (Slot& slot : slots_)
        if (slot.handler == &handler) slot.handler = nullptr;
}

void Session::on_completion(Completion& completion) {
    if (completion.tag == kOpenTag || completion.tag == kQueryTag) {
        auto& outcome = completion.tag == kOpenTag ? opened_ : queried_;
        const Use use = completion.tag == kOpenTag ? Use::Open : Use::Prepare;
        outcome.emplace();
        if (completion.failure) outcome = fail(to_error(*completion.failure, use));
        return;
    }
    if ((completion.tag & kStatementBit) != 0)
        return on_prepared(*statements_[completion.tag & kStatementMask], completion);
    Slot& slot = slots_[static_cast<uint32_t>(completion.tag)];
    MESSINA_CHECK(slot.state == Slot::State::Sent && tag_of(static_cast<uint32_t>(completion.tag),
                                                            slot.generation) == completion.tag,
                  "a request completes once");
    on_answer(slot, completion);
}

void Session::on_prepared(Statement& statement, Completion& completion) {
    if (completion.failure) {
        statement.state_ = Statement::State::Failed;
        statement.error_ =
            to_error(*completion.failure, Use::Prepare).at("preparing " + statement.text_);
        statement.retry_at_ = loop_.clock_.instant() + limits_.prepare_pause;
        for (const uint32_t index : statement.waiting_) {
            slots_[index].state = Slot::State::Doomed;
            doomed_.push_back(index);
        }
    } else {
        statement.state_ = Statement::State::Ready;
        statement.prepared_ = std::move(completion.prepared);
        std::ranges::copy(statement.waiting_, std::back_inserter(queue_));
    }
    statement.waiting_.clear();
}

void Session::on_answer(Slot& slot, Completion& completion) {
    last_answer_ = loop_.clock_.instant();
    loop_.note_answer_time(last_answer_ - slot.since);
    --in_flight_;
    in_flight_bytes_ -= slot.values.size();
    RequestHandler* handler = slot.handler;
    if (meter_ != nullptr) meter_->in_flight(in_flight_);
    // One that was given up has been measured then.
    if (handler != nullptr)
        note_end(slot,
                 completion.failure ? SessionMeter::End::Refused : SessionMeter::End::Answered,
                 last_answer_);
    const uint64_t tag = slot.tag;
    // The handler may execute more, in this slot too.
    release(static_cast<uint32_t>(completion.tag));
    if (handler == nullptr) return;
    if (completion.failure) {
        handler->on_failure(tag, to_error(*completion.failure, Use::Execute));
    } else {
        handler->on_rows(tag, completion.rows);
    }
}

bool Session::tell_doomed() {
    if (doomed_.empty()) return false;
    const std::vector<uint32_t> told = std::exchange(doomed_, {});
    for (const uint32_t index : told) {
        RequestHandler* handler = slots_[index].handler;
        const uint64_t tag = slots_[index].tag;
        const Error error = slots_[index].statement->error_;
        release(index);
        if (handler != nullptr) handler->on_failure(tag, error);
    }
    return true;
}

bool Session::expire() {
    bool has_told = tell_doomed();
    const Instant now = loop_.clock_.instant();
    if (now < next_expiry_) return has_told;
    next_expiry_ = now + limits_.request_timeout / 8;
    // Not `for (Slot& …)`: handlers may add slots.
    for (size_t i = 0; i < slots_.size(); ++i) {
        Slot& slot = slots_[i];
        if (slot.handler == nullptr || slot.state == Slot::State::Doomed) continue;
        // While answers come, what waits will have its turn.
        const Instant since =
            slot.state == Slot::State::Sent ? slot.since : std::max(slot.since, last_answer_);
        if (since + limits_.request_timeout > now) continue;
        note_end(slot, SessionMeter::End::TimedOut, now);
        // The slot is released when its answer comes, or its turn to be sent.
        RequestHandler* handler = std::exchange(slot.handler, nullptr);
        handler->on_failure(slot.tag, timed_out(*slot.statement, slot.state == Slot::State::Sent,
                                                limits_.request_timeout));
        has_told = true;
    }
    return has_told;
}

}  // namespace messina::cql
