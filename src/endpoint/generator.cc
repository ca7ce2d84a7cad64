#include "endpoint/generator.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/hash.h"
#include "codec/json.h"

namespace messina::endpoint {
namespace {

void append_quoted(std::string_view text, Buffer& out) {
    codec::append_json(out, Value::string(text));
}

template <class... Args>
void append_format(Buffer& out, fmt::format_string<Args...> format, Args&&... args) {
    fmt::memory_buffer text;
    fmt::format_to(fmt::appender(text), format, std::forward<Args>(args)...);
    out.append({text.data(), text.size()});
}

enum class KeyForm : uint8_t { Text, Hex, Sha256, Uuid, Number };

class KeyField final : public Generator::Field {
  public:
    KeyField(size_t draw, KeyForm form, std::string prefix, uint64_t per)
        : draw_(draw), form_(form), prefix_(std::move(prefix)), per_(per) {}
    void append(uint64_t, const std::vector<uint64_t>& draws, Random&, Buffer& out) const override {
        const uint64_t number = draws[draw_] / per_;
        const auto word = [&](uint64_t salt) {
            return hash_bytes({reinterpret_cast<const char*>(&number), sizeof number},
                              salt ^ salt_);
        };
        switch (form_) {
            case KeyForm::Number: append_format(out, "{}", number); break;
            case KeyForm::Text: append_quoted(fmt::format("{}{}", prefix_, number), out); break;
            case KeyForm::Hex: append_format(out, "\"{:016x}{:016x}\"", word(1), word(2)); break;
            case KeyForm::Sha256:
                append_format(out, "\"{:016x}{:016x}{:016x}{:016x}\"", word(1), word(2), word(3),
                              word(4));
                break;
            case KeyForm::Uuid: {
                // Version 4, variant 1: what a random UUID looks like (RFC 9562 §5.4).
                const uint64_t high = (word(1) & ~0xf000ull) | 0x4000ull;
                const uint64_t low = (word(2) & ~(3ull << 62)) | (2ull << 62);
                append_format(out, "\"{:08x}-{:04x}-{:04x}-{:04x}-{:012x}\"", high >> 32,
                              (high >> 16) & 0xffff, high & 0xffff, low >> 48,
                              low & 0xffff'ffff'ffffull);
                break;
            }
        }
    }
    [[nodiscard]] TypeKind type() const override {
        return form_ == KeyForm::Number ? TypeKind::Int : TypeKind::String;
    }

  private:
    size_t draw_;
    KeyForm form_;
    std::string prefix_;
    uint64_t per_;
    uint64_t salt_ = hash_bytes(prefix_);
};

class ChoiceField final : public Generator::Field {
  public:
    ChoiceField(const std::vector<std::pair<std::string, double>>& weighted, size_t draw)
        : draw_(draw) {
        double sum = 0;
        for (const auto& [text, weight] : weighted) {
            sum += weight;
            bounds_.push_back(sum);
            texts_.push_back(codec::to_json(Value::string(text)));
        }
        for (double& bound : bounds_) bound /= sum;
    }
    void append(uint64_t, const std::vector<uint64_t>& draws, Random& random,
                Buffer& out) const override {
        const double at =
            draw_ == SIZE_MAX ? random.unit() : Random(draws[draw_] ^ 0x51ed270b).unit();
        const auto found = std::ranges::upper_bound(bounds_, at);
        const auto index = static_cast<size_t>(found - bounds_.begin());
        out.append(texts_[std::min(index, texts_.size() - 1)]);
    }

  private:
    size_t draw_;  // SIZE_MAX: anew for each record
    std::vector<double> bounds_;
    std::vector<std::string> texts_;
};

class NumberField final : public Generator::Field {
  public:
    NumberField(double min, double max, int decimals) : min_(min), max_(max), decimals_(decimals) {}
    void append(uint64_t, const std::vector<uint64_t>&, Random& random,
                Buffer& out) const override {
        if (decimals_ == 0) {
            append_format(
                out, "{}",
                static_cast<int64_t>(min_) +
                    static_cast<int64_t>(random.below(static_cast<uint64_t>(max_ - min_) + 1)));
        } else {
            append_format(out, "{:.{}f}", min_ + (max_ - min_) * random.unit(), decimals_);
        }
    }
    [[nodiscard]] TypeKind type() const override {
        return decimals_ == 0 ? TypeKind::Int : TypeKind::Double;
    }

