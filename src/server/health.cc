#include "server/health.h"

#include <iterator>
#include <vector>

#include <fmt/format.h>

#include "observe/escape.h"
#include "observe/exposition.h"

namespace messina::server {
namespace {

using observe::TaskHealth;
using observe::TaskState;

double seconds(Nanos duration) {
    return std::chrono::duration<double>(duration).count();
}

std::string_view to_string(TaskState state) {
    switch (state) {
        case TaskState::Starting: return "starting";
        case TaskState::Running: return "running";
        case TaskState::Finished: break;
    }
    return "finished";
}

/// One task as it was at the moment of asking.
struct Seen {
    std::string_view name;
    TaskHealth::View view;
    bool is_ready;
};

std::vector<Seen> look(const observe::Health& health, Instant now, Nanos progress_age_max) {
    std::vector<Seen> all;
    for (const TaskHealth* task : health.tasks()) {
        TaskHealth::View view = task->view();
        const bool moves =
            view.state == TaskState::Running && now - view.progressed_at < progress_age_max;
        const bool is_ready = moves || view.state == TaskState::Finished;
        all.push_back({task->name(), std::move(view), is_ready});
    }
    return all;
}

void append_member(std::string& json, std::string_view name, std::string_view value) {
    if (value.empty()) return;
    fmt::format_to(std::back_inserter(json), ",\"{}\":", name);
    observe::append_json_string(json, value);
}

std::string to_json(const std::vector<Seen>& tasks, Instant now) {
    std::string json = "[";
    for (const auto& [name, view, is_ready] : tasks) {
        if (json.size() > 1) json += ',';
        json += "{\"name\":";
        observe::append_json_string(json, name);
        append_member(json, "state", to_string(view.state));
        json += is_ready ? ",\"is_ready\":true" : ",\"is_ready\":false";
        if (view.state == TaskState::Running)
            fmt::format_to(std::back_inserter(json), ",\"progress_age_seconds\":{:.3f}",
                           seconds(now - view.progressed_at));
        if (view.obstacle) {
            append_member(json, "code", view.obstacle->code);
            append_member(json, "reason", view.obstacle->message);
            append_member(json, "hint", view.obstacle->hint);
        }
        json += '}';
    }
    return json + "]";
}

std::string why_not_ready(const std::vector<Seen>& tasks, Nanos progress_age_max) {
    if (tasks.empty()) return "nothing has been started yet";
    for (const Seen& task : tasks)
        if (task.view.obstacle)
            return fmt::format("{}: {}", task.name, task.view.obstacle->message);
    for (const Seen& task : tasks)
        if (task.view.state == TaskState::Running)
            return fmt::format("no progress for {:.0f} s", seconds(progress_age_max));
    return "starting";
}

/// The same object with one more member at its end.
void append_to_object(std::string& body, std::string_view name, std::string_view json) {
    body.resize(body.rfind('}'));
    fmt::format_to(std::back_inserter(body), ",\"{}\":{}}}\n", name, json);
}

}  // namespace

Response answer_livez(const observe::Health& health, Instant now, const HealthOptions& options) {
    for (const observe::Pulse* loop : health.loops()) {
        const Nanos age = now - loop->last();
        if (loop->is_stopped() || age < options.pulse_age_max) continue;
        return error_response(
            503, fmt::format("{} has stood still for {:.0f} s", loop->name(), seconds(age)));
    }
    return {.body = "{\"status\":\"alive\"}\n"};
}

Response answer_readyz(const observe::Health& health, Instant now, const HealthOptions& options,
                       Detail detail) {
    const std::vector<Seen> tasks = look(health, now, options.progress_age_max);
    bool is_ready = false;
    for (const Seen& task : tasks) is_ready = is_ready || task.is_ready;
    Response response =
        is_ready ? Response{.body = "{\"status\":\"ready\"}\n"}
                 : error_response(503, why_not_ready(tasks, options.progress_age_max),
                                  detail == Detail::Brief ? "/readyz?verbose says more" : "");
    if (detail == Detail::Verbose) append_to_object(response.body, "tasks", to_json(tasks, now));
    return response;
}

void add_health_routes(Router& router, const observe::Health& health,
                       observe::MetricRegistry& registry, Clock& clock, HealthOptions options) {
    router.add("GET", "/livez", [&health, &clock, options](const Request&) {
        return answer_livez(health, clock.instant(), options);
    });
    router.add("GET", "/readyz", [&health, &clock, options](const Request& request) {
        const Detail detail = request.has_switch("verbose") ? Detail::Verbose : Detail::Brief;
        return answer_readyz(health, clock.instant(), options, detail);
    });
    router.add("GET", "/metrics", [&registry](const Request& request) {
        const auto format = observe::negotiate_exposition(request.header("Accept"));
        return Response{.body = observe::expose(registry.scrape(), format),
                        .content_type = std::string(observe::content_type(format))};
    });
}

}  // namespace messina::server
