#include "pipeline/catalog.h"

#include <gtest/gtest.h>

#include "config/check_declaration.h"
#include "pipeline/scenario.h"

namespace messina::pipeline {
namespace {

TEST(Catalog, DeclaresEveryOptionSoundly) {
    std::vector<const config::Section*> sections = all_sections();
    sections.push_back(&file_section(FileForm::Several));
    sections.push_back(&scenario_section());
    for (const config::Section* section : sections) {
        const Result<void> checked = config::check_declaration(*section);
        EXPECT_TRUE(checked.has_value()) << section->name << ": " << checked.error().to_text();
    }
}

}  // namespace
}  // namespace messina::pipeline