  private:
    double min_;
    double max_;
    int decimals_;
};

class TimeField final : public Generator::Field {
  public:
    TimeField(int64_t start_ms, Nanos step) : start_ms_(start_ms), step_(step) {}
    void append(uint64_t number, const std::vector<uint64_t>&, Random&,
                Buffer& out) const override {
        append_format(out, "{}", time_us(number) / 1000);
    }
    [[nodiscard]] TypeKind type() const override { return TypeKind::Int; }
    [[nodiscard]] int64_t time_us(uint64_t number) const override {
        return start_ms_ * 1000 + static_cast<int64_t>(number) * step_.count() / 1000;
    }

  private:
    int64_t start_ms_;
    Nanos step_;
};

class ListField final : public Generator::Field {
  public:
    ListField(const std::vector<std::string>& values, uint64_t max) : max_(max) {
        for (const std::string& value : values)
            texts_.push_back(codec::to_json(Value::string(value)));
    }
    void append(uint64_t, const std::vector<uint64_t>&, Random& random,
                Buffer& out) const override {
        out.push_back('[');
        const uint64_t count = random.below(max_ + 1);
        for (uint64_t i = 0; i < count; ++i) {
            if (i > 0) out.push_back(',');
            out.append(texts_[random.below(texts_.size())]);
        }
        out.push_back(']');
    }
    [[nodiscard]] TypeKind type() const override { return TypeKind::List; }

