#include "endpoint/byte_stream.h"

#include <algorithm>
#include <cerrno>
#include <vector>

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

namespace messina::endpoint {
namespace {

constexpr size_t kInputBytes = 256 * 1024;

Error shrunk() {
    return Error{
        ErrorClass::Misconfigured, "file.shrunk",
        "the file is shorter than the position to go on from",
        "it was replaced or cut; remove its line from the checkpoint to read it from the start"};
}

class PlainStream final : public ByteStream {
  public:
    PlainStream(FileDescriptor file, std::string name)
        : file_(std::move(file)), name_(std::move(name)) {}

    Result<size_t> read(char* to, size_t bytes_max) override {
        while (true) {
            const ssize_t got = ::read(file_.get(), to, bytes_max);
            if (got >= 0) return static_cast<size_t>(got);
            if (errno != EINTR) return fail(system_error("read", name_));
        }
    }
    Result<void> skip(uint64_t bytes) override {
        struct stat status{};
        const off_t at = ::lseek(file_.get(), 0, SEEK_CUR);
        if (at < 0 || ::fstat(file_.get(), &status) != 0 || !S_ISREG(status.st_mode))
            return ByteStream::skip(bytes);
        // Behind its end a file can be sought, too: it would look read out.
        if (static_cast<uint64_t>(status.st_size - at) < bytes) return fail(shrunk());
        if (::lseek(file_.get(), static_cast<off_t>(bytes), SEEK_CUR) < 0)
            return fail(system_error("seek in", name_));
        return {};
    }

  private:
    FileDescriptor file_;
    std::string name_;
};

Error broken_stream(const std::string& name, std::string_view what) {
    return Error{
        ErrorClass::Fatal, "file.compression", fmt::format("{}: {}", name, what),
        "the file is damaged or was cut off; replace it, then go on from the last position"};
}

/// Input side shared by both decompressors.
class CompressedInput {
  public:
    explicit CompressedInput(std::unique_ptr<ByteStream> source)
        : source_(std::move(source)), bytes_(kInputBytes) {}
    /// Reads more when all was used; false at the end of the file.
    Result<bool> refill() {
        MESSINA_TRY(end_, source_->read(bytes_.data(), bytes_.size()));
        begin_ = 0;
        return end_ > 0;
    }
    [[nodiscard]] bool is_used_up() const { return begin_ == end_; }
    [[nodiscard]] char* data() { return bytes_.data() + begin_; }
    [[nodiscard]] size_t size() const { return end_ - begin_; }
    void use(size_t bytes) { begin_ += bytes; }

  private:
    std::unique_ptr<ByteStream> source_;
    std::vector<char> bytes_;
    size_t begin_ = 0;
    size_t end_ = 0;
};

class GzipStream final : public ByteStream {
  public:
    GzipStream(std::unique_ptr<ByteStream> source, std::string name)
        : input_(std::move(source)), name_(std::move(name)) {
        constexpr int gzip_window_bits = 15 + 16;
        is_good_ = inflateInit2(&state_, gzip_window_bits) == Z_OK;
    }
    ~GzipStream() override { inflateEnd(&state_); }
    GzipStream(const GzipStream&) = delete;
    GzipStream& operator=(const GzipStream&) = delete;

    Result<size_t> read(char* to, size_t bytes_max) override {
        if (!is_good_) return fail(broken_stream(name_, "the decompressor could not start"));
        state_.next_out = reinterpret_cast<Bytef*>(to);
        state_.avail_out = static_cast<uInt>(std::min<size_t>(bytes_max, UINT32_MAX));
        const uInt wanted = state_.avail_out;
        while (state_.avail_out == wanted) {
            if (input_.is_used_up()) {
                MESSINA_TRY(const bool has_more, input_.refill());
                if (!has_more && is_inside_)
                    return fail(broken_stream(name_, "gzip data ends in the middle"));
                if (!has_more) return size_t{0};
            }
            if (!is_inside_)
                inflateReset(&state_);  // files may hold several members, one after the other
            is_inside_ = true;
            state_.next_in = reinterpret_cast<Bytef*>(input_.data());
            state_.avail_in = static_cast<uInt>(input_.size());
            const int status = inflate(&state_, Z_NO_FLUSH);
            input_.use(input_.size() - state_.avail_in);
            if (status == Z_STREAM_END) {
                is_inside_ = false;
            } else if (status != Z_OK && status != Z_BUF_ERROR) {
                return fail(
                    broken_stream(name_, state_.msg == nullptr ? "no gzip data" : state_.msg));
            }
        }
        return size_t{wanted - state_.avail_out};
    }

