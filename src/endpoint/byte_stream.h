// The bytes of a file, decompressed. Positions are always those of the decompressed bytes.
#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "base/file.h"

namespace messina::endpoint {

enum class Compression : uint8_t { None, Gzip, Zstd, Auto };

class ByteStream {
  public:
    virtual ~ByteStream() = default;
    /// Reads up to `bytes_max` bytes; 0 at the end (a file that is still written to may have more
    /// later).
    virtual Result<size_t> read(char* to, size_t bytes_max) = 0;
    /// After read() gave 0: whether more may come all the same (a pipe whose writer is still
    /// there).
    [[nodiscard]] virtual bool is_open_ended() const { return false; }
    /// Goes forward over `bytes`; cheap where the file allows it.
    virtual Result<void> skip(uint64_t bytes);
};

/// Auto looks at the first bytes. A compressed file that ends in the middle is an error of read().
Result<std::unique_ptr<ByteStream>> open_byte_stream(const std::string& path,
                                                     Compression compression);
/// The bytes of an open descriptor, as they are.
std::unique_ptr<ByteStream> make_byte_stream(FileDescriptor file, std::string name);

}  // namespace messina::endpoint
