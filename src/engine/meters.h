// The cells of one worker: every figure that the engine keeps of a running pipeline.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <string_view>

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
          latency(metrics.histogram(observe::kRecordLatency, {{"pipeline", pipeline}})),
          outputs(metrics, pipeline, "outputs"),
          metrics_(metrics),
          pipeline_(std::move(pipeline)) {}

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
    void change_inflight(int64_t records) {
        inflight_records_ += records;
        inflight.set(static_cast<double>(inflight_records_));
    }

    observe::Counter& records_in;
    observe::Counter& bytes_in;
    observe::Counter& records_done;
    observe::Counter& retries;
    observe::Gauge& inflight;
    observe::Histogram& latency;
    StepMeters
        outputs;  // dropped: rows that no output's condition took; duration: encoding and writing
    std::deque<StepMeters> steps;
    std::vector<observe::Counter*> records_out;  // by output

  private:
    observe::Metrics& metrics_;
    std::string pipeline_;
    std::map<std::string_view, observe::Counter*> dead_letters_;  // reasons are literals
    int64_t inflight_records_ = 0;
};

}  // namespace messina::engine
