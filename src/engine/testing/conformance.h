// What every source, step and sink must do, checked on any of them. Each check takes a description
// of the thing under test and speaks through GoogleTest's expectations.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <ranges>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "engine/sink.h"
#include "engine/source.h"
#include "engine/step.h"
#include "engine/testing/manual_worker.h"

namespace messina::engine::testing {

// --- sources ---

struct SourceUnderTest {
    /// A new one over the same medium: what was committed through one is found by the next.
    std::function<std::unique_ptr<Source>()> make;
    /// Raw text of every record, by lane.
    std::map<std::string, std::vector<std::string>> expected;
    /// Whether commits are remembered.
    bool is_resumable = true;
};

namespace conformance {

struct Seen {
    std::vector<std::string> records;
    Position end;
};

/// Reads one lane; stops after `batches_max` batches. Checks what must hold of any batch.
inline Seen read_lane(LaneReader& lane, const TakeLimits& limits, size_t batches_max = SIZE_MAX) {
    Seen seen;
    Batch batch;
    bool is_first = true;
    size_t idle_takes = 0;
    for (size_t batches = 0; batches < batches_max;) {
        batch.reset();
        Result<TakeState> state = lane.take(batch, limits);
        if (!state) {
            ADD_FAILURE() << state.error().to_text();
            return seen;
        }
        if (*state == TakeState::Idle && ++idle_takes < 1000) continue;
        if (*state != TakeState::Taken) {
            EXPECT_TRUE(batch.records.empty()) << "no records come with Idle or End";
            break;
        }
        ++batches;
        EXPECT_FALSE(batch.records.empty()) << "a taken batch has records";
        EXPECT_LE(batch.records.size(), limits.records_max);
        size_t bytes = 0;
        for (size_t i = 0; i + 1 < batch.records.size(); ++i) bytes += batch.records[i].raw.size();
        EXPECT_LT(bytes, limits.bytes_max) << "only the last record may lead above the bound";
        EXPECT_LE(batch.begin, batch.records.front().position);
        for (size_t i = 1; i < batch.records.size(); ++i)
            EXPECT_LT(batch.records[i - 1].position, batch.records[i].position);
        EXPECT_LT(batch.records.back().position, batch.end);
        if (!is_first) {
            EXPECT_LE(seen.end, batch.begin) << "batches do not overlap";
        }
        is_first = false;
        seen.end = batch.end;
        for (const Record& record : batch.records) seen.records.emplace_back(record.raw);
    }
    return seen;
}

inline std::map<std::string, std::unique_ptr<LaneReader>> open_lanes(Source& source) {
    std::map<std::string, std::unique_ptr<LaneReader>> lanes;
    while (true) {
        Result<std::unique_ptr<LaneReader>> lane = source.next_lane();
        if (!lane) {
            ADD_FAILURE() << lane.error().to_text();
            break;
        }
        if (*lane == nullptr) break;
        const std::string name = (*lane)->name();
        EXPECT_TRUE(lanes.emplace(name, std::move(*lane)).second)
            << "lane " << name << " came twice";
    }
    return lanes;
}

}  // namespace conformance

/// Every record of every lane once and in order, whatever the limits.
inline void check_source_reads_all(const SourceUnderTest& tested) {
    for (const TakeLimits limits : {TakeLimits{}, TakeLimits{1, SIZE_MAX}, TakeLimits{7, SIZE_MAX},
                                    TakeLimits{512, 1}, TakeLimits{512, 100}}) {
        auto source = tested.make();
        ASSERT_TRUE(source->open().has_value());
        EXPECT_FALSE(source->is_resumed());
        auto lanes = conformance::open_lanes(*source);
        EXPECT_TRUE(source->is_finished());
        EXPECT_EQ(lanes.size(), tested.expected.size());
        for (auto& [name, lane] : lanes) {
            ASSERT_TRUE(tested.expected.contains(name)) << name;
            EXPECT_EQ(conformance::read_lane(*lane, limits).records, tested.expected.at(name))
                << name << ", " << limits.records_max << " records";
            Batch batch;
            EXPECT_EQ(lane->take(batch, limits), TakeState::End) << "the end stays the end";
        }
    }
}

/// A source made after a commit goes on exactly behind it, at whatever batch the commit stood.
inline void check_source_resumes(const SourceUnderTest& tested) {
    const TakeLimits limits{3, SIZE_MAX};
    for (size_t batches = 1;; ++batches) {
        bool has_more = false;
        auto first = tested.make();
        ASSERT_TRUE(first->open().has_value());
        auto lanes = conformance::open_lanes(*first);
        std::map<std::string, std::vector<std::string>> read;
        std::map<std::string, Position> begin_again;
        std::vector<LanePosition> commits;
        for (auto& [name, lane] : lanes) {
            conformance::Seen seen = conformance::read_lane(*lane, limits, 1);
            has_more = has_more || !seen.records.empty();
            if (!seen.records.empty()) commits.push_back({name, seen.end});
            read[name] = std::move(seen.records);
        }
        if (!has_more) return;
        ASSERT_TRUE(first->commit(commits).has_value());
        auto second = tested.make();
        ASSERT_TRUE(second->open().has_value());
        EXPECT_EQ(second->is_resumed(), tested.is_resumable);
        for (auto& [name, lane] : conformance::open_lanes(*second)) {
            const std::vector<std::string>& all = tested.expected.at(name);
            const std::vector<std::string> rest = conformance::read_lane(*lane, limits).records;
            // Each round commits one batch more: what was read in this one, and the rest, end the
            // lane.
            const size_t known = tested.is_resumable ? read[name].size() + rest.size() : all.size();
            ASSERT_LE(known, all.size()) << name;
            const std::vector<std::string> tail(all.end() - static_cast<ptrdiff_t>(known),
                                                all.end());
            std::vector<std::string> joined =
                tested.is_resumable ? read[name] : std::vector<std::string>{};
            joined.insert(joined.end(), rest.begin(), rest.end());
            EXPECT_EQ(joined, tail) << name << " after " << batches << " batches";
        }
        if (!tested.is_resumable) return;
    }
}

// --- sinks ---

/// Counts the reports of one write().
class CountingDelivery final : public Delivery {
  public:
    void done(size_t rows) override { done_rows += rows; }
    void failed(RowIndex row, Outcome outcome, Error error) override {
        EXPECT_NE(outcome, Outcome::Done);
        EXPECT_FALSE(error.code.empty());
        failed_rows.push_back(row);
        last_error = std::move(error);
        last_outcome = outcome;
    }
    [[nodiscard]] size_t reported() const { return done_rows + failed_rows.size(); }

