#include "cel/format.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "cel/compare.h"
#include "cel/number_text.h"
#include "cel/time_value.h"
#include "cel/type_name.h"
#include "cel/utf8.h"

namespace messina::cel {
namespace {

class Formatter {
  public:
    Formatter(Frame& frame, std::string_view format, std::span<const Value> values)
        : frame_(frame), rest_(format), values_(values) {}

    Value run() {
        while (!rest_.empty() && !is_failure(failure_)) {
            if (!frame_.charge(1)) return Frame::exhausted();
            const size_t percent = std::min(rest_.find('%'), rest_.size());
            if (!frame_.charge_bytes(percent)) return Frame::exhausted();
            out_ += rest_.substr(0, percent);
            rest_.remove_prefix(percent);
            if (!rest_.empty()) clause();
        }
        if (is_failure(failure_)) return failure_;
        if (!frame_.charge_bytes(out_.size())) return Frame::exhausted();
        return frame_.string(out_);
    }

  private:
    template <class... Args>
    void fail(fmt::format_string<Args...> text, Args&&... args) {
        failure_ = frame_.fail("cel.format", text, std::forward<Args>(args)...);
    }
    void refuse(std::string_view what, const Value& value) {
        fail("{}, not of {}", what, type_name(value.kind()));
    }

    /// "%%", "%s", "%.3f" off the front of the rest.
    void clause() {
        rest_.remove_prefix(1);
        if (rest_.starts_with('%')) {
            out_ += '%';
            rest_.remove_prefix(1);
            return;
        }
        const int precision = take_precision();
        if (is_failure(failure_)) return;
        if (rest_.empty()) return fail("the format ends within a clause");
        const char verb = rest_.front();
        if (std::string_view("sdfebxXo").find(verb) == std::string_view::npos)
            return fail("'%{}' is no format clause", rest_.substr(0, decode_utf8(rest_).bytes));
        rest_.remove_prefix(1);
        if (next_ == values_.size())
            return fail("the format has more clauses than the {} values", values_.size());
        substitute(verb, precision, values_[next_++]);
    }

    int take_precision() {
        constexpr int precision_default = 6;
        constexpr int precision_max = 1000;
        if (!rest_.starts_with('.')) return precision_default;
        rest_.remove_prefix(1);
        int precision = 0;
        while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
            precision = precision * 10 + (rest_.front() - '0');
            rest_.remove_prefix(1);
            if (precision > precision_max) fail("more than {} decimals", precision_max);
            if (is_failure(failure_)) return 0;
        }
        return precision;
    }

    void substitute(char verb, int precision, const Value& value) {
        switch (verb) {
            case 's': return string(value);
            case 'd': return decimal(value);
            case 'f':
            case 'e': return floating(verb, precision, value);
            case 'b': return binary(value);
            case 'o': return octal(value);
            default: return hexadecimal(verb, value);
        }
    }

    // --- %s ---
    void string(const Value& value) {
        if (!frame_.charge(1)) {
            failure_ = Frame::exhausted();
            return;
        }
        switch (value.kind()) {
            case Kind::Null: out_ += "null"; return;
            case Kind::Bool: out_ += value.as_bool() ? "true" : "false"; return;
            case Kind::Int: out_ += std::to_string(value.as_int()); return;
            case Kind::Uint: out_ += std::to_string(value.as_uint()); return;
            case Kind::Double: out_ += double_text(value.as_double()); return;
            case Kind::Decimal:
            case Kind::String:
            case Kind::Bytes:
            case Kind::Type: return text(value.as_text());
            case Kind::Timestamp: out_ += timestamp_text(value); return;
            case Kind::Duration: out_ += duration_text(value); return;
            case Kind::List: return list(value);
            case Kind::Map: return map(value);
            default: return refuse("%s takes no value", value);
        }
    }

    void text(std::string_view text) {
        if (frame_.charge_bytes(text.size()))
            out_ += text;
        else
            failure_ = Frame::exhausted();
    }

