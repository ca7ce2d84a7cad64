#include "pipeline/store_sections.h"

namespace messina::pipeline {

const config::Section& table_section() {
    static const config::Section section = {
        .name = "table",
        .summary = "A table, as CQL has them.",
        .options = {{.name = "key",
                     .type = config::text_list(),
                     .is_required = true,
                     .doc = "Columns of the partition key.",
                     .example = "[id_type, id]"},
                    {.name = "clustering",
                     .type = config::text_list(),
                     .doc = "Clustering columns, which order the rows of a partition; `NAME desc` "
                            "for descending.",
                     .example = "[hour desc]"},
                    {.name = "columns",
                     .type = config::text_map(),
                     .doc = "Column to CQL type. Key columns that are not named here are text.",
                     .example = "{ user_id: uuid, tags: set<text> }"},
                    {.name = "static",
                     .type = config::text_list(),
                     .doc = "Columns that a partition has once."},
                    {.name = "ttl",
                     .type = config::duration(std::chrono::seconds(0),
                                              std::chrono::hours(24 * 365 * 20)),
                     .doc = "Time to live of rows written without one."}},
        .example = "table: { key: [id_type, id], columns: { user_id: uuid } }",
    };
    return section;
}

const config::Section& embedded_section() {
    static const config::Section section = {
        .name = "embedded",
        .summary =
            "Tables in a directory of this machine, with CQL's rules for timestamps, TTL and "
            "deletion.",
        .options = {{.name = "path",
                     .type = config::text(),
                     .is_required = true,
                     .doc =
                         "Directory of the store, created when missing; ':memory:' keeps nothing.",
                     .example = "./state/tables"},
                    {.name = "tables",
                     .type = config::nested_map(table_section()),
                     .is_required = true,
                     .doc = "The tables, by name."},
                    {.name = "sync",
                     .type = config::choice({"process", "machine"}),
                     .fallback = "process",
                     .doc = "When a write counts as durable: when the kernel has it (survives kill "
                            "-9), or when it is on disk (survives loss of power; slower)."},
                    {.name = "memory_max",
                     .type = config::size(8 << 20, 1ull << 40),
                     .fallback = "64MiB",
                     .doc = "Memory for blocks and write buffers."}},
        .example =
            "embedded: { path: ./state/tables, tables: { users: { key: [id], columns: { name: "
            "text } } } }",
    };
    return section;
}

namespace {

const config::Section& tls_section() {
    static const config::Section section = {
        .name = "tls",
        .summary = "How connections to the servers are secured.",
        .options =
            {{.name = "ca",
              .type = config::text(),
              .doc = "File of the authorities (PEM) that sign the servers' certificates; the "
                     "system's when absent."},
             {.name = "certificate",
              .type = config::text(),
              .doc = "File of this client's certificate (PEM), for servers that want one."},
             {.name = "key", .type = config::text(), .doc = "File of its private key (PEM)."},
             {.name = "host_names",
              .type = config::text_list(),
              .doc = "Names of which a server's certificate must have one; any name is taken when "
                     "absent, as long as the authorities are right."}},
        .example = "tls: { ca: /etc/ssl/cluster.pem }",
    };
    return section;
}

config::OptionType consistency() {
    return config::choice(
        {"local_quorum", "local_one", "quorum", "each_quorum", "one", "two", "three", "all"});
}

std::vector<config::Option> cql_options() {
    return {
        {.name = "contact_points",
         .type = config::text_list(),
         .is_required = true,
         .doc = "Some nodes of the cluster, host or host:port; the others are found through them.",
         .example = "[10.0.0.1, 10.0.0.2:9042]"},
        {.name = "keyspace",
         .type = config::text(),
         .is_required = true,
         .doc = "Where the tables are.",
         .example = "tracking"},
        {.name = "local_dc",
         .type = config::text(),
         .doc = "Data centre whose nodes are asked; any when absent.",
         .example = "dc1"},
        {.name = "local_rack",
         .type = config::text(),
         .doc = "Rack in it whose nodes are preferred."},
        {.name = "user", .type = config::text(), .doc = "Name to log in with."},
        {.name = "password",
         .type = config::secret(),
         .doc = "Password of that user.",
         .example = "${env:CQL_PASSWORD}"},
        {.name = "tls",
         .type = config::nested(tls_section()),
         .doc = "Secures the connections; `tls: {}` trusts the system's authorities."},
        {.name = "consistency",
         .type = consistency(),
         .fallback = "local_quorum",
         .doc = "How many replicas acknowledge a write before it counts as durable."},
        {.name = "read_consistency",
         .type = consistency(),
         .doc = "How many replicas answer a read; as `consistency` when absent."},
        {.name = "tables",
         .type = config::nested_map(table_section()),
         .doc = "The tables that pipelines use, by name, with the columns that they use. When "
                "absent, the cluster is asked; then `messina check` needs --connect and `messina "
                "test` cannot run the pipeline."},
        {.name = "create",
         .type = config::choice({"never", "if_missing"}),
         .fallback = "never",
         .doc = "Whether tables that are declared here and missing there are created."},
        {.name = "request_timeout",
         .type = config::duration(std::chrono::milliseconds(10), std::chrono::minutes(10)),
         .fallback = "5s",
         .doc = "Time for an answer; past it the request is tried again."},
        {.name = "connect_timeout",
         .type = config::duration(std::chrono::milliseconds(100), std::chrono::minutes(10)),
         .fallback = "15s",
         .doc = "Time for connecting to the cluster."},
        {.name = "keepalive",
         .type = config::duration(std::chrono::milliseconds(100), std::chrono::minutes(10)),
         .fallback = "2s",
         .doc = "Time between signs of life on a connection, and for their answer: a node that is "
                "silent for longer is given up."},
        {.name = "requests_max",
         .type = config::integer(1, 32'768),
         .fallback = "1024",
         .doc = "Requests that one worker has under way."},
        {.name = "bytes_max",
         .type = config::size(1 << 16, 1ull << 34),
         .fallback = "16MiB",
         .doc = "Bytes of values in them."},
        {.name = "compression",
         .type = config::choice({"none", "lz4"}),
         .fallback = "none",
         .doc = "How requests and answers are compressed."},
    };
}

}  // namespace

const config::Section& cql_section() {
    static const config::Section section = {
        .name = "cql",
        .summary = "Tables in a keyspace of ScyllaDB or Apache Cassandra.",
        .options = cql_options(),
        .details =
            "A write counts as done when the cluster acknowledged it. One whose outcome is not "
            "known (its time was over, the connection broke) is sent again with the same write "
            "timestamp, which changes nothing if it had been applied. While the cluster cannot be "
            "reached, the pipeline waits and goes on by itself.",
        .example = "cql: { contact_points: [127.0.0.1], local_dc: dc1, keyspace: tracking }",
    };
    return section;
}

const config::Section& store_section() {
    static const config::Section section = {
        .name = "store",
        .summary = "Where tables are kept: either of these.",
        .options = {{.name = "embedded",
                     .type = config::nested(embedded_section()),
                     .doc = "Tables in a directory of this machine."},
                    {.name = "cql",
                     .type = config::nested(cql_section()),
                     .doc = "Tables in ScyllaDB or Apache Cassandra."}},
        .example =
            "store: { embedded: { path: ./state/tables, tables: { users: { key: [id], "
            "columns: { name: text } } } } }",
    };
    return section;
}

}  // namespace messina::pipeline
