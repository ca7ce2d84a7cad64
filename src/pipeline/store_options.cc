#include "pipeline/store_options.h"

#include <algorithm>

#include <fmt/format.h>

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

Result<std::vector<table::TableSchema>> read_tables(const config::Options& options) {
    std::vector<table::TableSchema> tables;
    if (!options.has("tables")) return tables;
    for (const auto& [name, table] : options.get_nested_map("tables")) {
        MESSINA_TRY(table::TableSchema schema, read_table(name, *table));
        tables.push_back(std::move(schema));
    }
    return tables;
}

cql::Consistency consistency_of(std::string_view text) {
    using enum cql::Consistency;
    if (text == "local_one") return LocalOne;
    if (text == "quorum") return Quorum;
    if (text == "each_quorum") return EachQuorum;
    if (text == "one") return One;
    if (text == "two") return Two;
    if (text == "three") return Three;
    return text == "all" ? All : LocalQuorum;
}

std::string optional_text(const config::Options& options, std::string_view name) {
    return options.has(name) ? options.get_text(name) : std::string();
}

cql::TlsOptions read_tls(const config::Options& options) {
    cql::TlsOptions tls;
    tls.ca_file = optional_text(options, "ca");
    tls.certificate_file = optional_text(options, "certificate");
    tls.key_file = optional_text(options, "key");
    if (options.has("host_names")) tls.host_names = options.get_text_list("host_names");
    return tls;
}

/// With the usual port where none is given; an IPv6 address with a port stands in brackets.
std::string with_port(const std::string& contact_point) {
    const auto colons = std::ranges::count(contact_point, ':');
    if (colons > 1 && !contact_point.starts_with('[')) return "[" + contact_point + "]:9042";
    const bool has_port = colons == 1 || contact_point.find("]:") != std::string::npos;
    return has_port ? contact_point : contact_point + ":9042";
}

Result<cql::ConnectOptions> read_connection(const config::Options& options) {
    cql::ConnectOptions connection;
    for (const std::string& contact_point : options.get_text_list("contact_points"))
        connection.contact_points.push_back(with_port(contact_point));
    if (connection.contact_points.empty())
        return fail(config::error_at(options.mark_of("contact_points"), "stores.contact_points",
                                     "no node is named", "contact_points: [host:9042]"));
    connection.keyspace = options.get_text("keyspace");
    connection.local_dc = optional_text(options, "local_dc");
    connection.local_rack = optional_text(options, "local_rack");
    if (!connection.local_rack.empty() && connection.local_dc.empty())
        return fail(config::error_at(options.mark_of("local_rack"), "stores.rack_without_dc",
                                     "`local_rack` names a rack of `local_dc`, which is missing",
                                     "give both"));
    if (options.has("user") != options.has("password"))
        return fail(config::error_at(options.mark(), "stores.user_and_password",
                                     "one of `user` and `password` is missing", "give both"));
    if (options.has("user")) {
        connection.user = options.get_text("user");
        connection.password = options.get_secret("password").reveal();
    }
    if (options.has("tls")) connection.tls = read_tls(options.get_nested("tls"));
    connection.open_timeout = options.get_duration("connect_timeout");
    connection.connect_timeout = std::min(connection.connect_timeout, connection.open_timeout);
    connection.keepalive = options.get_duration("keepalive");
    connection.consistency = consistency_of(options.get_text("consistency"));
    connection.compresses = options.get_text("compression") == "lz4";
    return connection;
}

}  // namespace

Result<table::EmbeddedOptions> read_embedded(const config::Options& options) {
    table::EmbeddedOptions embedded;
    embedded.path = options.get_text("path");
    embedded.sync =
        options.get_text("sync") == "machine" ? table::Sync::Machine : table::Sync::Process;
    embedded.memory_bytes_max = options.get_size("memory_max");
    MESSINA_TRY(embedded.tables, read_tables(options));
    return embedded;
}

Result<table::CqlOptions> read_cql(const config::Options& options) {
    table::CqlOptions cql;
    MESSINA_TRY(cql.connection, read_connection(options));
    cql.keyspace = options.get_text("keyspace");
    cql.limits.requests_max = static_cast<size_t>(options.get_integer("requests_max"));
    cql.limits.bytes_max = options.get_size("bytes_max");
    cql.limits.request_timeout = options.get_duration("request_timeout");
    cql.limits.prepare_timeout = options.get_duration("connect_timeout");
    if (options.has("read_consistency"))
        cql.read_consistency = consistency_of(options.get_text("read_consistency"));
    cql.creates_tables = options.get_text("create") == "if_missing";
    MESSINA_TRY(cql.tables, read_tables(options));
    if (cql.creates_tables && cql.tables.empty())
        return fail(config::error_at(options.mark_of("create"), "stores.create_what",
                                     "`create` needs to know the tables",
                                     "declare them under `tables:`"));
    return cql;
}

}  // namespace messina::pipeline
