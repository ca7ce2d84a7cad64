// Keys of the default column family: what the database knows beside its rows.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cql/bytes.h"

namespace messina::table::keys {

/// → CatalogTable
inline std::string catalog(std::string_view table) {
    return "c" + std::string(table);
}

/// → empty; there once any partition of the table has a head.
inline std::string has_heads(uint16_t table) {
    return "h" + std::to_string(table);
}

/// → empty; one for each head with a deletion, by the time of the deletion.
struct Garbage {
    uint32_t at = 0;
    uint16_t table = 0;
    std::string_view partition;
};
inline constexpr std::string_view kGarbagePrefix = "g";
inline std::string garbage(const Garbage& entry) {
    Buffer key;
    key.append(kGarbagePrefix);
    cql::append_big_endian(key, entry.at);
    cql::append_big_endian(key, entry.table);
    key.append(entry.partition);
    return std::string(key.view());
}
inline std::optional<Garbage> parse_garbage(std::string_view key) {
    if (!key.starts_with(kGarbagePrefix)) return std::nullopt;
    cql::ByteReader reader(key.substr(kGarbagePrefix.size()));
    const auto at = reader.take<uint32_t>();
    const auto table = reader.take<uint16_t>();
    if (!at || !table) return std::nullopt;
    return Garbage{*at, *table, key.substr(key.size() - reader.left())};
}

}  // namespace messina::table::keys
