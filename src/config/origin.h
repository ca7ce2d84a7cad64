// Which value holds and where it came from: `messina check --show-origin`.
#pragma once

#include <string>
#include <vector>

#include "config/option.h"

namespace messina::config {

struct Origin {
    std::string path;   // "steps[1].lookup.cache.ttl"
    std::string value;  // as YAML in one line; secrets as [secret]
    std::string where;  // "enrich.yaml:14" or "default"
};

/// Every option that has a value, in the order of the declarations.
std::vector<Origin> list_origins(const Options& options);
/// The same as an aligned table, a line each.
std::string show_origin(const Options& options);

}  // namespace messina::config
