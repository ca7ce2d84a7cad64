#include "endpoint/avro_output.h"

#include <mutex>
#include <optional>

#include <sys/stat.h>

#include "base/check.h"
#include "codec/avro/container_reader.h"
#include "codec/avro/container_writer.h"
#include "codec/avro/derive.h"
#include "endpoint/avro_format.h"

namespace messina::endpoint {
namespace {

namespace avro = codec::avro;

/// What is there of a container file: its header and the length of its whole blocks.
struct Existing {
    std::optional<avro::ContainerHeader> header;
    off_t whole_bytes = 0;
};

Result<Existing> inspect(const std::string& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0 || status.st_size == 0) return Existing{};
    MESSINA_TRY(auto file, avro::open_file(path));
    auto reader = avro::ContainerReader::open(std::move(file));
    if (!reader) return Existing{};  // a header that a crash cut: nothing follows it
    Existing existing{(*reader)->header(), static_cast<off_t>((*reader)->header().bytes)};
    Batch batch;
    while (true) {
        batch.reset();
        const Result<size_t> read = (*reader)->read(batch, SIZE_MAX);
        if (!read || *read == 0) return existing;
        existing.whole_bytes = static_cast<off_t>(
            static_cast<const avro::ContainerBlock&>(*batch.chunks.back()).end_offset);
    }
}

class AvroOutput final : public StreamOutput {
  public:
    AvroOutput(AppendFile file, std::optional<avro::ContainerHeader> header, avro::SchemaRef schema)
        : file_(std::move(file)), header_(std::move(header)), schema_(std::move(schema)) {}

    void expect(const codec::OutputPlan& plan) override {
        const std::lock_guard lock(mutex_);
        edits_.clear();
        for (size_t i = 0; i < plan.edits.size(); ++i)
            edits_.push_back({plan.edits[i].path, plan.edit_types[i]});
    }

    Result<void> prepare(const Batch& batch) override {
        const std::lock_guard lock(mutex_);
        if (writer_ && (batch.schema == known_ || !is_derived_)) return {};
        avro::SchemaRef schema = schema_;
        if (schema == nullptr) {
            const auto* lane = dynamic_cast<const AvroFileSchema*>(batch.schema.get());
            MESSINA_CHECK(lane != nullptr, "only an Avro input lets the schema be derived");
            MESSINA_TRY(avro::Derived derived, avro::derive(*lane->schema, edits_));
            schema = std::move(derived.schema);
            is_derived_ = true;
        }
        const std::string text = schema->to_json();
        if (!writer_) {
            MESSINA_TRY_VOID(begin(*schema, text));
        } else if (text != written_schema_) {
            return fail(other_schema());
        }
        known_ = batch.schema;
        return {};
    }

    Result<void> write(std::string_view records, std::span<const size_t> ends) override {
        const std::lock_guard lock(mutex_);
        Buffer blocks;
        size_t begin = 0;
        for (const size_t end : ends) {
            if (end > begin)
                MESSINA_TRY_VOID(writer_->append(records.substr(begin, end - begin), blocks));
            begin = end;
        }
        MESSINA_TRY_VOID(writer_->flush(blocks));
        return file_.append(blocks.view());
    }
    Result<void> sync() override {
        const std::lock_guard lock(mutex_);
        return file_.sync();
    }

  private:
    Result<void> begin(const avro::Schema& schema, const std::string& text) {
        if (header_) {
            if (header_->schema->to_json() != text) return fail(other_schema());
            avro::ContainerWriterOptions options;
            options.codec = header_->codec;
            writer_.emplace(header_->sync, options);
        } else {
            Buffer head;
            Random random(system_seed());
            avro::ContainerWriter writer(schema, {}, random, head);
            MESSINA_TRY_VOID(file_.append(head.view()));
            writer_.emplace(std::move(writer));
        }
        written_schema_ = text;
        return {};
    }
    [[nodiscard]] Error other_schema() const {
        return Error{
            ErrorClass::Misconfigured, "avro.other_schema",
            file_.path() + " holds records of another schema",
            "write to another file, or give the output one `schema:` that fits all records"};
    }

    std::mutex mutex_;
    AppendFile file_;
    std::optional<avro::ContainerHeader> header_;
    avro::SchemaRef schema_;
    std::vector<avro::SchemaEdit> edits_;
    std::optional<avro::ContainerWriter> writer_;
    std::string written_schema_;
    LaneSchemaRef known_;
    bool is_derived_ = false;
};

}  // namespace

Result<std::shared_ptr<StreamOutput>> open_avro_output(AppendOptions options,
                                                       const Format& format) {
    Existing existing;
    if (!options.is_replaced) {
        MESSINA_TRY(existing, inspect(options.path));
    }
    MESSINA_TRY(AppendFile file,
                AppendFile::open(std::move(options), [&](int, const std::string&) -> Result<off_t> {
                    return existing.whole_bytes;
                }));
    return std::make_shared<AvroOutput>(std::move(file), std::move(existing.header),
                                        avro_output_schema(format));
}

}  // namespace messina::endpoint
