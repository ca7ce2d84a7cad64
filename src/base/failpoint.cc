#include "base/failpoint.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <map>
#include <mutex>
#include <string>

#include <fmt/core.h>
#include <signal.h>
#include <unistd.h>

#include "base/check.h"

namespace messina {
namespace failpoint_detail {
std::atomic<bool> any_armed{false};
}

namespace {

enum class Action { Kill, Fail };
struct Arm {
    Action action;
    long at;
    long passed = 0;
};

std::mutex mutex;
std::map<std::string, Arm, std::less<>>& arms() {
    static std::map<std::string, Arm, std::less<>> table;
    return table;
}

bool refuse(std::string_view item, std::string_view why) {
    fmt::print(stderr, "messina: MESSINA_FAILPOINTS: '{}': {}\n", item, why);
    return false;
}

bool arm_one(std::string_view item) {
    const size_t equals = item.find('=');
    if (equals == std::string_view::npos)
        return refuse(item, "expected name=kill[@N] or name=error[@N]");
    const std::string_view name = item.substr(0, equals);
    std::string_view action = item.substr(equals + 1);
    const auto& names = failpoint_names();
    if (std::find(names.begin(), names.end(), name) == names.end())
        return refuse(item, "no such failpoint");
    long at = 1;
    if (const size_t sign = action.find('@'); sign != std::string_view::npos) {
        const std::string_view count = action.substr(sign + 1);
        const auto parsed = std::from_chars(count.data(), count.data() + count.size(), at);
        if (parsed.ec != std::errc() || parsed.ptr != count.data() + count.size() || at < 1)
            return refuse(item, "the count after @ is not a positive number");
        action = action.substr(0, sign);
    }
    if (action != "kill" && action != "error")
        return refuse(item, "the action is neither kill nor error");
    arms()[std::string(name)] = Arm{action == "kill" ? Action::Kill : Action::Fail, at};
    return true;
}

}  // namespace

const std::vector<std::string_view>& failpoint_names() {
    static const std::vector<std::string_view> names = {
        "checkpoint.after_rename",       // the new checkpoint is in place
        "checkpoint.before_rename",      // the new checkpoint is written but not yet in place
        "checkpoint.before_write",       // effects are durable, the position is not
        "engine.after_decode",           // a batch was decoded
        "engine.before_release",         // a batch has passed its steps, nothing was written yet
        "file_sink.after_sync",          // output bytes are durable, nothing was reported yet
        "file_sink.after_write",         // output bytes were written, not synced
        "file_sink.before_write",        // output bytes are still in memory
        "file_sink.torn_write",          // half of the output bytes were written
        "kafka_sink.after_delivery",     // brokers have records, nothing was reported yet
        "kafka_sink.before_send",        // records are encoded, the client has none of them yet
        "kafka_source.after_commit",     // the group's positions were committed
        "kafka_source.before_commit",    // effects are durable, the group's positions are not
        "table.after_write",             // rows were written
        "table.before_write",            // rows are still in memory
        "transaction.after_commit",      // a transaction was committed, nothing was reported yet
        "transaction.after_positions",   // positions are in the open transaction
        "transaction.before_positions",  // outputs are in the open transaction, positions are not
    };
    return names;
}

bool failpoint_detail::hit(std::string_view name) {
    const std::lock_guard lock(mutex);
    const auto found = arms().find(name);
    if (found == arms().end()) return false;
    Arm& arm = found->second;
    if (++arm.passed < arm.at) return false;
    if (arm.action == Action::Kill) ::kill(::getpid(), SIGKILL);
    return true;
}

bool arm_failpoints(std::string_view text) {
    const std::lock_guard lock(mutex);
    arms().clear();
    bool good = true;
    while (!text.empty()) {
        const size_t comma = text.find(',');
        const std::string_view item = text.substr(0, comma);
        if (!item.empty()) good = arm_one(item) && good;
        text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
    }
    failpoint_detail::any_armed = !arms().empty();
    return good;
}

bool arm_failpoints_from_environment() {
    const char* text = std::getenv("MESSINA_FAILPOINTS");
    return text == nullptr || arm_failpoints(text);
}

}  // namespace messina
