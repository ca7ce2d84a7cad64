// Time zones: fixed offsets, and the names of the IANA data base through cctz.
#include <algorithm>
#include <map>
#include <mutex>
#include <shared_mutex>

#include <cctz/time_zone.h>

#include "cel/time_value.h"

namespace messina::cel {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// +05:30, -09:30, 02:00.
std::optional<int64_t> fixed_offset_seconds(std::string_view zone) {
    const bool is_west = zone.starts_with('-');
    if (is_west || zone.starts_with('+')) zone.remove_prefix(1);
    if (zone.size() != 5 || zone[2] != ':') return std::nullopt;
    for (const size_t i : {0U, 1U, 3U, 4U})
        if (!is_digit(zone[i])) return std::nullopt;
    const int64_t hours = (zone[0] - '0') * 10 + (zone[1] - '0');
    const int64_t minutes = (zone[3] - '0') * 10 + (zone[4] - '0');
    if (hours > 23 || minutes > 59) return std::nullopt;
    const int64_t seconds = hours * 3600 + minutes * 60;
    return is_west ? -seconds : seconds;
}

/// Only what can be a zone's name: cctz would open any file it is given the path of.
bool is_zone_name(std::string_view name) {
    constexpr size_t name_bytes_max = 64;
    const auto is_allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' ||
               c == '-' || c == '+' || c == '/';
    };
    return !name.empty() && name.size() <= name_bytes_max && name.front() != '/' &&
           std::ranges::all_of(name, is_allowed);
}

/// The zones asked for so far, and the names that are none. Thread-safe. Bounded, because names may
/// come out of records and cctz never forgets one.
class ZoneCache {
  public:
    std::optional<cctz::time_zone> find(std::string_view name) {
        {
            const std::shared_lock lock(mutex_);
            if (const auto found = zones_.find(name); found != zones_.end()) return found->second;
        }
        const std::unique_lock lock(mutex_);
        constexpr size_t names_max = 2048;
        if (zones_.size() >= names_max) return std::nullopt;
        cctz::time_zone zone;
        const std::string key(name);
        const bool is_known = cctz::load_time_zone(key, &zone);
        return zones_[key] = is_known ? std::optional(zone) : std::nullopt;
    }

  private:
    std::shared_mutex mutex_;
    std::map<std::string, std::optional<cctz::time_zone>, std::less<>> zones_;
};

}  // namespace

std::optional<int64_t> zone_offset_seconds(std::string_view zone, int64_t timestamp_seconds) {
    static ZoneCache cache;
    if (zone == "UTC" || zone == "Z" || zone.empty()) return 0;
    if (const std::optional<int64_t> fixed = fixed_offset_seconds(zone)) return fixed;
    if (!is_zone_name(zone)) return std::nullopt;
    const std::optional<cctz::time_zone> found = cache.find(zone);
    if (!found) return std::nullopt;
    const cctz::time_point<cctz::seconds> moment{cctz::seconds(timestamp_seconds)};
    return found->lookup(moment).offset;
}

}  // namespace messina::cel
