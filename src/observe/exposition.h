// What a scrape looks like on the wire: Prometheus text 0.0.4 or OpenMetrics 1.0.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "observe/metrics.h"

namespace messina::observe {

enum class ExpositionFormat : uint8_t { PrometheusText, OpenMetrics };

/// What an Accept header asks for: OpenMetrics when it is named and not liked less than plain text.
ExpositionFormat negotiate_exposition(std::string_view accept);
std::string_view content_type(ExpositionFormat format);
std::string expose(std::span<const MetricSnapshot> metrics, ExpositionFormat format);

}  // namespace messina::observe
