#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "codec/csv.h"
#include "codec/csv_fields.h"
#include "codec/json_utf8.h"
#include "codec/text_time.h"

namespace messina::codec {
namespace {

std::string_view name_of(CsvType type) {
    switch (type) {
        case CsvType::String: return "string";
        case CsvType::Int: return "int";
        case CsvType::Double: return "double";
        case CsvType::Bool: return "bool";
        case CsvType::Timestamp: return "timestamp";
    }
    return "string";
}

template <class Number>
bool parse_whole(std::string_view text, Number& number) {
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    return parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
}

bool equals_ignoring_case(std::string_view text, std::string_view lower) {
    return std::ranges::equal(text, lower, [](char a, char b) { return (a | 0x20) == b; });
}

bool parse_int(std::string_view text, Value& value) {
    int64_t integer = 0;
    uint64_t unsigned_integer = 0;
    if (parse_whole(text, integer)) {
        value = Value::integer(integer);
    } else if (parse_whole(text, unsigned_integer)) {
        value = Value::unsigned_integer(unsigned_integer);
    } else {
        return false;
    }
    return true;
}

bool parse_double(std::string_view text, Value& value) {
    double number = 0;
    if (!parse_whole(text, number) || !std::isfinite(number)) return false;
    value = Value::floating(number);
    return true;
}

bool parse_bool(std::string_view text, Value& value) {
    const bool is_true = text == "1" || equals_ignoring_case(text, "true");
    if (!is_true && text != "0" && !equals_ignoring_case(text, "false")) return false;
    value = Value::boolean(is_true);
    return true;
}

bool parse_typed(CsvType type, std::string_view text, Value& value) {
    switch (type) {
        case CsvType::String: value = Value::string(text); return true;
        case CsvType::Int: return parse_int(text, value);
        case CsvType::Double: return parse_double(text, value);
        case CsvType::Bool: return parse_bool(text, value);
        case CsvType::Timestamp: {
            const std::optional<Value> timestamp = parse_timestamp(text);
            if (timestamp) value = *timestamp;
            return timestamp.has_value();
        }
    }
    return false;
}

CsvType type_of(const CsvOptions& options, std::string_view column) {
    const auto found = std::ranges::find(
        options.types, column, [](const auto& typed) -> const auto& { return typed.first; });
    return found == options.types.end() ? CsvType::String : found->second;
}

TypeKind kind_of(CsvType type) {
    switch (type) {
        case CsvType::String: return TypeKind::String;
        case CsvType::Int: return TypeKind::Int;
        case CsvType::Double: return TypeKind::Double;
        case CsvType::Bool: return TypeKind::Bool;
        case CsvType::Timestamp: return TypeKind::Timestamp;
    }
    return TypeKind::String;
}

class CsvRowDecoder final : public CsvDecoder {
  public:
    CsvRowDecoder(const Projection& projection, CsvOptions options)
        : projection_(projection), options_(std::move(options)) {
        for (const ProjectionField& field : projection_.fields)
            if (field.path.empty() && field.slot != kNoSlot) root_slots_.push_back(field.slot);
    }

    Result<void> set_header(const std::vector<std::string>& names) override {
        for (size_t i = 0; i < names.size(); ++i)
            if (std::find(names.begin(), names.begin() + static_cast<ptrdiff_t>(i), names[i]) !=
                names.begin() + static_cast<ptrdiff_t>(i))
                return fail(ErrorClass::Misconfigured, "csv.header",
                            fmt::format("column '{}' is in the header twice", names[i]),
                            "give every column its own name");
        for (const auto& [name, type] : options_.types)
            if (std::ranges::find(names, name) == names.end())
                return fail(ErrorClass::Misconfigured, "csv.header",
                            fmt::format("typed column '{}' is not in the header", name),
                            fmt::format("the header has: {}", fmt::join(names, ", ")));
        columns_.clear();
        for (const std::string& name : names) columns_.push_back(column_of(name));
        return {};
    }

    void decode(Batch& batch) override {
        copy_keys(batch.arena);
        for (const RowIndex row : batch.live()) {
            Value* const slots = batch.slots(row);
            const Record& record = batch.record_of(row);
            if (record.is_tombstone) {
                for (const SlotIndex slot : root_slots_) slots[slot] = Value::null();
                continue;
            }
            Result<void> done = decode_row(record, slots, batch.arena);
            if (done) [[likely]]
                continue;
            clear(slots);
            batch.fail_row(
                row, "decode",
                std::move(done.error()).at(fmt::format("row at {}", record.position.major)));
        }
        batch.remove_failed();
    }

