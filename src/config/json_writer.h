// Writes indented JSON text. Only what generated schemas need.
#pragma once

#include <string>
#include <string_view>

namespace messina::config {

/// Calls must nest as the JSON does; commas and line breaks come by themselves.
class JsonWriter {
  public:
    void begin_object() { open('{'); }
    void end_object() { close('}'); }
    void begin_array() { open('['); }
    void end_array() { close(']'); }
    void key(std::string_view name);
    void text(std::string_view value);
    void boolean(bool value) { raw(value ? "true" : "false"); }
    void number(double value);

    /// A key with its value.
    void member(std::string_view name, std::string_view value) {
        key(name);
        text(value);
    }

    std::string take() && { return std::move(out_) + "\n"; }

  private:
    void open(char bracket);
    void close(char bracket);
    void raw(std::string_view value);
    void begin_value();

    std::string out_;
    size_t depth_ = 0;
    bool is_first_ = true;
    bool is_after_key_ = false;
};

/// A JSON string literal, which is a double-quoted YAML scalar as well.
std::string quote_json(std::string_view text);

}  // namespace messina::config
