#include <algorithm>

#include <fmt/core.h>

#include "codec/csv.h"
#include "codec/json_writer.h"

namespace messina::codec {
namespace {

class CsvRowEncoder final : public Encoder {
  public:
    CsvRowEncoder(const OutputPlan& plan, CsvOutputOptions options)
        : editor_(plan),
          terminator_(plan.terminator),
          options_(std::move(options)),
          takes_columns_of_first_(options_.columns.empty()),
          needs_header_(options_.has_header),
          must_quote_{options_.delimiter, options_.quote, '\n', '\r'} {}

    void encode(Batch& batch, std::span<const RowIndex> rows, Buffer& out,
                std::vector<size_t>& ends) override {
        for (const RowIndex row : rows) {
            const size_t begin = out.size();
            Result<void> written = append_row(editor_.apply(batch, row), out);
            if (!written) {
                out.truncate(begin);
                batch.fail_row(row, "encode", std::move(written.error()));
            }
            ends.push_back(out.size());
        }
    }

  private:
    Result<void> append_row(const Value& root, Buffer& out) {
        if (!root.is(Kind::Map))
            return fail(ErrorClass::Poison, "csv.not_a_map",
                        fmt::format("a record for CSV must be a map of columns, found {}",
                                    to_string(root.kind())));
        if (options_.columns.empty()) {
            for (const MapEntry& entry : root.as_map())
                if (entry.key.is(Kind::String)) options_.columns.emplace_back(entry.key.as_text());
        } else if (takes_columns_of_first_) {
            if (auto known = has_known_fields(root); !known) return known;
        }
        if (options_.columns.empty())
            return fail(ErrorClass::Poison, "csv.no_columns", "the first record has no fields",
                        "give `columns` in the order they are to be written");
        if (needs_header_) append_header(out);
        needs_header_ = false;
        for (size_t i = 0; i < options_.columns.size(); ++i) {
            if (i != 0) out.push_back(options_.delimiter);
            append_value(root.field(options_.columns[i]), out);
        }
        out.append(terminator_);
        return {};
    }

    Result<void> has_known_fields(const Value& root) const {
        for (const MapEntry& entry : root.as_map())
            if (entry.key.is(Kind::String) &&
                std::ranges::find(options_.columns, entry.key.as_text()) == options_.columns.end())
                return fail(
                    ErrorClass::Poison, "csv.unknown_column",
                    fmt::format("field '{}' was not in the first record", entry.key.as_text()),
                    "give `columns`: all fields in the order they are to be written");
        return {};
    }

    void append_header(Buffer& out) const {
        for (size_t i = 0; i < options_.columns.size(); ++i) {
            if (i != 0) out.push_back(options_.delimiter);
            append_text(options_.columns[i], out);
        }
        out.append(terminator_.empty() ? "\n" : terminator_);
    }

    void append_value(const Value& value, Buffer& out) {
        switch (value.kind()) {
            case Kind::Absent:
            case Kind::Null: out.append(options_.null_text); return;
            case Kind::String:
            case Kind::Type: append_text(value.as_text(), out); return;
            default: break;
        }
        scratch_.clear();
        writer_.append(scratch_, value);
        std::string_view text = scratch_.view();
        // What JSON writes in quotes only because it has no other way to.
        const bool is_quoted_scalar =
            value.is(Kind::Timestamp) || value.is(Kind::Duration) || value.is(Kind::Bytes);
        if (is_quoted_scalar) text = text.substr(1, text.size() - 2);
        append_text(text, out);
    }

    void append_text(std::string_view text, Buffer& out) const {
        const bool has_outer_space = !text.empty() && (text.front() == ' ' || text.back() == ' ' ||
                                                       text.front() == '\t' || text.back() == '\t');
        if (text != options_.null_text && !has_outer_space &&
            text.find_first_of(must_quote_) == std::string_view::npos) {
            out.append(text);
            return;
        }
        out.push_back(options_.quote);
        for (const char c : text) {
            if (c == options_.quote) out.push_back(c);
            out.push_back(c);
        }
        out.push_back(options_.quote);
    }

    RootEditor editor_;
    std::string terminator_;
    CsvOutputOptions options_;
    bool takes_columns_of_first_;
    bool needs_header_;
    std::string must_quote_;
    JsonWriter writer_;
    Buffer scratch_;
};

}  // namespace

std::unique_ptr<Encoder> make_csv_encoder(const OutputPlan& plan, CsvOutputOptions options) {
    return std::make_unique<CsvRowEncoder>(plan, std::move(options));
}

}  // namespace messina::codec
