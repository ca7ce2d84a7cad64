// A file that only grows by whole records: what a crash or a failed write leaves of a record is cut
// off again.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/file.h"
#include "endpoint/stream_sink.h"

namespace messina::endpoint {

struct AppendOptions {
    std::string path;
    bool is_replaced = false;  // begins anew instead of going on behind what is there
    bool is_synced = false;    // durable means on disk, not only with the kernel
};

/// Belongs to one output; not thread-safe.
class AppendFile {
  public:
    /// `find_end` gives how much of a file that is there consists of whole records; the rest is cut
    /// off.
    static Result<AppendFile> open(
        AppendOptions options,
        const std::function<Result<off_t>(int fd, const std::string& path)>& find_end);

    /// Adds whole records; after a failure the file is as before.
    Result<void> append(std::string_view records);
    Result<void> sync();
    [[nodiscard]] off_t length() const { return length_; }
    [[nodiscard]] const std::string& path() const { return options_.path; }

  private:
    AppendOptions options_;
    FileDescriptor file_;
    off_t length_ = 0;
};

/// Records that end with a line feed. Thread-safe.
Result<std::shared_ptr<StreamOutput>> open_line_output(AppendOptions options);

}  // namespace messina::endpoint
