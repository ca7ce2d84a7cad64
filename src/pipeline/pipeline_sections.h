// A pipeline file but its stores: what can be declared.
#pragma once

#include "config/option.h"

namespace messina::pipeline {

/// A file holds one pipeline, or several under `pipelines:`.
enum class FileForm : uint8_t { Single, Several };
/// The whole file; everything else hangs from it.
const config::Section& file_section(FileForm form);
/// One entry of `pipelines:`.
const config::Section& pipeline_section();
const config::Section& limits_section();
const config::Section& retry_section();

}  // namespace messina::pipeline
