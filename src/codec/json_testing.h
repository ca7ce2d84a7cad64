// Helpers of the JSON tests and fuzz targets: batches from texts, an independent parser to compare
// with, and random documents.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <simdjson.h>

#include "base/random.h"
#include "codec/json.h"
#include "codec/json_kernel.h"
#include "data/path.h"

namespace messina::codec {

inline std::vector<JsonKernel> json_kernels() {
    std::vector<JsonKernel> kernels;
    for (const JsonKernel kernel : {JsonKernel::Portable, JsonKernel::Baseline, JsonKernel::Avx2})
        if (is_available(kernel)) kernels.push_back(kernel);
    return kernels;
}

/// A projection of `paths`, path i into slot i and site i.
inline Projection projection_of(const std::vector<Path>& paths) {
    Projection projection;
    for (uint32_t i = 0; i < paths.size(); ++i) projection.fields.push_back({paths[i], i, i});
    projection.site_count = static_cast<uint32_t>(paths.size());
    return projection;
}

/// `texts` must live as long as the batch.
inline void fill(Batch& batch, const std::vector<std::string_view>& texts, size_t slot_count,
                 size_t site_count) {
    batch.reset();
    for (const std::string_view text : texts) {
        Record record;
        record.raw = text;
        batch.records.push_back(record);
    }
    batch.make_rows(slot_count, site_count);
}

/// Whether the scanner's numbers are simdjson's, which knows no numbers beyond int64, uint64 and
/// double.
inline bool is_same_number(const Value& ours, simdjson::dom::element theirs) {
    if (ours.is(Kind::Int) && theirs.is_int64()) return ours.as_int() == theirs.get_int64();
    if (ours.is(Kind::Uint) && theirs.is_uint64()) return ours.as_uint() == theirs.get_uint64();
    if (ours.is(Kind::Double) && theirs.is_double())
        return ours.as_double() == theirs.get_double().value();
    if (ours.is(Kind::Decimal) && theirs.is_double())
        return std::strtod(std::string(ours.as_text()).c_str(), nullptr) ==
               theirs.get_double().value();
    return false;
}

inline bool is_same(const Value& ours, simdjson::dom::element theirs);

inline bool is_same_object(const Value& ours, simdjson::dom::object theirs) {
    // simdjson keeps every duplicate; here the last one wins.
    std::vector<std::pair<std::string_view, simdjson::dom::element>> last;
    for (const auto& [key, value] : theirs) {
        bool is_new = true;
        for (auto& known : last) {
            if (known.first != key) continue;
            known.second = value;
            is_new = false;
        }
        if (is_new) last.emplace_back(key, value);
    }
    if (!ours.is(Kind::Map) || ours.as_map().size() != last.size()) return false;
    for (size_t i = 0; i < last.size(); ++i) {
        const MapEntry& entry = ours.as_map()[i];
        if (entry.key.as_text() != last[i].first || !is_same(entry.value, last[i].second))
            return false;
    }
    return true;
}

inline bool is_same(const Value& ours, simdjson::dom::element theirs) {
    switch (theirs.type()) {
        case simdjson::dom::element_type::NULL_VALUE: return ours.is_null();
        case simdjson::dom::element_type::BOOL:
            return ours.is(Kind::Bool) && ours.as_bool() == theirs.get_bool().value();
        case simdjson::dom::element_type::STRING:
            return ours.is(Kind::String) && ours.as_text() == theirs.get_string().value();
        case simdjson::dom::element_type::ARRAY: {
            const simdjson::dom::array array = theirs.get_array();
            if (!ours.is(Kind::List) || ours.as_list().size() != array.size()) return false;
            size_t i = 0;
            for (const simdjson::dom::element item : array)
                if (!is_same(ours.as_list()[i++], item)) return false;
            return true;
        }
        case simdjson::dom::element_type::OBJECT: return is_same_object(ours, theirs.get_object());
        default: return is_same_number(ours, theirs);
    }
}

/// What sets our reading of `text` apart from simdjson's DOM parser, beyond what json.h documents
/// (numbers out of its range, depth); empty when nothing does.
inline std::string difference_to_simdjson(std::string_view text) {
    constexpr uint32_t depth_max = 512;
    Arena arena;
    const Result<Value> ours = parse_json(text, arena, {depth_max});
    simdjson::dom::parser parser;
    simdjson::dom::element theirs;
    const auto fault = parser.parse(simdjson::padded_string(text.data(), text.size())).get(theirs);
    if (fault == simdjson::NUMBER_ERROR) return "";
    if (!ours && ours.error().code == "json.depth") return "";
    if (ours.has_value() != (fault == simdjson::SUCCESS))
        return std::string("accepted by one only: ") +
               (ours ? "simdjson says " + std::string(simdjson::error_message(fault))
                     : ours.error().message);
    if (ours && !is_same(*ours, theirs)) return "other values: " + to_debug_text(*ours, 2000);
    return "";
}

/// Random JSON text, with small alphabets of keys so that documents overlap and repeat themselves.
class RandomJson {
  public:
    explicit RandomJson(uint64_t seed) : random_(seed) {}

    std::string object(int depth) {
        std::string text = "{" + space();
        const uint64_t members = random_.below(5);
        for (uint64_t i = 0; i < members; ++i) {
            if (i != 0) text += space() + "," + space();
            text += key() + space() + ":" + space() + value(depth - 1);
        }
        return text + space() + "}";
    }
    std::string value(int depth) {
        switch (random_.below(depth > 0 ? 10 : 7)) {
            case 0: return "null";
            case 1: return random_.chance(0.5) ? "true" : "false";
            case 2: return std::to_string(static_cast<int64_t>(random_.next()));
            case 3:
                return std::to_string(random_.below(1000)) + "." +
                       std::to_string(random_.below(100000));
            case 4:
                return std::to_string(random_.next()) + "e" + (random_.chance(0.5) ? "-" : "") +
                       std::to_string(random_.below(30));
            case 5: return "\"a longer text, without any escape, beyond one block\"";
            case 6: return R"("b\n\u00e9\ud83d\ude00é")";
            case 7: return "[" + space() + value(depth - 1) + "," + value(depth - 1) + "]";
            default: return object(depth - 1);
        }
    }
    std::string space() {
        constexpr std::string_view spaces[] = {"", "", "", " ", "\n", "\t ", "\r\n  "};
        return std::string(spaces[random_.below(std::size(spaces))]);
    }
    std::string key() {
        constexpr std::string_view keys[] = {
            R"("a")",   R"("b")",
            R"("c")",   R"("\u0061")",
            R"("d\"")", R"("é")",
            R"("")",    R"("a key that is longer than one block of the scanner")"};
        return std::string(keys[random_.below(std::size(keys))]);
    }
    /// A path of names that key() may give.
    Path path(size_t names_max) {
        const std::string names[] = {
            "a",  "b", "c", "d\"", "é", "", "a key that is longer than one block of the scanner",
            "new"};
        Path path;
        for (uint64_t i = 0; i <= random_.below(names_max); ++i)
            path.push_back(names[random_.below(std::size(names))]);
        return path;
    }
    Random& random() { return random_; }

  private:
    Random random_;
};

}  // namespace messina::codec
