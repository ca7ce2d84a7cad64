#include "engine/dead_letter.h"

#include <chrono>

#include <simdjson.h>

#include "base/clock.h"

namespace messina::engine {
namespace {

/// Text when it is UTF-8, else Bytes.
Value text_or_bytes(std::string_view raw) {
    return simdjson::validate_utf8(raw.data(), raw.size()) ? Value::string(raw) : Value::bytes(raw);
}

class MapBuilder {
  public:
    MapBuilder(Arena& arena, size_t entries_max)
        : entries_(arena.make_array<MapEntry>(entries_max)) {}
    void add(std::string_view name, Value value) {
        entries_[count_++] = {Value::string(name), value};
    }
    [[nodiscard]] Value map() const { return Value::map({entries_, count_}); }

  private:
    MapEntry* entries_;
    size_t count_ = 0;
};

Value envelope_of(const Record& record, const RowFailure& failure, const std::string& pipeline,
                  const std::string& lane, Arena& arena) {
    const auto text = [&arena](std::string_view s) { return Value::string(arena.copy(s)); };
    MapBuilder error(arena, 5);
    error.add("code", Value::string(failure.error.code));
    error.add("class", Value::string(to_string(failure.error.error_class)));
    error.add("message", text(failure.error.message));
    if (!failure.error.hint.empty()) error.add("hint", text(failure.error.hint));
    error.add("step", text(failure.step));

    MapBuilder source(arena, 3);
    source.add("pipeline", text(pipeline));
    source.add("lane", text(lane));
    source.add("position", text(to_text(record.position)));

    MapBuilder envelope(arena, 5);
    envelope.add("error", error.map());
    envelope.add("source", source.map());
    if (record.timestamp_us != 0) {
        const std::chrono::microseconds since_epoch(record.timestamp_us);
        const auto seconds = std::chrono::floor<std::chrono::seconds>(since_epoch);
        envelope.add("timestamp",
                     Value::timestamp(seconds.count(),
                                      static_cast<int32_t>(Nanos(since_epoch - seconds).count())));
    }
    if (record.has_key) envelope.add("key", text_or_bytes(record.key));
    const Value value = record.is_tombstone ? Value::null() : text_or_bytes(record.raw);
    envelope.add(value.is(Kind::Bytes) ? "value_base64" : "value", value);
    return envelope.map();
}

}  // namespace

std::unique_ptr<Batch> make_dead_letters(const Batch& failed, const std::string& pipeline,
                                         const std::string& lane) {
    auto letters = std::make_unique<Batch>();
    letters->begin = failed.begin;
    letters->end = failed.end;
    letters->lane = failed.lane;
    for (const RowFailure& failure : failed.failures)
        letters->records.push_back(failed.records[failure.record]);
    letters->make_rows(1, 0);
    for (RowIndex row = 0; row < letters->row_count(); ++row)
        letters->slots(row)[0] = envelope_of(letters->record_of(row), failed.failures[row],
                                             pipeline, lane, letters->arena);
    return letters;
}

}  // namespace messina::engine
