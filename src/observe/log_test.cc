#include "observe/log.h"

#include <algorithm>
#include <limits>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "observe/testing/captured_log.h"

namespace messina::observe {
namespace {

using namespace std::chrono_literals;

constexpr LogEvent kPlain{"test.plain", LogLevel::Info, Repeat::Always, "something happened"};
constexpr LogEvent kFull{"test.full", LogLevel::Warn, Repeat::Always, "a thing went wrong",
                         "text",      "number",       "share",        "is_late",
                         "took"};
constexpr LogEvent kOften{"test.often", LogLevel::Warn, Repeat::Limited, "again", "n"};
constexpr LogEvent kQuiet{"test.quiet", LogLevel::Debug, Repeat::Always, "details", "text"};

// 2026-03-01T12:34:56.789Z
constexpr WallTime kStart{std::chrono::milliseconds(1'772'368'496'789)};

TEST(Log, WritesOneJsonObjectWithEveryPartInAFixedOrder) {
    VirtualClock clock(kStart);
    testing::CapturedLog captured(clock);
    const Error error{ErrorClass::Transient, "io.no_space", "no space left", "free some"};
    captured.log().write(kFull, {.pipeline = "enrich", .lane = "clicks/3", .error = &error}, "a b",
                         -7, 0.5, true, 1500ms);
    ASSERT_EQ(captured.events().size(), 1u);
    EXPECT_EQ(captured.events()[0].json,
              R"({"ts":"2026-03-01T12:34:56.789Z","level":"warn","event":"test.full",)"
              R"("pipeline":"enrich","lane":"clicks/3","error_class":"transient",)"
              R"("error_code":"io.no_space","msg":"a thing went wrong: no space left",)"
              R"("hint":"free some","text":"a b","number":-7,"share":0.5,"is_late":true,)"
              R"("took":1.5})");
}

TEST(Log, LeavesOutOfJsonWhatIsMissing) {
    VirtualClock clock(kStart);
    testing::CapturedLog captured(clock);
    captured.log().write(kPlain);
    EXPECT_EQ(captured.events()[0].json,
              R"({"ts":"2026-03-01T12:34:56.789Z","level":"info","event":"test.plain",)"
              R"("msg":"something happened"})");
}

std::string text_of(const LogContext& context, std::string_view value, Color color) {
    const std::array<std::string_view, 1> names = {"text"};
    const std::array<LogValue, 1> values = {LogValue(value)};
    return format_text({kStart, kQuiet, context, names, values, 0}, color);
}

TEST(Log, TextLinesReadFromLeftToRight) {
    EXPECT_EQ(text_of({.pipeline = "enrich", .lane = "clicks/3"}, "v", Color::No),
              "12:34:56.789 DEBUG [enrich clicks/3] details  text=v  (test.quiet)");
    EXPECT_EQ(text_of({.pipeline = "enrich"}, "a b", Color::No),
              "12:34:56.789 DEBUG [enrich] details  text=\"a b\"  (test.quiet)");
    EXPECT_EQ(text_of({}, "v", Color::No), "12:34:56.789 DEBUG details  text=v  (test.quiet)");
}

TEST(Log, TextGivesErrorsTheirHintOnALineOfItsOwn) {
    const Error error{ErrorClass::Fatal, "x.y", "it broke", "mend it"};
    EXPECT_EQ(text_of({.error = &error}, "v", Color::No),
              "12:34:56.789 DEBUG details: it broke  code=x.y  text=v  (test.quiet)\n"
              "             hint: mend it");
}

TEST(Log, ForeignTextCannotForgeALineOrAColour) {
    const Error error{ErrorClass::Poison, "x.y", "bad\n00:00:00.000 INFO  all is well", "\x1b[2J"};
    const LogContext context{.pipeline = "p\n", .lane = "l\x1b[31m", .error = &error};
    const std::string text = text_of(context, "v\nw\x1b", Color::No);
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1) << "only the one before the hint";
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
    EXPECT_NE(text_of({}, "v", Color::Yes).find('\x1b'), std::string::npos);
}

TEST(Log, CutsValuesThatWouldFillTheLog) {
    const std::string huge(1'000'000, 'x');
    EXPECT_LT(text_of({}, huge, Color::No).size(), 5000u);
    EXPECT_LT(to_json(LogValue(huge)).size(), 5000u);
}

TEST(Log, WritesNumbersThatJsonDoesNotKnowAsText) {
    EXPECT_EQ(to_json(LogValue(std::numeric_limits<double>::infinity())), "\"inf\"");
    EXPECT_EQ(to_json(LogValue(std::numeric_limits<uint64_t>::max())), "18446744073709551615");
}

TEST(Log, IsSilentBelowItsLevel) {
    testing::CapturedLog captured(system_clock(), LogLevel::Warn);
    captured.log().write(kPlain);
    EXPECT_TRUE(captured.events().empty());
    captured.log().set_level(LogLevel::Info);
    captured.log().write(kPlain);
    EXPECT_EQ(captured.count(kPlain), 1u);
    captured.log().set_level(LogLevel::Off);
    captured.log().write(kPlain);
    EXPECT_EQ(captured.count(kPlain), 1u);
}

TEST(Log, LetsARepeatedEventThroughOnceInTenSecondsForEachPipeline) {
    VirtualClock clock(kStart);
    testing::CapturedLog captured(clock);
    for (int n = 0; n < 5; ++n) captured.log().write(kOften, {.pipeline = "a"}, n);
    captured.log().write(kOften, {.pipeline = "b"}, 0);
    EXPECT_EQ(captured.count(kOften), 2u);
    clock.advance(9'999ms);
    captured.log().write(kOften, {.pipeline = "a"}, 5);
    EXPECT_EQ(captured.count(kOften), 2u);
    clock.advance(1ms);
    captured.log().write(kOften, {.pipeline = "a"}, 6);
    const auto events = captured.events(kOften);
    ASSERT_EQ(events.size(), 3u);
    EXPECT_EQ(events[2].suppressed, 5u);
    EXPECT_EQ(events[2].fields.at("n"), "6");
}

TEST(Log, NeverLimitsEventsThatRecordsCannotRepeat) {
    VirtualClock clock(kStart);
    testing::CapturedLog captured(clock);
    for (int n = 0; n < 5; ++n) captured.log().write(kPlain);
    EXPECT_EQ(captured.count(kPlain), 5u);
}

class CountingSink final : public LogSink {
  public:
    void write(const LogRecord& record) override { lines.push_back(format_json(record)); }
    std::vector<std::string> lines;
};

TEST(Log, SaysAtTheEndWhatItHeldBackAndNeverMentioned) {
    VirtualClock clock(kStart);
    CountingSink sink;
    {
        Log log(sink, LogLevel::Debug, clock);
        for (int n = 0; n < 4; ++n) log.write(kOften, {.pipeline = "a"}, n);
    }
    ASSERT_EQ(sink.lines.size(), 2u);
    EXPECT_NE(sink.lines[1].find(R"("pipeline":"a","msg":"events were suppressed by the rate )"
                                 R"(limit","suppressed_event":"test.often","count":3)"),
              std::string::npos)
        << sink.lines[1];
}

TEST(Log, TakesEventsFromManyThreads) {
    testing::CapturedLog captured;
    std::vector<std::thread> threads;
    threads.reserve(8);
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&] {
            for (int n = 0; n < 100; ++n) captured.log().write(kQuiet, {}, "x");
        });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(captured.count(kQuiet), 400u);
}

