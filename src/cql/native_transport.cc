#include "cql/native_transport.h"

#include <algorithm>
#include <thread>
#include <unordered_map>
#include <unordered_set>

#include <messina_native.h>

namespace messina::cql {
namespace {

/// Completions that are taken at once.
constexpr size_t kTakenMax = 256;

struct RuntimeDeleter {
    void operator()(mn_runtime* runtime) const { mn_runtime_free(runtime); }
};
struct SessionDeleter {
    void operator()(mn_session* session) const { mn_session_close(session); }
};
struct StatementDeleter {
    void operator()(mn_statement* statement) const { mn_statement_free(statement); }
};
using RuntimeHolder = std::unique_ptr<mn_runtime, RuntimeDeleter>;
using SessionHolder = std::unique_ptr<mn_session, SessionDeleter>;
using StatementHolder = std::unique_ptr<mn_statement, StatementDeleter>;

mn_text text_of(std::string_view text) {
    return {text.data(), text.size()};
}
std::string_view view_of(mn_text text) {
    return {text.data, text.size};
}
const uint8_t* bytes_of(std::string_view bytes) {
    return reinterpret_cast<const uint8_t*>(bytes.data());
}
uint64_t micros(Nanos time) {
    return static_cast<uint64_t>(
        std::max<int64_t>(0, std::chrono::ceil<std::chrono::microseconds>(time).count()));
}

class NativeStatement final : public PreparedStatement {
  public:
    explicit NativeStatement(StatementHolder statement) : statement_(std::move(statement)) {}
    [[nodiscard]] std::vector<Column> markers() const override {
        return columns_of(mn_statement_bind_markers);
    }
    [[nodiscard]] std::vector<Column> results() const override {
        return columns_of(mn_statement_result_columns);
    }
    [[nodiscard]] const mn_statement* get() const { return statement_.get(); }

  private:
    template <class Ask>
    std::vector<Column> columns_of(Ask ask) const {
        const mn_column* columns = nullptr;
        const size_t count = ask(statement_.get(), &columns);
        std::vector<Column> all;
        for (size_t i = 0; i < count; ++i)
            all.push_back({std::string(view_of(columns[i].name)),
                           std::string(view_of(columns[i].type)),
                           columns[i].is_partition_key != 0});
        return all;
    }
    StatementHolder statement_;
};

Outcome outcome_of(uint32_t outcome) {
    switch (outcome) {
        case MN_DATABASE: return Outcome::Database;
        case MN_NOT_SENT: return Outcome::NotSent;
        case MN_CONNECTION_LOST: return Outcome::ConnectionLost;
        case MN_INVALID: return Outcome::Invalid;
        case MN_TIMED_OUT: return Outcome::TimedOut;
        case MN_AUTHENTICATION: return Outcome::Authentication;
        case MN_TLS: return Outcome::Tls;
        default: return Outcome::Protocol;
    }
}

class NativeTransport;

class NativeConnection final : public Connection {
  public:
    NativeConnection(NativeTransport& transport, uint64_t owner)
        : transport_(transport), owner_(owner) {}
    ~NativeConnection() override;

    void opened(SessionHolder session) { session_ = std::move(session); }

    void prepare(std::string_view text, const StatementOptions& options, uint64_t tag) override {
        constexpr uint16_t of_session = 0xffff;
        const mn_statement_options native{
            .timeout_us = micros(options.timeout),
            .page_rows = options.page_rows,
            .consistency =
                options.consistency ? static_cast<uint16_t>(*options.consistency) : of_session,
            .is_idempotent = options.is_read};
        mn_statement_prepare(session_.get(), text_of(text), &native, tag);
    }
    void query(std::string_view text, Nanos timeout, uint64_t tag) override {
        mn_session_query(session_.get(), text_of(text), micros(timeout), tag);
    }
    void submit(std::span<const Request> requests) override {
        submitted_.clear();
        for (const Request& request : requests) {
            const bool is_first = request.paging.empty();
            submitted_.push_back(
                {.statement = static_cast<const NativeStatement*>(request.statement)->get(),
                 .values = bytes_of(request.values),
                 .values_bytes = request.values.size(),
                 .value_count = request.value_count,
                 .paging_bytes = static_cast<uint32_t>(request.paging.size()),
                 .paging = is_first ? nullptr : bytes_of(request.paging),
                 .timestamp_us = request.timestamp_us.value_or(MN_NO_TIMESTAMP),
                 .tag = request.tag});
        }
        mn_session_submit(session_.get(), submitted_.data(), submitted_.size());
    }

  private:
    NativeTransport& transport_;
    uint64_t owner_;
    SessionHolder session_;
    std::vector<mn_request> submitted_;
};

class NativeTransport final : public Transport {
  public:
    explicit NativeTransport(RuntimeHolder runtime) : runtime_(std::move(runtime)) {}

    std::unique_ptr<Connection> open(const ConnectOptions& options, CompletionReceiver& receiver,
                                     uint64_t tag) override;
    bool poll() override {
        mn_runtime_turn(runtime_.get(), 0);
        return deliver();
    }
    void wait(Nanos max) override { mn_runtime_turn(runtime_.get(), micros(max)); }
    void rest(Nanos time) override { std::this_thread::sleep_for(time); }
    void wake() override { mn_runtime_wake(runtime_.get()); }

    void forget(uint64_t owner);

