// Values as compact bytes, for rows that outlive the batch they were read for.
#pragma once

#include <span>
#include <string_view>

#include "base/arena.h"
#include "base/buffer.h"
#include "data/value.h"

namespace messina::table {

/// Appends `values`. False (and `out` as before) when they are nested too deeply to be kept.
bool encode_values(std::span<const Value> values, Buffer& out);

/// Reads back what encode_values() wrote for `count` values; texts and items are copied into
/// `arena`.
void decode_values(std::string_view bytes, Value* values, size_t count, Arena& arena);

}  // namespace messina::table
