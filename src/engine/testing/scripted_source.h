// For tests: a source whose lanes do what a script says, and which audits every commit.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "engine/source.h"
#include "engine/testing/effects.h"

namespace messina::engine::testing {

/// What take() answers once instead of giving records: an error, or Idle.
using Interlude = std::optional<Error>;
inline const Interlude kIdle = std::nullopt;

struct LaneScript {
    std::string name = "lane";
    std::vector<std::string> records;  // record number i stands at position i
    bool is_endless = false;           // Idle behind the last record instead of End
    std::map<size_t, std::deque<Interlude>> before = {};  // answers before that record is given
    std::map<size_t, Error> failed = {};  // records that the source cannot give whole
};

/// Numbered records: "0", "1", …
inline LaneScript numbered_lane(std::string name, size_t count) {
    LaneScript script{.name = std::move(name), .records = {}};
    for (size_t i = 0; i < count; ++i) script.records.push_back(std::to_string(i));
    return script;
}

class ScriptedLane final : public LaneReader {
  public:
    ScriptedLane(LaneScript& script, size_t begin) : script_(script), next_(begin) {}
    [[nodiscard]] const std::string& name() const override { return script_.name; }

    Result<TakeState> take(Batch& batch, const TakeLimits& limits) override {
        ++takes;
        EXPECT_TRUE(batch.records.empty()) << "a batch is taken into empty";
        if (auto& waiting = script_.before[next_]; !waiting.empty()) {
            const Interlude interlude = waiting.front();
            waiting.pop_front();
            if (interlude) return fail(*interlude);
            return TakeState::Idle;
        }
        batch.begin = {static_cast<int64_t>(next_), 0};
        size_t bytes = 0;
        const size_t first = next_;
        while (next_ < script_.records.size() && batch.records.size() < limits.records_max &&
               bytes < limits.bytes_max) {
            if (next_ != first && script_.before.contains(next_) && !script_.before[next_].empty())
                break;
            if (const auto failed = script_.failed.find(next_); failed != script_.failed.end())
                batch.fail_record(static_cast<RowIndex>(batch.records.size()), "source",
                                  failed->second);
            Record& record = batch.records.emplace_back();
            record.raw = batch.arena.copy(script_.records[next_]);
            record.position = {static_cast<int64_t>(next_), 0};
            record.timestamp_us = 1;
            bytes += record.raw.size();
            ++next_;
        }
        batch.end = {static_cast<int64_t>(next_), 0};
        if (!batch.records.empty()) return TakeState::Taken;
        return script_.is_endless ? TakeState::Idle : TakeState::End;
    }

    Result<void> rewind(Position position) override {
        next_ = static_cast<size_t>(position.major);
        return {};
    }

    size_t takes = 0;

  private:
    LaneScript& script_;
    size_t next_;
};

class ScriptedSource final : public Source {
  public:
    /// `effects` may be null: then commits are not audited. `committed` is what survives a restart.
    ScriptedSource(std::vector<LaneScript> lanes, std::map<std::string, Position>& committed,
                   const Effects* effects)
        : lanes_(std::move(lanes)), committed_(committed), effects_(effects) {}

    Result<void> open() override { return {}; }
    Result<std::unique_ptr<LaneReader>> next_lane() override {
        if (lane_error_ && given_ == lane_error_at_) return fail(*lane_error_);
        if (!returned_.empty()) {
            LaneScript& returned = lane_named(returned_.front());
            returned_.pop_front();
            return open_lane(returned);
        }
        if (given_ == lanes_.size()) return nullptr;
        return open_lane(lanes_[given_++]);
    }
    [[nodiscard]] bool is_finished() const override {
        return given_ == lanes_.size() && returned_.empty() && recalled_.empty() && !stays_open_;
    }
    [[nodiscard]] bool is_resumed() const override { return !committed_.empty(); }
    [[nodiscard]] bool can_wait() const override { return can_wait_; }
    Result<std::optional<Recall>> poll() override {
        if (!planned_recall_ || !recall_when_()) return std::nullopt;
        recalled_ = planned_recall_->lanes;
        return std::exchange(planned_recall_, std::nullopt);
    }
    void release() override {
        ++releases;
        committed_at_release = committed_;
        for (std::string& lane : recalled_) returned_.push_back(std::move(lane));
        recalled_.clear();
    }

    Result<void> commit(std::span<const LanePosition> positions) override {
        ++commit_tries;
        if (!commit_errors_.empty()) {
            Error error = std::move(commit_errors_.front());
            commit_errors_.pop_front();
            return fail(std::move(error));
        }
        for (const LanePosition& position : positions) {
            const auto before = committed_.find(position.lane);
            if (before != committed_.end()) {
                EXPECT_LE(before->second, position.position)
                    << "I4: " << position.lane << " went back";
            }
            if (effects_ != nullptr) {
                EXPECT_EQ(effects_->first_missing(position.lane, position.position.major), -1)
                    << "I3: " << position.lane << " was committed at "
                    << to_text(position.position);
            }
            committed_[position.lane] = position.position;
        }
        return {};
    }

    void fail_commits(std::deque<Error> errors) { commit_errors_ = std::move(errors); }
    void fail_lane(size_t number, Error error) {
        lane_error_at_ = number;
        lane_error_ = std::move(error);
    }
    void stay_open() { stays_open_ = true; }
    void cannot_wait() { can_wait_ = false; }
    /// Wants these lanes back as soon as `when` holds; they are given again after their release.
    void plan_recall(Recall recall, std::function<bool()> when) {
        planned_recall_ = std::move(recall);
        recall_when_ = std::move(when);
    }

    size_t commit_tries = 0;
    size_t releases = 0;
    std::map<std::string, Position> committed_at_release;

  private:
    LaneScript& lane_named(const std::string& name) {
        return *std::ranges::find(lanes_, name, &LaneScript::name);
    }
    std::unique_ptr<LaneReader> open_lane(LaneScript& script) {
        const auto position = committed_.find(script.name);
        return std::make_unique<ScriptedLane>(
            script, position == committed_.end() ? 0 : static_cast<size_t>(position->second.major));
    }

    std::vector<LaneScript> lanes_;
    std::map<std::string, Position>& committed_;
    const Effects* effects_;
    size_t given_ = 0;
    bool stays_open_ = false;
    std::deque<Error> commit_errors_;
    std::optional<Error> lane_error_;
    size_t lane_error_at_ = 0;
    bool can_wait_ = true;
    std::optional<Recall> planned_recall_;
    std::function<bool()> recall_when_;
    std::vector<std::string> recalled_;
    std::deque<std::string> returned_;
};

}  // namespace messina::engine::testing
