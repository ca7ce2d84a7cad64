// What this process uses and what it runs on. Linux; a figure that cannot be had is 0 or empty.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "observe/metrics.h"

namespace messina::observe {

struct ProcessUsage {
    uint64_t resident_bytes = 0;
    uint64_t resident_bytes_peak = 0;
    Nanos cpu{0};  // user and system, all threads
};
ProcessUsage process_usage();
/// From the text of /proc/self/status; `cpu` stays 0.
ProcessUsage parse_process_status(std::string_view status);

struct Machine {
    unsigned cores = 0;  // that this process may use
    std::string cpu_model;
    uint64_t memory_bytes = 0;
    std::string kernel;

    /// "2 cores, AMD EPYC 7B13, 7.8 GiB, Linux 6.1.0".
    [[nodiscard]] std::string to_text() const;
};
Machine machine();
/// The model from the text of /proc/cpuinfo, blanks squeezed.
std::string parse_cpu_model(std::string_view cpuinfo);

/// Keeps process_* and messina_build_info up to date, from construction to destruction.
class ProcessMetrics {
  public:
    ProcessMetrics(MetricRegistry& registry, Clock& clock, std::string_view version);

  private:
    Metrics metrics_;
};

}  // namespace messina::observe
