// From values of key columns to the key that cache, de-duplication and store share.
#include <fmt/core.h>

#include "cql/bytes.h"
#include "table/store.h"

namespace messina::table {

Result<KeyEncoder> KeyEncoder::make(const TableSchema& schema, size_t column_count) {
    const size_t partition_count = schema.partition_key_count();
    const size_t key_count = partition_count + schema.clustering_key_count();
    if (column_count < partition_count || column_count > key_count)
        return fail(ErrorClass::Misconfigured, "table.key_columns",
                    fmt::format("a key of table {} has {} to {} columns, {} given", schema.name,
                                partition_count, key_count, column_count),
                    "give the whole partition key, and clustering columns in key order");
    KeyEncoder encoder;
    for (size_t i = 0; i < column_count; ++i) encoder.types_.push_back(schema.columns[i].type);
    return encoder;
}

Result<void> KeyEncoder::encode(std::span<const Value> values, Buffer& out) const {
    const size_t begin = out.size();
    for (size_t i = 0; i < types_.size(); ++i) {
        const size_t length_at = out.size();
        cql::append_big_endian(out, uint32_t{0});
        auto done = cql::serialize(types_[i], i < values.size() ? values[i] : Value(), out);
        if (!done) {
            out.truncate(begin);
            return fail(std::move(done.error()).at(fmt::format("key column {}", i + 1)));
        }
        const size_t size = out.size() - length_at - sizeof(uint32_t);
        cql::store_big_endian(out.data() + length_at, static_cast<uint32_t>(size));
    }
    return {};
}

}  // namespace messina::table
