#include "cel/regex.h"

namespace messina::cel {

std::unique_ptr<const RE2> compile_pattern(std::string_view pattern) {
    constexpr int64_t program_bytes_max = 1 << 20;
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(program_bytes_max);
    return std::make_unique<const RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
}

Value matches_pattern(Frame& frame, std::string_view text, std::string_view pattern) {
    // Compiling costs far more than any other step; this keeps the budget honest.
    constexpr uint64_t compile_steps = 100;
    constexpr size_t pattern_bytes_max = 4096;
    if (!frame.charge(compile_steps + pattern.size()) || !frame.charge_bytes(text.size()))
        return Frame::exhausted();
    if (pattern.size() > pattern_bytes_max)
        return frame.fail("cel.pattern", "the pattern is longer than {} bytes", pattern_bytes_max);
    const auto compiled = compile_pattern(pattern);
    if (!compiled->ok())
        return frame.fail("cel.pattern", "the pattern is no regular expression: {}",
                          compiled->error());
    return Value::boolean(RE2::PartialMatch({text.data(), text.size()}, *compiled));
}

}  // namespace messina::cel
