#include "pipeline/catalog.h"

#include <gtest/gtest.h>

#include "config/check_declaration.h"
#include "pipeline/pipeline_sections.h"
#include "pipeline/scenario.h"

namespace messina::pipeline {
namespace {

std::vector<const config::Section*> every_section() {
    std::vector<const config::Section*> sections = all_sections();
    sections.push_back(&file_section(FileForm::Several));
    sections.push_back(&scenario_section());
    return sections;
}

TEST(Catalog, DeclaresEveryOptionSoundly) {
    for (const config::Section* section : every_section()) {
        const Result<void> checked = config::check_declaration(*section);
        EXPECT_TRUE(checked.has_value()) << section->name << ": " << checked.error().to_text();
    }
}

TEST(Catalog, ShowsAnExampleOfEverySection) {
    for (const config::Section* section : every_section())
        EXPECT_FALSE(section->example.empty()) << section->name;
}

}  // namespace
}  // namespace messina::pipeline
