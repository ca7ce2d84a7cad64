#include "config/text_file.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace messina::config {
namespace {

class FileDescriptor {
  public:
    explicit FileDescriptor(int fd) : fd_(fd) {}
    FileDescriptor(const FileDescriptor&) = delete;
    FileDescriptor& operator=(const FileDescriptor&) = delete;
    ~FileDescriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    [[nodiscard]] int get() const { return fd_; }

  private:
    int fd_;
};

std::unexpected<Error> unreadable(std::string_view name, int error_number) {
    return fail(ErrorClass::Misconfigured, "config.file",
                fmt::format("cannot read {}: {}", name, std::strerror(error_number)));
}

Result<std::string> read_all(int fd, std::string_view name, size_t bytes_max) {
    std::string text;
    std::array<char, 16384> chunk;
    for (;;) {
        const ssize_t count = ::read(fd, chunk.data(), chunk.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return unreadable(name, errno);
        if (count == 0) return text;
        text.append(chunk.data(), static_cast<size_t>(count));
        if (text.size() > bytes_max) {
            return fail(ErrorClass::Misconfigured, "config.too_large",
                        fmt::format("{} is larger than {} bytes", name, bytes_max));
        }
    }
}

}  // namespace

Result<std::string> read_text_file(const std::string& path, size_t bytes_max) {
    // Non-blocking, so that opening a pipe does not wait for its writer.
    const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (file.get() < 0) return unreadable(path, errno);
    struct stat status = {};
    if (::fstat(file.get(), &status) != 0) return unreadable(path, errno);
    if (!S_ISREG(status.st_mode)) {
        return fail(ErrorClass::Misconfigured, "config.file",
                    fmt::format("cannot read {}: it is {}", path,
                                S_ISDIR(status.st_mode) ? "a directory" : "not a regular file"));
    }
    return read_all(file.get(), path, bytes_max);
}

Result<std::string> read_standard_input(size_t bytes_max) {
    return read_all(STDIN_FILENO, "standard input", bytes_max);
}

}  // namespace messina::config
