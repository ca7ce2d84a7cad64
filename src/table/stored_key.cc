#include "table/stored_key.h"

#include <fmt/core.h>

#include "cql/bytes.h"
#include "cql/fixed_size.h"
#include "cql/order.h"

namespace messina::table {
namespace {

/// A server's limit of a partition key, and of all clustering columns together.
constexpr size_t kKeyBytesMax = 65'535;

constexpr char kHeadMark = 0;
constexpr char kRowMark = 1;

std::unexpected<Error> malformed_key() {
    return fail(ErrorClass::Poison, "table.key_malformed",
                "a key is not what KeyEncoder makes for this table");
}

std::unexpected<Error> too_long(std::string_view what, size_t bytes) {
    return fail(ErrorClass::Poison, "table.key_too_long",
                fmt::format("{} of {} bytes is longer than {}", what, bytes, kKeyBytesMax));
}

std::optional<std::string_view> take_component(cql::ByteReader& reader) {
    const auto size = reader.take<uint32_t>();
    return size ? reader.take_bytes(*size) : std::nullopt;
}

}  // namespace

StoredKeys::StoredKeys(const TableSchema& schema) : partition_count_(schema.partition_key_count()) {
    for (const Column& column : schema.columns) {
        if (column.role == ColumnRole::PartitionKey) partition_.push_back(column);
        if (column.role == ColumnRole::ClusteringKey) clustering_.push_back(column);
    }
}

Result<StoredKeys::Parts> StoredKeys::split(std::string_view key) const {
    cql::ByteReader reader(key);
    for (size_t i = 0; i < partition_count_; ++i)
        if (!take_component(reader)) return malformed_key();
    Parts parts;
    parts.partition = key.substr(0, key.size() - reader.left());
    parts.clustering = key.substr(parts.partition.size());
    while (!reader.is_empty()) {
        if (!take_component(reader)) return malformed_key();
        ++parts.clustering_count;
    }
    if (parts.clustering_count > clustering_.size()) return malformed_key();
    if (parts.clustering.size() > kKeyBytesMax)
        return too_long("a clustering key", parts.clustering.size());
    return parts;
}

Result<void> StoredKeys::check_partition(std::string_view partition) const {
    if (partition.size() > kKeyBytesMax) return too_long("a partition key", partition.size());
    cql::ByteReader reader(partition);
    for (const Column& column : partition_) {
        const auto bytes = take_component(reader);
        if (!bytes) return malformed_key();
        if (bytes->empty() && partition_count_ == 1)
            return fail(ErrorClass::Poison, "table.key_empty",
                        fmt::format("key column {} is empty", column.name),
                        "CQL refuses an empty partition key");
        const size_t size = cql::fixed_size(column.type.kind);
        if (size != 0 && bytes->size() != size && !bytes->empty()) return malformed_key();
    }
    return {};
}

void StoredKeys::append_head(std::string_view partition, Buffer& out) {
    out.append(partition);
    out.push_back(kHeadMark);
}

void StoredKeys::append_rows_prefix(std::string_view partition, Buffer& out) {
    out.append(partition);
    out.push_back(kRowMark);
}

Result<void> StoredKeys::append_clustering(std::string_view encoded, Buffer& out) const {
    cql::ByteReader reader(encoded);
    for (size_t i = 0; !reader.is_empty(); ++i) {
        const auto bytes = take_component(reader);
        if (!bytes || i >= clustering_.size()) return malformed_key();
        const Column& column = clustering_[i];
        auto done = column.is_descending ? cql::append_descending(column.type, *bytes, out)
                                         : cql::append_ordered(column.type, *bytes, out);
        if (!done)
            return fail(std::move(done.error()).at(fmt::format("key column {}", column.name)));
    }
    return {};
}

Result<std::vector<std::optional<std::string>>> StoredKeys::clustering_of(
    std::string_view ordered) const {
    std::vector<std::optional<std::string>> columns;
    Buffer bytes;
    for (const Column& column : clustering_) {
        bytes.clear();
        MESSINA_TRY_VOID(column.is_descending
                             ? cql::append_serialized_descending(column.type, ordered, bytes)
                             : cql::append_serialized(column.type, ordered, bytes));
        columns.emplace_back(std::string(bytes.view()));
    }
    return columns;
}

std::optional<std::string_view> StoredKeys::column_of(std::string_view key, size_t index) {
    cql::ByteReader reader(key);
    for (size_t i = 0; i < index; ++i)
        if (!take_component(reader)) return std::nullopt;
    return take_component(reader);
}

Result<Bounds> make_bounds(const StoredKeys& keys, const ClusteringBound& from,
                           const ClusteringBound& to) {
    Buffer ordered;
    Bounds bounds;
    MESSINA_TRY_VOID(keys.append_clustering(from.prefix, ordered));
    const bool is_after = !from.prefix.empty() && !from.is_inclusive;
    bounds.begin = is_after ? after_prefix(ordered.view()) : std::string(ordered.view());
    // Nothing follows what has no successor.
    const bool is_nothing = is_after && bounds.begin.empty();
    ordered.clear();
    MESSINA_TRY_VOID(keys.append_clustering(to.prefix, ordered));
    bounds.end = to.is_inclusive ? after_prefix(ordered.view()) : std::string(ordered.view());
    bounds.is_endless = bounds.end.empty();
    if (is_nothing) bounds = {"\xff", "\xff", false};
    return bounds;
}

std::string after_prefix(std::string_view prefix) {
    std::string next(prefix);
    while (!next.empty() && next.back() == '\xff') next.pop_back();
    if (!next.empty()) next.back() = static_cast<char>(static_cast<unsigned char>(next.back()) + 1);
    return next;
}

}  // namespace messina::table
