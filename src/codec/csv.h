// CSV and TSV (RFC 4180): decoding by projection and encoding. Where a record ends:
// csv_record_end.h.
//
// A quote opens a quoted field only as the first byte of a field (after trimmed space); anywhere
// else in an unquoted field it is a byte like any other. Inside quotes a doubled quote stands for
// one, and delimiters and line breaks are text.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codec/codec.h"
#include "data/type.h"

namespace messina::codec {

enum class CsvType : uint8_t {
    String,
    Int,        // above the range of int64: Uint
    Double,     // finite
    Bool,       // true, false, 1, 0; any case
    Timestamp,  // RFC 3339 or "2026-01-31 12:00:00" (UTC)
};

struct CsvOptions {
    char delimiter = ',';
    char quote = '"';  // NUL: no byte quotes
    /// Drops spaces and tabs (but never the delimiter) around fields.
    bool trims = false;
    /// Unquoted fields with one of these texts are Null. A quoted "" is an empty string.
    std::vector<std::string> null_texts = {""};
    /// Columns not named here are strings.
    std::vector<std::pair<std::string, CsvType>> types = {};
};

/// A decoder that learns its columns from a header; records before set_header() fail.
class CsvDecoder : public Decoder {
  public:
    /// The columns in order. Refuses two of one name, and a typed column that is not there.
    virtual Result<void> set_header(const std::vector<std::string>& columns) = 0;
};

/// A record's raw bytes are one row, its line end included or not. The empty path is a map of all
/// columns in order. A row with another number of fields than the header fails with
/// csv.column_count.
std::unique_ptr<CsvDecoder> make_csv_decoder(const Projection& projection, CsvOptions options = {});

/// The fields of a header line.
Result<std::vector<std::string>> parse_csv_header(std::string_view line, const CsvOptions& options);

/// What is known of a record before it is read.
TypeRef csv_type(const CsvOptions& options, const std::vector<std::string>& columns);

struct CsvOutputOptions {
    char delimiter = ',';
    char quote = '"';
    /// In this order, other fields are left out. Empty: the fields of the first record, and a later
    /// record with another field fails.
    std::vector<std::string> columns = {};
    bool has_header = true;  // a line of column names before the first record
    /// Written for Null and for missing fields. A string of this text is quoted.
    std::string null_text = {};
};

/// Writes a row per record, then plan.terminator. Lists and maps become JSON text. Never splices.
std::unique_ptr<Encoder> make_csv_encoder(const OutputPlan& plan, CsvOutputOptions options = {});

}  // namespace messina::codec
