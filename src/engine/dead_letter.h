// Records that cannot be processed, with their cause and their original bytes.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "data/batch.h"

namespace messina::engine {

/// One row for each failure of `failed`, with the envelope as a Map in slot 0 and the original
/// record as its record:
///   { error: {code, class, message, hint?, step}, source: {pipeline, lane, position}, timestamp?,
///   key?, value | value_base64 }
/// `value` is the original text; bytes that are no UTF-8 come as value_base64 (Bytes, which JSON
/// writes as base64). The result copies nothing of the raw bytes: it must not outlive `failed`.
std::unique_ptr<Batch> make_dead_letters(const Batch& failed, const std::string& pipeline,
                                         const std::string& lane);

}  // namespace messina::engine
