#include "pipeline/pipeline_file.h"

#include <algorithm>

#include <fmt/format.h>

#include "cql/native_transport.h"
#include "pipeline/pipeline_sections.h"
#include "pipeline/store_options.h"

namespace messina::pipeline {
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
    file->stores_.forget_descriptions();
    if (!errors.empty()) return fail(config::join_errors(std::move(errors)));
    return file;
}

Result<void> PipelineFile::read_stores(const config::Options& options, const LoadOptions& load) {
    if (!options.has("stores")) return {};
    for (const auto& [name, store] : options.get_nested_map("stores")) {
        if (store->has("embedded") == store->has("cql"))
            return fail(config::error_at(
                store->mark(), "stores.kind",
                fmt::format("store '{}' needs one of 'embedded' and 'cql'", name),
                "tables of this machine: embedded: { path: …, tables: … }; of a cluster: cql: { "
                "contact_points: […], keyspace: … }"));
        if (store->has("embedded")) {
            MESSINA_TRY(auto embedded, read_embedded(store->get_nested("embedded")));
            add_embedded(name, std::move(embedded), load);
            continue;
        }
        MESSINA_TRY_VOID(add_cql(name, store->get_nested("cql"), load));
    }
    return {};
}

void PipelineFile::add_embedded(const std::string& name, table::EmbeddedOptions options,
                                const LoadOptions& load) {
    if (load.is_dry) options.path = ":memory:";
    options.clock = load.clock;
    stores_.add(name, options.tables,
                load.is_dry ? "a test keeps its tables in memory" : "it is an embedded store");
    embedded_.emplace_back(name, std::move(options));
}

namespace {

struct Connected {
    std::unique_ptr<cql::Loop> loop;
    std::unique_ptr<table::Store> store;
};

/// While the file is read, where everything else is checked; workers make connections of their own.
Result<std::shared_ptr<Connected>> connect(const std::string& name,
                                           const table::CqlOptions& options) {
    auto connected = std::make_shared<Connected>();
    MESSINA_TRY(auto transport, cql::make_native_transport());
    connected->loop = std::make_unique<cql::Loop>(std::move(transport), system_clock());
    Result<std::unique_ptr<table::Store>> store = table::open_cql(*connected->loop, options);
    if (!store) return fail(std::move(store.error()).at("store " + name));
    connected->store = std::move(*store);
    return connected;
}

}  // namespace

Result<void> PipelineFile::add_cql(const std::string& name, const config::Options& options,
                                   const LoadOptions& load) {
    MESSINA_TRY(table::CqlOptions cql, read_cql(options));
    const bool knows_tables = !cql.tables.empty();
    if (!knows_tables && !load.connects)
        return fail(config::error_at(
            options.mark(), "stores.tables_unknown",
            fmt::format("the tables of store '{}' are not declared here", name),
            load.is_dry ? "declare them under `tables:`, so that a test can keep them in memory"
                        : "ask the cluster with --connect, or declare them under `tables:`"));
    if (load.is_dry) {
        add_embedded(name, {.path = ":memory:", .tables = std::move(cql.tables)}, load);
        return {};
    }
    plan::Stores::Describe describe;
    if (load.connects) {
        MESSINA_TRY(auto connected, connect(name, cql));
        cql.tables = connected->store->tables();
        cql.creates_tables = false;
        cql.checks_tables = false;
        describe = [connected](const std::string& text) {
            return connected->store->describe(text);
        };
    }
    stores_.add(name, cql.tables, {});
    stores_.describe_with(name, std::move(describe));
    cql_.emplace_back(name, std::move(cql));
    return {};
}

Result<void> PipelineFile::open_stores() {
    for (const auto& [name, options] : embedded_) {
        Result<std::unique_ptr<table::Store>> store = table::open_embedded(options);
        if (!store) return fail(std::move(store.error()).at("store " + name));
        stores_.open(name, std::move(*store));
    }
    for (const auto& [name, options] : cql_)
        stores_.open(name, [&options](cql::Loop& loop, cql::SessionMeter& meter) {
            table::CqlOptions measured = options;
            measured.meter = &meter;
            return table::open_cql(loop, std::move(measured));
        });
    return {};
}

size_t PipelineFile::store_bytes_max() const {
    size_t bytes = 0;
    for (const auto& [name, options] : embedded_) bytes += options.memory_bytes_max;
    size_t workers = 1;
    for (const auto& pipeline : pipelines_)
        workers = std::max(workers, pipeline->options().workers);
    for (const auto& [name, options] : cql_) bytes += workers * options.limits.bytes_max;
    return bytes;
}

}  // namespace messina::pipeline
