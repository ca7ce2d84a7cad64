#include "pipeline/catalog.h"

#include <algorithm>
#include <iterator>

#include "pipeline/pipeline_sections.h"
#include "pipeline/store_sections.h"
#include "step/steps.h"

namespace messina::pipeline {

const std::vector<const endpoint::SourceKind*>& source_kinds() {
    static const std::vector<const endpoint::SourceKind*> kinds = {
        &endpoint::kFileSource, &endpoint::kGenerateSource, &endpoint::kKafkaSource,
        &endpoint::kStdinSource};
    return kinds;
}

const std::vector<const plan::StepKind*>& step_kinds() {
    static const std::vector<const plan::StepKind*> kinds = {
        &step::kDedupe, &step::kExplode, &step::kFilter, &step::kLookup,
        &step::kSample, &step::kSet,     &step::kUnset,  &step::kUpsert};
    return kinds;
}

const std::vector<const endpoint::SinkKind*>& sink_kinds() {
    static const std::vector<const endpoint::SinkKind*> kinds = {
        &endpoint::kDiscardSink, &endpoint::kFileSink, &endpoint::kKafkaSink,
        &endpoint::kStdoutSink, &endpoint::kTableSink};
    return kinds;
}

std::vector<const config::Section*> all_sections() {
    std::vector<const config::Section*> sections = {&file_section(FileForm::Single)};
    std::ranges::copy(sections_of(source_kinds()), std::back_inserter(sections));
    std::ranges::copy(sections_of(step_kinds()), std::back_inserter(sections));
    std::ranges::copy(sections_of(sink_kinds()), std::back_inserter(sections));
    std::ranges::copy(endpoint::format_sections(), std::back_inserter(sections));
    for (const auto* section : {&store_section(), &embedded_section(), &cql_section(),
                                &table_section(), &limits_section(), &retry_section()})
        sections.push_back(section);
    return sections;
}

}  // namespace messina::pipeline
