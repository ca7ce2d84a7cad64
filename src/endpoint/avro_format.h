// Avro as files hold it: object container files, each with its own writer's schema.
#pragma once

#include <memory>
#include <string>

#include "codec/avro/container_reader.h"
#include "codec/avro/schema.h"
#include "endpoint/format.h"
#include "engine/source.h"

namespace messina::endpoint {

extern const config::Section kAvroSection;
Result<FormatRef> make_avro_format(const config::Options& options);
/// The schema in the file that an option names; null when it is absent.
Result<codec::avro::SchemaRef> load_avro_schema(const config::Options& options,
                                                std::string_view option);

/// The writer's schema of one file, as the lane schema that its decoder and encoder know.
class AvroFileSchema final : public LaneSchema {
  public:
    explicit AvroFileSchema(codec::avro::SchemaRef writer) : schema(std::move(writer)) {}
    const codec::avro::SchemaRef schema;
};

/// The schema an Avro format was told to write under; null when it is derived from the input.
codec::avro::SchemaRef avro_output_schema(const Format& format);

/// Reads a container file from `position` on.
Result<std::unique_ptr<engine::LaneReader>> open_avro_lane(const std::string& path,
                                                           Position position,
                                                           size_t record_bytes_max);
/// What the file's schema says of its records.
Result<TypeRef> avro_file_type(const std::string& path);

}  // namespace messina::endpoint
