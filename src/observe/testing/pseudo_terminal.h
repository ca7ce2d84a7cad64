// For tests: a terminal that nobody sits at. What is written to it can be read back.
#pragma once

#include <cstdlib>
#include <stdexcept>
#include <string>

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

namespace messina::observe::testing {

class PseudoTerminal {
  public:
    explicit PseudoTerminal(unsigned short columns) {
        master_ = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
        if (master_ < 0 || ::grantpt(master_) != 0 || ::unlockpt(master_) != 0)
            throw std::runtime_error("no pseudo terminal");
        slave_ = ::open(::ptsname(master_), O_RDWR | O_NOCTTY | O_CLOEXEC);
        termios raw{};
        ::tcgetattr(slave_, &raw);
        ::cfmakeraw(&raw);
        ::tcsetattr(slave_, TCSANOW, &raw);
        winsize size{};
        size.ws_row = 24;
        size.ws_col = columns;
        ::ioctl(slave_, TIOCSWINSZ, &size);
    }
    ~PseudoTerminal() {
        ::close(slave_);
        ::close(master_);
    }
    PseudoTerminal(const PseudoTerminal&) = delete;
    PseudoTerminal& operator=(const PseudoTerminal&) = delete;

    [[nodiscard]] int descriptor() const { return slave_; }

    /// Everything written since the last call. What was written before it is already there.
    std::string read_all() {
        std::string all;
        char bytes[4096];
        pollfd readable{master_, POLLIN, 0};
        while (::poll(&readable, 1, 0) == 1) {
            const ssize_t count = ::read(master_, bytes, sizeof bytes);
            if (count <= 0) break;
            all.append(bytes, static_cast<size_t>(count));
        }
        return all;
    }

  private:
    int master_ = -1;
    int slave_ = -1;
};

}  // namespace messina::observe::testing
