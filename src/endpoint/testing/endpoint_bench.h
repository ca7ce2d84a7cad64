// For tests: endpoints made from the YAML of their options, and files to work on.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <fmt/core.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "codec/json.h"
#include "data/path.h"
#include "endpoint/endpoint.h"
#include "engine/testing/manual_worker.h"
#include "table/store.h"

namespace messina::endpoint::testing {

/// A folder that goes away with the test.
class TemporaryFolder {
  public:
    TemporaryFolder() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "messina_test_XXXXXX").string();
        path_ = ::mkdtemp(pattern.data());
    }
    ~TemporaryFolder() { std::filesystem::remove_all(path_); }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    [[nodiscard]] std::string operator/(const std::string& name) const {
        return path_ + "/" + name;
    }
    std::string write(const std::string& name, const std::string& content) const {
        std::ofstream(*this / name, std::ios::binary) << content;
        return *this / name;
    }
    [[nodiscard]] std::string read(const std::string& name) const {
        std::ifstream file(*this / name, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

  private:
    std::string path_;
};

inline Result<config::Options> parse_options(const config::Section& section,
                                             const std::string& yaml) {
    MESSINA_TRY(const config::Node node, config::parse_yaml("test.yaml", yaml, {}));
    return config::Options::parse(section, node);
}

inline std::unique_ptr<SourcePlan> make_source_plan(const SourceKind& kind, const std::string& yaml,
                                                    const PipelineFacts& facts) {
    Result<config::Options> options = parse_options(*kind.section, yaml);
    if (!options) {
        ADD_FAILURE() << options.error().to_text();
        return nullptr;
    }
    Result<std::unique_ptr<SourcePlan>> plan = kind.build(*options, facts);
    if (!plan) {
        ADD_FAILURE() << plan.error().to_text();
        return nullptr;
    }
    return std::move(*plan);
}

/// Rows {"n":first}, {"n":first+1}, …
inline std::unique_ptr<Batch> numbered_batch(size_t first, size_t count, size_t slots = 1) {
    auto batch = std::make_unique<Batch>();
    for (size_t i = 0; i < count; ++i) {
        Record& record = batch->records.emplace_back();
        record.raw = batch->arena.copy(fmt::format("{{\"n\":{}}}", first + i));
        record.position = {static_cast<int64_t>(first + i), 0};
    }
    batch->make_rows(slots, 0);
    for (RowIndex row = 0; row < count; ++row)
        batch->slots(row)[0] = *codec::parse_json(batch->records[row].raw, batch->arena);
    return batch;
}

/// A sink of JSON lines, or of what its options say, for rows whose slot 0 is the record.
class SinkBench {
  public:
    /// With `store`, that is the store "store" of these tables.
    SinkBench(const SinkKind& kind, const std::string& yaml,
              std::vector<table::TableSchema> tables = {},
              std::unique_ptr<table::Store> store = nullptr)
        : context_(stores_, Type::dynamic()) {
        if (store != nullptr) {
            stores_.add("store", std::move(tables), "it is an embedded store");
            stores_.open("store", std::move(store));
        }
        Result<config::Options> options = parse_options(*kind.section, yaml);
        EXPECT_TRUE(options.has_value()) << (options ? "" : options.error().to_text());
        facts_.name = pipeline_;
        facts_.clock = &worker.clock();
        Result<std::unique_ptr<SinkPlan>> built = kind.build("out", *options, context_, facts_);
        EXPECT_TRUE(built.has_value()) << (built ? "" : built.error().to_text());
        plan = std::move(*built);
    }
    Result<std::unique_ptr<engine::Sink>> make(engine::testing::ManualWorker& at) {
        codec::OutputPlan output;
        output.root_slot = 0;
        output.terminator = plan->format() == nullptr ? "" : plan->format()->terminator();
        return plan->make(output, {at, pipeline_});
    }
    /// Opens and makes it for `worker`.
    std::unique_ptr<engine::Sink> open(bool is_resumed = false) {
        const Result<void> opened = plan->open(is_resumed);
        EXPECT_TRUE(opened.has_value()) << (opened ? "" : opened.error().to_text());
        Result<std::unique_ptr<engine::Sink>> sink = make(worker);
        EXPECT_TRUE(sink.has_value());
        return std::move(*sink);
    }

    /// Rows {"n":first}, …, as the decoder gives them for the expressions of this sink.
    std::unique_ptr<Batch> decode(size_t first, size_t count) const {
        auto batch = numbered_batch(first, count, context_.layout().size());
        for (const RowIndex row : batch->live()) {
            const Value root = *codec::parse_json(batch->record_of(row).raw, batch->arena);
            for (const SlotIndex slot : context_.layout().slots_of("event"))
                batch->slots(row)[slot] = navigate(root, context_.layout().slot(slot).path);
        }
        return batch;
    }

    engine::testing::ManualWorker worker;
    std::unique_ptr<SinkPlan> plan;

  private:
    const std::string pipeline_ = "test";
    plan::Stores stores_;
    plan::BuildContext context_;
    PipelineFacts facts_;
};

}  // namespace messina::endpoint::testing
