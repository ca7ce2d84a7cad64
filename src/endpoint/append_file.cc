#include "endpoint/append_file.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <mutex>

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/failpoint.h"

namespace messina::endpoint {
namespace {

Error injected(const std::string& path) {
    return Error{ErrorClass::Transient, "file.io",
                 fmt::format("cannot write to {}: failpoint", path)};
}

/// The offset behind the last line feed.
Result<off_t> find_last_line_end(int fd, const std::string& path) {
    struct stat status{};
    if (::fstat(fd, &status) != 0) return fail(system_error("look at", path));
    char block[4096];
    for (off_t end = status.st_size; end > 0;) {
        const auto want = static_cast<size_t>(std::min<off_t>(end, sizeof block));
        const off_t begin = end - static_cast<off_t>(want);
        const ssize_t got = ::pread(fd, block, want, begin);
        if (got < 0) return fail(system_error("read", path));
        const size_t at = std::string_view(block, static_cast<size_t>(got)).rfind('\n');
        if (at != std::string_view::npos) return begin + static_cast<off_t>(at) + 1;
        end = begin;
    }
    return off_t{0};
}

class LineOutput final : public StreamOutput {
  public:
    explicit LineOutput(AppendFile file) : file_(std::move(file)) {}
    Result<void> write(std::string_view records, std::span<const size_t>) override {
        const std::lock_guard lock(mutex_);
        return file_.append(records);
    }
    Result<void> sync() override {
        const std::lock_guard lock(mutex_);
        return file_.sync();
    }

  private:
    std::mutex mutex_;
    AppendFile file_;
};

}  // namespace

Result<AppendFile> AppendFile::open(
    AppendOptions options,
    const std::function<Result<off_t>(int fd, const std::string& path)>& find_end) {
    const std::filesystem::path parent = std::filesystem::path(options.path).parent_path();
    std::error_code error;
    if (!parent.empty()) std::filesystem::create_directories(parent, error);
    if (error)
        return fail(ErrorClass::Misconfigured, "file.io",
                    fmt::format("cannot create {}: {}", parent.string(), error.message()));
    AppendFile opened;
    MESSINA_TRY(opened.file_,
                open_file(options.path, O_RDWR | O_CREAT | (options.is_replaced ? O_TRUNC : 0)));
    MESSINA_TRY(opened.length_, find_end(opened.file_.get(), options.path));
    struct stat status{};
    const bool is_torn = ::fstat(opened.file_.get(), &status) == 0 && S_ISREG(status.st_mode) &&
                         status.st_size > opened.length_;
    if (is_torn && ::ftruncate(opened.file_.get(), opened.length_) != 0)
        return fail(system_error("cut", options.path));
    opened.options_ = std::move(options);
    return opened;
}

Result<void> AppendFile::append(std::string_view records) {
    const std::string& path = options_.path;
    if (failpoint("file_sink.before_write")) return fail(injected(path));
    if (::lseek(file_.get(), length_, SEEK_SET) < 0) return fail(system_error("write to", path));
    // Two halves, so that the chaos run can end the process between them.
    const std::string_view half = records.substr(0, records.size() / 2);
    Result<void> written = write_all(file_.get(), half, path);
    (void)failpoint("file_sink.torn_write");
    if (written) written = write_all(file_.get(), records.substr(half.size()), path);
    if (!written) {
        // Part of it may be there: cut back, so that trying again does not leave half a record in
        // the middle.
        if (::ftruncate(file_.get(), length_) != 0 && errno != EINVAL)
            return fail(system_error("cut", path));
        return written;
    }
    length_ += static_cast<off_t>(records.size());
    if (failpoint("file_sink.after_write")) return fail(injected(path));
    return {};
}

Result<void> AppendFile::sync() {
    if (options_.is_synced && ::fdatasync(file_.get()) != 0) {
        // After a failed fsync nobody knows what is on disk; trying again would report success
        // without it.
        Error error = system_error("sync", options_.path);
        error.error_class = ErrorClass::Fatal;
        return fail(std::move(error));
    }
    (void)failpoint("file_sink.after_sync");
    return {};
}

Result<std::shared_ptr<StreamOutput>> open_line_output(AppendOptions options) {
    MESSINA_TRY(AppendFile file, AppendFile::open(std::move(options), find_last_line_end));
    return std::make_shared<LineOutput>(std::move(file));
}

}  // namespace messina::endpoint
