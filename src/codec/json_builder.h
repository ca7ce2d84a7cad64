// Whole JSON values in an arena: for wanted objects and arrays, and for parse_json.
#pragma once

#include <vector>

#include "base/arena.h"
#include "codec/json_string.h"
#include "data/value.h"

namespace messina::codec {

/// A handler of JsonScanner::value that keeps everything. Reused from value to value.
class JsonBuilder {
  public:
    static constexpr bool kWantsValues = true;

    void start(Arena& arena);
    /// The value, after the scanner walked over it without a fault.
    [[nodiscard]] Value result() const { return result_; }

    void open(bool is_object);
    void close(bool is_object);
    void key(const JsonString& name);
    void string(const JsonString& text) { scalar(string_value(text)); }
    void scalar(Value value) {
        if (frames_.empty()) {
            result_ = value;
        } else if (frames_.back().is_object) {
            entries_.back().value = value;
        } else {
            items_.push_back(value);
        }
    }

  private:
    struct Frame {
        bool is_object;
        size_t first;  // in entries_ or items_
    };
    Value string_value(const JsonString& text);
    size_t without_duplicates(size_t first);

    Arena* arena_ = nullptr;
    Value result_;
    std::vector<Frame> frames_;
    std::vector<MapEntry> entries_;
    std::vector<Value> items_;
    std::vector<uint32_t> table_;
};

}  // namespace messina::codec
