// The `stores:` part of a pipeline file: what can be declared.
#pragma once

#include "config/option.h"

namespace messina::pipeline {

const config::Section& store_section();
const config::Section& embedded_section();
const config::Section& cql_section();
const config::Section& table_section();

}  // namespace messina::pipeline
