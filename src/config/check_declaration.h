// What every declared section must hold, for the tests of the rooms that declare them.
#pragma once

#include "base/error.h"
#include "config/option.h"

namespace messina::config {

/// Names are words in snake_case and distinct, every option says what it is for, defaults are of
/// their own type and within their bounds, examples are accepted by the section they show, and the
/// shorthand exists; nested sections and variants included. All faults in one error
/// (config.declaration).
Result<void> check_declaration(const Section& section);

}  // namespace messina::config