  private:
    CompressedInput input_;
    std::string name_;
    z_stream state_{};
    bool is_good_ = false;
    bool is_inside_ = false;
};

class ZstdStream final : public ByteStream {
  public:
    ZstdStream(std::unique_ptr<ByteStream> source, std::string name)
        : input_(std::move(source)), name_(std::move(name)), state_(ZSTD_createDStream()) {}
    ~ZstdStream() override { ZSTD_freeDStream(state_); }
    ZstdStream(const ZstdStream&) = delete;
    ZstdStream& operator=(const ZstdStream&) = delete;

    Result<size_t> read(char* to, size_t bytes_max) override {
        ZSTD_outBuffer out{to, bytes_max, 0};
        while (out.pos == 0) {
            if (input_.is_used_up()) {
                MESSINA_TRY(const bool has_more, input_.refill());
                if (!has_more && is_inside_)
                    return fail(broken_stream(name_, "zstd data ends in the middle"));
                if (!has_more) return size_t{0};
            }
            ZSTD_inBuffer in{input_.data(), input_.size(), 0};
            const size_t status = ZSTD_decompressStream(state_, &out, &in);
            input_.use(in.pos);
            if (ZSTD_isError(status) != 0)
                return fail(broken_stream(name_, ZSTD_getErrorName(status)));
            is_inside_ = status != 0;
        }
        return out.pos;
    }

  private:
    CompressedInput input_;
    std::string name_;
    ZSTD_DStream* state_;
    bool is_inside_ = false;
};

Result<Compression> detect(const std::string& path) {
    MESSINA_TRY(const FileDescriptor file, open_file(path, O_RDONLY));
    unsigned char magic[4] = {};
    const ssize_t got = ::pread(file.get(), magic, sizeof magic, 0);
    if (got >= 2 && magic[0] == 0x1f && magic[1] == 0x8b) return Compression::Gzip;
    if (got == 4 && magic[0] == 0x28 && magic[1] == 0xb5 && magic[2] == 0x2f && magic[3] == 0xfd)
        return Compression::Zstd;
    return Compression::None;
}

}  // namespace

Result<void> ByteStream::skip(uint64_t bytes) {
    std::vector<char> ignored(kInputBytes);
    while (bytes > 0) {
        MESSINA_TRY(
            const size_t got,
            read(ignored.data(), static_cast<size_t>(std::min<uint64_t>(bytes, ignored.size()))));
        if (got == 0) return fail(shrunk());
        bytes -= got;
    }
    return {};
}

std::unique_ptr<ByteStream> make_byte_stream(FileDescriptor file, std::string name) {
    return std::make_unique<PlainStream>(std::move(file), std::move(name));
}

Result<std::unique_ptr<ByteStream>> open_byte_stream(const std::string& path,
                                                     Compression compression) {
    if (compression == Compression::Auto) {
        MESSINA_TRY(compression, detect(path));
    }
    MESSINA_TRY(FileDescriptor file, open_file(path, O_RDONLY));
    std::unique_ptr<ByteStream> plain = make_byte_stream(std::move(file), path);
    switch (compression) {
        case Compression::Gzip: return std::make_unique<GzipStream>(std::move(plain), path);
        case Compression::Zstd: return std::make_unique<ZstdStream>(std::move(plain), path);
        default: return plain;
    }
}

}  // namespace messina::endpoint
