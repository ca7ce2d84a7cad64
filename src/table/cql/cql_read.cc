// Rows by key: one request for each key, all of them at once.
#include <algorithm>

#include "cql/errors.h"
#include "table/cql/cql_table.h"
#include "table/refusals.h"

namespace messina::table {
namespace {

class ReadCall final : public CqlCall {
  public:
    ReadCall(CqlTable& table, ReadReceiver& receiver, size_t column_count, size_t extra_cells)
        : table_(table),
          receiver_(receiver),
          column_count_(column_count),
          cells_(column_count + extra_cells) {}

    void expect(size_t requests) { outstanding_ = requests; }
    void on_rows(uint64_t tag, const cql::Rows& rows) override {
        const auto key = static_cast<size_t>(tag);
        cql::RowReader reader(rows);
        if (!reader.has_next()) {
            receiver_.on_row(key, nullptr);
        } else if (reader.next(cells_)) {
            const RowView view{{cells_.data(), column_count_}};
            receiver_.on_row(key, &view);
        } else {
            const cql::Failure failure{cql::Outcome::Protocol, 0, "a page of rows ends early"};
            receiver_.on_error(key, table_.in_table(cql::to_error(failure, cql::Use::Execute)));
        }
        settle_one();
    }
    void on_failure(uint64_t tag, const Error& error) override {
        receiver_.on_error(static_cast<size_t>(tag), table_.in_table(error));
        settle_one();
    }

  private:
    void settle_one() {
        if (--outstanding_ > 0) return;
        const std::unique_ptr<CqlCall> held = table_.retire(*this);
        receiver_.on_end();
    }

    CqlTable& table_;
    ReadReceiver& receiver_;
    size_t column_count_;
    std::vector<std::optional<std::string_view>> cells_;
    size_t outstanding_ = 0;
};

}  // namespace

Result<cql::Statement*> CqlTable::read_statement(std::span<const size_t> columns) {
    std::vector<size_t> wanted(columns.begin(), columns.end());
    if (const auto known = reads_.find(wanted); known != reads_.end()) return known->second;
    for (const size_t column : wanted)
        if (column >= schema_.columns.size()) return fail(unknown_column(schema_, column));
    cql::Statement& statement = session().statement(text_.read_row(wanted), context_->read_use());
    reads_.emplace(std::move(wanted), &statement);
    return &statement;
}

Result<void> CqlTable::check_row_key(std::string_view key) const {
    MESSINA_TRY(const StoredKeys::Parts parts, keys_.split(key));
    MESSINA_TRY_VOID(keys_.check_partition(parts.partition));
    if (partition_count_ + parts.clustering_count != key_count_)
        return fail(incomplete_key(schema_));
    return {};
}

void CqlTable::read(const ReadRequest& request, ReadReceiver& receiver) {
    const auto statement = read_statement(request.columns);
    if (!statement) {
        for (size_t i = 0; i < request.keys.size(); ++i) receiver.on_error(i, statement.error());
        return receiver.on_end();
    }
    const size_t extra_cells = keys_.has_clustering() ? 1 : 0;
    ReadCall& call = calls_.start(
        std::make_unique<ReadCall>(*this, receiver, request.columns.size(), extra_cells));
    size_t requests = 0;
    for (size_t i = 0; i < request.keys.size(); ++i) {
        if (const auto checked = check_row_key(request.keys[i]); !checked) {
            receiver.on_error(i, checked.error());
            continue;
        }
        values_.clear();
        values_.add_encoded(request.keys[i], static_cast<uint32_t>(key_count_));
        session().execute(**statement, values_, {}, call, i);
        ++requests;
    }
    if (requests == 0) {
        const std::unique_ptr<CqlCall> held = retire(call);
        return receiver.on_end();
    }
    call.expect(requests);
    session().flush();
}

}  // namespace messina::table