    size_t done_rows = 0;
    std::vector<RowIndex> failed_rows;
    Error last_error;
    Outcome last_outcome = Outcome::Done;
};

struct SinkUnderTest {
    std::function<std::unique_ptr<Sink>(ManualWorker&)> make;
    /// A batch of `count` rows, numbered from `first` on.
    std::function<std::unique_ptr<Batch>(size_t first, size_t count)> make_batch;
};

/// Lets an asynchronous sink finish: flushes and runs what it posted, until `is_done`.
inline void flush_until(Sink& sink, ManualWorker& worker, const std::function<bool()>& is_done) {
    for (int turn = 0; turn < 10'000 && !is_done(); ++turn) {
        sink.flush();
        if (!worker.run_due()) worker.advance(std::chrono::milliseconds(1));
    }
}

/// Each row of each write is reported exactly once, flush() makes everything reported, and rows not
/// given are not touched.
inline void check_sink(const SinkUnderTest& tested) {
    ManualWorker worker;
    std::unique_ptr<Sink> sink = tested.make(worker);
    EXPECT_FALSE(sink->name().empty());
    sink->flush();  // nothing written: nothing to do
    std::vector<std::unique_ptr<Batch>> batches;
    std::vector<std::unique_ptr<CountingDelivery>> deliveries;
    std::vector<size_t> written;
    size_t first = 0;
    for (const size_t count : {size_t{1}, size_t{7}, size_t{512}}) {
        batches.push_back(tested.make_batch(first, count));
        deliveries.push_back(std::make_unique<CountingDelivery>());
        std::vector<RowIndex> rows;
        for (const RowIndex row : batches.back()->live())
            if (count == 1 || row % 3 != 1) rows.push_back(row);
        written.push_back(rows.size());
        sink->write(*batches.back(), rows, *deliveries.back());
        first += count;
    }
    flush_until(*sink, worker, [&] {
        return std::ranges::all_of(std::views::iota(size_t{0}, written.size()), [&](size_t i) {
            return deliveries[i]->reported() == written[i];
        });
    });
    for (size_t i = 0; i < written.size(); ++i) {
        EXPECT_EQ(deliveries[i]->done_rows, written[i]) << "write " << i;
        EXPECT_TRUE(deliveries[i]->failed_rows.empty()) << deliveries[i]->last_error.to_text();
    }
    sink->flush();
    worker.run_due();
    for (size_t i = 0; i < written.size(); ++i)
        EXPECT_EQ(deliveries[i]->reported(), written[i]) << "nothing is reported twice";
    EXPECT_TRUE(sink->close().has_value());
}

// --- steps ---

class CountingResumption final : public Resumption {
  public:
    void resume() override { ++resumed; }
    size_t resumed = 0;
};

struct StepUnderTest {
    std::function<std::unique_ptr<Step>(ManualWorker&)> make;
    /// A decoded batch of `count` records, numbered from `first` on.
    std::function<std::unique_ptr<Batch>(size_t first, size_t count)> make_batch;
    bool makes_rows = false;  // may give more rows than it got
};

/// Any batch goes through; every row is live, dropped or failed afterwards; several batches may be
/// pending; each is resumed once.
inline void check_step(const StepUnderTest& tested) {
    ManualWorker worker;
    std::unique_ptr<Step> step = tested.make(worker);
    EXPECT_FALSE(step->name().empty());
    struct Passing {
        std::unique_ptr<Batch> batch;
        CountingResumption resumption;
        StepState state = StepState::Ready;
        size_t rows = 0;
    };
    std::vector<std::unique_ptr<Passing>> all;
    size_t first = 0;
    for (const size_t count : {size_t{0}, size_t{1}, size_t{17}, size_t{512}, size_t{3}}) {
        auto passing = std::make_unique<Passing>();
        passing->batch = tested.make_batch(first, count);
        passing->batch->lane = "lane";
        if (count == 17) {  // rows that failed before are none of its business
            passing->batch->fail_row(5, "before", Error{ErrorClass::Poison, "test", "", ""});
            passing->batch->remove_failed();
        }
        passing->rows = passing->batch->live().size();
        passing->state = step->process(*passing->batch, passing->resumption);
        first += count;
        all.push_back(std::move(passing));
    }
    for (int turn = 0; turn < 1000; ++turn) {
        const bool is_waiting = std::ranges::any_of(all, [](const auto& p) {
            return p->state == StepState::Pending && p->resumption.resumed == 0;
        });
        if (!is_waiting) break;
        if (!worker.run_due()) worker.advance(std::chrono::milliseconds(1));
    }
    for (const auto& passing : all) {
        EXPECT_EQ(passing->resumption.resumed, passing->state == StepState::Pending ? 1u : 0u);
        Batch& batch = *passing->batch;
        const size_t failed_before = passing->batch->records.size() == 17 ? 1 : 0;
        batch.remove_failed();
        EXPECT_TRUE(std::ranges::is_sorted(batch.live())) << "live rows stay in order";
        const size_t left =
            batch.live().size() + batch.dropped + batch.failures.size() - failed_before;
        if (tested.makes_rows) {
            EXPECT_GE(left, passing->rows);
        } else {
            EXPECT_EQ(left, passing->rows) << "no row disappears";
        }
        for (const RowIndex row : batch.live())
            EXPECT_LT(batch.record_index_of(row), batch.records.size());
    }
}

}  // namespace messina::engine::testing
