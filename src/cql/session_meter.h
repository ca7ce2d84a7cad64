// Figures of one session; cells of one worker.
#pragma once

#include <string>

#include "observe/metrics.h"

namespace messina::cql {

class SessionMeter {
  public:
    enum class End : uint8_t { Answered, Refused, TimedOut };

    SessionMeter(observe::Metrics& metrics, const std::string& store)
        : reads_(metrics, store, "read"),
          writes_(metrics, store, "write"),
          in_flight_(metrics.gauge(observe::kCqlInflight, {{"store", store}})) {}

    void ended(bool is_read, End end, Nanos after) {
        Operation& operation = is_read ? reads_ : writes_;
        switch (end) {
            case End::Answered: return operation.answered.record(after);
            case End::Refused: return operation.refused.record(after);
            case End::TimedOut: return operation.timed_out.record(after);
        }
    }
    void in_flight(size_t requests) { in_flight_.set(static_cast<double>(requests)); }

  private:
    struct Operation {
        Operation(observe::Metrics& metrics, const std::string& store, const std::string& name)
            : answered(of(metrics, store, name, "ok")),
              refused(of(metrics, store, name, "error")),
              timed_out(of(metrics, store, name, "timed_out")) {}
        static observe::Histogram& of(observe::Metrics& metrics, const std::string& store,
                                      const std::string& name, const std::string& outcome) {
            return metrics.histogram(observe::kCqlRequestDuration,
                                     {{"store", store}, {"operation", name}, {"outcome", outcome}});
        }
        observe::Histogram& answered;
        observe::Histogram& refused;
        observe::Histogram& timed_out;
    };
    Operation reads_;
    Operation writes_;
    observe::Gauge& in_flight_;
};

}  // namespace messina::cql
