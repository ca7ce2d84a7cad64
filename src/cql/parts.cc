#include "cql/parts.h"

#include <fmt/core.h>

#include "cql/fixed_size.h"

namespace messina::cql {

std::unexpected<Error> malformed(const Type& type, std::string_view why) {
    return fail(ErrorClass::Poison, "cql.malformed",
                fmt::format("bytes are no {}: {}", type.to_text(), why));
}

Result<PartReader> PartReader::make(const Type& type, std::string_view bytes) {
    PartReader parts(type, bytes);
    if (type.kind == TypeKind::Tuple || type.kind == TypeKind::Udt) {
        parts.count_ = type.arguments.size();
        return parts;
    }
    if (type.kind == TypeKind::Vector) {
        parts.count_ = type.dimension;
        return parts;
    }
    const auto count = parts.reader_.take<int32_t>();
    if (!count || *count < 0) return malformed(type, "no number of elements");
    parts.count_ = static_cast<size_t>(*count) * (type.kind == TypeKind::Map ? 2 : 1);
    constexpr size_t length_bytes = 4;
    if (parts.count_ > parts.reader_.left() / length_bytes)
        return malformed(type, fmt::format("{} elements do not fit into {} bytes", *count,
                                           parts.reader_.left()));
    return parts;
}

const Type& PartReader::next_type() const {
    switch (type_->kind) {
        case TypeKind::Map: return type_->arguments[index_ % 2];
        case TypeKind::Tuple:
        case TypeKind::Udt: return type_->arguments[index_];
        default: return type_->arguments[0];
    }
}

Result<std::optional<std::string_view>> PartReader::next() {
    const Type& part_type = next_type();
    const size_t index = index_++;
    const auto truncated = [&] {
        return malformed(*type_, fmt::format("it ends inside of element {}", index));
    };
    if (type_->kind == TypeKind::Vector) {
        size_t size = fixed_element_size(part_type);
        if (size == 0) {
            const auto length = reader_.take_vint();
            if (!length) return truncated();
            size = *length;
        }
        const auto bytes = reader_.take_bytes(size);
        if (!bytes) return truncated();
        return *bytes;
    }
    const bool may_be_short = type_->kind == TypeKind::Tuple || type_->kind == TypeKind::Udt;
    // A udt written before a field was added ends early.
    if (may_be_short && reader_.is_empty()) return std::nullopt;
    const auto length = reader_.take<int32_t>();
    if (!length) return truncated();
    if (*length < 0) return std::nullopt;
    const auto bytes = reader_.take_bytes(static_cast<size_t>(*length));
    if (!bytes) return truncated();
    return *bytes;
}

Result<void> PartReader::finish() const {
    if (reader_.is_empty()) return {};
    return malformed(*type_, fmt::format("{} bytes after its last element", reader_.left()));
}

}  // namespace messina::cql
