// What decoding and encoding cost, in ns per event: the text of every benchmark is 7 MB, batches of
// 512 rows.
#include <algorithm>

#include <fmt/format.h>

#include "codec/csv.h"
#include "codec/json.h"
#include "codec/json_kernel.h"
#include "codec/json_utf8.h"
#include "events.h"

namespace messina::codec {

std::string json_event(Random& random) {
    constexpr std::string_view types[] = {"impression", "click", "view", "purchase"};
    constexpr std::string_view countries[] = {"DE", "US", "FR", "BR", "IN"};
    constexpr std::string_view devices[] = {"mobile", "desktop", "tablet", "tv"};
    return fmt::format(
        R"({{"event_id":"{:016x}","ts":{},"type":"{}","user_id":"u-{:08}","campaign_id":{},)"
        R"("creative_id":{},"country":"{}","device":"{}","price":{}.{:04},"ip":"{}.{}.{}.{}",)"
        R"("referrer":"https://news.example/{}","consent":{}}})",
        random.next(), 1'718'000'000'000 + random.below(100'000'000'000), types[random.below(4)],
        random.below(100'000'000), 1000 + random.below(90'000), 100'000 + random.below(900'000),
        countries[random.below(5)], devices[random.below(4)], random.below(20),
        random.below(10'000), random.below(256), random.below(256), random.below(256),
        random.below(256), random.below(1000), random.chance(0.7) ? "true" : "false");
}

EventBatches make_batches(std::string (*make_event)(Random&), size_t slot_count,
                          size_t site_count) {
    EventBatches made;
    Random random(7);
    std::vector<size_t> ends;
    for (size_t i = 0; i < kBatches * kBatchRows; ++i) {
        made.text += make_event(random);
        ends.push_back(made.text.size());
        made.text += '\n';
    }
    size_t begin = 0;
    for (size_t i = 0; i < kBatches; ++i) {
        auto batch = std::make_unique<Batch>();
        for (size_t row = 0; row < kBatchRows; ++row) {
            Record record;
            const size_t end = ends[i * kBatchRows + row];
            record.raw = std::string_view(made.text).substr(begin, end - begin);
            begin = end + 1;
            batch->records.push_back(record);
        }
        batch->make_rows(slot_count, site_count);
        made.batches.push_back(std::move(batch));
    }
    return made;
}

Projection wanted_projection() {
    Projection projection;
    SlotIndex slot = 0;
    for (const std::string_view name : kWantedFields)
        projection.fields.push_back({{std::string(name)}, slot++, kNoSite});
    return projection;
}

void report_per_event(benchmark::State& state, size_t batches) {
    state.counters["per_event"] = benchmark::Counter(
        static_cast<double>(state.iterations()) * static_cast<double>(batches * kBatchRows),
        benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void repeat(benchmark::internal::Benchmark* benchmark) {
    benchmark->Repetitions(9)->ReportAggregatesOnly(true)->ComputeStatistics(
        "min", [](const std::vector<double>& runs) { return std::ranges::min(runs); });
}

namespace {

std::string csv_event(Random& random) {
    return fmt::format("{:016x},{},click,u-{:08},{},{},DE,mobile,{}.{:04},203.0.113.{},,true",
                       random.next(), 1'718'000'000'000 + random.below(100'000'000'000),
                       random.below(100'000'000), 1000 + random.below(90'000),
                       100'000 + random.below(900'000), random.below(20), random.below(10'000),
                       random.below(256));
}

void decode_json(benchmark::State& state, JsonKernel kernel) {
    if (!is_available(kernel)) {
        state.SkipWithError("not on this machine");
        return;
    }
    const EventBatches events = make_batches(json_event, std::size(kWantedFields), 0);
    const auto decoder = make_json_decoder(kernel, wanted_projection(), {});
    for ([[maybe_unused]] auto pass : state)
        for (const auto& batch : events.batches) decoder->decode(*batch);
    report_per_event(state, events.batches.size());
}
BENCHMARK_CAPTURE(decode_json, avx2, JsonKernel::Avx2)->Apply(repeat);
BENCHMARK_CAPTURE(decode_json, baseline, JsonKernel::Baseline)->Apply(repeat);

void decode_json_with_site(benchmark::State& state) {
    const EventBatches events = make_batches(json_event, std::size(kWantedFields), 1);
    Projection projection = wanted_projection();
    projection.fields.push_back({{"segments"}, kNoSlot, 0});
    projection.site_count = 1;
    const auto decoder = make_json_decoder(projection);
    for ([[maybe_unused]] auto pass : state)
        for (const auto& batch : events.batches) decoder->decode(*batch);
    report_per_event(state, events.batches.size());
}
BENCHMARK(decode_json_with_site)->Apply(repeat);

void decode_json_whole(benchmark::State& state) {
    const EventBatches events = make_batches(json_event, 1, 0);
    Projection projection;
    projection.fields.push_back({{}, 0, kNoSite});
    const auto decoder = make_json_decoder(projection);
    for ([[maybe_unused]] auto pass : state) {
        for (const auto& batch : events.batches) {
            batch->arena.reset();
            batch->make_rows(1, 0);
            decoder->decode(*batch);
        }
    }
    report_per_event(state, events.batches.size());
}
BENCHMARK(decode_json_whole)->Apply(repeat);

void validate_utf8(benchmark::State& state) {
    const EventBatches events = make_batches(json_event, 0, 0);
    for ([[maybe_unused]] auto pass : state)
        for (const auto& batch : events.batches)
            for (const Record& record : batch->records)
                benchmark::DoNotOptimize(is_utf8(record.raw));
    report_per_event(state, events.batches.size());
}
BENCHMARK(validate_utf8)->Apply(repeat);

/// One member of 40 bytes appended to each event; the batch is in the cache, as it is when it was
/// decoded just before.
void splice_json(benchmark::State& state) {
    EventBatches events = make_batches(json_event, 1, 1);
    events.batches.resize(1);
    Projection projection;
    projection.fields.push_back({{"segments"}, kNoSlot, 0});
    projection.site_count = 1;
    const auto decoder = make_json_decoder(projection);
    OutputPlan plan{.can_splice = true,
                    .root_slot = kNoSlot,
                    .edits = {{{"segments"}, 0, 0}},
                    .terminator = "\n"};
    const auto encoder = make_json_encoder(plan);
    for (const auto& batch : events.batches) {
        decoder->decode(*batch);
        for (const RowIndex row : batch->live())
            batch->slots(row)[0] = Value::string("sports,travel,de-north-3 ");
    }
    Buffer out;
    std::vector<size_t> ends;
    for ([[maybe_unused]] auto pass : state) {
        for (const auto& batch : events.batches) {
            out.clear();
            ends.clear();
            encoder->encode(*batch, batch->live(), out, ends);
            benchmark::DoNotOptimize(out.data());
        }
    }
    report_per_event(state, events.batches.size());
}
BENCHMARK(splice_json)->Apply(repeat);

void encode_json_whole(benchmark::State& state) {
    EventBatches events = make_batches(json_event, 1, 0);
    Projection projection;
    projection.fields.push_back({{}, 0, kNoSite});
    const auto decoder = make_json_decoder(projection);
    const auto encoder =
        make_json_encoder({.can_splice = false, .root_slot = 0, .edits = {}, .terminator = "\n"});
    for (const auto& batch : events.batches) decoder->decode(*batch);
    Buffer out;
    std::vector<size_t> ends;
    for ([[maybe_unused]] auto pass : state) {
        for (const auto& batch : events.batches) {
            out.clear();
            ends.clear();
            encoder->encode(*batch, batch->live(), out, ends);
            benchmark::DoNotOptimize(out.data());
        }
    }
    report_per_event(state, events.batches.size());
}
BENCHMARK(encode_json_whole)->Apply(repeat);

void decode_csv(benchmark::State& state) {
    const EventBatches events = make_batches(csv_event, std::size(kWantedFields), 0);
    CsvOptions options;
    options.types = {
        {"ts", CsvType::Int}, {"campaign_id", CsvType::Int}, {"price", CsvType::Double}};
    const auto decoder = make_csv_decoder(wanted_projection(), options);
    const Result<void> header =
        decoder->set_header({"event_id", "ts", "type", "user_id", "campaign_id", "creative_id",
                             "country", "device", "price", "ip", "referrer", "consent"});
    if (!header) state.SkipWithError("header");
    for ([[maybe_unused]] auto pass : state)
        for (const auto& batch : events.batches) decoder->decode(*batch);
    report_per_event(state, events.batches.size());
}
BENCHMARK(decode_csv)->Apply(repeat);

}  // namespace
}  // namespace messina::codec
