#include "codec/avro/schema_source.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

namespace messina::codec::avro {

Error unknown_schema_id(uint32_t id, std::string hint) {
    return {ErrorClass::Poison, "avro.unknown_schema_id",
            fmt::format("no schema has the id {}", id), std::move(hint)};
}

std::string SchemaDirectory::file_of(uint32_t id) const {
    return fmt::format("{}/{}.avsc", path_, id);
}

Result<SchemaRef> SchemaDirectory::schema(uint32_t id) {
    if (const auto known = known_.find(id); known != known_.end()) return known->second;
    const std::string file = file_of(id);
    std::ifstream in(file, std::ios::binary);
    if (!in)
        return fail(unknown_schema_id(
            id, fmt::format("put the writer's schema into {}, then replay the record", file)));
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    SchemaOptions options;
    options.bad_default = SchemaOptions::BadDefault::Drop;
    auto parsed = Schema::parse(text, options);
    if (!parsed) return fail(std::move(parsed).error().at(file));
    known_.emplace(id, *parsed);
    return *parsed;
}

Result<void> SchemaDirectory::load_all() {
    std::error_code error;
    for (std::filesystem::directory_iterator at(path_, error), end; !error && at != end;
         at.increment(error)) {
        const std::string stem = at->path().stem().string();
        uint32_t id = 0;
        const auto parsed = std::from_chars(stem.data(), stem.data() + stem.size(), id);
        if (at->path().extension() != ".avsc" || parsed.ec != std::errc() ||
            std::to_string(id) != stem)
            continue;
        MESSINA_TRY_VOID(schema(id));
    }
    if (error)
        return fail(ErrorClass::Misconfigured, "avro.schema_directory",
                    fmt::format("cannot list {}: {}", path_, error.message()));
    return {};
}

Result<uint32_t> SchemaDirectory::id_of(const Schema& schema) {
    MESSINA_TRY_VOID(load_all());
    const std::string json = schema.to_json();
    uint32_t next = 1;
    for (const auto& [id, known] : known_) {
        if (known->to_json() == json) return id;
        next = std::max(next, id + 1);
    }
    const std::string file = file_of(next);
    const std::string part = file + ".part";
    std::ofstream(part, std::ios::binary) << json << '\n';
    // Renamed into place, so that no reader ever finds half a schema.
    std::error_code error;
    std::filesystem::rename(part, file, error);
    if (error)
        return fail(ErrorClass::Misconfigured, "avro.schema_directory",
                    fmt::format("cannot write {}: {}", file, error.message()),
                    "derived schemas are kept beside the writers': make the directory writable");
    MESSINA_TRY_VOID(this->schema(next));
    return next;
}

}  // namespace messina::codec::avro