TEST(RateLimit, StaysBoundedHoweverManyPipelinesThereAre) {
    RateLimit limit(10s);
    const Instant now{};
    for (int i = 0; i < 10'000; ++i) EXPECT_TRUE(limit.ask("e", std::to_string(i), now).is_allowed);
    EXPECT_FALSE(limit.ask("e", "9999", now).is_allowed);
    EXPECT_TRUE(limit.ask("e", "0", now).is_allowed) << "forgotten, rather than kept for ever";
}

TEST(LogLevel, ReadsItsOwnNamesAndHelpsWithOthers) {
    EXPECT_EQ(parse_log_level("warn").value(), LogLevel::Warn);
    EXPECT_EQ(parse_log_level("off").value(), LogLevel::Off);
    const auto refused = parse_log_level("wran");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "log.level");
    EXPECT_EQ(refused.error().hint, "did you mean 'warn'?");
}

TEST(LogFormat, ReadsItsOwnNamesAndHelpsWithOthers) {
    EXPECT_EQ(parse_log_format("auto").value(), LogFormat::Auto);
    EXPECT_EQ(parse_log_format("text").value(), LogFormat::Text);
    EXPECT_EQ(parse_log_format("json").value(), LogFormat::Json);
    const auto refused = parse_log_format("xml");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "log.format");
    EXPECT_EQ(refused.error().hint, "use auto, text or json");
}

TEST(Events, HaveDistinctNamesAndFieldsThatDoNotHideTheFixedOnes) {
    const std::set<std::string_view> fixed = {"ts",         "level",       "event", "pipeline",
                                              "lane",       "error_class", "msg",   "hint",
                                              "error_code", "suppressed"};
    std::set<std::string_view> names;
    for (const LogEventView& event : kAllEvents) {
        EXPECT_TRUE(names.insert(event.head.name).second) << event.head.name;
        EXPECT_FALSE(event.head.message.empty()) << event.head.name;
        EXPECT_FALSE(event.head.message.ends_with('.')) << event.head.name;
        for (const std::string_view field : event.fields)
            EXPECT_FALSE(fixed.contains(field)) << event.head.name << " " << field;
    }
}

}  // namespace
}  // namespace messina::observe
