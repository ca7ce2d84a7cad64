#include "observe/log.h"

#include <string>

#include "base/nearest.h"

namespace messina::observe {
namespace {

constexpr std::array<std::string_view, 5> kLevelNames = {"debug", "info", "warn", "error", "off"};

}  // namespace

std::string_view to_string(LogLevel level) {
    return kLevelNames[static_cast<size_t>(level)];
}

Result<LogLevel> parse_log_level(std::string_view text) {
    for (size_t i = 0; i < kLevelNames.size(); ++i)
        if (kLevelNames[i] == text) return static_cast<LogLevel>(i);
    const std::string meant = did_you_mean(text, kLevelNames);
    return fail(ErrorClass::Misconfigured, "log.level",
                "unknown log level '" + std::string(text) + "'",
                meant.empty() ? "use debug, info, warn, error or off" : meant);
}

Log::~Log() {
    for (const RateLimit::Suppressed& suppressed : rate_limit_.take_suppressed())
        write(kLogSuppressed, {.pipeline = suppressed.pipeline}, suppressed.event,
              suppressed.count);
}

void Log::write_on(const LogEventHead& event, const LogContext& context,
                   std::span<const std::string_view> names, std::span<const LogValue> values) {
    const std::lock_guard lock(mutex_);
    RateLimit::Verdict verdict{true, 0};
    if (event.repeat == Repeat::Limited)
        verdict = rate_limit_.ask(event.name, context.pipeline, clock_.instant());
    if (!verdict.is_allowed) return;
    sink_.write({clock_.now(), event, context, names, values, verdict.suppressed});
}

}  // namespace messina::observe
