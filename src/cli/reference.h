// The reference of everything that a pipeline file, an expression or a dashboard can name, made
// from the declarations. `messina doc`, `messina list` and docs/reference/ come from here.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/option.h"

namespace messina::cli {

enum class PageFormat : uint8_t { Text, Markdown };

/// A page of docs/reference/.
struct Page {
    std::string name;     // "steps"
    std::string title;    // "Steps"
    std::string summary;  // one sentence
};
const std::vector<Page>& reference_pages();

/// The page `name`, or what is called `name` (a source and a sink may share a name); none when
/// nothing is.
std::optional<std::string> write_reference(std::string_view name, PageFormat format);
/// Every name that write_reference() knows.
std::vector<std::string> reference_names();

/// Names of one group (sources, steps, sinks, formats, functions, metrics, failpoints), each with a
/// line about it.
using Listing = std::vector<std::pair<std::string, std::string>>;
std::optional<Listing> list_group(std::string_view group);
const std::vector<std::string>& listing_groups();

/// JSON schema of a pipeline file, for editors.
std::string pipeline_file_schema();

}  // namespace messina::cli
