#include "observe/terminal.h"

#include <cerrno>
#include <cstdlib>

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace messina::observe {
namespace {

constexpr std::string_view kWipeLine = "\r\x1b[K";

bool environment_allows_color() {
    const char* no_color = std::getenv("NO_COLOR");
    if (no_color != nullptr && *no_color != '\0') return false;
    const char* term = std::getenv("TERM");
    return term == nullptr || std::string_view(term) != "dumb";
}

}  // namespace

Terminal::Terminal(int descriptor)
    : descriptor_(descriptor),
      is_interactive_(::isatty(descriptor) == 1),
      has_color_(is_interactive_ && environment_allows_color()) {}

Terminal::~Terminal() {
    show_status({});
}

size_t Terminal::width() const {
    winsize size{};
    const bool is_known = ::ioctl(descriptor_, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return is_known ? size.ws_col : 80;
}

void Terminal::print_line(std::string_view text) {
    const std::lock_guard lock(mutex_);
    std::string bytes;
    bytes.reserve(text.size() + status_.size() + kWipeLine.size() + 1);
    if (!status_.empty()) bytes += kWipeLine;
    bytes += text;
    bytes += '\n';
    bytes += status_;
    write_all(bytes);
}

void Terminal::show_status(std::string_view text) {
    const std::lock_guard lock(mutex_);
    if (!is_interactive_ || text == status_) return;
    status_ = text;
    write_all(std::string(kWipeLine) + status_);
}

void Terminal::write_all(std::string_view bytes) const {
    // A reader that stands still must not stand the pipeline still for ever.
    constexpr int patience_ms = 1000;
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
        if (written >= 0) {
            bytes.remove_prefix(static_cast<size_t>(written));
        } else if (errno == EAGAIN) {
            pollfd writable{descriptor_, POLLOUT, 0};
            if (::poll(&writable, 1, patience_ms) != 1) return;
        } else if (errno != EINTR) {
            return;
        }
    }
}

Terminal& stderr_terminal() {
    static Terminal terminal(STDERR_FILENO);
    return terminal;
}

}  // namespace messina::observe
