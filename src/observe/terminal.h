// Where messages for people go: one descriptor (stderr), lines written whole, and below them at
// most one status line that moves out of the way of every message.
//
// Thread-safe.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>

namespace messina::observe {

class Terminal {
  public:
    /// `descriptor` stays open as long as the terminal lives; it is not closed.
    explicit Terminal(int descriptor);
    ~Terminal();
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;

    [[nodiscard]] bool is_interactive() const { return is_interactive_; }
    /// Interactive, and neither NO_COLOR nor TERM=dumb speaks against it.
    [[nodiscard]] bool has_color() const { return has_color_; }
    /// Columns now; 80 when the descriptor does not say.
    [[nodiscard]] size_t width() const;

    /// Writes `text` and a newline in one piece. What the descriptor does not take is lost: a
    /// message is never a reason to stop.
    void print_line(std::string_view text);
    /// Shows `text` (one line, no control characters) below all messages; nothing when not
    /// interactive. Empty: takes it away.
    void show_status(std::string_view text);

  private:
    void write_all(std::string_view bytes) const;

    const int descriptor_;
    const bool is_interactive_;
    const bool has_color_;
    std::mutex mutex_;
    std::string status_;
};

/// The terminal of this process's stderr.
Terminal& stderr_terminal();

}  // namespace messina::observe
