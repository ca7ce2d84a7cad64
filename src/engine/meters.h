// The cells of one worker: every figure that the engine keeps of a running pipeline.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <string>
#include <string_view>

#include "base/error.h"
#include "observe/metrics.h"

namespace messina::engine {

/// Of one step of one worker.
struct StepMeters {
    StepMeters(observe::Metrics& metrics, const std::string& pipeline, const std::string& step)
        : dropped(metrics.counter(observe::kDropped, {{"pipeline", pipeline}, {"step", step}})),
          failed(metrics.counter(observe::kFailed, {{"pipeline", pipeline}, {"step", step}})),
          duration(metrics.histogram(observe::kStepDuration,
                                     {{"pipeline", pipeline}, {"step", step}})) {}

    observe::Counter& dropped;     // rows taken off on purpose
    observe::Counter& failed;      // rows that go to the dead letters
    observe::Histogram& duration;  // time inside process(), one entry a batch
};

/// Of one worker.
class Meters {
  public:
    Meters(observe::Metrics& metrics, std::string pipeline)
        : records_in(metrics.counter(observe::kRecordsIn, {{"pipeline", pipeline}})),
          bytes_in(metrics.counter(observe::kBytesIn, {{"pipeline", pipeline}})),
          records_done(metrics.counter(observe::kRecordsDone, {{"pipeline", pipeline}})),
          retries(metrics.counter(observe::kRetries, {{"pipeline", pipeline}})),
          inflight(metrics.gauge(observe::kInflightRecords, {{"pipeline", pipeline}})),
          inflight_bytes(metrics.gauge(observe::kInflightBytes, {{"pipeline", pipeline}})),
          latency(metrics.histogram(observe::kRecordLatency, {{"pipeline", pipeline}})),
          outputs(metrics, pipeline, "outputs"),
          metrics_(metrics),
          pipeline_(std::move(pipeline)) {
        for (size_t i = 0; i < errors_.size(); ++i)
            errors_[i] = &metrics.counter(
                observe::kErrors,
                {{"pipeline", pipeline_}, {"class", to_string(static_cast<ErrorClass>(i))}});
    }

    void add_step(const std::string& name) { steps.emplace_back(metrics_, pipeline_, name); }
    void add_output(const std::string& sink) {
        records_out.push_back(
            &metrics_.counter(observe::kRecordsOut, {{"pipeline", pipeline_}, {"sink", sink}}));
    }
    void count_dead_letter(std::string_view reason) {
        auto [found, is_new] = dead_letters_.try_emplace(reason, nullptr);
        if (is_new)
            found->second = &metrics_.counter(observe::kDeadLetters,
                                              {{"pipeline", pipeline_}, {"reason", reason}});
        found->second->add();
    }
    void count_error(ErrorClass error_class) { errors_[static_cast<size_t>(error_class)]->add(); }
    void change_inflight(int64_t records) {
        inflight_records_ += records;
        inflight.set(static_cast<double>(inflight_records_));
    }

    observe::Counter& records_in;
    observe::Counter& bytes_in;
    observe::Counter& records_done;
    observe::Counter& retries;
    observe::Gauge& inflight;
    observe::Gauge& inflight_bytes;
    observe::Histogram& latency;
    StepMeters
        outputs;  // dropped: rows that no output's condition took; duration: encoding and writing
    std::deque<StepMeters> steps;
    std::vector<observe::Counter*> records_out;  // by output

  private:
    observe::Metrics& metrics_;
    std::string pipeline_;
    std::map<std::string_view, observe::Counter*> dead_letters_;  // reasons are literals
    std::array<observe::Counter*, observe::kErrorClassValues.size()> errors_{};  // by class
    int64_t inflight_records_ = 0;
};

/// Of the control thread.
struct CommitMeters {
    CommitMeters(observe::Metrics& metrics, const std::string& pipeline)
        : age(metrics.age(observe::kCheckpointAge, {{"pipeline", pipeline}})),
          commits(metrics.counter(observe::kCheckpoints, {{"pipeline", pipeline}})),
          duration(metrics.histogram(observe::kCheckpointDuration, {{"pipeline", pipeline}})) {}

    observe::Age& age;
    observe::Counter& commits;
    observe::Histogram& duration;  // of those that the source keeps, not of transactions
};

}  // namespace messina::engine
