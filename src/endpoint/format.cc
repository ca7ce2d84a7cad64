#include "endpoint/format.h"

#include <fmt/format.h>

#include "base/check.h"
#include "codec/csv.h"
#include "codec/csv_record_end.h"
#include "codec/json.h"
#include "codec/text.h"
#include "endpoint/avro_format.h"
#include "endpoint/avro_messages.h"

namespace messina::endpoint {

Result<TypeRef> Format::event_type(std::string_view) const {
    return Type::dynamic();
}
bool Format::can_splice(const Format&) const {
    return false;
}
Result<LaneSchemaRef> Format::lane_schema(std::string_view) const {
    return LaneSchemaRef();
}

namespace {

const config::Section kJson = {
    .name = "json",
    .summary = "JSON, one document a line in files.",
    .options = {{.name = "depth_max",
                 .type = config::integer(1, 10'000),
                 .fallback = "256",
                 .doc = "Deepest nesting that is read."}},
    .details =
        "Every byte of a record is checked; numbers are exact. Fields that no step touches leave "
        "byte for byte as they came.",
    .example = "json: { depth_max: 64 }",
};

class JsonFormat final : public Format {
  public:
    explicit JsonFormat(codec::JsonOptions options) : options_(options) {}
    [[nodiscard]] const std::string& name() const override { return kJson.name; }
    Result<std::unique_ptr<codec::Decoder>> make_decoder(
        const Projection& projection) const override {
        return codec::make_json_decoder(projection, options_);
    }
    Result<std::unique_ptr<codec::Encoder>> make_encoder(
        const codec::OutputPlan& plan) const override {
        return codec::make_json_encoder(plan);
    }
    [[nodiscard]] bool can_splice(const Format& input) const override {
        return input.name() == kJson.name;
    }

  private:
    codec::JsonOptions options_;
};

const config::Section kCsv = {
    .name = "csv",
    .summary = "Comma separated values (RFC 4180), with a header.",
    .options =
        {{.name = "delimiter",
          .type = config::text(),
          .fallback = "','",
          .doc = "One character between fields; \\t for a tab."},
         {.name = "quote",
          .type = config::text(),
          .fallback = "'\"'",
          .doc = "The quoting character; empty: none."},
         {.name = "header",
          .type = config::text_list(),
          .doc = "Names of the columns, for files without a header line.",
          .example = "[id, name]"},
         {.name = "types",
          .type = config::text_map(),
          .doc = "Column to type: string, int, double, bool, timestamp. Columns that are not named "
                 "are strings.",
          .example = "{ year: int, seats: int }"},
         {.name = "null_texts",
          .type = config::text_list(),
          .doc = "Unquoted fields with one of these texts are null; an empty field when absent.",
          .example = "['', NA]"},
         {.name = "trim",
          .type = config::boolean(),
          .fallback = "false",
          .doc = "Takes spaces and tabs off around fields."},
         {.name = "columns",
          .type = config::text_list(),
          .doc =
              "For writing: these columns in this order; those of the first record when absent."}},
    .example = "csv: { types: { year: int }, null_texts: ['', NA] }",
};

/// The header of one file.
class CsvHeader final : public LaneSchema {
  public:
    explicit CsvHeader(std::vector<std::string> names) : columns(std::move(names)) {}
    const std::vector<std::string> columns;
};

/// Tells the decoder of each file's header before its first batch.
class CsvFileDecoder final : public codec::Decoder {
  public:
    explicit CsvFileDecoder(std::unique_ptr<codec::CsvDecoder> decoder)
        : decoder_(std::move(decoder)) {}

    void decode(Batch& batch) override {
        if (batch.schema != known_) {
            const auto* header = dynamic_cast<const CsvHeader*>(batch.schema.get());
            MESSINA_CHECK(header != nullptr, "a CSV lane has a header");
            Result<void> set = decoder_->set_header(header->columns);
            if (!set) {
                for (const RowIndex row : batch.live()) batch.fail_row(row, "decode", set.error());
                batch.remove_failed();
                return;
            }
            known_ = batch.schema;
        }
        decoder_->decode(batch);
    }

  private:
    std::unique_ptr<codec::CsvDecoder> decoder_;
    LaneSchemaRef known_;
};

class CsvFormat final : public Format {
  public:
    static Result<FormatRef> make(const config::Options& options) {
        auto format = std::make_shared<CsvFormat>();
        MESSINA_TRY(format->options_.delimiter, character(options, "delimiter"));
        MESSINA_TRY(format->options_.quote, character(options, "quote"));
        format->options_.trims = options.get_boolean("trim");
        if (options.has("null_texts"))
            format->options_.null_texts = options.get_text_list("null_texts");
        if (options.has("header")) format->header_ = options.get_text_list("header");
        if (options.has("columns")) format->columns_ = options.get_text_list("columns");
        if (!options.has("types")) return format;
        for (const auto& [column, text] : options.get_text_map("types")) {
            MESSINA_TRY(const codec::CsvType type, parse_type(options, text));
            format->options_.types.emplace_back(column, type);
        }
        return format;
    }

    [[nodiscard]] const std::string& name() const override { return kCsv.name; }
    [[nodiscard]] Framing framing() const override { return Framing::Csv; }
    [[nodiscard]] bool has_header() const override { return header_.empty(); }
    [[nodiscard]] Result<TypeRef> event_type(std::string_view header) const override {
        if (!header_.empty()) return codec::csv_type(options_, header_);
        if (header.empty()) return Type::dynamic();
        MESSINA_TRY(const auto columns, codec::parse_csv_header(header, options_));
        return codec::csv_type(options_, columns);
    }
    Result<std::unique_ptr<codec::Decoder>> make_decoder(
        const Projection& projection) const override {
        return std::make_unique<CsvFileDecoder>(codec::make_csv_decoder(projection, options_));
    }
    Result<std::unique_ptr<codec::Encoder>> make_encoder(
        const codec::OutputPlan& plan) const override {
        return codec::make_csv_encoder(plan,
                                       {options_.delimiter, options_.quote, columns_, true, ""});
    }
    [[nodiscard]] RecordSplitter splitter() const override {
        return [end = codec::CsvRecordEnd(options_)](std::string_view bytes) mutable {
            return end.find(bytes);
        };
    }
    [[nodiscard]] Result<LaneSchemaRef> lane_schema(std::string_view header) const override {
        if (!header_.empty()) return std::make_shared<CsvHeader>(header_);
        MESSINA_TRY(auto columns, codec::parse_csv_header(header, options_));
        return std::make_shared<CsvHeader>(std::move(columns));
    }

  private:
    static Result<char> character(const config::Options& options, std::string_view option) {
        const std::string& text = options.get_text(option);
        if (text == "\\t" || text == "tab") return '\t';
        if (text.empty() && option == "quote") return '\0';
        if (text.size() == 1) return text.front();
        return fail(config::error_at(options.mark_of(option), "csv.character",
                                     fmt::format("expected one character, found '{}'", text)));
    }
    static Result<codec::CsvType> parse_type(const config::Options& options,
                                             std::string_view text) {
        if (text == "string") return codec::CsvType::String;
        if (text == "int") return codec::CsvType::Int;
        if (text == "double") return codec::CsvType::Double;
        if (text == "bool") return codec::CsvType::Bool;
        if (text == "timestamp") return codec::CsvType::Timestamp;
        return fail(config::error_at(options.mark_of("types"), "csv.type",
                                     fmt::format("'{}' is no type of a CSV column", text),
                                     "use string, int, double, bool or timestamp"));
    }

    codec::CsvOptions options_;
    std::vector<std::string> header_;
    std::vector<std::string> columns_;
};

const std::vector<config::Option> kTextOptions = {{.name = "field",
                                                   .type = config::text(),
                                                   .fallback = "message",
                                                   .doc = "The field that holds the record."}};
const config::Section kText = {.name = "text",
                               .summary = "Lines of UTF-8 text, each in one field.",
                               .options = kTextOptions,
                               .example = "text: { field: line }"};
const config::Section kRaw = {.name = "raw",
                              .summary = "Lines of any bytes, each in one field.",
                              .options = kTextOptions,
                              .example = "raw: { field: payload }"};

class TextFormat final : public Format {
  public:
    explicit TextFormat(const config::Options& options)
        : name_(options.section().name), options_{options.get_text("field")} {}
    [[nodiscard]] const std::string& name() const override { return name_; }
    [[nodiscard]] Result<TypeRef> event_type(std::string_view) const override {
        return Type::record(
            {{options_.field,
              Type::scalar(name_ == kText.name ? TypeKind::String : TypeKind::Bytes)}});
    }
    Result<std::unique_ptr<codec::Decoder>> make_decoder(
        const Projection& projection) const override {
        return name_ == kText.name ? codec::make_text_decoder(projection, options_)
                                   : codec::make_raw_decoder(projection, options_);
    }
    Result<std::unique_ptr<codec::Encoder>> make_encoder(
        const codec::OutputPlan& plan) const override {
        return codec::make_text_encoder(plan, options_);
    }

  private:
    std::string name_;
    codec::TextOptions options_;
};

}  // namespace

const std::vector<const config::Section*>& format_sections() {
    static const std::vector<const config::Section*> sections = {&kJson, &kCsv, &kAvroSection,
                                                                 &kText, &kRaw};
    return sections;
}

Result<FormatRef> make_format(const config::Options& options) {
    const std::string& name = options.section().name;
    if (name == kJson.name)
        return std::make_shared<JsonFormat>(
            codec::JsonOptions{static_cast<uint32_t>(options.get_integer("depth_max"))});
    if (name == kCsv.name) return CsvFormat::make(options);
    if (name == kAvroSection.name) return make_avro_format(options);
    return std::make_shared<TextFormat>(options);
}

Result<FormatRef> make_message_format(const config::Options& options,
                                      MessageRegistries& registries) {
    if (options.section().name == kAvroSection.name)
        return make_avro_message_format(options, registries);
    MESSINA_TRY(FormatRef format, make_format(options));
    if (format->has_header())
        return fail(config::error_at(options.mark(), "format.no_header",
                                     "messages have no header line",
                                     "name the columns: csv: { header: [id, name] }"));
    return format;
}

FormatRef default_format() {
    return std::make_shared<JsonFormat>(codec::JsonOptions{});
}

}  // namespace messina::endpoint
