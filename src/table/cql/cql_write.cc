// Writes: one request for each mutation, several where CQL has no single statement for it.
#include <algorithm>

#include "base/failpoint.h"
#include "table/cql/cql_table.h"
#include "table/refusals.h"

namespace messina::table {
namespace {

class WriteCall final : public CqlCall {
  public:
    WriteCall(CqlTable& table, WriteReceiver& receiver, size_t mutation_count)
        : table_(table), receiver_(receiver), mutations_(mutation_count) {}

    void expect(size_t mutation, size_t requests) {
        mutations_[mutation].outstanding = requests;
        if (requests > 0) ++outstanding_;
    }
    [[nodiscard]] bool is_over() const { return outstanding_ == 0; }

    void on_rows(uint64_t tag, const cql::Rows& /*rows*/) override { settle(tag); }
    void on_failure(uint64_t tag, const Error& error) override {
        if (!mutations_[tag].error)
            mutations_[tag].error = std::make_unique<Error>(table_.in_table(error));
        settle(tag);
    }

  private:
    struct Written {
        size_t outstanding = 0;
        std::unique_ptr<Error> error;
    };
    void settle(uint64_t mutation) {
        if (--mutations_[mutation].outstanding > 0) return;
        (void)failpoint("table.after_write");
        const std::unique_ptr<Error> error = std::move(mutations_[mutation].error);
        std::unique_ptr<CqlCall> held;
        if (--outstanding_ == 0) held = table_.retire(*this);
        receiver_.on_written(mutation, error.get());
    }

