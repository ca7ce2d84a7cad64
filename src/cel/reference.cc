// What `messina doc cel` lists.
#include <fmt/core.h>

#include "cel/cel.h"
#include "cel/function_table.h"
#include "cel/macro.h"

namespace messina::cel {

std::vector<std::string> function_reference() {
    std::vector<std::string> lines;
    for (const auto& [name, overloads] : FunctionTable::get().all())
        if (!is_operator_name(name))
            for (const Overload& overload : overloads)
                lines.push_back(fmt::format("{}: {}", overload.signature, overload.summary));
    for (const MacroReference& macro : macro_reference())
        lines.push_back(fmt::format("{}: {}", macro.signature, macro.summary));
    return lines;
}

}  // namespace messina::cel
