// Values as JSON text. Reused from value to value; iterative, so that no depth of nesting matters.
#pragma once

#include <vector>

#include "base/buffer.h"
#include "data/value.h"

namespace messina::codec {

class JsonWriter {
  public:
    void append(Buffer& out, const Value& value);

  private:
    /// A list or map whose items are being written.
    struct Frame {
        const Value* item = nullptr;
        const MapEntry* entry = nullptr;
        uint32_t left = 0;
        bool is_map = false;
    };
    void open(Buffer& out, const Value& value);

    std::vector<Frame> frames_;
};

/// In quotes, with the escapes that RFC 8259 requires and no others.
void append_json_string(Buffer& out, std::string_view text);

}  // namespace messina::codec
