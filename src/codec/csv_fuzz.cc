// Any bytes as a CSV file: cut into records, decoded, and when a row is sound, written and read
// again with the same outcome.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "codec/csv.h"
#include "codec/csv_record_end.h"

namespace messina::codec {
namespace {

Projection whole_row() {
    return {{{{}, 0, kNoSite}}, 0};
}

size_t find_in_pieces(std::string_view text, const CsvOptions& options, size_t piece) {
    CsvRecordEnd in_pieces(options);
    for (size_t at = 0; at < text.size(); at += piece)
        if (const size_t end = in_pieces.find(text.substr(at, piece));
            end != std::string_view::npos)
            return at + end;
    return std::string_view::npos;
}

void expect(bool holds) {
    if (!holds) std::abort();
}

void check_row(std::string_view row, const CsvOptions& options) {
    const Result<std::vector<std::string>> fields = parse_csv_header(row, options);
    if (!fields) return;
    std::vector<std::string> columns;
    for (size_t i = 0; i < fields->size(); ++i) columns.push_back("c" + std::to_string(i));
    const auto decoder = make_csv_decoder(whole_row(), options);
    expect(decoder->set_header(columns).has_value());

    Batch batch;
    batch.records.resize(1);
    batch.records[0].raw = row;
    batch.make_rows(1, 0);
    decoder->decode(batch);
    if (batch.live().empty()) return;

    Buffer out;
    std::vector<size_t> ends;
    CsvOutputOptions output;
    output.delimiter = options.delimiter;
    output.has_header = false;
    make_csv_encoder({.can_splice = false, .root_slot = 0, .edits = {}, .terminator = "\n"}, output)
        ->encode(batch, batch.live(), out, ends);
    CsvOptions strict = options;
    strict.trims = false;
    expect(CsvRecordEnd(strict).find(out.view()) == out.size());
    Batch again;
    again.records.resize(1);
    again.records[0].raw = out.view();
    again.make_rows(1, 0);
    const auto second = make_csv_decoder(whole_row(), strict);
    expect(second->set_header(columns).has_value());
    second->decode(again);
    expect(!again.live().empty());
    expect(is_identical(batch.slots(0)[0], again.slots(0)[0]));
}

}  // namespace
}  // namespace messina::codec

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace messina::codec;
    std::string_view text(reinterpret_cast<const char*>(data), size);
    CsvOptions options;
    options.trims = size % 2 != 0;
    options.delimiter = size % 3 == 0 ? '\t' : ',';
    while (!text.empty()) {
        const size_t end = CsvRecordEnd(options).find(text);
        expect(find_in_pieces(text, options, size % 7 + 1) == end);
        check_row(text.substr(0, end), options);
        if (end == std::string_view::npos) break;
        text.remove_prefix(end);
    }
    return 0;
}
