// Any bytes as a YAML file, a .properties file, a duration and a size: an Error or a value, and
// what is read can be written and read again.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "config/example_sections.h"
#include "config/option.h"
#include "config/origin.h"
#include "config/properties.h"

using namespace messina;
using namespace messina::config;

namespace {

void read_yaml(const std::string& text) {
    // Small limits, so that the fuzzer finds them.
    const LoadLimits limits{.depth_max = 16, .nodes_max = 1000, .scalar_bytes_max = 10'000};
    const Interpolation interpolation{
        .env_patterns = {"HOME"}, .file_roots = {"/nonexistent"}, .value_bytes_max = 1000};
    const Result<Node> node = parse_yaml("fuzz.yaml", text, interpolation, limits);
    if (!node) {
        MESSINA_CHECK(!node.error().code.empty() && !node.error().message.empty(),
                      "an empty error");
        return;
    }
    const Result<Options> options = Options::parse(example::kPipeline, *node);
    if (options) (void)show_origin(*options);
}

void read_quantities(const std::string& text) {
    if (const Result<Nanos> duration = parse_duration(text)) {
        MESSINA_CHECK(parse_duration(format_duration(*duration)) == *duration, text);
    }
    if (const Result<uint64_t> size = parse_size(text)) {
        MESSINA_CHECK(parse_size(format_size(*size)) == *size, text);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    read_yaml(text);
    (void)parse_properties("fuzz.properties", text);
    read_quantities(text);
    return 0;
}
