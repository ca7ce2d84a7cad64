#include "observe/log_sink.h"

#include <array>
#include <cmath>
#include <iterator>

#include <fmt/format.h>

#include "observe/escape.h"

namespace messina::observe {
namespace {

/// A longer value is cut: one odd record must not fill the log.
constexpr size_t kValueBytesMax = 4096;

std::string_view cut(std::string_view text) {
    return text.substr(0, kValueBytesMax);
}

class TextSink final : public LogSink {
  public:
    explicit TextSink(Terminal& terminal) : terminal_(terminal) {}
    void write(const LogRecord& record) override {
        terminal_.print_line(format_text(record, terminal_.has_color() ? Color::Yes : Color::No));
    }

  private:
    Terminal& terminal_;
};

class JsonSink final : public LogSink {
  public:
    explicit JsonSink(Terminal& terminal) : terminal_(terminal) {}
    void write(const LogRecord& record) override { terminal_.print_line(format_json(record)); }

  private:
    Terminal& terminal_;
};

struct CivilTime {
    std::chrono::year_month_day date;
    std::chrono::hh_mm_ss<std::chrono::milliseconds> time;
};

CivilTime civil(WallTime at) {
    const auto day = std::chrono::floor<std::chrono::days>(at);
    return {std::chrono::year_month_day(day),
            std::chrono::hh_mm_ss(std::chrono::floor<std::chrono::milliseconds>(at - day))};
}

std::string time_text(const CivilTime& at) {
    return fmt::format("{:02}:{:02}:{:02}.{:03}", at.time.hours().count(),
                       at.time.minutes().count(), at.time.seconds().count(),
                       at.time.subseconds().count());
}

std::string timestamp_text(const CivilTime& at) {
    return fmt::format("{:04}-{:02}-{:02}T{}Z", static_cast<int>(at.date.year()),
                       static_cast<unsigned>(at.date.month()), static_cast<unsigned>(at.date.day()),
                       time_text(at));
}

std::string_view level_text(LogLevel level) {
    switch (level) {
        case LogLevel::Debug: return "DEBUG";
        case LogLevel::Info: return "INFO ";
        case LogLevel::Warn: return "WARN ";
        case LogLevel::Error: return "ERROR";
        case LogLevel::Off: break;
    }
    return "OFF  ";
}

std::string_view level_color(LogLevel level) {
    switch (level) {
        case LogLevel::Warn: return "\x1b[33m";
        case LogLevel::Error: return "\x1b[31m";
        default: return "\x1b[36m";
    }
}

class TextWriter {
  public:
    explicit TextWriter(Color color) : has_color_(color == Color::Yes) {}

    void plain(std::string_view text) { out_ += text; }
    void foreign(std::string_view text) { append_visible(out_, cut(text)); }
    void colored(std::string_view color, std::string_view text) {
        if (has_color_) out_ += color;
        out_ += text;
        if (has_color_) out_ += "\x1b[0m";
    }
    void dim(std::string_view text) { colored("\x1b[2m", text); }
    void field(std::string_view name, const LogValue& value) {
        out_ += "  ";
        dim(fmt::format("{}=", name));
        std::visit([this](const auto& held) { put(held); }, value.held());
    }
    std::string take() { return std::move(out_); }

  private:
    void put(std::string_view text) { append_field_text(out_, cut(text)); }
    template <class T>
    void put(T value) {
        fmt::format_to(std::back_inserter(out_), "{}", value);
    }

    std::string out_;
    bool has_color_;
};

struct JsonAppender {
    std::string& out;

    void operator()(std::string_view text) const { append_json_string(out, cut(text)); }
    void operator()(double number) const {
        // JSON has no word for infinity.
        if (std::isfinite(number))
            fmt::format_to(std::back_inserter(out), "{}", number);
        else
            fmt::format_to(std::back_inserter(out), "\"{}\"", number);
    }
    template <class T>
    void operator()(T value) const {
        fmt::format_to(std::back_inserter(out), "{}", value);
    }
};

class JsonWriter {
  public:
    void text(std::string_view name, std::string_view value) {
        key(name);
        append_json_string(out_, cut(value));
    }
    void text_if_any(std::string_view name, std::string_view value) {
        if (!value.empty()) text(name, value);
    }
    void value(std::string_view name, const LogValue& value) {
        key(name);
        std::visit(JsonAppender{out_}, value.held());
    }
    std::string take() { return std::move(out_) + "}"; }

  private:
    void key(std::string_view name) {
        out_ += out_.empty() ? '{' : ',';
        append_json_string(out_, name);
        out_ += ':';
    }

    std::string out_;
};

}  // namespace

std::string format_text(const LogRecord& record, Color color) {
    const auto& [pipeline, lane, error] = record.context;
    TextWriter writer(color);
    writer.dim(time_text(civil(record.time)));
    writer.plain(" ");
    writer.colored(level_color(record.event.level), level_text(record.event.level));
    if (!pipeline.empty() || !lane.empty()) {
        writer.plain(" [");
        writer.foreign(pipeline);
        if (!pipeline.empty() && !lane.empty()) writer.plain(" ");
        writer.foreign(lane);
        writer.plain("]");
    }
    writer.plain(" ");
    writer.plain(record.event.message);
    if (error != nullptr) {
        writer.plain(": ");
        writer.foreign(error->message);
        writer.field("code", LogValue(error->code));
    }
    for (size_t i = 0; i < record.names.size(); ++i)
        writer.field(record.names[i], record.values[i]);
    if (record.suppressed != 0) writer.field("suppressed", LogValue(record.suppressed));
    writer.dim(fmt::format("  ({})", record.event.name));
    if (error != nullptr && !error->hint.empty()) {
        writer.plain("\n             hint: ");
        writer.foreign(error->hint);
    }
    return writer.take();
}

std::string format_json(const LogRecord& record) {
    const auto& [pipeline, lane, error] = record.context;
    JsonWriter writer;
    writer.text("ts", timestamp_text(civil(record.time)));
    writer.text("level", to_string(record.event.level));
    writer.text("event", record.event.name);
    writer.text_if_any("pipeline", pipeline);
    writer.text_if_any("lane", lane);
    if (error == nullptr) {
        writer.text("msg", record.event.message);
    } else {
        writer.text("error_class", messina::to_string(error->error_class));
        writer.text("error_code", error->code);
        writer.text("msg", fmt::format("{}: {}", record.event.message, error->message));
        writer.text_if_any("hint", error->hint);
    }
    for (size_t i = 0; i < record.names.size(); ++i)
        writer.value(record.names[i], record.values[i]);
    if (record.suppressed != 0) writer.value("suppressed", LogValue(record.suppressed));
    return writer.take();
}

std::string to_json(const LogValue& value) {
    std::string out;
    std::visit(JsonAppender{out}, value.held());
    return out;
}

Result<LogFormat> parse_log_format(std::string_view text) {
    constexpr std::array<std::string_view, 3> names = {"auto", "text", "json"};
    for (size_t i = 0; i < names.size(); ++i)
        if (names[i] == text) return static_cast<LogFormat>(i);
    return fail(ErrorClass::Misconfigured, "log.format",
                fmt::format("unknown log format '{}'", text), "use auto, text or json");
}

std::unique_ptr<LogSink> make_log_sink(Terminal& terminal, LogFormat format) {
    if (format == LogFormat::Auto)
        format = terminal.is_interactive() ? LogFormat::Text : LogFormat::Json;
    if (format == LogFormat::Text) return std::make_unique<TextSink>(terminal);
    return std::make_unique<JsonSink>(terminal);
}

}  // namespace messina::observe
