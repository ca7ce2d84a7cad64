// simdjson On-Demand at the same task as decode_json, for comparison: one document a line, six
// fields in the order they come, the rest skipped (and, unlike there, not checked).
#include <simdjson.h>

#include "events.h"

namespace messina::codec {
namespace {

bool take(simdjson::ondemand::value value, Value& slot) {
    switch (value.type()) {
        case simdjson::ondemand::json_type::string: {
            std::string_view text;
            if (value.get_string().get(text) != simdjson::SUCCESS) return false;
            slot = Value::string(text);
            return true;
        }
        case simdjson::ondemand::json_type::number: {
            simdjson::ondemand::number number;
            if (value.get_number().get(number) != simdjson::SUCCESS) return false;
            slot = number.is_double() ? Value::floating(number.get_double())
                                      : Value::integer(number.get_int64());
            return true;
        }
        default: return false;
    }
}

void decode_json_simdjson(benchmark::State& state) {
    EventBatches events = make_batches(json_event, std::size(kWantedFields), 0);
    constexpr size_t padding = simdjson::SIMDJSON_PADDING;
    simdjson::ondemand::parser parser;
    size_t failures = 0;
    for ([[maybe_unused]] auto pass : state) {
        for (const auto& batch : events.batches) {
            for (const RowIndex row : batch->live()) {
                const std::string_view raw = batch->records[row].raw;
                // The last record of the text has no room behind it.
                if (raw.data() + raw.size() + padding > events.text.data() + events.text.size())
                    continue;
                simdjson::ondemand::document document;
                if (parser.iterate(raw.data(), raw.size(), raw.size() + padding).get(document) !=
                    simdjson::SUCCESS) {
                    ++failures;
                    continue;
                }
                Value* slot = batch->slots(row);
                for (const std::string_view name : kWantedFields) {
                    simdjson::ondemand::value value;
                    if (document.find_field(name).get(value) != simdjson::SUCCESS ||
                        !take(value, *slot++))
                        ++failures;
                }
            }
        }
    }
    if (failures != 0) state.SkipWithError("does not decode");
    report_per_event(state, events.batches.size());
}
BENCHMARK(decode_json_simdjson)->Apply(repeat);

}  // namespace
}  // namespace messina::codec
