// For tests: whole texts compressed.
#pragma once

#include <string>

#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

namespace messina::endpoint::testing {

inline std::string gzip(const std::string& text) {
    z_stream state{};
    constexpr int gzip_window_bits = 15 + 16;
    EXPECT_EQ(deflateInit2(&state, Z_DEFAULT_COMPRESSION, Z_DEFLATED, gzip_window_bits, 8,
                           Z_DEFAULT_STRATEGY),
              Z_OK);
    std::string out(deflateBound(&state, text.size()), '\0');
    state.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    state.avail_in = static_cast<uInt>(text.size());
    state.next_out = reinterpret_cast<Bytef*>(out.data());
    state.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(deflate(&state, Z_FINISH), Z_STREAM_END);
    out.resize(state.total_out);
    deflateEnd(&state);
    return out;
}

inline std::string zstd(const std::string& text) {
    std::string out(ZSTD_compressBound(text.size()), '\0');
    out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
    return out;
}

}  // namespace messina::endpoint::testing
