#include "codec/registry/schemas.h"

#include <utility>

#include <fmt/format.h>

#include "base/random.h"

namespace messina::codec::registry {
namespace {

std::string key_of(const std::string& subject, const avro::Schema& schema) {
    return subject + "\n" + schema.to_json();
}

}  // namespace

Schemas::Schemas(RegistryOptions options, Clock& clock)
    : clock_(clock),
      errors_kept_(options.errors_kept),
      pauses_(options.pauses),
      client_(std::move(options)),
      thread_([this] { run(); }) {}

Schemas::~Schemas() {
    {
        const std::lock_guard lock(mutex_);
        is_closing_ = true;
    }
    client_.stop();
    asked_.notify_all();
    thread_.join();
}

template <class T>
Schemas::Known<T> Schemas::known(Result<T> answer) const {
    const Instant until = answer ? Instant::max() : clock_.instant() + errors_kept_;
    return {std::move(answer), until};
}

std::optional<Result<avro::SchemaRef>> Schemas::find(uint32_t id) {
    const std::lock_guard lock(mutex_);
    const auto found = schemas_.find(id);
    if (found == schemas_.end() || !is_current(found->second.forget_at)) return std::nullopt;
    return found->second.answer;
}

void Schemas::request(uint32_t id, std::function<void()> done) {
    const auto ask = [this, id]() -> std::optional<Error> {
        Result<avro::SchemaRef> answer = client_.schema(id);
        if (!answer && answer.error().error_class == ErrorClass::Transient) return answer.error();
        const std::lock_guard lock(mutex_);
        schemas_.insert_or_assign(id, known(std::move(answer)));
        return std::nullopt;
    };
    enqueue({fmt::format("id {}", id), ask}, std::move(done));
}

std::optional<Result<uint32_t>> Schemas::find_id(const std::string& subject,
                                                 const avro::Schema& schema) {
    const std::lock_guard lock(mutex_);
    const auto found = ids_.find(key_of(subject, schema));
    if (found == ids_.end() || !is_current(found->second.forget_at)) return std::nullopt;
    return found->second.answer;
}

void Schemas::request_id(const std::string& subject, const avro::Schema& schema,
                         std::function<void()> done) {
    std::string key = key_of(subject, schema);
    // The schema's owner may go away before it is asked for: the text brings it back.
    const auto ask = [this, subject, key, json = schema.to_json()]() -> std::optional<Error> {
        Result<avro::SchemaRef> parsed = avro::Schema::parse(json);
        Result<uint32_t> answer =
            parsed ? client_.id_of(subject, **parsed) : Result<uint32_t>(fail(parsed.error()));
        if (!answer && answer.error().error_class == ErrorClass::Transient) return answer.error();
        const std::lock_guard lock(mutex_);
        ids_.insert_or_assign(key, known(std::move(answer)));
        return std::nullopt;
    };
    enqueue({std::move(key), ask}, std::move(done));
}

void Schemas::enqueue(Question question, std::function<void()> done) {
    {
        const std::lock_guard lock(mutex_);
        auto& waiting = waiting_[question.key];
        waiting.push_back(std::move(done));
        if (waiting.size() > 1) return;  // asked already
        questions_.push_back(std::move(question));
    }
    asked_.notify_all();
}

void Schemas::set_listener(RetryListener* listener) {
    const std::lock_guard lock(listener_mutex_);
    listener_ = listener;
}

void Schemas::tell(const std::function<void(RetryListener&)>& what) {
    const std::lock_guard lock(listener_mutex_);
    if (listener_ != nullptr) what(*listener_);
}

void Schemas::run() {
    Backoff pauses(pauses_, system_seed());
    int tries = 0;  // since the last answer
    std::unique_lock lock(mutex_);
    while (true) {
        asked_.wait(lock, [this] { return is_closing_ || !questions_.empty(); });
        if (is_closing_) return;
        Question question = std::move(questions_.front());
        questions_.pop_front();
        lock.unlock();
        std::optional<Error> failed;
        {
            const std::lock_guard client_lock(client_mutex_);
            failed = question.ask();
        }
        if (failed) {
            const Nanos pause = pauses.next();
            ++tries;
            tell([&](RetryListener& listener) { listener.on_retry(*failed, tries, pause); });
            lock.lock();
            questions_.push_back(std::move(question));
            asked_.wait_for(lock, pause, [this] { return is_closing_; });
            continue;
        }
        if (std::exchange(tries, 0) > 0)
            tell([](RetryListener& listener) { listener.on_answer_again(); });
        lock.lock();
        pauses.reset();
        const auto waiting = std::move(waiting_[question.key]);
        waiting_.erase(question.key);
        lock.unlock();
        for (const auto& done : waiting) done();
        lock.lock();
    }
}

Result<uint32_t> Schemas::id_now(const std::string& subject, const avro::Schema& schema) {
    const std::lock_guard client_lock(client_mutex_);
    // After the lock: another worker may just have asked for the same.
    if (auto answer = find_id(subject, schema); answer && *answer) return std::move(*answer);
    Result<uint32_t> answer = client_.id_of(subject, schema);
    if (answer) {
        const std::lock_guard lock(mutex_);
        ids_.insert_or_assign(key_of(subject, schema), known(answer));
    }
    return answer;
}

Result<RegisteredSchema> Schemas::latest_now(const std::string& subject) {
    const std::lock_guard client_lock(client_mutex_);
    return client_.latest(subject);
}

}  // namespace messina::codec::registry
