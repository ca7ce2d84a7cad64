#include "observe/process.h"

#include <charconv>
#include <fstream>
#include <iterator>
#include <thread>

#include <fmt/format.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

namespace messina::observe {
namespace {

std::string read_file(const char* path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// What stands after "key<blanks>:" in the first line that begins so.
std::string_view value_of(std::string_view text, std::string_view key) {
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        const size_t colon = line.find(':');
        if (!line.starts_with(key) || colon == std::string_view::npos) continue;
        const size_t begin = line.find_first_not_of(" \t", colon + 1);
        return begin == std::string_view::npos ? std::string_view{} : line.substr(begin);
    }
    return {};
}

uint64_t kibibytes(std::string_view text) {
    uint64_t count = 0;
    std::from_chars(text.data(), text.data() + text.size(), count);
    return count * 1024;
}

Nanos to_nanos(const timeval& time) {
    return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

unsigned usable_cores() {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (::sched_getaffinity(0, sizeof set, &set) == 0)
        return static_cast<unsigned>(CPU_COUNT(&set));
    return std::thread::hardware_concurrency();
}

}  // namespace

ProcessUsage parse_process_status(std::string_view status) {
    return {kibibytes(value_of(status, "VmRSS")), kibibytes(value_of(status, "VmHWM")), Nanos(0)};
}

ProcessUsage process_usage() {
    ProcessUsage usage = parse_process_status(read_file("/proc/self/status"));
    rusage times{};
    if (::getrusage(RUSAGE_SELF, &times) == 0)
        usage.cpu = to_nanos(times.ru_utime) + to_nanos(times.ru_stime);
    return usage;
}

std::string parse_cpu_model(std::string_view cpuinfo) {
    std::string squeezed;
    for (const char c : value_of(cpuinfo, "model name"))
        if (c != ' ' || !squeezed.ends_with(' ')) squeezed += c;
    return squeezed;
}

Machine machine() {
    Machine found;
    found.cores = usable_cores();
    found.cpu_model = parse_cpu_model(read_file("/proc/cpuinfo"));
    found.memory_bytes = kibibytes(value_of(read_file("/proc/meminfo"), "MemTotal"));
    utsname names{};
    if (::uname(&names) == 0) found.kernel = fmt::format("{} {}", names.sysname, names.release);
    return found;
}

std::string Machine::to_text() const {
    std::string text = fmt::format("{} core{}", cores, cores == 1 ? "" : "s");
    if (!cpu_model.empty()) text += ", " + cpu_model;
    if (memory_bytes != 0)
        text += fmt::format(", {:.1f} GiB", static_cast<double>(memory_bytes) / (1u << 30));
    if (!kernel.empty()) text += ", " + kernel;
    return text;
}

ProcessMetrics::ProcessMetrics(MetricRegistry& registry, Clock& clock, std::string_view version)
    : metrics_(registry) {
    metrics_.gauge(kBuildInfo, {{"version", version}}).set(1);
    const std::chrono::duration<double> started = clock.now().time_since_epoch();
    metrics_.gauge(kProcessStartTime).set(started.count());
    Gauge& resident = metrics_.gauge(kProcessResidentMemory);
    Counter& cpu = metrics_.counter(kProcessCpu);
    metrics_.before_scrape([&resident, &cpu] {
        const ProcessUsage usage = process_usage();
        resident.set(static_cast<double>(usage.resident_bytes));
        cpu.set_total(static_cast<uint64_t>(usage.cpu.count()));
    });
}

}  // namespace messina::observe
