#include "pipeline/catalog.h"

#include <gtest/gtest.h>

#include "config/check_declaration.h"
#include "pipeline/scenario.h"

namespace messina::pipeline {
namespace {}  // namespace
}  // namespace messina::pipeline
