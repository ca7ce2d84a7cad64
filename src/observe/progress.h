// The line at the bottom of the terminal while a pipeline runs: how much, how fast, how long still.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "observe/terminal.h"

namespace messina::observe {

/// Where a run stands.
struct ProgressState {
    uint64_t records = 0;
    uint64_t inflight_records = 0;
    /// Share of the input that is done, 0…1, by records or bytes; empty when the end is unknown.
    std::optional<double> share_done;
};

/// What the line says.
struct ProgressFigures {
    ProgressState state;
    double records_per_second = 0;
    std::optional<Nanos> remaining;
};

/// "1,234,567 records  48.2k/s  37 %  1m20s left  4,096 in flight". Parts that do not fit into
/// `width` columns are left out from the right.
std::string format_progress(const ProgressFigures& figures, size_t width);

/// "950/s", "48.2k/s", "1.25M/s".
std::string format_rate(double per_second);
/// "1,234,567".
std::string format_count(uint64_t count);
/// Whole seconds, two units at most: "45s", "1m20s", "3h05m", "2d04h".
std::string format_remaining(Nanos duration);

/// Draws the line, at most ten times a second and only where a person watches; wipes it in the end.
/// Belongs to one thread.
class Progress {
  public:
    /// `terminal` and `clock` must outlive it.
    Progress(Terminal& terminal, Clock& clock);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void update(const ProgressState& state);

  private:
    [[nodiscard]] ProgressFigures reckon(const ProgressState& state, Instant now);

    Terminal& terminal_;
    Clock& clock_;
    std::optional<Instant> began_;
    ProgressState first_;
    Instant drawn_;
    uint64_t drawn_records_ = 0;
    std::optional<double> rate_;
};

}  // namespace messina::observe
