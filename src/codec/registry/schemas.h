// The registry as pipelines use it: everything that was once learned is kept for good, questions
// are asked on a thread of its own, and asked again while the registry is away.
//
// Threads: shared by all workers. `done` is called on the registry's thread, or at once; it hands
// itself over to where it belongs. What nobody answered when the end comes is not called.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/backoff.h"
#include "base/clock.h"
#include "codec/avro/schema_source.h"
#include "codec/registry/client.h"

namespace messina::codec::registry {

/// Hears how a registry that is away is asked again; on the registry's thread.
class RetryListener {
  public:
    virtual ~RetryListener() = default;
    /// Try number `tries` has failed; the next comes after `pause`.
    virtual void on_retry(const Error& error, int tries, Nanos pause) = 0;
    virtual void on_answer_again() = 0;
};

class Schemas {
  public:
    explicit Schemas(RegistryOptions options, Clock& clock = system_clock());
    /// Does not wait for answers: an exchange under way ends within a second.
    ~Schemas();
    Schemas(const Schemas&) = delete;
    Schemas& operator=(const Schemas&) = delete;

    /// What is known of an id; nothing: it must be asked for. An error is forgotten after
    /// `errors_kept`, since it may be mended meanwhile; one that is Transient is never kept, but
    /// asked about again until it is answered.
    [[nodiscard]] std::optional<Result<avro::SchemaRef>> find(uint32_t id);
    /// Asks for it; one question for however many callers.
    void request(uint32_t id, std::function<void()> done);
    /// The same for the id of a schema under a subject. Errors are kept like those of ids.
    [[nodiscard]] std::optional<Result<uint32_t>> find_id(const std::string& subject,
                                                          const avro::Schema& schema);
    void request_id(const std::string& subject, const avro::Schema& schema,
                    std::function<void()> done);

    /// From now on, until another is given; null: nobody. The one before is not called any more.
    void set_listener(RetryListener* listener);

    /// Waits for one answer, without trying again: for what must be known before a start. What is
    /// known is not asked for.
    Result<uint32_t> id_now(const std::string& subject, const avro::Schema& schema);
    Result<RegisteredSchema> latest_now(const std::string& subject);

  private:
    /// A question, by what it is about: "id 7", "subject \n schema".
    struct Question {
        std::string key;
        std::function<std::optional<Error>()> ask;  // stores the answer; Transient: again later
    };
    template <class T>
    struct Known {
        Result<T> answer;
        Instant forget_at;
    };
    [[nodiscard]] bool is_current(Instant forget_at) const { return clock_.instant() < forget_at; }
    template <class T>
    Known<T> known(Result<T> answer) const;
    void enqueue(Question question, std::function<void()> done);
    void run();
    void tell(const std::function<void(RetryListener&)>& what);

    Clock& clock_;
    const Nanos errors_kept_;
    const BackoffOptions pauses_;
    std::mutex mutex_;
    std::condition_variable asked_;
    std::deque<Question> questions_;
    std::unordered_map<std::string, std::vector<std::function<void()>>> waiting_;
    std::unordered_map<uint32_t, Known<avro::SchemaRef>> schemas_;
    std::unordered_map<std::string, Known<uint32_t>> ids_;
    bool is_closing_ = false;
    std::mutex listener_mutex_;
    RetryListener* listener_ = nullptr;
    std::mutex client_mutex_;
    RegistryClient client_;
    std::thread thread_;
};

}  // namespace messina::codec::registry
