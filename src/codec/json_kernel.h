// Which instruction set the JSON decoder uses. All kernels give the same results; tests and
// benchmarks choose one, everybody else takes make_json_decoder.
#pragma once

#include <memory>

#include "codec/json.h"

namespace messina::codec {

enum class JsonKernel : uint8_t { Portable, Baseline, Avx2 };

/// Whether this machine can run it.
bool is_available(JsonKernel kernel);

std::unique_ptr<Decoder> make_json_decoder(JsonKernel kernel, const Projection& projection,
                                           JsonOptions options);

/// Defined in the one file that is compiled for AVX2. Null when the target is not x86.
std::unique_ptr<Decoder> make_avx2_json_decoder(const Projection& projection, JsonOptions options);

}  // namespace messina::codec
