// messina version: what this program is, and what it was built with.
#include <cstdio>

#include <fmt/core.h>
#include <rocksdb/version.h>
#include <simdjson.h>

#include "cli/verbs.h"

namespace messina::cli {

void add_version(CLI::App& app, int& exit_code) {
    CLI::App* verb = app.add_subcommand("version", "Says which version this is");
    verb->callback([&exit_code] {
        fmt::print("messina {} (RocksDB {}.{}.{}, simdjson {})\n", MESSINA_VERSION, ROCKSDB_MAJOR,
                   ROCKSDB_MINOR, ROCKSDB_PATCH, "" SIMDJSON_STRINGIFY(SIMDJSON_VERSION));
        exit_code = kOk;
    });
}

}  // namespace messina::cli
