#include "codec/avro/container_writer.h"

#include <cstring>

#include "codec/avro/wire.h"

namespace messina::codec::avro {

ContainerWriter::ContainerWriter(const Schema& schema, ContainerWriterOptions options,
                                 Random& random, Buffer& out)
    : options_(std::move(options)) {
    for (size_t i = 0; i < sync_.size(); i += sizeof(uint64_t)) {
        const uint64_t word = random.next();
        std::memcpy(sync_.data() + i, &word, sizeof(word));
    }
    options_.metadata["avro.schema"] = schema.to_json();
    options_.metadata["avro.codec"] = to_string(options_.codec);
    out.append("Obj\x01");
    append_long(out, std::ssize(options_.metadata));
    for (const auto& [key, value] : options_.metadata) {
        append_prefixed(out, key);
        append_prefixed(out, value);
    }
    append_long(out, 0);
    out.append({sync_.data(), sync_.size()});
}

ContainerWriter::ContainerWriter(const std::string& sync, ContainerWriterOptions options)
    : options_(std::move(options)) {
    std::memcpy(sync_.data(), sync.data(), std::min(sync.size(), sync_.size()));
}

Result<void> ContainerWriter::append(std::string_view datum, Buffer& out) {
    block_ += datum;
    ++records_;
    if (block_.size() < options_.block_bytes && records_ < options_.block_records_max) return {};
    return flush(out);
}

Result<void> ContainerWriter::flush(Buffer& out) {
    if (records_ == 0) return {};
    stored_.clear();
    MESSINA_TRY_VOID(compress(options_.codec, block_, stored_));
    append_long(out, static_cast<int64_t>(records_));
    append_prefixed(out, stored_);
    out.append({sync_.data(), sync_.size()});
    block_.clear();
    records_ = 0;
    return {};
}

}  // namespace messina::codec::avro
