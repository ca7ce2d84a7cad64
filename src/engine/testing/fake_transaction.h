// For tests: a transaction over a fake sink. What the sink took becomes visible at a commit, or is
// forgotten at an abort; each commit is audited: exactly the records before the committed positions
// are visible.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "engine/testing/fake_sink.h"
#include "engine/transaction.h"

namespace messina::engine::testing {

/// What readers of the far side see, over all workers and restarts.
struct Visible {
    std::map<std::string, std::multiset<int64_t>> records;  // by lane
    std::map<std::string, Position> committed;
    size_t commits = 0;
    size_t aborts = 0;
    /// Answers of the next commits; a success when there are none.
    std::deque<std::optional<Error>> answers;
    bool is_broken = false;
};

class FakeTransaction final : public Transaction {
  public:
    FakeTransaction(FakeSink& sink, Visible& visible) : sink_(sink), visible_(visible) {}

    void commit(std::span<const LanePosition> positions, Done done) override {
        EXPECT_EQ(sink_.pending(), 0u) << "everything has settled before a commit";
        std::optional<Error> answer;
        if (!visible_.answers.empty()) {
            answer = visible_.answers.front();
            visible_.answers.pop_front();
        }
        if (answer) return done(fail(*answer));
        ++visible_.commits;
        for (size_t i = taken_; i < sink_.delivered.size(); ++i)
            visible_.records[sink_.delivered[i].lane].insert(sink_.delivered[i].position.major);
        taken_ = sink_.delivered.size();
        for (const LanePosition& position : positions)
            visible_.committed[position.lane] = position.position;
        for (const auto& [lane, records] : visible_.records) {
            EXPECT_EQ(static_cast<int64_t>(records.size()), visible_.committed[lane].major) << lane;
            EXPECT_EQ(std::set<int64_t>(records.begin(), records.end()).size(), records.size())
                << lane;
        }
        done({});
    }
    void abort(Done done) override {
        ++visible_.aborts;
        visible_.is_broken = false;
        sink_.settle(sink_.pending());
        taken_ = sink_.delivered.size();
        done({});
    }
    [[nodiscard]] bool is_broken() const override { return visible_.is_broken; }

  private:
    FakeSink& sink_;
    Visible& visible_;
    size_t taken_ = 0;
};

}  // namespace messina::engine::testing
