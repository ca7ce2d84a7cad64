// yaml-cpp's errors in words that help.
#pragma once

#include <yaml-cpp/exceptions.h>

#include "base/error.h"
#include "config/node.h"
#include "config/source_text.h"

namespace messina::config {

/// What had been read when a syntax error came up.
struct ReadSoFar {
    Mark last_value;        // where the last complete value stood
    Mark innermost_opened;  // where the list or map begins that is being read
};

Error explain_syntax(const YAML::Exception& exception, Marker& marker, const ReadSoFar& so_far);

}  // namespace messina::config