  private:
    struct Owner {
        CompletionReceiver* receiver;
        NativeConnection* connection;
        bool is_open = false;
    };
    bool deliver();
    void deliver_one(const mn_completion& native);
    void free_object(const mn_completion& native);

    RuntimeHolder runtime_;
    uint64_t last_owner_ = 0;
    std::unordered_map<uint64_t, Owner> owners_;
    std::unordered_set<uint64_t> given_up_;  // owners that went before they were open
    std::vector<mn_completion> taken_;
};

NativeConnection::~NativeConnection() {
    transport_.forget(owner_);
}

std::vector<mn_text> texts_of(const std::vector<std::string>& texts) {
    std::vector<mn_text> all;
    for (const std::string& text : texts) all.push_back(text_of(text));
    return all;
}

std::unique_ptr<Connection> NativeTransport::open(const ConnectOptions& options,
                                                  CompletionReceiver& receiver, uint64_t tag) {
    const std::vector<mn_text> contact_points = texts_of(options.contact_points);
    const TlsOptions tls = options.tls.value_or(TlsOptions{});
    const std::vector<mn_text> host_names = texts_of(tls.host_names);
    constexpr uint8_t lz4 = 1;
    const mn_session_options native{.contact_points = contact_points.data(),
                                    .contact_point_count = contact_points.size(),
                                    .keyspace = text_of(options.keyspace),
                                    .local_dc = text_of(options.local_dc),
                                    .local_rack = text_of(options.local_rack),
                                    .user = text_of(options.user),
                                    .password = text_of(options.password),
                                    .ca_file = text_of(tls.ca_file),
                                    .certificate_file = text_of(tls.certificate_file),
                                    .key_file = text_of(tls.key_file),
                                    .host_names = host_names.data(),
                                    .host_name_count = host_names.size(),
                                    .open_timeout_us = micros(options.open_timeout),
                                    .connect_timeout_us = micros(options.connect_timeout),
                                    .keepalive_us = micros(options.keepalive),
                                    .connections_per_host = options.connections_per_host,
                                    .consistency = static_cast<uint16_t>(options.consistency),
                                    .serial_consistency = 0,
                                    .uses_tls = options.tls.has_value(),
                                    .permits_dc_failover = options.permits_dc_failover,
                                    .compression = options.compresses ? lz4 : uint8_t{0}};
    const uint64_t owner = ++last_owner_;
    auto connection = std::make_unique<NativeConnection>(*this, owner);
    owners_.emplace(owner, Owner{&receiver, connection.get()});
    mn_session_open(runtime_.get(), &native, owner, tag);
    return connection;
}

bool NativeTransport::deliver() {
    bool has_any = false;
    taken_.resize(kTakenMax);
    while (const size_t count = mn_runtime_take(runtime_.get(), taken_.data(), kTakenMax)) {
        has_any = true;
        // A receiver may poll again while it waits for something of its own.
        std::vector<mn_completion> batch = std::move(taken_);
        for (size_t i = 0; i < count; ++i) deliver_one(batch[i]);
        taken_ = std::move(batch);
        taken_.resize(kTakenMax);
        if (count < kTakenMax) break;
    }
    return has_any;
}

void NativeTransport::forget(uint64_t owner) {
    const auto found = owners_.find(owner);
    if (!found->second.is_open) given_up_.insert(owner);
    owners_.erase(found);
}

/// What came for a connection that is gone.
void NativeTransport::free_object(const mn_completion& native) {
    const bool is_session = given_up_.erase(native.owner) > 0;
    if (native.object == nullptr) return;
    if (is_session) {
        mn_session_close(static_cast<mn_session*>(native.object));
    } else {
        mn_statement_free(static_cast<mn_statement*>(native.object));
    }
}

void NativeTransport::deliver_one(const mn_completion& native) {
    Completion completion;
    completion.tag = native.tag;
    const auto free_page = [](void* page) { mn_page_free(static_cast<mn_page*>(page)); };
    if (native.page != nullptr) completion.rows.memory = {native.page, free_page};
    const auto found = owners_.find(native.owner);
    if (found == owners_.end()) return free_object(native);
    Owner& owner = found->second;
    if (native.outcome != MN_OK) {
        completion.failure = Failure{outcome_of(native.outcome), native.code, {}};
        if (native.page != nullptr)
            completion.failure->message = view_of(mn_page_message(native.page));
    } else if (native.page != nullptr) {
        completion.rows.bytes = {reinterpret_cast<const char*>(native.rows), native.rows_bytes};
        completion.rows.row_count = native.row_count;
        completion.rows.column_count = native.column_count;
        completion.rows.paging = view_of(mn_page_paging(native.page));
    }
    if (native.object != nullptr && !owner.is_open) {
        owner.is_open = true;
        owner.connection->opened(SessionHolder(static_cast<mn_session*>(native.object)));
    } else if (native.object != nullptr) {
        completion.prepared = std::make_unique<NativeStatement>(
            StatementHolder(static_cast<mn_statement*>(native.object)));
    }
    owner.receiver->on_completion(completion);
}

}  // namespace

Result<std::unique_ptr<Transport>> make_native_transport() {
    RuntimeHolder runtime(mn_runtime_new());
    if (runtime == nullptr)
        return fail(ErrorClass::Fatal, "cql.no_event_loop",
                    "the system gives no event loop to the CQL driver",
                    "raise the limit of open files (ulimit -n)");
    return std::make_unique<NativeTransport>(std::move(runtime));
}

}  // namespace messina::cql
