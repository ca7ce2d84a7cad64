// From values of key columns to the key that cache, de-duplication and store share.
#include <cmath>
#include <cstring>

#include <fmt/core.h>

#include "cql/bytes.h"
#include "table/store.h"

namespace messina::table {
namespace {

/// What most keys are, without the general way's checks: text that is plainly UTF-8. False: it is
/// not plain, and nothing was appended.
bool append_ascii(std::string_view text, Buffer& out) {
    uint64_t bits = 0;
    size_t at = 0;
    for (uint64_t word; at + sizeof word <= text.size(); at += sizeof word) {
        std::memcpy(&word, text.data() + at, sizeof word);
        bits |= word;
    }
    for (; at < text.size(); ++at) bits |= static_cast<uint64_t>(text[at]) & 0x80U;
    constexpr uint64_t high_bits = 0x8080'8080'8080'8080U;
    if ((bits & high_bits) != 0) return false;
    cql::append_big_endian(out, static_cast<uint32_t>(text.size()));
    out.append(text);
    return true;
}

}  // namespace

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
        if (i < values.size() && types_[i].kind == cql::TypeKind::Text &&
            values[i].is(Kind::String) && append_ascii(values[i].as_text(), out)) [[likely]]
            continue;
        if (i < values.size() && values[i].is(Kind::Double) && std::isnan(values[i].as_double())) {
            out.truncate(begin);
            return fail(
                ErrorClass::Poison, "table.nan_key",
                fmt::format("key column {} is NaN, which no key can be: nothing equals it", i + 1),
                "filter such records out, or compute the key from something else");
        }
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
