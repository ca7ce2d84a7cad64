// Files, as far as more than one room needs them: whole small files, and replacing one so that a
// crash leaves the old or the new.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"

namespace messina {

/// An open file descriptor, closed at the end of its life.
class FileDescriptor {
  public:
    FileDescriptor() = default;
    explicit FileDescriptor(int fd) : fd_(fd) {}
    FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    FileDescriptor& operator=(FileDescriptor&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~FileDescriptor();
    [[nodiscard]] int get() const { return fd_; }
    [[nodiscard]] bool is_open() const { return fd_ >= 0; }

  private:
    int fd_ = -1;
};

/// The error of the last system call (errno) on `path`: "cannot open data.csv: No such file or
/// directory". Missing files and permissions are Misconfigured, a full disk and I/O errors
/// Transient.
Error system_error(std::string_view what, const std::string& path);

/// open(2) with CLOEXEC.
Result<FileDescriptor> open_file(const std::string& path, int flags, int mode = 0644);
Result<std::string> read_file(const std::string& path, size_t bytes_max = 64u << 20);
/// Writes all of `bytes`, going on after partial writes and interruptions.
Result<void> write_all(int fd, std::string_view bytes, const std::string& path);
/// Writes beside `path`, syncs, renames over it, syncs the directory.
Result<void> replace_file(const std::string& path, std::string_view content);

}  // namespace messina
