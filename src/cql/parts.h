// Walks over the parts of serialized collections, tuples, udts and vectors.
#pragma once

#include <optional>
#include <string_view>

#include "base/error.h"
#include "cql/bytes.h"
#include "cql/type.h"

namespace messina::cql {

/// What malformed bytes of `type` are refused with (class Poison).
std::unexpected<Error> malformed(const Type& type, std::string_view why);

/// The parts in the order in which they stand; of a map key and value in turn. Call next() until it
/// gives no part; what is left then is checked to be nothing.
class PartReader {
  public:
    /// Reads the number of elements of lists, sets and maps.
    static Result<PartReader> make(const Type& type, std::string_view bytes);

    /// How many parts there are (of tuples and udts: how many the type has).
    [[nodiscard]] size_t count() const { return count_; }
    [[nodiscard]] bool has_next() const { return index_ < count_; }
    /// The type of the part that next() gives.
    [[nodiscard]] const Type& next_type() const;
    /// A part's bytes; nullopt when it is null. Needs has_next().
    Result<std::optional<std::string_view>> next();
    /// After the last part: refuses bytes that are left over.
    [[nodiscard]] Result<void> finish() const;

  private:
    PartReader(const Type& type, std::string_view bytes) : type_(&type), reader_(bytes) {}

    const Type* type_;
    ByteReader reader_;
    size_t count_ = 0;
    size_t index_ = 0;
};

}  // namespace messina::cql