  private:
    struct Column {
        std::string name;
        CsvType type = CsvType::String;
        std::vector<SlotIndex> slots;
    };

    /// The names go with the batch, which may outlive the header it was read under.
    void copy_keys(Arena& arena) {
        keys_.clear();
        if (root_slots_.empty()) return;
        for (const Column& column : columns_)
            keys_.push_back(Value::string(arena.copy(column.name)));
    }

    Column column_of(const std::string& name) const {
        Column column{name, type_of(options_, name), {}};
        for (const ProjectionField& field : projection_.fields)
            if (field.path.size() == 1 && field.path[0] == name && field.slot != kNoSlot)
                column.slots.push_back(field.slot);
        return column;
    }

    Result<void> decode_row(const Record& record, Value* slots, Arena& arena) {
        if (columns_.empty())
            return fail(ErrorClass::Misconfigured, "csv.no_header",
                        "no header was read, so the columns have no names",
                        "give `columns`, or a first line with their names");
        if (!is_utf8(record.raw))
            return fail(ErrorClass::Poison, "csv.utf8",
                        fmt::format("byte {} is not UTF-8", utf8_fault_offset(record.raw)),
                        "convert the file to UTF-8");
        MapEntry* const entries =
            root_slots_.empty() ? nullptr : arena.make_array<MapEntry>(columns_.size());
        CsvFields fields(without_line_end(record.raw), options_);
        size_t count = 0;
        for (CsvField field; fields.next(field); ++count) {
            if (count >= columns_.size()) continue;
            const Column& column = columns_[count];
            if (entries == nullptr && column.slots.empty()) continue;
            Value value;
            if (!field_value(column, field, arena, value)) return bad_field(column, field);
            for (const SlotIndex slot : column.slots) slots[slot] = value;
            if (entries != nullptr) entries[count] = {keys_[count], value};
        }
        if (fields.is_broken()) return bad_quote(fields);
        if (count != columns_.size())
            return fail(ErrorClass::Poison, "csv.column_count",
                        fmt::format("{} fields, but the header has {}", count, columns_.size()),
                        "is a delimiter or a quote inside a field not quoted?");
        for (const SlotIndex slot : root_slots_) slots[slot] = Value::map({entries, count});
        return {};
    }

    bool field_value(const Column& column, const CsvField& field, Arena& arena,
                     Value& value) const {
        if (!field.is_quoted &&
            std::ranges::find(options_.null_texts, field.text) != options_.null_texts.end()) {
            value = Value::null();
            return true;
        }
        return parse_typed(column.type, csv_text(field, options_.quote, arena), value);
    }

    static Result<void> bad_field(const Column& column, const CsvField& field) {
        return fail(ErrorClass::Poison, "csv.type",
                    fmt::format("column '{}': '{}' is no {}", column.name,
                                field.text.substr(0, 100), name_of(column.type)),
                    "declare another type for the column, or add the text to the null texts");
    }
    static Result<void> bad_quote(const CsvFields& fields) {
        return fail(
            ErrorClass::Poison, "csv.quote",
            fmt::format("byte {}: a quoted field does not end, or something follows its end",
                        fields.fault_offset()),
            "double a quote inside quotes");
    }
    void clear(Value* slots) const {
        for (const ProjectionField& field : projection_.fields)
            if (field.slot != kNoSlot) slots[field.slot] = Value();
    }

    Projection projection_;
    CsvOptions options_;
    std::vector<SlotIndex> root_slots_;
    std::vector<Column> columns_;
    std::vector<Value> keys_;  // names of the columns in the arena of the batch at hand
};

}  // namespace

std::unique_ptr<CsvDecoder> make_csv_decoder(const Projection& projection, CsvOptions options) {
    return std::make_unique<CsvRowDecoder>(projection, std::move(options));
}

TypeRef csv_type(const CsvOptions& options, const std::vector<std::string>& columns) {
    std::vector<Type::Field> fields;
    for (const std::string& column : columns)
        fields.push_back(
            {column, Type::scalar(kind_of(type_of(options, column)), !options.null_texts.empty())});
    return Type::record(std::move(fields));
}

}  // namespace messina::codec
