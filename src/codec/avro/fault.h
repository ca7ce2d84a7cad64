// What can be wrong with the bytes of a datum (reading) or with a value (writing). The hot loops
// pass one byte around; the words are put together when something did go wrong.
#pragma once

#include <cstdint>
#include <string>

#include "base/error.h"

namespace messina::codec::avro {

enum class Fault : uint8_t {
    None,
    // reading
    Truncated,
    VarintTooLong,
    IntRange,
    NegativeLength,
    Boolean,
    BranchIndex,
    SymbolIndex,
    Utf8,
    BlockBytes,
    Depth,
    TooManyItems,
    DecimalTooLong,
    TimeRange,
    Trailing,
    NoReaderBranch,
    NoReaderSymbol,
    // writing
    WrongKind,
    MissingField,
    UnknownField,
    NoBranch,
    NoSymbol,
    Range,
    Inexact,
    BadText,
    FixedSize,
};

/// A Poison error: "avro.truncated", "<what> in field 'a.b' at byte 17", with a hint.
Error fault_error(Fault fault, const std::string& path, size_t offset);
/// The same of a value being written, where bytes have no meaning.
Error fault_error(Fault fault, const std::string& path, const std::string& detail);

}  // namespace messina::codec::avro
