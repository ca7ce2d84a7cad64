#include "step/lookup_reader.h"

#include <algorithm>
#include <optional>

#include "base/backoff.h"
#include "base/check.h"
#include "data/path.h"
#include "table/key_index.h"

namespace messina::step {
namespace {

/// A batch on its way through this look-up.
struct Waiting {
    Batch* batch = nullptr;
    engine::Resumption* resumption = nullptr;
    size_t outstanding = 0;  // rows whose answer has not come
    bool is_in_process = true;
    std::vector<RowIndex> dropped;
};

/// Where a column's value goes.
struct Target {
    SlotIndex slot;
    size_t column;  // number among the read columns; kWholeRow: all of them as a map
    Path rest;      // below the column
};
constexpr size_t kWholeRow = SIZE_MAX;
constexpr uint32_t kNoWaiter = UINT32_MAX;

class Lookup;

/// One vectored read under way, and who waits for each of its keys.
class ReadCall final : public table::ReadReceiver {
  public:
    explicit ReadCall(Lookup& lookup) : lookup_(lookup) {}

    uint32_t add_key(std::string_view key, uint64_t hash) {
        key_bytes.append(key);
        key_ends.push_back(key_bytes.size());
        hashes.push_back(hash);
        first_waiter.push_back(kNoWaiter);
        return static_cast<uint32_t>(key_ends.size() - 1);
    }
    void add_waiter(uint32_t key, Waiting* waiting, RowIndex row) {
        waiters.push_back({waiting, row, first_waiter[key]});
        first_waiter[key] = static_cast<uint32_t>(waiters.size() - 1);
    }
    [[nodiscard]] std::string_view key(size_t index) const {
        return key_bytes.view(index == 0 ? 0 : key_ends[index - 1], key_ends[index]);
    }
    void clear() {
        key_bytes.clear();
        key_ends.clear();
        hashes.clear();
        keys.clear();
        first_waiter.clear();
        waiters.clear();
        retry.clear();
        deadline = Instant::max();
        backoff.reset();
    }

    void on_row(size_t key, const table::RowView* row) override;
    void on_error(size_t key, const Error& error) override;
    void on_end() override;

    struct Waiter {
        Waiting* waiting;
        RowIndex row;
        uint32_t next;
    };
    Buffer key_bytes;
    std::vector<size_t> key_ends;
    std::vector<uint64_t> hashes;        // of the keys
    std::vector<std::string_view> keys;  // views into key_bytes, complete when the read starts
    std::vector<uint32_t> first_waiter;
    std::vector<Waiter> waiters;
    std::vector<uint32_t> retry;  // keys whose read failed and may be tried again
    Instant deadline = Instant::max();
    std::optional<Backoff> backoff;

  private:
    Lookup& lookup_;
};

class Lookup final : public engine::Step {
  public:
    Lookup(const LookupSpec& spec, const table::TableSchema& schema, plan::KeyBuilder keys,
           std::unique_ptr<table::Table> table, plan::StepSupport support)
        : spec_(spec),
          schema_(schema),
          keys_(std::move(keys)),
          table_(std::move(table)),
          worker_(support.worker),
          meter_(support.table_meter(spec.table_text)),
          cache_meter_(support.cache_meter(spec.name)) {}

    void place_columns(const SlotLayout& layout);

    [[nodiscard]] const std::string& name() const override { return spec_.name; }
    [[nodiscard]] bool keeps_order() const override { return spec_.keeps_order; }
    engine::StepState process(Batch& batch, engine::Resumption& resumption) override;

  private:
    friend class ReadCall;

    void collect_keys(Waiting& waiting);
    void ask_store(Waiting& waiting, std::span<const uint32_t> missing);
    void start(std::unique_ptr<ReadCall> call);
    void finish_call(ReadCall& call);
    void answer(ReadCall& call, size_t key, const table::RowView* row);
    void refuse(ReadCall& call, size_t key, const Error& error);
    bool decode(const table::RowView& row, Arena& arena, Error& error);
    void scatter(Batch& batch, RowIndex row, const Value* values) const;
    void miss(Waiting& waiting, RowIndex row);
    void settle_one(Waiting& waiting);
    void finish(Waiting& waiting);
    std::unique_ptr<ReadCall> new_call();

    const LookupSpec& spec_;
    const table::TableSchema& schema_;
    plan::KeyBuilder keys_;
    std::unique_ptr<table::Table> table_;
    engine::WorkerContext& worker_;
    plan::TableMeter meter_;
    plan::CacheMeter cache_meter_;
    std::unique_ptr<table::LookupCache> cache_;
    std::vector<size_t> read_columns_;  // indexes into the schema
    std::vector<Target> targets_;

