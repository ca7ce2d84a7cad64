// The checker's view of a type: data/type.h plus what only expressions have (type parameters,
// optionals, types of types).
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "data/type.h"

namespace messina::cel {

enum class CheckKind : uint8_t {
    Dyn,
    Null,
    Bool,
    Int,
    Uint,
    Double,
    String,
    Bytes,
    Timestamp,
    Duration,
    List,      // first
    Map,       // first: key, second: value
    Type,      // first, or null when not known which
    Optional,  // first
    Record,    // record
    Param,     // a type to be found out; `param` says which
};

struct CheckType {
    CheckKind kind = CheckKind::Dyn;
    bool is_nullable = false;  // of scalars: null may stand in its place
    const CheckType* first = nullptr;
    const CheckType* second = nullptr;
    const messina::Type* record = nullptr;
    uint32_t param = 0;
};

/// "list(int)", "map(string, dyn)", "optional_type(int)", "wrapper(int)" for a nullable one.
std::string to_text(const CheckType& type);
/// What is left of it for those who do not know about optionals.
TypeRef to_data_type(const CheckType& type);

/// A type without parameters; lives for ever.
const CheckType* simple_type(CheckKind kind, bool is_nullable = false);

/// Makes types with parameters and owns them.
class TypePool {
  public:
    const CheckType* list(const CheckType* element);
    const CheckType* map(const CheckType* key, const CheckType* value);
    const CheckType* optional(const CheckType* held);
    const CheckType* type_of(const CheckType* type);
    const CheckType* param(uint32_t number);
    /// `type` must outlive the pool.
    const CheckType* from(const messina::Type& type);

  private:
    const CheckType* add(CheckType type) { return &types_.emplace_back(type); }
    std::deque<CheckType> types_;
};

}  // namespace messina::cel
