#include "codec/avro/container_reader.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "codec/avro/wire.h"

namespace messina::codec::avro {
namespace {

constexpr std::string_view kMagic("Obj\x01", 4);
constexpr size_t kSyncBytes = 16;
constexpr size_t kBlockHeadBytes = 20;  // two longs

class File final : public RandomAccess {
  public:
    explicit File(int descriptor, std::string path)
        : descriptor_(descriptor), path_(std::move(path)) {}
    ~File() override { ::close(descriptor_); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    Result<size_t> read_at(uint64_t offset, std::span<char> into) override {
        size_t size = 0;
        while (size < into.size()) {
            const ssize_t got = ::pread(descriptor_, into.data() + size, into.size() - size,
                                        static_cast<off_t>(offset + size));
            if (got == 0) break;
            if (got < 0 && errno == EINTR) continue;
            if (got < 0)
                return fail(ErrorClass::Transient, "avro.container.file",
                            fmt::format("cannot read {}: {}", path_, std::strerror(errno)));
            size += static_cast<size_t>(got);
        }
        return size;
    }

  private:
    int descriptor_;
    std::string path_;
};

/// Reads a long off the front.
bool take_long(Cursor& cursor, int64_t& number) {
    uint64_t raw;
    if (read_varint(cursor, raw) != VarintState::Ok) return false;
    number = unzigzag(raw);
    return true;
}

bool take_prefixed(Cursor& cursor, std::string& bytes) {
    int64_t size = 0;
    if (!take_long(cursor, size) || size < 0 || static_cast<uint64_t>(size) > cursor.left())
        return false;
    bytes.assign(cursor.at, static_cast<size_t>(size));
    cursor.at += size;
    return true;
}

/// The header's map of metadata; false when the bytes end before it does.
bool take_metadata(Cursor& cursor, std::map<std::string, std::string>& metadata) {
    while (true) {
        int64_t count = 0;
        int64_t ignored_bytes = 0;
        if (!take_long(cursor, count)) return false;
        if (count == 0) return true;
        if (count < 0 && !take_long(cursor, ignored_bytes)) return false;
        uint64_t left =
            count < 0 ? uint64_t{0} - static_cast<uint64_t>(count) : static_cast<uint64_t>(count);
        for (; left > 0; --left) {
            std::string key;
            std::string value;
            if (!take_prefixed(cursor, key) || !take_prefixed(cursor, value)) return false;
            metadata[std::move(key)] = std::move(value);
        }
    }
}

std::string take_out(std::map<std::string, std::string>& metadata, const std::string& key) {
    auto node = metadata.extract(key);
    return node.empty() ? std::string() : std::move(node.mapped());
}

}  // namespace

Result<std::unique_ptr<RandomAccess>> open_file(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return fail(ErrorClass::Misconfigured, "avro.container.file",
                    fmt::format("cannot open {}: {}", path, std::strerror(errno)));
    return std::make_unique<File>(descriptor, path);
}

std::unexpected<Error> ContainerReader::broken_at(std::string_view code, uint64_t offset,
                                                  std::string what) const {
    return fail(ErrorClass::Fatal, code, fmt::format("{} at byte {} of the file", what, offset),
                "the file is damaged or was cut short; read it from a good copy");
}

Result<std::unique_ptr<ContainerReader>> ContainerReader::open(std::unique_ptr<RandomAccess> file,
                                                               ContainerOptions options) {
    std::unique_ptr<ContainerReader> reader(new ContainerReader(std::move(file), options));
    MESSINA_TRY_VOID(reader->read_header());
    MESSINA_TRY(reader->shapes_, Shapes::plain(reader->header_.schema));
    reader->next_offset_ = reader->header_.bytes;
    return reader;
}

Result<void> ContainerReader::read_header() {
    std::string bytes;
    size_t wanted = 64 * 1024;
    while (true) {
        bytes.resize(wanted);
        MESSINA_TRY(const size_t got, file_->read_at(0, bytes));
        bytes.resize(got);
        if (!bytes.starts_with(kMagic))
            return fail(ErrorClass::Misconfigured, "avro.container.magic",
                        "the file is no Avro object container: it does not begin with Obj 1");
        auto parsed = parse_header(bytes);
        const bool may_go_on = got == wanted && wanted < options_.header_bytes_max;
        if (parsed || parsed.error().code != "avro.container.header" || !may_go_on) return parsed;
        wanted = std::min(wanted * 4, options_.header_bytes_max);
    }
}

Result<void> ContainerReader::parse_header(std::string_view bytes) {
    Cursor cursor{bytes.data() + kMagic.size(), bytes.data() + bytes.size()};
    std::map<std::string, std::string> metadata;
    if (!take_metadata(cursor, metadata) || cursor.left() < kSyncBytes)
        return broken_at("avro.container.header", static_cast<uint64_t>(cursor.at - bytes.data()),
                         "the file's header is not complete");
    header_.sync.assign(cursor.at, kSyncBytes);
    header_.bytes = static_cast<uint64_t>(cursor.at - bytes.data()) + kSyncBytes;
    MESSINA_TRY(header_.codec, block_codec(take_out(metadata, "avro.codec")));
    SchemaOptions options;
    options.bad_default = SchemaOptions::BadDefault::Drop;
    MESSINA_TRY(header_.schema, Schema::parse(take_out(metadata, "avro.schema"), options));
    header_.metadata = std::move(metadata);
    return {};
}

Result<ContainerBlockRef> ContainerReader::read_block(uint64_t offset) {
    char head[kBlockHeadBytes];
    MESSINA_TRY(const size_t got, file_->read_at(offset, head));
    if (got == 0) return ContainerBlockRef();
    Cursor cursor{head, head + got};
    int64_t count = 0;
    int64_t size = 0;
    if (!take_long(cursor, count) || !take_long(cursor, size))
        return broken_at("avro.container.truncated", offset, "a block's head is not complete");
    if (count < 0 || size < 0)
        return broken_at("avro.container.block", offset, "a block has a negative size");
    if (static_cast<uint64_t>(size) > options_.block_bytes_max)
        return broken_at("avro.container.block_size", offset,
                         fmt::format("a block of {} bytes, more than {} allowed", size,
                                     options_.block_bytes_max));
    const uint64_t stored_offset = offset + static_cast<uint64_t>(cursor.at - head);
    std::string stored(static_cast<size_t>(size) + kSyncBytes, '\0');
    MESSINA_TRY(const size_t stored_got, file_->read_at(stored_offset, stored));
    if (stored_got < stored.size())
        return broken_at("avro.container.truncated", offset, "the file ends within a block");
    if (std::string_view(stored).substr(static_cast<size_t>(size)) != header_.sync)
        return broken_at("avro.container.sync", offset,
                         "a block does not end with the sync marker");
    auto block = std::make_shared<ContainerBlock>();
    block->begin = {static_cast<int64_t>(offset), 0};
    block->end_offset = stored_offset + stored.size();
    block->record_count = static_cast<uint64_t>(count);
    stored.resize(static_cast<size_t>(size));
    if (header_.codec == BlockCodec::Null) {
        block->bytes = std::move(stored);
        return block;
    }
    auto bytes = decompress(header_.codec, stored, options_.block_bytes_max);
    if (!bytes) return fail(std::move(bytes).error().at(fmt::format("block at byte {}", offset)));
    block->bytes = std::move(*bytes);
    return block;
}

Result<bool> ContainerReader::next_block() {
    while (block_ == nullptr || record_ >= block_->record_count) {
        if (block_ != nullptr && byte_ != block_->bytes.size())
            return broken_at("avro.container.block", static_cast<uint64_t>(block_->begin.major),
                             "bytes follow the last record of a block");
        MESSINA_TRY(ContainerBlockRef next, read_block(next_offset_));
        if (next == nullptr) return false;
        next_offset_ = next->end_offset;
        block_ = std::move(next);
        record_ = 0;
        byte_ = 0;
    }
    return true;
}

Result<std::string_view> ContainerReader::next_datum() {
    const std::string_view rest = std::string_view(block_->bytes).substr(byte_);
    datums_.start(*shapes_, scratch_, rest);
    if (!datums_.skip(shapes_->root())) {
        Error error = datums_.take_error("");
        error.error_class = ErrorClass::Fatal;
        error.hint = "no later record of this block can be found; read the file from a good copy";
        return fail(std::move(error).at(
            fmt::format("record {} of the block at byte {}", record_, block_->begin.major)));
    }
    const std::string_view datum = rest.substr(0, datums_.offset());
    byte_ += datum.size();
    ++record_;
    return datum;
}

Position ContainerReader::position() const {
    if (block_ != nullptr && record_ < block_->record_count)
        return {block_->begin.major, static_cast<int64_t>(record_)};
    return {static_cast<int64_t>(next_offset_), 0};
}

Result<void> ContainerReader::resume(Position position) {
    block_.reset();
    record_ = 0;
    byte_ = 0;
    next_offset_ = std::max(static_cast<uint64_t>(position.major), header_.bytes);
    if (position.minor == 0) return {};
    MESSINA_TRY(const bool has_block, next_block());
    if (!has_block || static_cast<uint64_t>(position.minor) > block_->record_count)
        return broken_at("avro.container.position", static_cast<uint64_t>(position.major),
                         fmt::format("there is no record {} in the block", position.minor));
    while (record_ < static_cast<uint64_t>(position.minor)) MESSINA_TRY_VOID(next_datum());
    return {};
}

Result<size_t> ContainerReader::read(Batch& batch, size_t records_max) {
    MESSINA_TRY(const bool has_block, next_block());
    if (!has_block) return 0;
    if (batch.chunks.empty() || batch.chunks.back() != block_) batch.chunks.push_back(block_);
    if (batch.records.empty()) batch.begin = position();
    size_t count = 0;
    while (count < records_max && record_ < block_->record_count) {
        Record record;
        record.position = position();
        MESSINA_TRY(record.raw, next_datum());
        batch.records.push_back(record);
        ++count;
    }
    batch.end = position();
    return count;
}

}  // namespace messina::codec::avro
