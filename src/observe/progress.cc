#include "observe/progress.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

namespace messina::observe {
namespace {

constexpr Nanos kDrawPeriod = std::chrono::milliseconds(100);
/// The shown rate follows the true one within about this time.
constexpr double kRateSeconds = 3;
/// More than this is a guess that nobody believes.
constexpr double kRemainingSecondsMax = 100.0 * 86'400;

double seconds(Nanos duration) {
    return std::chrono::duration<double>(duration).count();
}

}  // namespace

std::string format_count(uint64_t count) {
    std::string text = fmt::format("{}", count);
    for (size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, 1, ',');
    return text;
}

std::string format_rate(double per_second) {
    struct Scale {
        double unit;
        std::string_view suffix;
    };
    for (const auto& [unit, suffix] : {Scale{1e9, "G"}, Scale{1e6, "M"}, Scale{1e3, "k"}}) {
        if (per_second < unit * 0.9995) continue;
        const double scaled = per_second / unit;
        const int digits = scaled < 9.995 ? 2 : scaled < 99.95 ? 1 : 0;
        return fmt::format("{:.{}f}{}/s", scaled, digits, suffix);
    }
    return fmt::format("{:.0f}/s", std::max(per_second, 0.0));
}

std::string format_remaining(Nanos duration) {
    const int64_t total = std::chrono::ceil<std::chrono::seconds>(duration).count();
    if (total < 60) return fmt::format("{}s", std::max<int64_t>(total, 0));
    if (total < 3'600) return fmt::format("{}m{:02}s", total / 60, total % 60);
    if (total < 86'400) return fmt::format("{}h{:02}m", total / 3'600, total / 60 % 60);
    return fmt::format("{}d{:02}h", total / 86'400, total / 3'600 % 24);
}

std::string format_progress(const ProgressFigures& figures, size_t width) {
    const ProgressState& state = figures.state;
    std::vector<std::string> parts = {
        format_count(state.records) + (state.records == 1 ? " record" : " records"),
        format_rate(figures.records_per_second)};
    if (state.share_done)
        // Rounded down: "100 %" is said only of what is done.
        parts.push_back(
            fmt::format("{} %", static_cast<int>(std::clamp(*state.share_done, 0.0, 1.0) * 100)));
    if (figures.remaining) parts.push_back(format_remaining(*figures.remaining) + " left");
    parts.push_back(format_count(state.inflight_records) + " in flight");

    std::string line;
    for (const std::string& part : parts) {
        const std::string_view gap = line.empty() ? "" : "  ";
        if (line.size() + gap.size() + part.size() > width) break;
        line += gap;
        line += part;
    }
    return line;
}

Progress::Progress(Terminal& terminal, Clock& clock) : terminal_(terminal), clock_(clock) {}

Progress::~Progress() {
    terminal_.show_status({});
}

void Progress::update(const ProgressState& state) {
    if (!terminal_.is_interactive()) return;
    const Instant now = clock_.instant();
    if (!began_) {
        began_ = drawn_ = now;
        first_ = state;
        drawn_records_ = state.records;
        return;
    }
    if (now - drawn_ < kDrawPeriod) return;
    // The last column stays free: some terminals wrap when it is written.
    terminal_.show_status(format_progress(reckon(state, now), terminal_.width() - 1));
}

ProgressFigures Progress::reckon(const ProgressState& state, Instant now) {
    const double elapsed = seconds(now - drawn_);
    const double current =
        static_cast<double>(state.records - std::min(state.records, drawn_records_)) / elapsed;
    const double weight = rate_ ? 1 - std::exp(-elapsed / kRateSeconds) : 1;
    rate_ = rate_.value_or(0) + weight * (current - rate_.value_or(0));
    drawn_ = now;
    drawn_records_ = state.records;

    ProgressFigures figures{state, *rate_, {}};
    // A run that goes on from a checkpoint begins with a share that it did not do.
    const double done = state.share_done.value_or(0) - first_.share_done.value_or(0);
    if (state.share_done && done > 0) {
        const double left = seconds(now - *began_) * (1 - *state.share_done) / done;
        if (left < kRemainingSecondsMax)
            figures.remaining = Nanos(static_cast<int64_t>(std::max(left, 0.0) * 1e9));
    }
    return figures;
}

}  // namespace messina::observe
