// The probes and the scrape: /livez, /readyz (?verbose names every task) and /metrics.
#pragma once

#include "base/clock.h"
#include "observe/health.h"
#include "observe/metrics.h"
#include "server/router.h"

namespace messina::server {

struct HealthOptions {
    /// A loop that has not beaten for so long hangs: /livez fails and the process is restarted.
    Nanos pulse_age_max = std::chrono::seconds(10);
    /// /readyz fails only when no task has made progress for so long: one slow dependency must not
    /// make readiness flap.
    Nanos progress_age_max = std::chrono::seconds(30);
};

Response answer_livez(const observe::Health& health, Instant now, const HealthOptions& options);
enum class Detail : bool { Brief, Verbose };
Response answer_readyz(const observe::Health& health, Instant now, const HealthOptions& options,
                       Detail detail);

/// All three; everything given must outlive the router.
void add_health_routes(Router& router, const observe::Health& health,
                       observe::MetricRegistry& registry, Clock& clock, HealthOptions options = {});

}  // namespace messina::server
