#include "base/file.h"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/failpoint.h"

namespace messina {

FileDescriptor::~FileDescriptor() {
    if (fd_ >= 0) ::close(fd_);
}

Error system_error(std::string_view what, const std::string& path) {
    const int number = errno;
    const bool can_pass = number == ENOSPC || number == EIO || number == EDQUOT ||
                          number == EAGAIN || number == EMFILE;
    std::string hint;
    if (number == ENOSPC || number == EDQUOT) hint = "free some space; it is tried again";
    if (number == EACCES) hint = "check the permissions of the file and of the folders above it";
    return Error{can_pass ? ErrorClass::Transient : ErrorClass::Misconfigured,
                 number == ENOENT ? "file.missing" : "file.io",
                 fmt::format("cannot {} {}: {}", what, path, std::strerror(number)),
                 std::move(hint)};
}

Result<FileDescriptor> open_file(const std::string& path, int flags, int mode) {
    const int fd = ::open(path.c_str(), flags | O_CLOEXEC, mode);
    if (fd < 0) return fail(system_error("open", path));
    return FileDescriptor(fd);
}

Result<std::string> read_file(const std::string& path, size_t bytes_max) {
    MESSINA_TRY(const FileDescriptor file, open_file(path, O_RDONLY));
    std::string content;
    char block[65536];
    while (true) {
        const ssize_t got = ::read(file.get(), block, sizeof block);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail(system_error("read", path));
        if (got == 0) return content;
        content.append(block, static_cast<size_t>(got));
        if (content.size() > bytes_max)
            return fail(ErrorClass::Misconfigured, "file.too_large",
                        fmt::format("{} is larger than {} bytes", path, bytes_max));
    }
}

Result<void> write_all(int fd, std::string_view bytes, const std::string& path) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(fd, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return fail(system_error("write to", path));
        bytes.remove_prefix(static_cast<size_t>(written));
    }
    return {};
}

namespace {

Result<void> sync_directory_of(const std::string& path) {
    const std::string parent = std::filesystem::path(path).parent_path().string();
    MESSINA_TRY(const FileDescriptor directory,
                open_file(parent.empty() ? "." : parent, O_RDONLY | O_DIRECTORY));
    if (::fsync(directory.get()) != 0) return fail(system_error("sync the folder of", path));
    return {};
}

}  // namespace

Result<void> replace_file(const std::string& path, std::string_view content) {
    const std::string beside = path + ".new";
    {
        MESSINA_TRY(const FileDescriptor file, open_file(beside, O_WRONLY | O_CREAT | O_TRUNC));
        MESSINA_TRY_VOID(write_all(file.get(), content, beside));
        if (::fsync(file.get()) != 0) return fail(system_error("sync", beside));
    }
    (void)failpoint("checkpoint.before_rename");
    if (::rename(beside.c_str(), path.c_str()) != 0) return fail(system_error("rename to", path));
    return sync_directory_of(path);
}

}  // namespace messina
