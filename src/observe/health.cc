#include "observe/health.h"

namespace messina::observe {

void TaskHealth::progress(Instant now) {
    const std::lock_guard lock(mutex_);
    view_.state = TaskState::Running;
    view_.progressed_at = now;
    view_.obstacle.reset();
}

void TaskHealth::obstruct(Error error) {
    const std::lock_guard lock(mutex_);
    view_.obstacle = std::move(error);
}

void TaskHealth::finish() {
    const std::lock_guard lock(mutex_);
    view_.state = TaskState::Finished;
    view_.obstacle.reset();
}

TaskHealth::View TaskHealth::view() const {
    const std::lock_guard lock(mutex_);
    return view_;
}

Pulse& Health::add_loop(std::string_view name, Instant now) {
    const std::lock_guard lock(mutex_);
    return loops_.emplace_back(name, now);
}

TaskHealth& Health::add_task(std::string_view name) {
    const std::lock_guard lock(mutex_);
    return tasks_.emplace_back(name);
}

std::vector<const Pulse*> Health::loops() const {
    const std::lock_guard lock(mutex_);
    std::vector<const Pulse*> all;
    all.reserve(loops_.size());
    for (const Pulse& loop : loops_) all.push_back(&loop);
    return all;
}

std::vector<const TaskHealth*> Health::tasks() const {
    const std::lock_guard lock(mutex_);
    std::vector<const TaskHealth*> all;
    all.reserve(tasks_.size());
    for (const TaskHealth& task : tasks_) all.push_back(&task);
    return all;
}

}  // namespace messina::observe