    CqlTable& table_;
    WriteReceiver& receiver_;
    std::vector<Written> mutations_;
    size_t outstanding_ = 0;
};

}  // namespace

cql::Statement& InsertPlan::statement(std::span<const size_t> columns, const StatementText& text,
                                      cql::Session& session) {
    bool has_new = statement_ == nullptr;
    for (const size_t column : columns) {
        if (positions_[column]) continue;
        positions_[column] = columns_.size();
        columns_.push_back(column);
        has_new = true;
    }
    if (has_new) statement_ = &session.statement(text.insert(columns_, key_count_), {});
    return *statement_;
}

void InsertPlan::append_cells(const Mutation& mutation, cql::ValueWriter& values) {
    cells_.assign(columns_.size(), kNone);
    for (size_t i = 0; i < mutation.columns.size(); ++i)
        cells_[*positions_[mutation.columns[i]]] = i;
    for (const size_t cell : cells_) {
        if (cell == kNone) {
            values.add_unset();
        } else if (mutation.cells[cell]) {
            values.add(*mutation.cells[cell]);
        } else {
            values.add_null();
        }
    }
}

CqlTable::CqlTable(std::shared_ptr<CqlContext> context, const TableSchema& schema)
    : context_(std::move(context)),
      schema_(schema),
      keys_(schema_),
      text_(schema_, context_->keyspace),
      partition_count_(schema_.partition_key_count()),
      key_count_(partition_count_ + schema_.clustering_key_count()),
      row_insert_(schema_.columns.size(), key_count_),
      static_insert_(schema_.columns.size(), partition_count_) {}

Error CqlTable::in_table(const Error& error) const {
    return Error(error).at("table " + context_->keyspace + "." + schema_.name);
}

void CqlTable::write(std::span<const Mutation> mutations, WriteReceiver& receiver) {
    if (mutations.empty()) return;
    (void)failpoint("table.before_write");
    WriteCall& call = calls_.start(std::make_unique<WriteCall>(*this, receiver, mutations.size()));
    // Reported after all are sent: the last report may end the receiver.
    std::vector<std::pair<size_t, std::optional<Error>>> settled;
    for (size_t i = 0; i < mutations.size(); ++i) {
        auto sent = send(mutations[i], call, i);
        if (sent) call.expect(i, *sent);
        if (!sent) {
            settled.emplace_back(i, std::move(sent.error()));
        } else if (*sent == 0) {
            settled.emplace_back(i, std::nullopt);
        }
    }
    session().flush();
    std::unique_ptr<CqlCall> held;
    if (call.is_over()) held = retire(call);
    for (const auto& [index, error] : settled)
        receiver.on_written(index, error ? &*error : nullptr);
}

Result<size_t> CqlTable::send(const Mutation& mutation, cql::RequestHandler& handler,
                              uint64_t tag) {
    MESSINA_TRY_VOID(check_timestamp(mutation.timestamp_us));
    MESSINA_TRY(const StoredKeys::Parts parts, keys_.split(mutation.key));
    MESSINA_TRY_VOID(keys_.check_partition(parts.partition));
    switch (mutation.kind) {
        case MutationKind::Upsert: return send_upsert(mutation, parts, handler, tag);
        case MutationKind::DeleteColumns: return send_delete_columns(mutation, parts, handler, tag);
        case MutationKind::DeleteRange: return send_delete_range(mutation, parts, handler, tag);
        case MutationKind::DeleteRow:
            if (partition_count_ + parts.clustering_count != key_count_)
                return fail(incomplete_key(schema_));
            send_delete({}, mutation.key, key_count_, mutation.timestamp_us, handler, tag);
            return 1;
        case MutationKind::DeletePartition:
            send_delete({}, parts.partition, partition_count_, mutation.timestamp_us, handler, tag);
            return 1;
    }
    return 0;
}

/// Into static_columns_ and regular_columns_, each in order.
Result<void> CqlTable::sort_columns(const Mutation& mutation) {
    static_columns_.clear();
    regular_columns_.clear();
    for (const size_t column : mutation.columns) {
        MESSINA_TRY_VOID(check_settable(schema_, column));
        const bool is_static = schema_.columns[column].role == ColumnRole::Static;
        (is_static ? static_columns_ : regular_columns_).push_back(column);
    }
    for (std::vector<size_t>* columns : {&static_columns_, &regular_columns_}) {
        std::ranges::sort(*columns);
        if (std::ranges::adjacent_find(*columns) != columns->end())
            return fail(column_twice(schema_));
    }
    return {};
}

Result<size_t> CqlTable::send_upsert(const Mutation& mutation, const StoredKeys::Parts& parts,
                                     cql::RequestHandler& handler, uint64_t tag) {
    MESSINA_TRY_VOID(check_ttl(mutation.ttl_seconds));
    MESSINA_TRY_VOID(check_cells(mutation));
    MESSINA_TRY_VOID(sort_columns(mutation));
    const bool is_whole = partition_count_ + parts.clustering_count == key_count_;
    const bool is_for_statics_only =
        parts.clustering_count == 0 && regular_columns_.empty() && !static_columns_.empty();
    if (!is_whole && !is_for_statics_only) return fail(incomplete_key(schema_));
    InsertPlan& plan = is_whole ? row_insert_ : static_insert_;
    cql::Statement& statement = plan.statement(mutation.columns, text_, session());
    values_.clear();
    values_.add_encoded(mutation.key,
                        static_cast<uint32_t>(is_whole ? key_count_ : partition_count_));
    plan.append_cells(mutation, values_);
    values_.add_number(mutation.timestamp_us);
    if (mutation.ttl_seconds != 0) {
        values_.add_number(static_cast<int32_t>(mutation.ttl_seconds));
    } else {
        values_.add_unset();  // 0 would mean none, whatever the table's default
    }
    session().execute(statement, values_, {}, handler, tag);
    return 1;
}

Result<size_t> CqlTable::send_delete_columns(const Mutation& mutation,
                                             const StoredKeys::Parts& parts,
                                             cql::RequestHandler& handler, uint64_t tag) {
    MESSINA_TRY_VOID(sort_columns(mutation));
    const bool is_whole = partition_count_ + parts.clustering_count == key_count_;
    const bool is_for_statics_only =
        parts.clustering_count == 0 && regular_columns_.empty() && !static_columns_.empty();
    if (!is_whole && !is_for_statics_only) return fail(incomplete_key(schema_));
    size_t requests = 0;
    // CQL takes no clustering key where only static columns are deleted.
    if (!static_columns_.empty()) {
        send_delete(static_columns_, parts.partition, partition_count_, mutation.timestamp_us,
                    handler, tag);
        ++requests;
    }
    if (!regular_columns_.empty()) {
        send_delete(regular_columns_, mutation.key, key_count_, mutation.timestamp_us, handler,
                    tag);
        ++requests;
    }
    return requests;
}

void CqlTable::send_delete(std::span<const size_t> columns, std::string_view key, size_t key_count,
                           int64_t timestamp, cql::RequestHandler& handler, uint64_t tag) {
    values_.clear();
    values_.add_number(timestamp);
    values_.add_encoded(key, static_cast<uint32_t>(key_count));
    session().execute(session().statement(text_.remove(columns, key_count), {}), values_, {},
                      handler, tag);
}

Result<size_t> CqlTable::send_delete_range(const Mutation& mutation, const StoredKeys::Parts& parts,
                                           cql::RequestHandler& handler, uint64_t tag) {
    if (!keys_.has_clustering()) return fail(no_range(schema_));
    MESSINA_TRY(auto segments, split_range(schema_, mutation.from, mutation.to));
    std::string pivot;
    if (segments.size() == 1 && segments.front().is_everything())
        segments = split_everything(schema_, pivot);
    for (const Segment& segment : segments) {
        values_.clear();
        values_.add_number(mutation.timestamp_us);
        values_.add_encoded(parts.partition, static_cast<uint32_t>(partition_count_));
        append_values(segment, values_);
        session().execute(session().statement(text_.remove_segment(segment), {}), values_, {},
                          handler, tag);
    }
    return segments.size();
}

}  // namespace messina::table
