#include "codec/avro/fault.h"

#include <fmt/format.h>

namespace messina::codec::avro {
namespace {

struct Words {
    std::string_view code;
    std::string_view what;
    std::string_view hint;
};

constexpr std::string_view kWrongSchema =
    "the bytes were probably written with another schema than the one they are read with";
constexpr std::string_view kRaiseLimit = "raise the decoder's limit if such records are wanted";

Words reading_words(Fault fault) {
    switch (fault) {
        case Fault::Truncated: return {"avro.truncated", "the record ends too early", kWrongSchema};
        case Fault::VarintTooLong:
            return {"avro.varint", "a number is longer than 64 bits", kWrongSchema};
        case Fault::IntRange:
            return {"avro.int_range", "an int is longer than 32 bits", kWrongSchema};
        case Fault::NegativeLength: return {"avro.length", "a length is negative", kWrongSchema};
        case Fault::Boolean: return {"avro.boolean", "a boolean is neither 0 nor 1", kWrongSchema};
        case Fault::BranchIndex:
            return {"avro.branch", "the union has no branch of that number", kWrongSchema};
        case Fault::SymbolIndex:
            return {"avro.symbol", "the enum has no symbol of that number", kWrongSchema};
        case Fault::Utf8:
            return {"avro.utf8", "a string is not UTF-8",
                    "the writer should use type bytes for what is not text"};
        case Fault::BlockBytes:
            return {"avro.block_bytes", "the items of a block do not fill the bytes it announces",
                    kWrongSchema};
        case Fault::Depth:
            return {"avro.depth", "the record is nested deeper than the limit", kRaiseLimit};
        case Fault::TooManyItems:
            return {"avro.items", "the record holds more values than the limit", kRaiseLimit};
        case Fault::DecimalTooLong:
            return {"avro.decimal", "a decimal is longer than 1024 bytes", kWrongSchema};
        case Fault::TimeRange:
            return {"avro.time_range", "a time of day is not within one day", kWrongSchema};
        case Fault::Trailing:
            return {"avro.trailing", "bytes follow the end of the record", kWrongSchema};
        case Fault::NoReaderBranch:
            return {"avro.reader_branch", "the reader schema has no type for the written branch",
                    "add the branch to the reader schema's union"};
        case Fault::NoReaderSymbol:
            return {"avro.reader_symbol", "the reader schema's enum lacks the written symbol",
                    "add the symbol, or a default, to the reader schema's enum"};
        default: return {"avro.invalid", "the record cannot be read", kWrongSchema};
    }
}

Words writing_words(Fault fault) {
    switch (fault) {
        case Fault::WrongKind: return {"avro.wrong_kind", "the schema wants another kind", ""};
        case Fault::MissingField:
            return {"avro.missing_field", "the value lacks a field that has no default",
                    "set the field, or give it a default in the output schema"};
        case Fault::UnknownField:
            return {"avro.unknown_field", "the output schema has no such field",
                    "remove the field, add it to the schema, or let unknown fields be ignored"};
        case Fault::NoBranch:
            return {"avro.no_branch", "no branch of the union takes the value", ""};
        case Fault::NoSymbol:
            return {"avro.no_symbol", "the enum has no such symbol", "add it to the schema"};
        case Fault::Range: return {"avro.range", "the number is out of the type's range", ""};
        case Fault::Inexact:
            return {"avro.inexact", "the type cannot hold the value exactly",
                    "round the value first, or use a finer type in the output schema"};
        case Fault::BadText: return {"avro.bad_text", "the text does not have the form", ""};
        case Fault::Utf8:
            return {"avro.utf8", "a string is not UTF-8", "write it as bytes instead"};
        case Fault::FixedSize:
            return {"avro.fixed_size", "the bytes do not have the fixed type's size", ""};
        case Fault::Depth:
            return {"avro.depth", "the value is nested deeper than the limit", kRaiseLimit};
        default: return {"avro.invalid", "the value cannot be written", ""};
    }
}

std::string in_field(const std::string& path) {
    return path.empty() ? std::string() : fmt::format(" in field '{}'", path);
}

}  // namespace

Error fault_error(Fault fault, const std::string& path, size_t offset) {
    const Words words = reading_words(fault);
    return {ErrorClass::Poison, words.code,
            fmt::format("{}{} at byte {}", words.what, in_field(path), offset),
            std::string(words.hint)};
}

Error fault_error(Fault fault, const std::string& path, const std::string& detail) {
    const Words words = writing_words(fault);
    return {ErrorClass::Poison, words.code,
            fmt::format("{}{}{}{}", words.what, in_field(path), detail.empty() ? "" : ": ", detail),
            std::string(words.hint)};
}

}  // namespace messina::codec::avro
