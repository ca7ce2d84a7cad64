// Reads and prints CQL type names.
#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <fmt/core.h>

#include "base/nearest.h"
#include "cql/type.h"

namespace messina::cql {
namespace {

constexpr int kDepthMax = 32;
constexpr size_t kTextBytesMax = 16 * 1024;
/// A server's own limit (vector_dimension_max of ScyllaDB, also what Cassandra accepts).
constexpr uint32_t kDimensionMax = 16'000;
/// Of vectors of vectors, multiplied.
constexpr uint64_t kElementsMax = 16'000'000;

constexpr std::array<std::pair<std::string_view, TypeKind>, 21> kScalars = {{
    {"ascii", TypeKind::Ascii},       {"bigint", TypeKind::Bigint},
    {"blob", TypeKind::Blob},         {"boolean", TypeKind::Boolean},
    {"counter", TypeKind::Counter},   {"date", TypeKind::Date},
    {"decimal", TypeKind::Decimal},   {"double", TypeKind::Double},
    {"duration", TypeKind::Duration}, {"float", TypeKind::Float},
    {"inet", TypeKind::Inet},         {"int", TypeKind::Int},
    {"smallint", TypeKind::Smallint}, {"text", TypeKind::Text},
    {"time", TypeKind::Time},         {"timestamp", TypeKind::Timestamp},
    {"timeuuid", TypeKind::Timeuuid}, {"tinyint", TypeKind::Tinyint},
    {"uuid", TypeKind::Uuid},         {"varint", TypeKind::Varint},
    {"varchar", TypeKind::Text},
}};
constexpr std::array<std::string_view, 6> kGenerics = {"list",  "set",    "map",
                                                       "tuple", "vector", "frozen"};

std::string lower(std::string_view word) {
    std::string out(word);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

bool is_word_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

class Parser {
  public:
    Parser(std::string_view text, std::span<const Type> udts) : text_(text), udts_(udts) {}

    Result<Type> run() {
        if (text_.size() > kTextBytesMax) return refuse("the type is too long");
        MESSINA_TRY(Type type, parse(0));
        skip_space();
        if (at_ != text_.size()) return refuse("expected the end of the type");
        return type;
    }

  private:
    std::unexpected<Error> refuse(std::string_view why, std::string hint = {}) const {
        return fail(
            ErrorClass::Misconfigured, "cql.type_syntax",
            fmt::format("CQL type '{}': {} at character {}", text_.substr(0, 200), why, at_ + 1),
            std::move(hint));
    }
    void skip_space() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' ||
                                      text_[at_] == '\n' || text_[at_] == '\r'))
            ++at_;
    }
    bool take(char c) {
        skip_space();
        if (at_ >= text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    /// A word, lower-cased unless quoted; empty when there is none.
    std::string word() {
        skip_space();
        if (at_ < text_.size() && text_[at_] == '"') {
            const size_t end = text_.find('"', at_ + 1);
            if (end == std::string_view::npos) return {};
            std::string quoted(text_.substr(at_ + 1, end - at_ - 1));
            at_ = end + 1;
            return quoted;
        }
        const size_t begin = at_;
        while (at_ < text_.size() && is_word_char(text_[at_])) ++at_;
        return lower(text_.substr(begin, at_ - begin));
    }

    Result<Type> parse(int depth) {
        if (depth > kDepthMax) return refuse("types are nested too deeply");
        skip_space();
        const size_t begin = at_;
        const bool is_quoted = at_ < text_.size() && text_[at_] == '"';
        const std::string name = word();
        if (name.empty()) return refuse("expected a type");
        if (!is_quoted) {
            for (const auto& [known, kind] : kScalars)
                if (name == known) return Type{kind, {}, {}, {}, 0};
            if (std::ranges::find(kGenerics, name) != kGenerics.end())
                return parse_generic(name, depth);
        }
        for (const Type& udt : udts_)
            if (udt.name == name) return udt;
        at_ = begin;
        return unknown(name);
    }

    std::unexpected<Error> unknown(const std::string& name) const {
        std::vector<std::string_view> known(kGenerics.begin(), kGenerics.end());
        for (const auto& scalar : kScalars) known.push_back(scalar.first);
        for (const Type& udt : udts_) known.emplace_back(udt.name);
        return refuse(fmt::format("unknown type '{}'", name), did_you_mean(name, known));
    }

    Result<Type> parse_generic(const std::string& name, int depth) {
        if (!take('<')) return refuse(fmt::format("expected '<' after {}", name));
        Type type;
        if (name == "vector") return parse_vector(depth);
        do {
            MESSINA_TRY(Type argument, parse(depth + 1));
            if (argument.kind == TypeKind::Counter)
                return refuse("a counter cannot be inside another type");
            type.arguments.push_back(std::move(argument));
        } while (take(','));
        if (!take('>')) return refuse("expected ',' or '>'");
        const size_t count = type.arguments.size();
        const size_t wanted = name == "map" ? 2 : 1;
        if (name != "tuple" && count != wanted)
            return refuse(fmt::format("{} takes {} type{}, {} given, before", name, wanted,
                                      wanted == 1 ? "" : "s", count));
        if (name == "frozen") return std::move(type.arguments.front());
        type.kind = name == "list"  ? TypeKind::List
                    : name == "set" ? TypeKind::Set
                    : name == "map" ? TypeKind::Map
                                    : TypeKind::Tuple;
        const bool has_key = type.kind == TypeKind::Set || type.kind == TypeKind::Map;
        if (has_key && type.arguments.front().kind == TypeKind::Duration)
            return refuse(
                "a duration has no order and cannot be an element of a set or a key of a "
                "map, before");
        return type;
    }

    Result<Type> parse_vector(int depth) {
        Type type;
        type.kind = TypeKind::Vector;
        MESSINA_TRY(Type element, parse(depth + 1));
        type.arguments.push_back(std::move(element));
        if (!take(',')) return refuse("expected ',' and the vector's dimension");
        const std::string digits = word();
        const auto parsed =
            std::from_chars(digits.data(), digits.data() + digits.size(), type.dimension);
        const bool is_number =
            parsed.ec == std::errc() && parsed.ptr == digits.data() + digits.size();
        if (!is_number || type.dimension == 0 || type.dimension > kDimensionMax)
            return refuse(fmt::format("a vector's dimension is 1 to {}, before", kDimensionMax));
        if (!take('>')) return refuse("expected '>'");
        if (element_count(type) > kElementsMax)
            return refuse(
                fmt::format("vectors hold at most {} elements in all, before", kElementsMax));
        return type;
    }
    static uint64_t element_count(const Type& type) {
        return type.kind != TypeKind::Vector ? 1
                                             : type.dimension * element_count(type.arguments[0]);
    }

    std::string_view text_;
    std::span<const Type> udts_;
    size_t at_ = 0;
};

std::string_view scalar_name(TypeKind kind) {
    for (const auto& [name, known] : kScalars)
        if (known == kind) return name;
    return "?";
}

bool needs_quotes(std::string_view name) {
    return name.empty() || !std::ranges::all_of(name, [](char c) {
               return is_word_char(c) && !(c >= 'A' && c <= 'Z');
           });
}

/// Collections, tuples and udts inside another type have to be frozen.
std::string inner_text(const Type& type) {
    return type.kind < TypeKind::List || type.kind == TypeKind::Vector
               ? type.to_text()
               : fmt::format("frozen<{}>", type.to_text());
}

}  // namespace

Result<Type> parse_type(std::string_view text, std::span<const Type> udts) {
    return Parser(text, udts).run();
}

std::string Type::to_text() const {
    switch (kind) {
        case TypeKind::List: return fmt::format("list<{}>", inner_text(arguments[0]));
        case TypeKind::Set: return fmt::format("set<{}>", inner_text(arguments[0]));
        case TypeKind::Map:
            return fmt::format("map<{}, {}>", inner_text(arguments[0]), inner_text(arguments[1]));
        case TypeKind::Vector:
            return fmt::format("vector<{}, {}>", inner_text(arguments[0]), dimension);
        case TypeKind::Udt: return needs_quotes(name) ? fmt::format("\"{}\"", name) : name;
        case TypeKind::Tuple: {
            std::string text;
            for (const Type& argument : arguments)
                text += (text.empty() ? "" : ", ") + inner_text(argument);
            return fmt::format("tuple<{}>", text);
        }
        default: return std::string(scalar_name(kind));
    }
}

}  // namespace messina::cql
