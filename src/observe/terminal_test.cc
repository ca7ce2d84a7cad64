#include "observe/terminal.h"

#include <cstdlib>
#include <optional>
#include <thread>

#include <gtest/gtest.h>

#include "observe/testing/captured_log.h"
#include "observe/testing/pseudo_terminal.h"

namespace messina::observe {
namespace {

/// Sets a variable of the environment, or takes it away, until the end of the scope.
class ScopedVariable {
  public:
    ScopedVariable(const char* name, const char* value) : name_(name) {
        if (const char* old = std::getenv(name)) old_ = old;
        set(value);
    }
    ~ScopedVariable() { set(old_ ? old_->c_str() : nullptr); }

  private:
    void set(const char* value) {
        if (value != nullptr)
            ::setenv(name_, value, 1);
        else
            ::unsetenv(name_);
    }
    const char* name_;
    std::optional<std::string> old_;
};

struct Pipe {
    Pipe() { EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0); }
    ~Pipe() {
        ::close(ends[0]);
        ::close(ends[1]);
    }
    std::string read(size_t bytes_max) const {
        std::string bytes(bytes_max, '\0');
        bytes.resize(static_cast<size_t>(::read(ends[0], bytes.data(), bytes.size())));
        return bytes;
    }
    int ends[2] = {-1, -1};
};

TEST(Terminal, MovesTheStatusLineOutOfTheWayOfMessages) {
    const ScopedVariable term("TERM", "xterm");
    testing::PseudoTerminal screen(80);
    Terminal terminal(screen.descriptor());
    terminal.show_status("50 %");
    EXPECT_EQ(screen.read_all(), "\r\x1b[K50 %");
    terminal.print_line("hello");
    EXPECT_EQ(screen.read_all(), "\r\x1b[Khello\n50 %");
    terminal.show_status("50 %");
    EXPECT_EQ(screen.read_all(), "") << "nothing changed, nothing drawn";
    terminal.show_status("");
    EXPECT_EQ(screen.read_all(), "\r\x1b[K");
    terminal.print_line("bye");
    EXPECT_EQ(screen.read_all(), "bye\n");
}

TEST(Terminal, KnowsItsWidth) {
    testing::PseudoTerminal screen(123);
    EXPECT_EQ(Terminal(screen.descriptor()).width(), 123u);
    const Pipe pipe;
    EXPECT_EQ(Terminal(pipe.ends[1]).width(), 80u);
}

TEST(Terminal, WritesOnlyLinesWhereNobodyWatches) {
    const Pipe pipe;
    {
        Terminal terminal(pipe.ends[1]);
        EXPECT_FALSE(terminal.is_interactive());
        EXPECT_FALSE(terminal.has_color());
        terminal.show_status("50 %");
        terminal.print_line("hello");
    }
    EXPECT_EQ(pipe.read(100), "hello\n");
}

TEST(Terminal, ColoursUnlessItWasAskedNotTo) {
    testing::PseudoTerminal screen(80);
    const ScopedVariable unset("NO_COLOR", nullptr);
    const ScopedVariable term("TERM", "xterm");
    EXPECT_TRUE(Terminal(screen.descriptor()).has_color());
    {
        const ScopedVariable no_color("NO_COLOR", "1");
        EXPECT_FALSE(Terminal(screen.descriptor()).has_color());
    }
    {
        const ScopedVariable empty("NO_COLOR", "");
        EXPECT_TRUE(Terminal(screen.descriptor()).has_color()) << "empty counts as unset";
    }
    const ScopedVariable dumb("TERM", "dumb");
    EXPECT_FALSE(Terminal(screen.descriptor()).has_color());
}

TEST(Terminal, WaitsForAReaderThatIsOnlySlow) {
    const Pipe pipe;
    ::fcntl(pipe.ends[1], F_SETFL, O_NONBLOCK);
    const std::string large(300'000, 'x');
    Terminal terminal(pipe.ends[1]);
    std::thread writer([&] { terminal.print_line(large); });
    std::string received;
    while (received.size() < large.size() + 1) received += pipe.read(4096);
    writer.join();
    EXPECT_EQ(received, large + "\n");
}

TEST(Terminal, LosesMessagesRatherThanStopping) {
    const int closed = ::dup(STDERR_FILENO);
    ::close(closed);
    Terminal terminal(closed);
    terminal.print_line("into the void");
    EXPECT_FALSE(terminal.is_interactive());
}

TEST(LogSink, SpeaksTextToPeopleAndJsonToMachines) {
    const ScopedVariable term("TERM", "xterm");
    const ScopedVariable no_color("NO_COLOR", "1");
    VirtualClock clock(WallTime(std::chrono::hours(1)));
    const auto written_by = [&](Terminal& terminal, LogFormat format) {
        const auto sink = make_log_sink(terminal, format);
        Log(*sink, LogLevel::Debug, clock).write(kServerStopped);
    };
    testing::PseudoTerminal screen(80);
    Terminal person(screen.descriptor());
    written_by(person, LogFormat::Auto);
    EXPECT_EQ(screen.read_all(), "01:00:00.000 DEBUG HTTP server stopped  (server.stopped)\n");
    written_by(person, LogFormat::Json);
    EXPECT_TRUE(screen.read_all().starts_with("{\"ts\":"));
    const Pipe pipe;
    Terminal machine(pipe.ends[1]);
    written_by(machine, LogFormat::Auto);
    EXPECT_TRUE(pipe.read(500).starts_with("{\"ts\":"));
    written_by(machine, LogFormat::Text);
    EXPECT_TRUE(pipe.read(500).starts_with("01:00:00.000 DEBUG"));
}

TEST(LogSink, ColoursByLevel) {
    const LogRecord record{WallTime(), kLaneStopped, {}, {}, {}, 3};
    const std::string text = format_text(record, Color::Yes);
    EXPECT_NE(text.find("\x1b[31mERROR\x1b[0m"), std::string::npos);
    EXPECT_NE(text.find("suppressed="), std::string::npos);
    const LogRecord warning{WallTime(), kServerFull, {}, {}, {}};
    EXPECT_NE(format_text(warning, Color::Yes).find("\x1b[33mWARN \x1b[0m"), std::string::npos);
}

}  // namespace
}  // namespace messina::observe