    void list(const Value& value) {
        out_ += '[';
        bool is_first = true;
        for (const Value& item : value.as_list()) {
            if (!is_first) out_ += ", ";
            is_first = false;
            string(item);
            if (is_failure(failure_)) return;
        }
        out_ += ']';
    }

    /// Entries in the order of their keys' texts, so that equal maps have equal texts.
    void map(const Value& value) {
        std::vector<std::string> entries;
        for (const MapEntry& entry : value.as_map()) {
            std::string before = std::move(out_);
            out_.clear();
            string(entry.key);
            out_ += ": ";
            string(entry.value);
            entries.push_back(std::exchange(out_, std::move(before)));
            if (is_failure(failure_)) return;
        }
        std::ranges::sort(entries);
        out_ += fmt::format("{{{}}}", fmt::join(entries, ", "));
    }

    // --- numbers ---
    void decimal(const Value& value) {
        switch (value.kind()) {
            case Kind::Int: out_ += std::to_string(value.as_int()); return;
            case Kind::Uint: out_ += std::to_string(value.as_uint()); return;
            case Kind::Double: out_ += double_text(value.as_double()); return;
            case Kind::Decimal: out_ += value.as_text(); return;
            default: return refuse("%d is for whole numbers", value);
        }
    }

    void floating(char verb, int precision, const Value& value) {
        double number = 0;
        switch (value.kind()) {
            case Kind::Int: number = static_cast<double>(value.as_int()); break;
            case Kind::Uint: number = static_cast<double>(value.as_uint()); break;
            case Kind::Double:
            case Kind::Decimal: number = as_double(value); break;
            default: return refuse(verb == 'f' ? "%f is for numbers" : "%e is for numbers", value);
        }
        if (!std::isfinite(number))
            out_ += double_text(number);
        else if (verb == 'f')
            out_ += fmt::format("{:.{}f}", number, precision);
        else
            out_ += fmt::format("{:.{}e}", number, precision);
    }

    void binary(const Value& value) {
        switch (value.kind()) {
            case Kind::Bool: out_ += value.as_bool() ? '1' : '0'; return;
            case Kind::Int: out_ += fmt::format("{:b}", value.as_int()); return;
            case Kind::Uint: out_ += fmt::format("{:b}", value.as_uint()); return;
            default: return refuse("%b is for whole numbers and bools", value);
        }
    }

    void octal(const Value& value) {
        switch (value.kind()) {
            case Kind::Int: out_ += fmt::format("{:o}", value.as_int()); return;
            case Kind::Uint: out_ += fmt::format("{:o}", value.as_uint()); return;
            default: return refuse("%o is for whole numbers", value);
        }
    }

    void hexadecimal(char verb, const Value& value) {
        const size_t begin = out_.size();
        switch (value.kind()) {
            case Kind::Int: out_ += fmt::format("{:x}", value.as_int()); break;
            case Kind::Uint: out_ += fmt::format("{:x}", value.as_uint()); break;
            case Kind::String:
            case Kind::Bytes:
                if (!frame_.charge_bytes(2 * value.as_text().size())) {
                    failure_ = Frame::exhausted();
                    return;
                }
                for (const char byte : value.as_text())
                    out_ += fmt::format("{:02x}", static_cast<unsigned char>(byte));
                break;
            default: return refuse("%x is for whole numbers, strings and bytes", value);
        }
        if (verb == 'x') return;
        for (char& digit : std::span(out_).subspan(begin))
            if (digit >= 'a' && digit <= 'f') digit = static_cast<char>(digit - ('a' - 'A'));
    }

    Frame& frame_;
    std::string_view rest_;
    std::span<const Value> values_;
    size_t next_ = 0;
    std::string out_;
    Value failure_ = Value::null();
};

}  // namespace

Value format_text(Frame& frame, std::string_view format, std::span<const Value> values) {
    return Formatter(frame, format, values).run();
}

}  // namespace messina::cel
