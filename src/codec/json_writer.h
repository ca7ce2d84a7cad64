// Values as JSON text. Reused from value to value; iterative, so that no depth of nesting matters.
#pragma once

#include <vector>

#include "base/buffer.h"
#include "data/value.h"

namespace messina::codec {

/// In quotes, with the escapes that RFC 8259 requires and no others.
void append_json_string(Buffer& out, std::string_view text);

/// A value that is no list, map or optional.
void append_json_leaf(Buffer& out, const Value& value);

class JsonWriter {
  public:
    void append(Buffer& out, const Value& value) {
        if (value.kind() < Kind::List) {
            append_json_leaf(out, value);
        } else {
            append_nested(out, value);
        }
    }

  private:
    /// A list or map whose items are being written.
    struct Frame {
        const Value* item = nullptr;
        const MapEntry* entry = nullptr;
        uint32_t left = 0;
        bool is_map = false;
        bool is_at_begin = true;
    };
    void append_nested(Buffer& out, const Value& value);
    void open(Buffer& out, const Value& value);
    const Value* append_leaves(Buffer& out, Frame& frame);

    std::vector<Frame> frames_;
};

}  // namespace messina::codec
