#include "endpoint/avro_format.h"

#include <fmt/format.h>

#include "base/check.h"
#include "base/file.h"
#include "codec/avro/decoder.h"
#include "codec/avro/encoder.h"
#include "endpoint/message_registry.h"

namespace messina::endpoint {

const config::Section kAvroSection = {
    .name = "avro",
    .summary = "Avro: object container files, or messages whose schemas are in a registry.",
    .options = {{.name = "registry",
                 .type = config::nested(registry_section()),
                 .doc = "For messages: the schema registry. A sink without one uses the source's.",
                 .example = "http://127.0.0.1:8081"},
                {.name = "schema",
                 .type = config::text(),
                 .doc = "For writing: file with the schema (.avsc)."},
                {.name = "reader_schema",
                 .type = config::text(),
                 .doc = "For reading: file with the schema that records are resolved to, by Avro's "
                        "rules; each file's own when absent."}},
    .example = "avro: { schema: schemas/enriched.avsc }",
};

Result<codec::avro::SchemaRef> load_avro_schema(const config::Options& options,
                                                std::string_view option) {
    if (!options.has(option)) return codec::avro::SchemaRef();
    const std::string& path = options.get_text(option);
    Result<std::string> text = read_file(path);
    if (!text)
        return fail(config::error_at(options.mark_of(option), text.error().code,
                                     text.error().message, text.error().hint));
    auto schema = codec::avro::Schema::parse(*text);
    if (!schema)
        return fail(config::error_at(options.mark_of(option), schema.error().code,
                                     path + ": " + schema.error().message, schema.error().hint));
    return *schema;
}

namespace {

/// A decoder for each file's schema.
class AvroFileDecoder final : public codec::Decoder {
  public:
    AvroFileDecoder(Projection projection, codec::avro::SchemaRef reader)
        : projection_(std::move(projection)), reader_(std::move(reader)) {}

    void decode(Batch& batch) override {
        if (batch.schema != known_) {
            const auto* file = dynamic_cast<const AvroFileSchema*>(batch.schema.get());
            MESSINA_CHECK(file != nullptr, "an Avro lane has a schema");
            codec::avro::AvroInput input;
            input.schema = file->schema;
            input.reader = reader_;
            auto decoder = codec::avro::make_avro_decoder(std::move(input), projection_);
            if (!decoder) {
                for (const RowIndex row : batch.live())
                    batch.fail_row(row, "decode", decoder.error());
                batch.remove_failed();
                return;
            }
            decoder_ = std::move(*decoder);
            known_ = batch.schema;
        }
        decoder_->decode(batch);
    }

  private:
    Projection projection_;
    codec::avro::SchemaRef reader_;
    std::unique_ptr<codec::Decoder> decoder_;
    LaneSchemaRef known_;
};

/// A splicing encoder for each file's schema.
class AvroFileEncoder final : public codec::Encoder {
  public:
    explicit AvroFileEncoder(codec::OutputPlan plan) : plan_(std::move(plan)) {}

    void encode(Batch& batch, std::span<const RowIndex> rows, Buffer& out,
                std::vector<size_t>& ends) override {
        if (batch.schema != known_) {
            Result<std::unique_ptr<codec::Encoder>> encoder = make(batch.schema);
            if (!encoder) {
                for (const RowIndex row : rows) {
                    batch.fail_row(row, "encode", encoder.error());
                    ends.push_back(out.size());
                }
                return;
            }
            encoder_ = std::move(*encoder);
            known_ = batch.schema;
        }
        encoder_->encode(batch, rows, out, ends);
    }

  private:
    Result<std::unique_ptr<codec::Encoder>> make(const LaneSchemaRef& lane) const {
        const auto* file = dynamic_cast<const AvroFileSchema*>(lane.get());
        MESSINA_CHECK(file != nullptr, "an Avro lane has a schema");
        codec::avro::AvroOutput output;
        output.input.schema = file->schema;
        output.edit_types = plan_.edit_types;
        return codec::avro::make_avro_encoder(std::move(output), plan_);
    }

