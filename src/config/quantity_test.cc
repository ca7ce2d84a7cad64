#include <limits>

#include <gtest/gtest.h>

#include "config/option.h"

namespace messina::config {
namespace {

using namespace std::chrono_literals;

std::string error_of(const auto& result) {
    return result ? "no error" : result.error().to_text();
}

TEST(Duration, ReadsNumbersWithUnits) {
    EXPECT_EQ(parse_duration("5ms").value(), 5ms);
    EXPECT_EQ(parse_duration("1h30m").value(), 90min);
    EXPECT_EQ(parse_duration("7d").value(), 168h);
    EXPECT_EQ(parse_duration("1.5h").value(), 90min);
    EXPECT_EQ(parse_duration("0.250s").value(), 250ms);
    EXPECT_EQ(parse_duration("3us").value(), 3us);
    EXPECT_EQ(parse_duration("3µs").value(), 3us);
    EXPECT_EQ(parse_duration("0s").value(), 0s);
    EXPECT_EQ(parse_duration("9223372036854775807ns").value(), Nanos::max());
}

TEST(Duration, RefusesWhatIsNotExact) {
    EXPECT_EQ(error_of(parse_duration("1.5ns")), "'1.5ns' is not a whole number of nanoseconds");
    EXPECT_EQ(error_of(parse_duration("0.0000000000000000001d")),
              "'0.0000000000000000001d' is not a whole number of nanoseconds");
    EXPECT_EQ(error_of(parse_duration("9223372036854775808ns")),
              "'9223372036854775808ns' is too large for a duration");
    EXPECT_EQ(error_of(parse_duration("200000d")), "'200000d' is too large for a duration");
    EXPECT_EQ(error_of(parse_duration("99999999999999999999999s")),
              "'99999999999999999999999s' is too large for a duration");
    EXPECT_EQ(error_of(parse_duration("106751d24h")), "'106751d24h' is too large for a duration");
}

TEST(Duration, SaysHowToWriteOne) {
    EXPECT_EQ(error_of(parse_duration("250")),
              "'250' is not a duration\n"
              "  hint: give the unit: 250ms, 250s, 250m, 250h or 250d");
    for (const char* text : {"", "fast", "-5s", "5", "5 s", "5sec", "30m1h", "1h1h", ".5s", "1.s",
                             "1s5", "1..5s", "1e3s", "5S"}) {
        EXPECT_FALSE(parse_duration(text).has_value()) << text;
        EXPECT_FALSE(parse_duration(text).error().hint.empty()) << text;
    }
}

TEST(Duration, IsFormattedAsItIsRead) {
    EXPECT_EQ(format_duration(90min), "1h30m");
    EXPECT_EQ(format_duration(0s), "0s");
    EXPECT_EQ(format_duration(1500us), "1ms500us");
    EXPECT_EQ(format_duration(-250ms), "-250ms");
    EXPECT_EQ(format_duration(Nanos::min()), "-106751d23h47m16s854ms775us808ns");
    for (const Nanos nanos : {Nanos(1), Nanos(86'400'000'000'001), Nanos::max()}) {
        EXPECT_EQ(parse_duration(format_duration(nanos)).value(), nanos);
    }
}

TEST(Size, ReadsNumbersWithUnits) {
    EXPECT_EQ(parse_size("512B").value(), 512u);
    EXPECT_EQ(parse_size("10kB").value(), 10'000u);
    EXPECT_EQ(parse_size("64MiB").value(), 64u << 20);
    EXPECT_EQ(parse_size("1.5KiB").value(), 1536u);
    EXPECT_EQ(parse_size("2GB").value(), 2'000'000'000u);
    EXPECT_EQ(parse_size("18446744073709551615B").value(), std::numeric_limits<uint64_t>::max());
}

TEST(Size, RefusesWhatIsNoSize) {
    EXPECT_EQ(error_of(parse_size("512")),
              "'512' is not a size\n  hint: give the unit: 512B, 512kB, 512KiB, 512MB or 512MiB");
    EXPECT_EQ(error_of(parse_size("1.0001kB")), "'1.0001kB' is not a whole number of bytes");
    EXPECT_EQ(error_of(parse_size("16777216TiB")), "'16777216TiB' is too large for a size");
    EXPECT_EQ(error_of(parse_size("18446744073709551615.5kB")),
              "'18446744073709551615.5kB' is too large for a size");
    for (const char* text : {"", "much", "-5B", "5 kB", "5K", "5kb", "1kB5B", "1MiB2kB"}) {
        EXPECT_FALSE(parse_size(text).has_value()) << text;
        EXPECT_FALSE(parse_size(text).error().hint.empty()) << text;
    }
}

TEST(Size, IsFormattedAsItIsRead) {
    EXPECT_EQ(format_size(0), "0B");
    EXPECT_EQ(format_size(64u << 20), "64MiB");
    EXPECT_EQ(format_size(10'000), "10kB");
    EXPECT_EQ(format_size(1'000'000), "1MB");
    EXPECT_EQ(format_size(1'025), "1025B");
    for (const uint64_t bytes :
         {uint64_t{1}, uint64_t{1} << 40, std::numeric_limits<uint64_t>::max()}) {
        EXPECT_EQ(parse_size(format_size(bytes)).value(), bytes);
    }
}

}  // namespace
}  // namespace messina::config
