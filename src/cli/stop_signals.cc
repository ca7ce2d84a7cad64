#include "cli/stop_signals.h"

#include <cstdint>

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/check.h"
#include "cli/verbs.h"

namespace messina::cli {
namespace {

sigset_t stop_set() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    return set;
}

}  // namespace

StopSignals::StopSignals() : wake_fd_(::eventfd(0, EFD_CLOEXEC)) {
    const sigset_t set = stop_set();
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    // A reader of our output that goes away is an error of the write, not the end of the process.
    ::signal(SIGPIPE, SIG_IGN);
    MESSINA_CHECK(wake_fd_ >= 0, "an eventfd can be had");
    thread_ = std::thread([this] { wait_for_signals(); });
}

StopSignals::~StopSignals() {
    const uint64_t one = 1;
    (void)!::write(wake_fd_, &one, sizeof one);
    thread_.join();
    ::close(wake_fd_);
}

void StopSignals::on_first(std::function<void()> finish) {
    const std::lock_guard lock(mutex_);
    finish_ = std::move(finish);
}

void StopSignals::take_signal(int number) {
    const std::lock_guard lock(mutex_);
    // Nothing was committed that is not durable: ending here repeats records, it loses none.
    if (has_asked_) ::_exit(128 + number);
    if (!finish_) ::_exit(kOk);
    has_asked_ = true;
    finish_();
}

void StopSignals::wait_for_signals() {
    const sigset_t set = stop_set();
    const int signal_fd = ::signalfd(-1, &set, SFD_CLOEXEC);
    MESSINA_CHECK(signal_fd >= 0, "a signalfd can be had");
    while (true) {
        pollfd waiting[] = {{signal_fd, POLLIN, 0}, {wake_fd_, POLLIN, 0}};
        if (::poll(waiting, 2, -1) < 0) continue;
        if ((waiting[1].revents & POLLIN) != 0) break;
        signalfd_siginfo received{};
        if (::read(signal_fd, &received, sizeof received) != sizeof received) continue;
        take_signal(static_cast<int>(received.ssi_signo));
    }
    ::close(signal_fd);
}

}  // namespace messina::cli
