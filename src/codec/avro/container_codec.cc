#include "codec/avro/container_codec.h"

#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <snappy.h>
#include <zlib.h>
#include <zstd.h>

#include "codec/avro/wire.h"

namespace messina::codec::avro {
namespace {

constexpr int kRawDeflateWindow = -15;

std::unexpected<Error> broken(BlockCodec codec, std::string_view what) {
    return fail(ErrorClass::Fatal, "avro.container.block",
                fmt::format("a {} block is broken: {}", to_string(codec), what),
                "the file is damaged; read it from a good copy");
}

std::unexpected<Error> too_large(size_t bytes_max) {
    return fail(ErrorClass::Fatal, "avro.container.block_size",
                fmt::format("a block holds more than {} bytes", bytes_max),
                "raise the limit of the file source if such blocks are wanted");
}

/// Ends a zlib stream when it goes out of scope.
struct StreamEnd {
    int (*end)(z_stream*);
    void operator()(z_stream* stream) const { end(stream); }
};
using StreamHolder = std::unique_ptr<z_stream, StreamEnd>;

Result<void> deflate_block(std::string_view bytes, std::string& out) {
    z_stream stream{};
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kRawDeflateWindow, 8,
                     Z_DEFAULT_STRATEGY) != Z_OK)
        return broken(BlockCodec::Deflate, "no memory");
    const StreamHolder holder(&stream, StreamEnd{deflateEnd});
    const size_t begin = out.size();
    const size_t bound = deflateBound(&stream, bytes.size());
    out.resize(begin + bound);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + begin);
    stream.avail_out = static_cast<uInt>(bound);
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END) return broken(BlockCodec::Deflate, "too long");
    out.resize(begin + stream.total_out);
    return {};
}

Result<std::string> inflate_block(std::string_view stored, size_t bytes_max) {
    z_stream stream{};
    if (inflateInit2(&stream, kRawDeflateWindow) != Z_OK)
        return broken(BlockCodec::Deflate, "no memory");
    const StreamHolder holder(&stream, StreamEnd{inflateEnd});
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(stored.data()));
    stream.avail_in = static_cast<uInt>(stored.size());
    std::string out;
    int state = Z_OK;
    while (state != Z_STREAM_END) {
        const size_t size = stream.total_out;
        if (size >= bytes_max) return too_large(bytes_max);
        out.resize(std::min(bytes_max, std::max(out.size() * 2, stored.size() * 4 + 64)));
        stream.next_out = reinterpret_cast<Bytef*>(out.data() + size);
        stream.avail_out = static_cast<uInt>(out.size() - size);
        state = inflate(&stream, Z_NO_FLUSH);
        const bool needs_room = (state == Z_OK || state == Z_BUF_ERROR) && stream.avail_out == 0;
        if (state != Z_STREAM_END && !needs_room)
            return broken(BlockCodec::Deflate, stream.msg != nullptr ? stream.msg : "cut short");
    }
    out.resize(stream.total_out);
    return out;
}

