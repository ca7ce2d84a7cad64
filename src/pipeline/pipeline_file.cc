#include "pipeline/pipeline_file.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/nearest.h"
#include "pipeline/catalog.h"

namespace messina::pipeline {
namespace {

Result<table::Column> read_column(const std::string& name,
                                  const std::vector<std::pair<std::string, std::string>>& types,
                                  const config::Options& options) {
    const auto found =
        std::ranges::find(types, name, [](const auto& entry) { return entry.first; });
    table::Column column{.name = name, .type = {}};
    if (found == types.end()) return column;
    Result<cql::Type> type = cql::parse_type(found->second);
    if (!type)
        return fail(config::error_at(options.mark_of("columns"), type.error().code,
                                     fmt::format("column {}: {}", name, type.error().message),
                                     type.error().hint));
    column.type = std::move(*type);
    return column;
}

Result<table::TableSchema> read_table(const std::string& name, const config::Options& options) {
    table::TableSchema schema;
    schema.name = name;
    const auto types = options.has("columns") ? options.get_text_map("columns")
                                              : std::vector<std::pair<std::string, std::string>>{};
    const auto statics =
        options.has("static") ? options.get_text_list("static") : std::vector<std::string>{};
    for (const std::string& key : options.get_text_list("key")) {
        MESSINA_TRY(table::Column column, read_column(key, types, options));
        column.role = table::ColumnRole::PartitionKey;
        schema.columns.push_back(std::move(column));
    }
    for (std::string key : options.has("clustering") ? options.get_text_list("clustering")
                                                     : std::vector<std::string>{}) {
        const bool is_descending = key.ends_with(" desc") || key.ends_with(" DESC");
        if (is_descending) key.resize(key.size() - 5);
        MESSINA_TRY(table::Column column, read_column(key, types, options));
        column.role = table::ColumnRole::ClusteringKey;
        column.is_descending = is_descending;
        schema.columns.push_back(std::move(column));
    }
    for (const auto& [column_name, type] : types) {
        if (schema.find(column_name)) continue;
        MESSINA_TRY(table::Column column, read_column(column_name, types, options));
        column.role = std::ranges::find(statics, column_name) == statics.end()
                          ? table::ColumnRole::Regular
                          : table::ColumnRole::Static;
        schema.columns.push_back(std::move(column));
    }
    if (options.has("ttl"))
        schema.default_ttl =
            std::chrono::duration_cast<std::chrono::seconds>(options.get_duration("ttl"));
    return schema;
}

}  // namespace

Result<std::unique_ptr<PipelineFile>> PipelineFile::load(const std::string& path,
                                                         const LoadOptions& options) {
    MESSINA_TRY(const config::Node root, config::load_yaml(path, options.interpolation));
    return parse(root, options);
}

Result<std::unique_ptr<PipelineFile>> PipelineFile::parse(const config::Node& root,
                                                          const LoadOptions& load) {
    const FileForm form = root.find("pipelines") == nullptr ? FileForm::Single : FileForm::Several;
    MESSINA_TRY(const config::Options options, config::Options::parse(file_section(form), root));
    auto file = std::make_unique<PipelineFile>();
    MESSINA_TRY_VOID(file->read_stores(options, load));
    if (options.has("state") && !load.is_dry) file->state_directory_ = options.get_text("state");
    const endpoint::PipelineFacts facts{"", file->state_directory_,
                                        load.clock == nullptr ? &system_clock() : load.clock};

    std::vector<Error> errors;
    const auto add = [&](const config::Options& part) {
        Result<std::unique_ptr<Pipeline>> pipeline = Pipeline::build(part, file->stores_, facts);
        if (pipeline) {
            file->pipelines_.push_back(std::move(*pipeline));
        } else {
            errors.push_back(std::move(pipeline.error()));
        }
    };
    if (form == FileForm::Single) {
        add(options);
    } else {
        for (const config::Options& part : options.get_nested_list("pipelines")) add(part);
    }
    if (!errors.empty()) return fail(config::join_errors(std::move(errors)));
    return file;
}

Result<void> PipelineFile::read_stores(const config::Options& options, const LoadOptions& load) {
    if (!options.has("stores")) return {};
    for (const auto& [name, store] : options.get_nested_map("stores")) {
        const config::Options& embedded = store->get_nested("embedded");
        table::EmbeddedOptions opened;
        opened.path = load.is_dry ? ":memory:" : embedded.get_text("path");
        opened.sync =
            embedded.get_text("sync") == "machine" ? table::Sync::Machine : table::Sync::Process;
        opened.memory_bytes_max = embedded.get_size("memory_max");
        opened.clock = load.clock;
        for (const auto& [table_name, table] : embedded.get_nested_map("tables")) {
            MESSINA_TRY(table::TableSchema schema, read_table(table_name, *table));
            opened.tables.push_back(std::move(schema));
        }
        stores_.add(name, opened.tables);
        embedded_.emplace_back(name, std::move(opened));
    }
    return {};
}

Result<void> PipelineFile::open_stores() {
    for (const auto& [name, options] : embedded_) {
        Result<std::unique_ptr<table::Store>> store = table::open_embedded(options);
        if (!store) return fail(std::move(store.error()).at("store " + name));
        stores_.open(name, std::move(*store));
    }
    return {};
}

size_t PipelineFile::store_bytes_max() const {
    size_t bytes = 0;
    for (const auto& [name, options] : embedded_) bytes += options.memory_bytes_max;
    return bytes;
}

}  // namespace messina::pipeline
