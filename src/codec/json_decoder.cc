#include "codec/json_kernel.h"
#include "codec/json_projector.h"

namespace messina::codec {

bool is_available(JsonKernel kernel) {
#if defined(__x86_64__)
    return kernel != JsonKernel::Avx2 ||
           (__builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("bmi") != 0);
#else
    return kernel != JsonKernel::Avx2;
#endif
}

std::unique_ptr<Decoder> make_json_decoder(JsonKernel kernel, const Projection& projection,
                                           JsonOptions options) {
    if (kernel == JsonKernel::Avx2) return make_avx2_json_decoder(projection, options);
    if (kernel == JsonKernel::Portable)
        return std::make_unique<JsonProjector<JsonPortable>>(projection, options);
    return std::make_unique<JsonProjector<JsonBaseline>>(projection, options);
}

std::unique_ptr<Decoder> make_json_decoder(const Projection& projection, JsonOptions options) {
    return make_json_decoder(
        is_available(JsonKernel::Avx2) ? JsonKernel::Avx2 : JsonKernel::Baseline, projection,
        options);
}

}  // namespace messina::codec