uint32_t crc_of(std::string_view bytes) {
    return static_cast<uint32_t>(
        crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

void snappy_block(std::string_view bytes, std::string& out) {
    std::string packed;
    snappy::Compress(bytes.data(), bytes.size(), &packed);
    const uint32_t checksum = __builtin_bswap32(crc_of(bytes));
    out += packed;
    out.append(reinterpret_cast<const char*>(&checksum), sizeof(checksum));
}

Result<std::string> unsnappy_block(std::string_view stored, size_t bytes_max) {
    if (stored.size() < 4) return broken(BlockCodec::Snappy, "cut short");
    const std::string_view packed = stored.substr(0, stored.size() - 4);
    size_t size = 0;
    if (!snappy::GetUncompressedLength(packed.data(), packed.size(), &size))
        return broken(BlockCodec::Snappy, "no length");
    if (size > bytes_max) return too_large(bytes_max);
    std::string out(size, '\0');
    if (!snappy::RawUncompress(packed.data(), packed.size(), out.data()))
        return broken(BlockCodec::Snappy, "not snappy");
    const uint32_t checksum =
        __builtin_bswap32(load_little_endian<uint32_t>(packed.data() + packed.size()));
    if (checksum != crc_of(out)) return broken(BlockCodec::Snappy, "the CRC-32 differs");
    return out;
}

Result<void> zstandard_block(std::string_view bytes, std::string& out) {
    const size_t begin = out.size();
    out.resize(begin + ZSTD_compressBound(bytes.size()));
    const size_t size = ZSTD_compress(out.data() + begin, out.size() - begin, bytes.data(),
                                      bytes.size(), ZSTD_CLEVEL_DEFAULT);
    if (ZSTD_isError(size) != 0) return broken(BlockCodec::Zstandard, ZSTD_getErrorName(size));
    out.resize(begin + size);
    return {};
}

/// Streamed, because not every writer notes the size in the frame.
Result<std::string> unzstandard_block(std::string_view stored, size_t bytes_max) {
    const std::unique_ptr<ZSTD_DCtx, size_t (*)(ZSTD_DCtx*)> context(ZSTD_createDCtx(),
                                                                     ZSTD_freeDCtx);
    std::string out;
    ZSTD_inBuffer in{stored.data(), stored.size(), 0};
    size_t left = 1;
    size_t size = 0;
    while (in.pos < in.size || left != 0) {
        if (size == out.size()) {
            if (size >= bytes_max) return too_large(bytes_max);
            out.resize(std::min(bytes_max, std::max(out.size() * 2, stored.size() * 4 + 64)));
        }
        ZSTD_outBuffer to{out.data(), out.size(), size};
        left = ZSTD_decompressStream(context.get(), &to, &in);
        if (ZSTD_isError(left) != 0) return broken(BlockCodec::Zstandard, ZSTD_getErrorName(left));
        const bool is_stuck = to.pos == size && in.pos == in.size && left != 0;
        if (is_stuck) return broken(BlockCodec::Zstandard, "cut short");
        size = to.pos;
    }
    out.resize(size);
    return out;
}

}  // namespace

std::string_view to_string(BlockCodec codec) {
    switch (codec) {
        case BlockCodec::Null: return "null";
        case BlockCodec::Deflate: return "deflate";
        case BlockCodec::Snappy: return "snappy";
        case BlockCodec::Zstandard: return "zstandard";
    }
    return "null";
}

Result<BlockCodec> block_codec(std::string_view name) {
    if (name.empty()) return BlockCodec::Null;
    for (const BlockCodec codec :
         {BlockCodec::Null, BlockCodec::Deflate, BlockCodec::Snappy, BlockCodec::Zstandard})
        if (to_string(codec) == name) return codec;
    return fail(ErrorClass::Misconfigured, "avro.container.codec",
                fmt::format("the file's codec '{}' is not supported", name),
                "use null, deflate, snappy or zstandard");
}

Result<void> compress(BlockCodec codec, std::string_view bytes, std::string& out) {
    switch (codec) {
        case BlockCodec::Null: out += bytes; return {};
        case BlockCodec::Deflate: return deflate_block(bytes, out);
        case BlockCodec::Snappy: snappy_block(bytes, out); return {};
        case BlockCodec::Zstandard: return zstandard_block(bytes, out);
    }
    return {};
}

Result<std::string> decompress(BlockCodec codec, std::string_view stored, size_t bytes_max) {
    switch (codec) {
        case BlockCodec::Null:
            if (stored.size() > bytes_max) return too_large(bytes_max);
            return std::string(stored);
        case BlockCodec::Deflate: return inflate_block(stored, bytes_max);
        case BlockCodec::Snappy: return unsnappy_block(stored, bytes_max);
        case BlockCodec::Zstandard: return unzstandard_block(stored, bytes_max);
    }
    return std::string(stored);
}

}  // namespace messina::codec::avro
