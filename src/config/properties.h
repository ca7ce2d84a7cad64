// Java's .properties files (Kafka Connect's workers) as a Node: one map of texts, names with dots
// kept whole.
#pragma once

#include <string>

#include "config/node.h"

namespace messina::config {

/// Comments, escapes and continuation lines as java.util.Properties reads them, but UTF-8. Of a key
/// given twice the last counts, as there. ${…} is left alone: Kafka's own providers expand it.
/// Errors: config.properties, config.utf8, config.too_large.
Result<Node> parse_properties(std::string file, std::string text, const LoadLimits& limits = {});
Result<Node> load_properties(const std::string& file, const LoadLimits& limits = {});

}  // namespace messina::config
