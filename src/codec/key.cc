#include "codec/key.h"

#include <bit>
#include <concepts>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "codec/json.h"
#include "codec/json_utf8.h"
#include "codec/json_writer.h"

namespace messina::codec {
namespace {

std::string_view name_of(KeyForm form) {
    switch (form) {
        case KeyForm::Bytes: return "bytes";
        case KeyForm::Text: return "text";
        case KeyForm::Json: return "json";
        case KeyForm::Int32: return "int32";
        case KeyForm::Int64: return "int64";
        case KeyForm::Double: return "double";
    }
    return {};
}

// --- reading ---

/// The bits of a number whose most significant byte comes first.
template <std::unsigned_integral Bits>
Bits load_big_endian(std::string_view bytes) {
    Bits bits = 0;
    for (const char byte : bytes)
        bits = static_cast<Bits>(bits << 8) | static_cast<unsigned char>(byte);
    return bits;
}

Result<void> check_size(std::string_view key, size_t size, KeyForm form) {
    if (key.size() == size) return {};
    return fail(ErrorClass::Poison, "key.size",
                fmt::format("the key has {} bytes, and {} has {}", key.size(), name_of(form), size),
                "`key_format` of the source says how its keys are written");
}

Result<Value> read_key(std::string_view key, KeyForm form, Arena& arena) {
    switch (form) {
        case KeyForm::Bytes: return Value::bytes(key);
        case KeyForm::Text:
            if (!is_utf8(key))
                return fail(ErrorClass::Poison, "key.utf8",
                            fmt::format("byte {} of the key is not UTF-8", utf8_fault_offset(key)),
                            "use the key format `bytes` for keys that are no text");
            return Value::string(key);
        case KeyForm::Json: {
            Result<Value> value = parse_json(key, arena);
            if (!value) value.error().message = "in the key: " + value.error().message;
            return value;
        }
        case KeyForm::Int32:
            MESSINA_TRY_VOID(check_size(key, sizeof(int32_t), form));
            return Value::integer(static_cast<int32_t>(load_big_endian<uint32_t>(key)));
        case KeyForm::Int64:
            MESSINA_TRY_VOID(check_size(key, sizeof(int64_t), form));
            return Value::integer(static_cast<int64_t>(load_big_endian<uint64_t>(key)));
        case KeyForm::Double:
            MESSINA_TRY_VOID(check_size(key, sizeof(double), form));
            return Value::floating(std::bit_cast<double>(load_big_endian<uint64_t>(key)));
    }
    return Value::null();
}

class PlainKeyDecoder final : public Decoder {
  public:
    PlainKeyDecoder(const Projection& projection, KeyForm form)
        : fields_(projection.fields), form_(form) {}

    void decode(Batch& batch) override {
        for (const RowIndex row : batch.live()) {
            const Record& record = batch.record_of(row);
            Result<Value> key =
                record.has_key ? read_key(record.key, form_, batch.arena) : Value::null();
            if (!key) [[unlikely]] {
                batch.fail_row(row, "decode", std::move(key.error()));
                continue;
            }
            for (const ProjectionField& field : fields_)
                batch.slots(row)[field.slot] = navigate(*key, field.path);
        }
        batch.remove_failed();
    }

  private:
    std::vector<ProjectionField> fields_;
    KeyForm form_;
};

// --- writing ---

template <std::unsigned_integral Bits>
void append_big_endian(Buffer& out, Bits bits) {
    for (int shift = std::numeric_limits<Bits>::digits - 8; shift >= 0; shift -= 8)
        out.push_back(static_cast<char>(bits >> shift));
}

Error type_error(const Value& key, KeyForm form) {
    return {ErrorClass::Poison, "key.type",
            fmt::format("{} {} is no key of format {}", to_string(key.kind()),
                        to_debug_text(key, 80), name_of(form)),
            "convert it in `key`, as in int(event.id), or choose another `key_format`"};
}

class TextKeyEncoder final : public KeyEncoder {
  public:
    Result<void> encode(const Value& key, Buffer& out) override {
        if (key.is(Kind::String) || key.is(Kind::Bytes)) {
            out.append(key.as_text());
        } else {
            writer_.append(out, key);
        }
        return {};
    }

  private:
    JsonWriter writer_;
};

class JsonKeyEncoder final : public KeyEncoder {
  public:
    Result<void> encode(const Value& key, Buffer& out) override {
        writer_.append(out, key);
        return {};
    }

  private:
    JsonWriter writer_;
};

class BytesKeyEncoder final : public KeyEncoder {
  public:
    Result<void> encode(const Value& key, Buffer& out) override {
        if (!key.is(Kind::String) && !key.is(Kind::Bytes))
            return fail(type_error(key, KeyForm::Bytes));
        out.append(key.as_text());
        return {};
    }
};

/// Whole numbers only: a fraction would be cut off in silence.
template <std::signed_integral Integer, KeyForm Form>
class IntegerKeyEncoder final : public KeyEncoder {
  public:
    Result<void> encode(const Value& key, Buffer& out) override {
        if (!key.is(Kind::Int) && !key.is(Kind::Uint)) return fail(type_error(key, Form));
        if (key.is(Kind::Uint) || !std::in_range<Integer>(key.as_int()))
            return fail(ErrorClass::Poison, "key.range",
                        fmt::format("the key {} is beyond {}", to_debug_text(key), name_of(Form)),
                        "choose a wider `key_format`");
        append_big_endian(out, static_cast<std::make_unsigned_t<Integer>>(key.as_int()));
        return {};
    }
};

class DoubleKeyEncoder final : public KeyEncoder {
  public:
    Result<void> encode(const Value& key, Buffer& out) override {
        const std::optional<double> number = number_of(key);
        if (!number) return fail(type_error(key, KeyForm::Double));
        append_big_endian(out, std::bit_cast<uint64_t>(*number));
        return {};
    }

  private:
    /// Exactly, or not at all: two keys must not become one.
    static std::optional<double> number_of(const Value& key) {
        constexpr int64_t exact_max = int64_t{1} << std::numeric_limits<double>::digits;
        if (key.is(Kind::Double)) return key.as_double();
        if (!key.is(Kind::Int) || key.as_int() > exact_max || key.as_int() < -exact_max)
            return std::nullopt;
        return static_cast<double>(key.as_int());
    }
};

}  // namespace

std::unique_ptr<Decoder> make_key_decoder(const Projection& projection, KeyForm form) {
    return std::make_unique<PlainKeyDecoder>(projection, form);
}

std::unique_ptr<KeyEncoder> make_key_encoder(KeyForm form) {
    switch (form) {
        case KeyForm::Bytes: return std::make_unique<BytesKeyEncoder>();
        case KeyForm::Text: break;
        case KeyForm::Json: return std::make_unique<JsonKeyEncoder>();
        case KeyForm::Int32: return std::make_unique<IntegerKeyEncoder<int32_t, KeyForm::Int32>>();
        case KeyForm::Int64: return std::make_unique<IntegerKeyEncoder<int64_t, KeyForm::Int64>>();
        case KeyForm::Double: return std::make_unique<DoubleKeyEncoder>();
    }
    return std::make_unique<TextKeyEncoder>();
}

}  // namespace messina::codec