    codec::OutputPlan plan_;
    std::unique_ptr<codec::Encoder> encoder_;
    LaneSchemaRef known_;
};

class AvroFormat final : public Format {
  public:
    static Result<FormatRef> make(const config::Options& options) {
        auto format = std::make_shared<AvroFormat>();
        MESSINA_TRY(format->schema_, load_avro_schema(options, "schema"));
        MESSINA_TRY(format->reader_, load_avro_schema(options, "reader_schema"));
        return format;
    }
    [[nodiscard]] const std::string& name() const override { return kAvroSection.name; }
    [[nodiscard]] Framing framing() const override { return Framing::Container; }
    [[nodiscard]] Result<TypeRef> event_type(std::string_view) const override {
        return reader_ == nullptr ? Type::dynamic() : reader_->type();
    }
    Result<std::unique_ptr<codec::Decoder>> make_decoder(
        const Projection& projection) const override {
        return std::make_unique<AvroFileDecoder>(projection, reader_);
    }
    Result<std::unique_ptr<codec::Encoder>> make_encoder(
        const codec::OutputPlan& plan) const override {
        if (plan.can_splice) return std::make_unique<AvroFileEncoder>(plan);
        if (schema_ == nullptr)
            return fail(
                ErrorClass::Misconfigured, "avro.no_schema", "an Avro output needs `schema:`",
                "name the .avsc file to write under; only an Avro input lets it be derived");
        codec::avro::AvroOutput output;
        output.schema = schema_;
        return codec::avro::make_avro_encoder(std::move(output), plan);
    }
    [[nodiscard]] std::string_view terminator() const override { return {}; }
    /// Without a schema of its own the output's is derived from the input's: untouched bytes stay
    /// as they are.
    [[nodiscard]] bool can_splice(const Format& input) const override {
        const auto* other = dynamic_cast<const AvroFormat*>(&input);
        return schema_ == nullptr && other != nullptr && other->reader_ == nullptr;
    }
    [[nodiscard]] const codec::avro::SchemaRef& schema() const { return schema_; }

  private:
    codec::avro::SchemaRef schema_;
    codec::avro::SchemaRef reader_;
};

class AvroLane final : public engine::LaneReader {
  public:
    AvroLane(std::string path, std::unique_ptr<codec::avro::ContainerReader> reader)
        : path_(std::move(path)),
          reader_(std::move(reader)),
          schema_(std::make_shared<AvroFileSchema>(reader_->schema())) {}
    [[nodiscard]] const std::string& name() const override { return path_; }
    Result<engine::TakeState> take(Batch& batch, const engine::TakeLimits& limits) override {
        batch.schema = schema_;
        Result<size_t> read = reader_->read(batch, limits.records_max);
        if (!read) return fail(std::move(read.error()).at(path_));
        return *read == 0 ? engine::TakeState::End : engine::TakeState::Taken;
    }

  private:
    std::string path_;
    std::unique_ptr<codec::avro::ContainerReader> reader_;
    LaneSchemaRef schema_;
};

}  // namespace

codec::avro::SchemaRef avro_output_schema(const Format& format) {
    const auto* avro = dynamic_cast<const AvroFormat*>(&format);
    MESSINA_CHECK(avro != nullptr, "the format is Avro");
    return avro->schema();
}

Result<FormatRef> make_avro_format(const config::Options& options) {
    return AvroFormat::make(options);
}

Result<std::unique_ptr<engine::LaneReader>> open_avro_lane(const std::string& path,
                                                           Position position,
                                                           size_t record_bytes_max) {
    MESSINA_TRY(auto file, codec::avro::open_file(path));
    codec::avro::ContainerOptions options;
    options.block_bytes_max = std::max(options.block_bytes_max, record_bytes_max);
    MESSINA_TRY(auto reader, codec::avro::ContainerReader::open(std::move(file), options));
    if (position != Position{}) MESSINA_TRY_VOID(reader->resume(position));
    return std::make_unique<AvroLane>(path, std::move(reader));
}

Result<TypeRef> avro_file_type(const std::string& path) {
    MESSINA_TRY(auto file, codec::avro::open_file(path));
    MESSINA_TRY(auto reader, codec::avro::ContainerReader::open(std::move(file)));
    return reader->schema()->type();
}

}  // namespace messina::endpoint