  private:
    uint64_t max_;
    std::vector<std::string> texts_;
};

Result<size_t> find_draw(const std::vector<Generator::Draw>& draws, const config::Options& options,
                         std::string_view option) {
    const std::string& name = options.get_text(option);
    const auto found = std::ranges::find(draws, name, &Generator::Draw::name);
    if (found != draws.end()) return static_cast<size_t>(found - draws.begin());
    return fail(config::error_at(options.mark_of(option), "generate.unknown_draw",
                                 fmt::format("there is no draw '{}'", name),
                                 "declare it under `draws:`"));
}

Result<std::shared_ptr<const Generator::Field>> make_choice(
    const config::Options& options, const std::vector<Generator::Draw>& draws) {
    std::vector<std::pair<std::string, double>> weighted;
    for (const auto& [text, weight] : options.get_text_map("values")) {
        double parsed = 0;
        try {
            parsed = std::stod(weight);
        } catch (const std::exception&) {
            parsed = -1;
        }
        if (!(parsed > 0))
            return fail(config::error_at(options.mark_of("values"), "generate.weight",
                                         fmt::format("'{}' is no positive weight", weight)));
        weighted.emplace_back(text, parsed);
    }
    if (weighted.empty())
        return fail(config::error_at(options.mark_of("values"), "generate.weight",
                                     "a choice needs a value"));
    size_t draw = SIZE_MAX;
    if (options.has("by")) {
        MESSINA_TRY(draw, find_draw(draws, options, "by"));
    }
    return std::make_shared<ChoiceField>(weighted, draw);
}

Result<std::shared_ptr<const Generator::Field>> make_field(
    const config::Options& options, const std::vector<Generator::Draw>& draws) {
    const std::string& kind = options.section().name;
    if (kind == "choice") return make_choice(options, draws);
    if (kind == "time")
        return std::make_shared<TimeField>(options.get_integer("start"),
                                           options.get_duration("step"));
    if (kind == "list") {
        const auto values = options.get_text_list("values");
        if (values.empty())
            return fail(config::error_at(options.mark_of("values"), "generate.list",
                                         "a list needs something to choose from"));
        return std::make_shared<ListField>(values,
                                           static_cast<uint64_t>(options.get_integer("max")));
    }
    if (kind == "number") {
        const double min = options.get_number("min");
        const double max = options.get_number("max");
        if (min > max)
            return fail(config::error_at(options.mark(), "generate.bounds", "min is above max"));
        return std::make_shared<NumberField>(min, max,
                                             static_cast<int>(options.get_integer("decimals")));
    }
    MESSINA_TRY(const size_t draw, find_draw(draws, options, "draw"));
    const std::string& form = options.get_text("form");
    const KeyForm key_form = form == "hex"      ? KeyForm::Hex
                             : form == "sha256" ? KeyForm::Sha256
                             : form == "uuid"   ? KeyForm::Uuid
                             : form == "number" ? KeyForm::Number
                                                : KeyForm::Text;
    return std::make_shared<KeyField>(
        draw, key_form, options.has("prefix") ? options.get_text("prefix") : std::string(),
        static_cast<uint64_t>(options.get_integer("per")));
}

}  // namespace

uint64_t Generator::Draw::draw(uint64_t number, Random& random) const {
    switch (order) {
        case Order::Sequence: return number % count;
        case Order::Uniform: return random.below(count);
        case Order::Zipf: break;
    }
    // Inverse of the continuous power law on [1, count + 1): close to Zipf's, and one draw is one
    // power.
    const double u = random.unit();
    const double top = static_cast<double>(count) + 1;
    double rank = 0;
    if (std::abs(exponent - 1) < 1e-9) {
        rank = std::pow(top, u);
    } else {
        const double power = 1 - exponent;
        rank = std::pow(1 + u * (std::pow(top, power) - 1), 1 / power);
    }
    return std::min(count - 1, static_cast<uint64_t>(rank) - 1);
}

Result<Generator> Generator::make(const config::Options& options) {
    Generator generator;
    generator.count_ = static_cast<uint64_t>(options.get_integer("count"));
    generator.seed_ = static_cast<uint64_t>(options.get_integer("seed"));
    if (options.has("draws")) {
        for (const auto& [name, draw] : options.get_nested_map("draws")) {
            const std::string& order = draw->get_text("order");
            generator.draws_.push_back({name,
                                        order == "zipf"      ? Draw::Order::Zipf
                                        : order == "uniform" ? Draw::Order::Uniform
                                                             : Draw::Order::Sequence,
                                        static_cast<uint64_t>(draw->get_integer("count")),
                                        draw->get_number("exponent")});
        }
    }
    for (const auto& [name, field] : options.get_nested_map("fields")) {
        MESSINA_TRY(auto made, make_field(field->get_nested("make"), generator.draws_));
        generator.fields_.push_back({name, codec::to_json(Value::string(name)) + ":",
                                     field->get_number("share"), std::move(made)});
    }
    return generator;
}

int64_t Generator::append(uint64_t number, Buffer& out) const {
    Random random(hash_bytes({reinterpret_cast<const char*>(&number), sizeof number}, seed_));
    std::vector<uint64_t> draws;
    draws.reserve(draws_.size());
    for (const Draw& draw : draws_) draws.push_back(draw.draw(number, random));
    int64_t time_us = 0;
    char separator = '{';
    for (const NamedField& field : fields_) {
        if (time_us == 0) time_us = field.field->time_us(number);
        if (field.share < 1 && !random.chance(field.share)) continue;
        out.push_back(separator);
        out.append(field.prefix);
        field.field->append(number, draws, random, out);
        separator = ',';
    }
    if (separator == '{') out.push_back('{');
    out.push_back('}');
    return time_us;
}

TypeRef Generator::type() const {
    std::vector<Type::Field> fields;
    for (const NamedField& field : fields_) {
        const TypeKind kind = field.field->type();
        fields.push_back({field.name, kind == TypeKind::List
                                          ? Type::list(Type::scalar(TypeKind::String))
                                          : Type::scalar(kind)});
    }
    return Type::record(std::move(fields));
}

}  // namespace messina::endpoint
