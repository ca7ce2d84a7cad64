// Helpers of this room's tests.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "codec/avro/datum_reader.h"
#include "codec/avro/datum_writer.h"
#include "codec/avro/decoder.h"
#include "codec/avro/encoder.h"
#include "codec/avro/schema.h"
#include "data/batch.h"

namespace messina::codec::avro::testing {

inline SchemaRef schema_of(std::string_view json) {
    auto schema = Schema::parse(json);
    EXPECT_TRUE(schema) << schema.error().to_text();
    return schema ? *schema : nullptr;
}

inline ShapesRef shapes_of(std::string_view json) {
    return *Shapes::plain(schema_of(json));
}

/// The code of the error, or "ok".
template <class T>
std::string code_of(const Result<T>& result) {
    return result ? "ok" : std::string(result.error().code);
}

inline std::string encoded(const SchemaRef& schema, const Value& value,
                           const WriteOptions& options = {}) {
    Buffer out;
    DatumWriter writer(options);
    if (!writer.write(*schema, schema->root(), value, out))
        return "error " + std::string(writer.take_error().code);
    return std::string(out.view());
}

/// As the value prints, or the code of the error.
inline std::string decoded_text(std::string_view schema, std::string_view bytes) {
    Arena arena;
    const ShapesRef shapes = shapes_of(schema);  // the value's names are the schema's
    const Result<Value> value = read_datum(*shapes, bytes, arena);
    return value ? to_debug_text(*value, 2000) : std::string(value.error().code);
}

/// "user.name" → [user, name]; empty: the root.
inline Path path_of(std::string_view text) {
    Path path;
    while (!text.empty()) {
        const size_t dot = text.find('.');
        path.emplace_back(text.substr(0, dot));
        text.remove_prefix(dot == std::string_view::npos ? text.size() : dot + 1);
    }
    return path;
}

/// A batch with one record for each of `raws`, rows made.
inline void fill(Batch& batch, const std::vector<std::string>& raws, size_t slots, size_t sites) {
    for (const std::string& raw : raws) {
        Record record;
        record.raw = raw;
        batch.records.push_back(record);
    }
    batch.make_rows(slots, sites);
}

}  // namespace messina::codec::avro::testing
