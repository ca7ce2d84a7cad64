// The `stores:` part of a pipeline file: from options to what opens a store.
#pragma once

#include "base/error.h"
#include "config/option.h"
#include "table/cql/cql_store.h"
#include "table/embedded.h"

namespace messina::pipeline {

Result<table::EmbeddedOptions> read_embedded(const config::Options& options);
Result<table::CqlOptions> read_cql(const config::Options& options);

}  // namespace messina::pipeline
