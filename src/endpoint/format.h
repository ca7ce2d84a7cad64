// Formats as a pipeline file names them: `format: json`, `format: { csv: { types: {…} } }`. One
// Format serves a source or a sink; it makes a decoder or an encoder for each worker.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "codec/codec.h"
#include "config/option.h"
#include "data/batch.h"
#include "data/slots.h"
#include "endpoint/record_reader.h"

namespace messina::endpoint {

/// How a stream of this format is cut into records.
enum class Framing : uint8_t {
    Lines,      // a record ends at a line feed
    Csv,        // a line feed inside quotes ends nothing; the first record may be a header
    Container,  // Avro object container file
};

struct MessageRegistries;

class Format {
  public:
    virtual ~Format() = default;
    /// The YAML key.
    [[nodiscard]] virtual const std::string& name() const = 0;
    [[nodiscard]] virtual Framing framing() const { return Framing::Lines; }
    /// What is known of a record before one is seen; `header` is the first record of a file that
    /// has one.
    [[nodiscard]] virtual Result<TypeRef> event_type(std::string_view header) const;
    virtual Result<std::unique_ptr<codec::Decoder>> make_decoder(
        const Projection& projection) const = 0;
    virtual Result<std::unique_ptr<codec::Encoder>> make_encoder(
        const codec::OutputPlan& plan) const = 0;
    /// Whether its encoder can copy parts of raw records of `input`.
    [[nodiscard]] virtual bool can_splice(const Format& input) const;
    /// Ends each record of a stream; empty for formats that frame themselves.
    [[nodiscard]] virtual std::string_view terminator() const { return "\n"; }
    [[nodiscard]] virtual RecordSplitter splitter() const { return find_line_end; }
    /// Whether a file begins with a header that is no record.
    [[nodiscard]] virtual bool has_header() const { return false; }
    /// The lane schema made from a file's header.
    [[nodiscard]] virtual Result<LaneSchemaRef> lane_schema(std::string_view header) const;
};

using FormatRef = std::shared_ptr<const Format>;

/// Every format that a file's `format:` may name.
const std::vector<const config::Section*>& format_sections();
Result<FormatRef> make_format(const config::Options& options);
/// For records that come one by one (Kafka), without a file's header around them.
Result<FormatRef> make_message_format(const config::Options& options,
                                      MessageRegistries& registries);
/// JSON with its defaults.
FormatRef default_format();

}  // namespace messina::endpoint
