#include "endpoint/key_format.h"

#include <algorithm>
#include <array>

#include "endpoint/avro_format.h"
#include "endpoint/avro_keys.h"

namespace messina::endpoint {
namespace {

using codec::KeyForm;

struct PlainForm {
    KeyForm form;
    config::Section section;
};

const std::array<PlainForm, 6>& plain_forms() {
    static const std::array<PlainForm, 6> forms = {{
        {KeyForm::Bytes, {.name = "bytes", .summary = "Bytes as they are.", .options = {}}},
        {KeyForm::Text,
         {.name = "text",
          .summary = "UTF-8. Written: text and bytes as they are, other values as JSON.",
          .options = {}}},
        {KeyForm::Json, {.name = "json", .summary = "Any JSON value.", .options = {}}},
        {KeyForm::Int32,
         {.name = "int32",
          .summary = "Four bytes, as Java's IntegerSerializer writes them.",
          .options = {}}},
        {KeyForm::Int64,
         {.name = "int64",
          .summary = "Eight bytes, as Java's LongSerializer writes them.",
          .options = {}}},
        {KeyForm::Double,
         {.name = "double",
          .summary = "Eight bytes, as Java's DoubleSerializer writes them.",
          .options = {}}},
    }};
    return forms;
}

class PlainKeyFormat final : public KeyFormat {
  public:
    explicit PlainKeyFormat(const PlainForm& plain) : plain_(plain) {}
    [[nodiscard]] const std::string& name() const override { return plain_.section.name; }
    Result<std::unique_ptr<codec::Decoder>> make_decoder(
        const Projection& projection) const override {
        return codec::make_key_decoder(projection, plain_.form);
    }
    Result<std::unique_ptr<codec::KeyEncoder>> make_encoder(const std::string&,
                                                            const TypeRef&) const override {
        return codec::make_key_encoder(plain_.form);
    }

  private:
    const PlainForm& plain_;
};

}  // namespace

config::Option key_format_option(std::string fallback, std::string doc) {
    std::vector<const config::Section*> sections;
    for (const PlainForm& plain : plain_forms()) sections.push_back(&plain.section);
    sections.push_back(&kAvroSection);
    return {.name = "key_format",
            .type = config::one_of(std::move(sections)),
            .fallback = std::move(fallback),
            .doc = std::move(doc),
            .example = "int64"};
}

Result<KeyFormatRef> make_key_format(const config::Options& options,
                                     MessageRegistries& registries) {
    const auto& forms = plain_forms();
    const auto* plain = std::ranges::find_if(
        forms, [&](const PlainForm& form) { return &form.section == &options.section(); });
    if (plain == forms.end()) return make_avro_key_format(options, registries);
    return std::make_shared<PlainKeyFormat>(*plain);
}

}  // namespace messina::endpoint
