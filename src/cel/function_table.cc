#include "cel/function_table.h"

#include <array>
#include <cctype>

#include "base/check.h"

namespace messina::cel {
namespace {

struct NamedKind {
    std::string_view name;
    CheckKind kind;
};
constexpr std::array kNamedTypes = {
    NamedKind{"dyn", CheckKind::Dyn},
    NamedKind{"null", CheckKind::Null},
    NamedKind{"bool", CheckKind::Bool},
    NamedKind{"int", CheckKind::Int},
    NamedKind{"uint", CheckKind::Uint},
    NamedKind{"double", CheckKind::Double},
    NamedKind{"string", CheckKind::String},
    NamedKind{"bytes", CheckKind::Bytes},
    NamedKind{"timestamp", CheckKind::Timestamp},
    NamedKind{"duration", CheckKind::Duration},
};

constexpr uint32_t bit(Kind kind) {
    return 1U << static_cast<uint32_t>(kind);
}

/// The kinds of values that a parameter takes at run time.
uint32_t kind_set(CheckKind kind) {
    switch (kind) {
        case CheckKind::Null: return bit(Kind::Null);
        case CheckKind::Bool: return bit(Kind::Bool);
        case CheckKind::Int: return bit(Kind::Int);
        case CheckKind::Uint: return bit(Kind::Uint);
        case CheckKind::Double: return bit(Kind::Double) | bit(Kind::Decimal);
        case CheckKind::String: return bit(Kind::String);
        case CheckKind::Bytes: return bit(Kind::Bytes);
        case CheckKind::Timestamp: return bit(Kind::Timestamp);
        case CheckKind::Duration: return bit(Kind::Duration);
        case CheckKind::List: return bit(Kind::List);
        case CheckKind::Map: return bit(Kind::Map);
        case CheckKind::Type: return bit(Kind::Type);
        case CheckKind::Optional: return bit(Kind::Optional);
        default: return ~(bit(Kind::Absent) | bit(Kind::Error));
    }
}

/// Reads "string.indexOf(string, int) -> int". Signatures are ours: a malformed one is a bug.
class SignatureParser {
  public:
    SignatureParser(std::string_view text, TypePool& types) : text_(text), types_(types) {}

    Overload run() {
        Overload overload;
        overload.signature = text_;
        // The receiver is what stands before the last dot of the name, when it reads as a type.
        const size_t before = at_;
        if (const CheckType* receiver = try_type(); receiver != nullptr && accept(".")) {
            overload.is_member = true;
            overload.params.push_back(receiver);
        } else {
            at_ = before;
        }
        overload.name = take_until('(');
        expect("(");
        while (!accept(")")) {
            overload.params.push_back(type());
            overload.is_variadic = accept("...");
            accept(", ");
        }
        expect(" -> ");
        overload.result = type();
        for (const CheckType* param : overload.params)
            overload.kind_sets.push_back(kind_set(param->kind));
        return overload;
    }

  private:
    bool accept(std::string_view expected) {
        if (!text_.substr(at_).starts_with(expected)) return false;
        at_ += expected.size();
        return true;
    }
    void expect(std::string_view expected) { MESSINA_CHECK(accept(expected), text_); }
    std::string take_until(char end) {
        const size_t begin = at_;
        at_ = text_.find(end, at_);
        MESSINA_CHECK(at_ != std::string_view::npos, text_);
        return std::string(text_.substr(begin, at_ - begin));
    }
    const CheckType* type() {
        const CheckType* found = try_type();
        MESSINA_CHECK(found != nullptr, text_);
        return found;
    }

    const CheckType* try_type() {
        const size_t begin = at_;
        while (at_ < text_.size() && std::isalpha(static_cast<unsigned char>(text_[at_])) != 0)
            ++at_;
        const std::string_view name = text_.substr(begin, at_ - begin);
        if (name.size() == 1 && name[0] >= 'A' && name[0] <= 'Z')
            return types_.param(static_cast<uint32_t>(name[0] - 'A'));
        for (const NamedKind& named : kNamedTypes)
            if (named.name == name) return simple_type(named.kind);
        if (name == "list" && accept("(")) return types_.list(closing(type()));
        if (name == "optional" && accept("(")) return types_.optional(closing(type()));
        if (name == "type" && accept("(")) return types_.type_of(closing(type()));
        if (name == "map" && accept("(")) {
            const CheckType* key = type();
            expect(", ");
            return types_.map(key, closing(type()));
        }
        return nullptr;
    }
    const CheckType* closing(const CheckType* inner) {
        expect(")");
        return inner;
    }

    std::string_view text_;
    TypePool& types_;
    size_t at_ = 0;
};

}  // namespace

FunctionTable::FunctionTable() {
    add(operator_functions());
    add(conversion_functions());
    add(string_functions());
    add(time_functions());
    add(math_functions());
    add(list_functions());
    add(optional_functions());
    add(other_functions());
}

void FunctionTable::add(std::span<const FunctionRow> rows) {
    for (const FunctionRow& row : rows) {
        Overload overload = SignatureParser(row.signature, types_).run();
        overload.run = row.run;
        overload.summary = row.summary;
        overloads_[overload.name].push_back(std::move(overload));
    }
}

const FunctionTable& FunctionTable::get() {
    static const FunctionTable table;
    return table;
}

std::span<const Overload> FunctionTable::find(std::string_view name) const {
    const auto found = overloads_.find(name);
    return found == overloads_.end() ? std::span<const Overload>() : found->second;
}

bool FunctionTable::has_global(std::string_view name) const {
    for (const Overload& overload : find(name))
        if (!overload.is_member) return true;
    return false;
}

std::string readable_name(std::string_view name) {
    std::string readable(name);
    if (is_operator_name(name))
        std::erase_if(readable, [](char c) { return c == '_' || c == '@'; });
    return readable;
}

std::vector<std::string_view> FunctionTable::names() const {
    std::vector<std::string_view> found;
    for (const auto& [name, overloads] : overloads_)
        if (!is_operator_name(name)) found.push_back(name);
    return found;
}

}  // namespace messina::cel
