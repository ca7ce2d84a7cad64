// Compression of container file blocks.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace messina::codec::avro {

enum class BlockCodec : uint8_t { Null, Deflate, Snappy, Zstandard };

/// As in the file's metadata.
std::string_view to_string(BlockCodec codec);
/// Misconfigured, avro.container.codec, for one that is not known; empty means null.
Result<BlockCodec> block_codec(std::string_view name);

/// Appends the stored form of `bytes` to `out`.
Result<void> compress(BlockCodec codec, std::string_view bytes, std::string& out);
/// The bytes of a stored block; at most `bytes_max` of them.
Result<std::string> decompress(BlockCodec codec, std::string_view stored, size_t bytes_max);

}  // namespace messina::codec::avro
