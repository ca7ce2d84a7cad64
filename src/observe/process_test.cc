#include "observe/process.h"

#include <gtest/gtest.h>

namespace messina::observe {
namespace {

using namespace std::chrono_literals;

TEST(Process, ReadsMemoryFromTheStatusText) {
    const ProcessUsage usage = parse_process_status(
        "Name:\tmessina\nVmPeak:\t  999 kB\nVmHWM:\t   2048 kB\nVmRSS:\t   1024 kB\nThreads:\t4\n");
    EXPECT_EQ(usage.resident_bytes, 1024u * 1024);
    EXPECT_EQ(usage.resident_bytes_peak, 2048u * 1024);
    EXPECT_EQ(parse_process_status("").resident_bytes, 0u);
    EXPECT_EQ(parse_process_status("VmRSS:\nVmHWM").resident_bytes, 0u);
}

TEST(Process, SqueezesTheCpuModel) {
    EXPECT_EQ(parse_cpu_model("processor\t: 0\nmodel name\t: Example(R)  CPU   @ 3 GHz\nx: y\n"),
              "Example(R) CPU @ 3 GHz");
    EXPECT_EQ(parse_cpu_model("Hardware : some board\n"), "");
}

TEST(Process, KnowsItself) {
    const ProcessUsage usage = process_usage();
    EXPECT_GT(usage.resident_bytes, 100'000u);
    EXPECT_GE(usage.resident_bytes_peak, usage.resident_bytes);
    EXPECT_GT(usage.cpu, 0ns);
    EXPECT_GE(machine().cores, 1u);
    EXPECT_TRUE(machine().kernel.starts_with("Linux "));
}

TEST(Process, DescribesAMachineByWhatIsKnownOfIt) {
    EXPECT_EQ((Machine{2, "CPU", 3u << 29, "Linux 6"}).to_text(), "2 cores, CPU, 1.5 GiB, Linux 6");
    EXPECT_EQ((Machine{1, "", 0, ""}).to_text(), "1 core");
}

TEST(ProcessMetrics, AreFreshAtEveryScrape) {
    VirtualClock clock(WallTime(1'700'000'000s));
    MetricRegistry registry(clock);
    const ProcessMetrics metrics(registry, clock, "1.2.3");
    EXPECT_EQ(registry.total(kBuildInfo, {{"version", "1.2.3"}}), 1);
    EXPECT_EQ(registry.total(kProcessCpu), 0u);
    const auto scraped = registry.scrape();
    EXPECT_GT(registry.total(kProcessCpu), 0u);
    EXPECT_GT(registry.total(kProcessResidentMemory), 100'000);
    EXPECT_EQ(registry.total(kProcessStartTime), 1'700'000'000);
}

}  // namespace
}  // namespace messina::observe
