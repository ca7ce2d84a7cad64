// Numbers as text, shared by string() and format().
#pragma once

#include <string>

namespace messina::cel {

/// The shortest decimal text that reads back as the same double; an exponent only below 1e-6 and
/// from 1e21 on. NaN, Infinity, -Infinity.
std::string double_text(double number);

}  // namespace messina::cel