    // Scratch of one process() call.
    Buffer key_bytes_;
    std::vector<size_t> key_ends_;
    std::vector<RowIndex> rows_;
    std::vector<std::string_view> views_;
    std::vector<table::LookupCache::Found> found_;
    std::vector<Value> values_;
    std::vector<uint32_t> missing_;
    std::vector<Value> decoded_;

    /// Who reads a key.
    struct Reader {
        ReadCall* call;
        uint32_t key;
    };
    using Inflight = table::KeyIndex<Reader>;
    Inflight inflight_;
    std::vector<uint64_t> hashes_;  // scratch: of the keys to ask for
    std::vector<std::unique_ptr<ReadCall>> calls_;
    std::vector<std::unique_ptr<ReadCall>> spare_calls_;
    std::vector<std::unique_ptr<Waiting>> waitings_;
};

void ReadCall::on_row(size_t key, const table::RowView* row) {
    lookup_.answer(*this, key, row);
}

void ReadCall::on_error(size_t key, const Error& error) {
    const bool can_retry =
        error.error_class == ErrorClass::Transient || error.error_class == ErrorClass::Throttled;
    if (can_retry && lookup_.worker_.clock().instant() < deadline) {
        retry.push_back(static_cast<uint32_t>(key));
    } else {
        lookup_.refuse(*this, key, error);
    }
}

void ReadCall::on_end() {
    lookup_.finish_call(*this);
}

/// Finds the slots that want something of the row, and so the columns to read.
void Lookup::place_columns(const SlotLayout& layout) {
    const auto number_of = [this](size_t column) {
        const auto found = std::ranges::find(read_columns_, column);
        if (found != read_columns_.end()) return static_cast<size_t>(found - read_columns_.begin());
        read_columns_.push_back(column);
        return read_columns_.size() - 1;
    };
    for (const SlotIndex slot : layout.slots_of(spec_.into)) {
        const Path& path = layout.slot(slot).path;
        if (path.empty()) {
            for (const size_t column : spec_.columns) number_of(column);
            targets_.push_back({slot, kWholeRow, {}});
            continue;
        }
        const auto column = schema_.find(path.front());
        MESSINA_CHECK(column.has_value(), "the checker lets no unknown column pass");
        targets_.push_back({slot, number_of(*column), Path(path.begin() + 1, path.end())});
    }
    // A look-up that only asks whether the row exists still needs something to read.
    if (read_columns_.empty()) read_columns_.push_back(0);
    table::LookupCacheOptions options = spec_.cache;
    options.column_count = read_columns_.size();
    cache_ = table::make_lookup_cache(options);
    decoded_.resize(read_columns_.size());
}

engine::StepState Lookup::process(Batch& batch, engine::Resumption& resumption) {
    waitings_.push_back(std::make_unique<Waiting>());
    Waiting& waiting = *waitings_.back();
    waiting.batch = &batch;
    waiting.resumption = &resumption;
    collect_keys(waiting);

    const size_t width = read_columns_.size();
    found_.resize(rows_.size());
    values_.resize(rows_.size() * width);
    cache_->probe(views_, worker_.clock().instant(), found_, values_.data(), batch.arena);
    missing_.clear();
    uint64_t hits = 0;
    uint64_t negative_hits = 0;
    for (uint32_t i = 0; i < rows_.size(); ++i) {
        if (found_[i] == table::LookupCache::Found::Row) [[likely]] {
            scatter(batch, rows_[i], &values_[i * width]);
            ++hits;
        } else if (found_[i] == table::LookupCache::Found::NoRow) {
            miss(waiting, rows_[i]);
            ++negative_hits;
        } else {
            missing_.push_back(i);
        }
    }
    meter_.hits.add(hits);
    meter_.cache_negative_hits.add(negative_hits);
    meter_.cache_hits.add(rows_.size() - missing_.size());
    if (!missing_.empty()) ask_store(waiting, missing_);

    waiting.is_in_process = false;
    if (waiting.outstanding > 0) return engine::StepState::Pending;
    finish(waiting);
    return engine::StepState::Ready;
}

void Lookup::collect_keys(Waiting& waiting) {
    Batch& batch = *waiting.batch;
    key_bytes_.clear();
    key_ends_.clear();
    rows_.clear();
    Error error;
    for (const RowIndex row : batch.live()) {
        const size_t begin = key_bytes_.size();
        switch (keys_.append(batch, row, key_bytes_, error)) {
            case plan::KeyState::Encoded:
                key_ends_.push_back(key_bytes_.size());
                rows_.push_back(row);
                break;
            case plan::KeyState::Incomplete:
                key_bytes_.truncate(begin);
                miss(waiting, row);
                break;
            case plan::KeyState::Failed:
                key_bytes_.truncate(begin);
                batch.fail_row(row, spec_.name, std::move(error));
                break;
        }
    }
    views_.resize(rows_.size());
    size_t begin = 0;
    for (size_t i = 0; i < rows_.size(); ++i) {
        views_[i] = key_bytes_.view(begin, key_ends_[i]);
        begin = key_ends_[i];
    }
}

std::unique_ptr<ReadCall> Lookup::new_call() {
    if (spare_calls_.empty()) return std::make_unique<ReadCall>(*this);
    std::unique_ptr<ReadCall> call = std::move(spare_calls_.back());
    spare_calls_.pop_back();
    return call;
}

void Lookup::ask_store(Waiting& waiting, std::span<const uint32_t> missing) {
    std::unique_ptr<ReadCall> call = new_call();
    // The index holds views into key_bytes: it must not move while keys are added.
    size_t bytes = 0;
    hashes_.clear();
    for (const uint32_t i : missing) {
        bytes += views_[i].size();
        hashes_.push_back(Inflight::hash(views_[i]));
        inflight_.prefetch(hashes_.back());
    }
    call->key_bytes.reserve_more(bytes);
    waiting.outstanding = missing.size();
    for (size_t m = 0; m < missing.size(); ++m) {
        const std::string_view view = views_[missing[m]];
        const RowIndex row = rows_[missing[m]];
        if (const Reader* known = inflight_.find(hashes_[m], view)) {
            known->call->add_waiter(known->key, &waiting, row);
            meter_.shared.add(1);
            continue;
        }
        const uint32_t key = call->add_key(view, hashes_[m]);
        call->add_waiter(key, &waiting, row);
        inflight_.insert(hashes_[m], call->key(key), {call.get(), key});
    }
    if (call->key_ends.empty()) {
        spare_calls_.push_back(std::move(call));
        return;
    }
    call->deadline = worker_.clock().instant() + spec_.timeout;
    start(std::move(call));
}

void Lookup::start(std::unique_ptr<ReadCall> call) {
    ReadCall& started = *call;
    calls_.push_back(std::move(call));
    started.keys.clear();
    for (size_t i = 0; i < started.key_ends.size(); ++i) started.keys.push_back(started.key(i));
    meter_.cache_misses.add(started.keys.size());
    table_->read({started.keys, read_columns_}, started);
}

/// The last key was answered: what failed is asked for again after a while, with everybody who
/// waits for it.
void Lookup::finish_call(ReadCall& call) {
    const auto found =
        std::ranges::find_if(calls_, [&](const auto& other) { return other.get() == &call; });
    MESSINA_CHECK(found != calls_.end(), "a read ends once");
    std::unique_ptr<ReadCall> owned = std::move(*found);
    calls_.erase(found);
    cache_meter_.note(cache_->stats());
    if (owned->retry.empty()) {
        owned->clear();
        spare_calls_.push_back(std::move(owned));
        return;
    }
    std::unique_ptr<ReadCall> again = new_call();
    again->key_bytes.reserve_more(owned->key_bytes.size());
    for (const uint32_t old : owned->retry) {
        inflight_.erase(owned->hashes[old], owned->keys[old]);
        const uint32_t key = again->add_key(owned->key(old), owned->hashes[old]);
        for (uint32_t w = owned->first_waiter[old]; w != kNoWaiter; w = owned->waiters[w].next)
            again->add_waiter(key, owned->waiters[w].waiting, owned->waiters[w].row);
        inflight_.insert(owned->hashes[old], again->key(key), {again.get(), key});
    }
    again->deadline = owned->deadline;
    again->backoff =
        owned->backoff ? owned->backoff : Backoff({}, reinterpret_cast<uintptr_t>(this));
    const Nanos delay = again->backoff->next();
    worker_.schedule(delay, [this, held = std::make_shared<std::unique_ptr<ReadCall>>(
                                       std::move(again))] { start(std::move(*held)); });
}

void Lookup::answer(ReadCall& call, size_t key, const table::RowView* row) {
    const Instant now = worker_.clock().instant();
    bool is_first = true;
    for (uint32_t w = call.first_waiter[key]; w != kNoWaiter; w = call.waiters[w].next) {
        Waiting& waiting = *call.waiters[w].waiting;
        const RowIndex target = call.waiters[w].row;
        Error error;
        if (row == nullptr) {
            if (is_first) cache_->put(call.key(key), nullptr, now);
            miss(waiting, target);
        } else if (decode(*row, waiting.batch->arena, error)) {
            if (is_first) cache_->put(call.key(key), decoded_.data(), now);
            meter_.hits.add(1);
            scatter(*waiting.batch, target, decoded_.data());
        } else {
            waiting.batch->fail_row(target, spec_.name, std::move(error));
        }
        is_first = false;
        settle_one(waiting);
    }
    inflight_.erase(call.hashes[key], call.keys[key]);
}

bool Lookup::decode(const table::RowView& row, Arena& arena, Error& error) {
    for (size_t i = 0; i < read_columns_.size(); ++i) {
        if (!row.cells[i]) {
            decoded_[i] = Value::null();
            continue;
        }
        Result<Value> value = cql::deserialize(schema_.columns[read_columns_[i]].type,
                                               arena.copy(*row.cells[i]), arena);
        if (!value) {
            error = std::move(value.error()).at(schema_.columns[read_columns_[i]].name);
            return false;
        }
        decoded_[i] = *value;
    }
    return true;
}

void Lookup::refuse(ReadCall& call, size_t key, const Error& error) {
    meter_.errors.add(1);
    for (uint32_t w = call.first_waiter[key]; w != kNoWaiter; w = call.waiters[w].next) {
        Waiting& waiting = *call.waiters[w].waiting;
        const bool is_configuration = error.error_class == ErrorClass::Misconfigured ||
                                      error.error_class == ErrorClass::Fatal;
        if (spec_.on_error != OnError::Pass || is_configuration) {
            Error cause = error;
            if (!is_configuration)
                cause.error_class =
                    spec_.on_error == OnError::Stop ? ErrorClass::Fatal : ErrorClass::Poison;
            waiting.batch->fail_row(call.waiters[w].row, spec_.name, std::move(cause));
        }
        settle_one(waiting);
    }
    inflight_.erase(call.hashes[key], call.keys[key]);
}

void Lookup::scatter(Batch& batch, RowIndex row, const Value* values) const {
    Value* slots = batch.slots(row);
    for (const Target& target : targets_) {
        if (target.column != kWholeRow) [[likely]] {
            slots[target.slot] = target.rest.empty() ? values[target.column]
                                                     : navigate(values[target.column], target.rest);
            continue;
        }
        MapEntry* entries = batch.arena.make_array<MapEntry>(read_columns_.size());
        for (size_t i = 0; i < read_columns_.size(); ++i)
            entries[i] = {Value::string(schema_.columns[read_columns_[i]].name), values[i]};
        slots[target.slot] = Value::map({entries, read_columns_.size()});
    }
}

void Lookup::miss(Waiting& waiting, RowIndex row) {
    meter_.misses.add(1);
    Batch& batch = *waiting.batch;
    switch (spec_.on_miss) {
        case OnMiss::Pass: return;
        case OnMiss::Drop: waiting.dropped.push_back(row); return;
        case OnMiss::DeadLetter:
            batch.fail_row(row, spec_.name,
                           Error{ErrorClass::Poison, "lookup.miss",
                                 "table " + spec_.table_text + " has no row for this record"});
            return;
        case OnMiss::Default: break;
    }
    std::vector<Value> values(read_columns_.size(), Value::null());
    for (const LookupSpec::Default& fallback : spec_.defaults) {
        const auto read = std::ranges::find(read_columns_, spec_.columns[fallback.column]);
        if (read == read_columns_.end()) continue;
        const Value value = plan::evaluate(*fallback.program, batch, row);
        if (value.is(Kind::Error)) {
            batch.fail_row(row, spec_.name, plan::expression_error(value, "default"));
            return;
        }
        values[static_cast<size_t>(read - read_columns_.begin())] = value;
    }
    scatter(batch, row, values.data());
}

void Lookup::settle_one(Waiting& waiting) {
    MESSINA_CHECK(waiting.outstanding > 0, "each row is answered once");
    if (--waiting.outstanding > 0 || waiting.is_in_process) return;
    engine::Resumption& resumption = *waiting.resumption;
    finish(waiting);
    resumption.resume();
}

void Lookup::finish(Waiting& waiting) {
    Batch& batch = *waiting.batch;
    if (!waiting.dropped.empty()) {
        std::ranges::sort(waiting.dropped);
        batch.dropped += waiting.dropped.size();
        batch.retain(
            [&](RowIndex row) { return !std::ranges::binary_search(waiting.dropped, row); });
    }
    std::erase_if(waitings_, [&](const auto& other) { return other.get() == &waiting; });
}

}  // namespace

Result<std::unique_ptr<engine::Step>> make_lookup(const LookupSpec& spec,
                                                  plan::BuildContext& context,
                                                  plan::StepSupport support) {
    const plan::Stores& stores = context.stores();
    MESSINA_TRY(plan::KeyBuilder keys, plan::KeyBuilder::make(spec.key, spec.key_schema(stores)));
    MESSINA_TRY(auto table, spec.statement
                                ? stores.open_statement(spec.statement->store, spec.statement->spec,
                                                        support.worker)
                                : stores.open_table(spec.table, support.worker));
    auto lookup = std::make_unique<Lookup>(spec, spec.row_schema(stores), std::move(keys),
                                           std::move(table), support);
    lookup->place_columns(context.layout());
    return lookup;
}

}  // namespace messina::step
