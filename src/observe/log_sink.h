// Where the log's events go, and in which form: text for people, JSON lines for machines.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/clock.h"
#include "observe/log_event.h"
#include "observe/terminal.h"

namespace messina::observe {

/// One event that happened. All views die when the sink returns.
struct LogRecord {
    WallTime time;
    const LogEventHead& event;
    const LogContext& context;
    std::span<const std::string_view> names;
    std::span<const LogValue> values;  // as many as names
    uint64_t suppressed = 0;           // of the same event and pipeline, since the last one written
};

class LogSink {
  public:
    virtual ~LogSink() = default;
    /// Called by one thread at a time.
    virtual void write(const LogRecord& record) = 0;
};

enum class LogFormat : uint8_t {
    Auto,  // text when a person watches, JSON otherwise
    Text,
    Json,
};

/// "auto", "text" or "json".
Result<LogFormat> parse_log_format(std::string_view text);
/// Writes to `terminal`, which must outlive the sink.
std::unique_ptr<LogSink> make_log_sink(Terminal& terminal, LogFormat format);

enum class Color : bool { No, Yes };

/// "22:26:42.123 WARN  [enrich clicks/3] the checkpoint was not saved: no space left  bytes=512
/// (checkpoint.failed)", and a second line with the hint. No newline at the end.
std::string format_text(const LogRecord& record, Color color);
/// One JSON object: ts, level, event, pipeline, lane, error_class, error_code, msg, hint, then the
/// event's fields, then `suppressed`; what is missing is left out. No newline at the end.
std::string format_json(const LogRecord& record);
std::string to_json(const LogValue& value);

}  // namespace messina::observe
