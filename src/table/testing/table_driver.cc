#include "table/testing/table_driver.h"

#include "base/check.h"
#include "cql/bytes.h"

namespace messina::table::testing {
namespace {

Column make_column(std::string_view text, ColumnRole role) {
    const size_t space = text.find(' ');
    MESSINA_CHECK(space != std::string_view::npos, text);
    Column column;
    column.name = text.substr(0, space);
    column.role = role;
    std::string_view type = text.substr(space + 1);
    constexpr std::string_view descending = " desc";
    if (type.ends_with(descending)) {
        column.is_descending = true;
        type.remove_suffix(descending.size());
    }
    auto parsed = cql::parse_type(type);
    MESSINA_CHECK(parsed.has_value(), parsed.error().message);
    column.type = std::move(*parsed);
    return column;
}

/// The outcome of one mutation.
struct OneWrite final : WriteReceiver {
    void on_written(size_t /*index*/, const Error* error) override {
        outcome.emplace();
        if (error != nullptr) *outcome = std::unexpected(*error);
    }
    std::optional<Result<void>> outcome;
};

}  // namespace

TableSchema make_schema(std::string_view name, const SchemaText& text) {
    TableSchema schema;
    schema.name = name;
    const auto add = [&](const std::vector<std::string_view>& columns, ColumnRole role) {
        for (const std::string_view column : columns)
            schema.columns.push_back(make_column(column, role));
    };
    add(text.partition_key, ColumnRole::PartitionKey);
    add(text.clustering_key, ColumnRole::ClusteringKey);
    add(text.statics, ColumnRole::Static);
    add(text.columns, ColumnRole::Regular);
    return schema;
}

std::string TableDriver::key(const Values& values) const {
    Buffer bytes;
    const auto encoder = KeyEncoder::make(table_.schema(), values.size());
    MESSINA_CHECK(encoder.has_value(), encoder.error().message);
    const auto done = encoder->encode(values, bytes);
    MESSINA_CHECK(done.has_value(), done.error().message);
    return std::string(bytes.view());
}

std::string TableDriver::prefix(const Values& values) const {
    Buffer bytes;
    for (size_t i = 0; i < values.size(); ++i) {
        const Column& column = table_.schema().columns[table_.schema().partition_key_count() + i];
        Buffer value;
        const auto done = cql::serialize(column.type, values[i], value);
        MESSINA_CHECK(done.has_value(), done.error().message);
        cql::append_big_endian(bytes, static_cast<uint32_t>(value.size()));
        bytes.append(value.view());
    }
    return std::string(bytes.view());
}

std::vector<size_t> TableDriver::indexes(const std::vector<std::string_view>& columns) const {
    std::vector<size_t> all;
    for (const std::string_view column : columns) {
        const auto index = table_.schema().find(column);
        MESSINA_CHECK(index.has_value(), column);
        all.push_back(*index);
    }
    return all;
}

Result<void> TableDriver::write(const Mutation& mutation) {
    OneWrite receiver;
    table_.write({&mutation, 1}, receiver);
    wait([&] { return receiver.outcome.has_value(); });
    MESSINA_CHECK(receiver.outcome.has_value(), "the store never reported the write");
    return *receiver.outcome;
}

Result<void> TableDriver::upsert(const Values& key_values, const Cells& cells, int64_t timestamp,
                                 int64_t ttl_seconds) {
    std::vector<std::string_view> names;
    for (const auto& cell : cells) names.push_back(cell.first);
    const std::vector<size_t> columns = indexes(names);
    std::vector<std::string> bytes(cells.size());
    std::vector<std::optional<std::string_view>> serialized(cells.size());
    for (size_t i = 0; i < cells.size(); ++i) {
        if (!cells[i].second.has_content()) continue;
        Buffer out;
        const auto& type = table_.schema().columns[columns[i]].type;
        MESSINA_TRY_VOID(cql::serialize(type, cells[i].second, out));
        bytes[i] = out.view();
        serialized[i] = bytes[i];
    }
    const std::string encoded = key(key_values);
    Mutation mutation;
    mutation.key = encoded;
    mutation.columns = columns;
    mutation.cells = serialized;
    mutation.timestamp_us = timestamp;
    mutation.ttl_seconds = ttl_seconds;
    return write(mutation);
}

Result<void> TableDriver::delete_row(const Values& key_values, int64_t timestamp) {
    const std::string encoded = key(key_values);
    Mutation mutation;
    mutation.kind = MutationKind::DeleteRow;
    mutation.key = encoded;
    mutation.timestamp_us = timestamp;
    return write(mutation);
}

Result<void> TableDriver::delete_partition(const Values& key_values, int64_t timestamp) {
    const std::string encoded = key(key_values);
    Mutation mutation;
    mutation.kind = MutationKind::DeletePartition;
    mutation.key = encoded;
    mutation.timestamp_us = timestamp;
    return write(mutation);
}

Result<void> TableDriver::delete_columns(const Values& key_values,
                                         const std::vector<std::string_view>& columns,
                                         int64_t timestamp) {
    const std::string encoded = key(key_values);
    const std::vector<size_t> numbers = indexes(columns);
    Mutation mutation;
    mutation.kind = MutationKind::DeleteColumns;
    mutation.key = encoded;
    mutation.columns = numbers;
    mutation.timestamp_us = timestamp;
    return write(mutation);
}

Result<void> TableDriver::delete_range(const Values& partition_key, const Bound& from,
                                       const Bound& to, int64_t timestamp) {
    const std::string encoded = key(partition_key);
    const std::string from_prefix = prefix(from.prefix);
    const std::string to_prefix = prefix(to.prefix);
    Mutation mutation;
    mutation.kind = MutationKind::DeleteRange;
    mutation.key = encoded;
    mutation.timestamp_us = timestamp;
    mutation.from = {from_prefix, from.is_inclusive};
    mutation.to = {to_prefix, to.is_inclusive};
    return write(mutation);
}

std::string TableDriver::cell_text(size_t column,
                                   const std::optional<std::string_view>& cell) const {
    if (!cell) return "null";
    Arena arena;
    const auto value = cql::deserialize(table_.schema().columns[column].type, *cell, arena);
    return value ? to_debug_text(*value) : std::string(value.error().code);
}

Result<std::optional<TableDriver::Row>> TableDriver::read(
    const Values& key_values, const std::vector<std::string_view>& columns) {
    struct OneRead final : ReadReceiver {
        explicit OneRead(std::function<Row(const RowView&)> maker) : make(std::move(maker)) {}
        void on_row(size_t /*key*/, const RowView* row) override {
            outcome = row == nullptr ? std::optional<Row>() : std::optional<Row>(make(*row));
        }
        void on_error(size_t /*key*/, const Error& error) override {
            outcome = std::unexpected(error);
        }
        void on_end() override { is_over = true; }
        std::function<Row(const RowView&)> make;
        std::optional<Result<std::optional<Row>>> outcome;
        bool is_over = false;
    };
    const std::string encoded = key(key_values);
    const std::string_view encoded_view = encoded;
    const std::vector<size_t> numbers = indexes(columns);
    OneRead receiver([&](const RowView& view) {
        Row row;
        for (size_t i = 0; i < numbers.size(); ++i)
            row.push_back(cell_text(numbers[i], view.cells[i]));
        return row;
    });
    table_.read({{&encoded_view, 1}, numbers}, receiver);
    wait([&] { return receiver.is_over; });
    MESSINA_CHECK(receiver.is_over && receiver.outcome, "the store never reported the read");
    return *receiver.outcome;
}

Result<std::vector<TableDriver::Row>> TableDriver::rows(
    const Values& partition_key, const std::vector<std::string_view>& columns, const Range& range) {
    const std::string encoded = key(partition_key);
    const std::string from = prefix(range.from.prefix);
    const std::string to = prefix(range.to.prefix);
    const std::vector<size_t> numbers = indexes(columns);
    PageRequest request;
    request.partition_key = encoded;
    request.columns = numbers;
    request.from = {from, range.from.is_inclusive};
    request.to = {to, range.to.is_inclusive};
    request.is_reversed = range.is_reversed;
    request.rows_max = range.rows_max;
    std::string resume;
    std::vector<Row> all;
    do {
        request.resume_after = resume;
        std::optional<Result<Page>> page;
        table_.read_partition(request, [&](Result<Page> result) { page = std::move(result); });
        wait([&] { return page.has_value(); });
        MESSINA_CHECK(page.has_value(), "the store never gave the page");
        if (!*page) return std::unexpected(page->error());
        for (const Page::Row& row : (*page)->rows) {
            Row& texts = all.emplace_back();
            for (size_t i = 0; i < numbers.size(); ++i)
                texts.push_back(cell_text(numbers[i], row.cells[i]));
        }
        resume = (*page)->resume;
    } while (!resume.empty());
    return all;
}

}  // namespace messina::table::testing
