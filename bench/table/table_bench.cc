// What reads, writes and cache probes cost a row: 1 M rows of 16-byte keys and 40-byte values, in
// batches of 512.
//
//   table_bench --benchmark_repetitions=7 --benchmark_report_aggregates_only=true
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <unistd.h>

#include "base/random.h"
#include "cql/bytes.h"
#include "table/embedded.h"
#include "table/lookup_cache.h"
#include "table/testing/table_driver.h"

namespace messina::table {
namespace {

constexpr size_t kRows = 1'000'000;
constexpr size_t kBatch = 512;
constexpr size_t kKeyBytes = 16;

void check(bool is_good, std::string_view what) {
    if (is_good) return;
    std::fprintf(stderr, "table_bench: %.*s\n", static_cast<int>(what.size()), what.data());
    std::exit(1);
}

/// Spread over the whole key space, the same in every run.
std::string key_of(uint64_t number) {
    Buffer key;
    cql::append_big_endian(key, static_cast<uint32_t>(kKeyBytes));
    Random random(number);
    cql::append_big_endian(key, random.next());
    cql::append_big_endian(key, random.next());
    return std::string(key.view());
}

size_t resident_mib() {
    std::ifstream statm("/proc/self/statm");
    size_t total = 0;
    size_t resident = 0;
    statm >> total >> resident;
    return resident * static_cast<size_t>(sysconf(_SC_PAGESIZE)) >> 20;
}

struct CountedRead final : ReadReceiver {
    void on_row(size_t /*key*/, const RowView* row) override {
        rows += row != nullptr ? 1 : 0;
        if (row != nullptr) bytes += row->cells[0]->size();
    }
    void on_error(size_t /*key*/, const Error& error) override { check(false, error.message); }
    void on_end() override {}
    size_t rows = 0;
    size_t bytes = 0;
};

struct CheckedWrite final : WriteReceiver {
    void on_written(size_t /*index*/, const Error* error) override {
        check(error == nullptr, "a write failed");
    }
};

/// A table of kRows in a directory of its own.
class FilledStore {
  public:
    explicit FilledStore(size_t memory_bytes_max, bool is_in_files = true) {
        path_ =
            (std::filesystem::temp_directory_path() / ("table_bench." + std::to_string(::getpid())))
                .string();
        std::filesystem::remove_all(path_);
        EmbeddedOptions options;
        options.path = path_;
        options.memory_bytes_max = memory_bytes_max;
        options.tables = {testing::make_schema(
            "rows", {.partition_key = {"id blob"}, .columns = {"value blob"}})};
        auto store = open_embedded(options);
        check(store.has_value(), "cannot open the store");
        store_ = std::move(*store);
        table_ = std::move(*store_->open_table("rows"));
        if (is_in_files) fill(0, kRows);
    }
    ~FilledStore() {
        table_.reset();
        store_.reset();
        std::filesystem::remove_all(path_);
    }
    FilledStore(const FilledStore&) = delete;
    FilledStore& operator=(const FilledStore&) = delete;

    Table& table() { return *table_; }

    void fill(uint64_t begin, uint64_t end) {
        const std::string value(40, 'v');
        const std::optional<std::string_view> cell = value;
        const size_t column = 1;
        std::vector<std::string> keys(kBatch);
        std::vector<Mutation> mutations;
        CheckedWrite receiver;
        for (uint64_t number = begin; number < end;) {
            mutations.clear();
            for (size_t i = 0; i < kBatch && number < end; ++i, ++number) {
                keys[i] = key_of(number);
                Mutation mutation;
                mutation.key = keys[i];
                mutation.columns = {&column, 1};
                mutation.cells = {&cell, 1};
                mutation.timestamp_us = 1;
                mutations.push_back(mutation);
            }
            table_->write(mutations, receiver);
        }
    }

  private:
    std::string path_;
    std::unique_ptr<Store> store_;
    std::unique_ptr<Table> table_;
};

void read_batches(benchmark::State& state, FilledStore& store, uint64_t first, uint64_t count) {
    Random random(7);
    std::vector<std::string> keys(kBatch);
    std::vector<std::string_view> views(kBatch);
    const size_t column = 1;
    CountedRead receiver;
    for (auto _ : state) {
        state.PauseTiming();
        for (size_t i = 0; i < kBatch; ++i) {
            keys[i] = key_of(first + random.below(count));
            views[i] = keys[i];
        }
        state.ResumeTiming();
        store.table().read({views, {&column, 1}}, receiver);
    }
    state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kBatch));
    state.counters["found"] =
        static_cast<double>(receiver.rows) /
        (static_cast<double>(state.iterations()) * static_cast<double>(kBatch));
    state.counters["rss_mib"] = static_cast<double>(resident_mib());
}

/// Random keys of the whole table; the argument is memory_bytes_max in MiB.
void BM_Read(benchmark::State& state) {
    static std::unique_ptr<FilledStore> store;
    static int64_t mebibytes = 0;
    if (mebibytes != state.range(0)) {
        store.reset();
        mebibytes = state.range(0);
        store = std::make_unique<FilledStore>(static_cast<size_t>(mebibytes) << 20);
    }
    read_batches(state, *store, 0, kRows);
}
BENCHMARK(BM_Read)->Arg(2)->Arg(64)->Arg(160)->MinTime(2);

void BM_ReadAbsent(benchmark::State& state) {
    FilledStore store(2U << 20);
    read_batches(state, store, kRows, 1'000 * kRows);
}
BENCHMARK(BM_ReadAbsent)->MinTime(1);

void BM_Upsert(benchmark::State& state) {
    FilledStore store(64U << 20, false);
    uint64_t number = 0;
    for (auto _ : state) {
        store.fill(number, number + kBatch);
        number = (number + kBatch) % kRows;
    }
    state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kBatch));
}
BENCHMARK(BM_Upsert)->MinTime(3);

/// A cache that holds kRows rows.
void BM_CacheHit(benchmark::State& state) {
    static const std::unique_ptr<LookupCache> cache = [] {
        auto filled = make_lookup_cache({.bytes_max = 256U << 20, .ttl = std::chrono::hours(1)});
        const std::string text(40, 'v');
        const Value row = Value::string(text);
        for (uint64_t i = 0; i < kRows; ++i) filled->put(key_of(i), &row, Instant());
        return filled;
    }();
    Random random(7);
    std::vector<std::string> keys(kBatch);
    std::vector<std::string_view> views(kBatch);
    std::vector<LookupCache::Found> found(kBatch);
    std::vector<Value> values(kBatch);
    Arena arena;
    for (auto _ : state) {
        state.PauseTiming();
        arena.reset();
        for (size_t i = 0; i < kBatch; ++i) {
            keys[i] = key_of(random.below(kRows));
            views[i] = keys[i];
        }
        state.ResumeTiming();
        cache->probe(views, Instant(), found, values.data(), arena);
    }
    state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kBatch));
    const LookupCacheStats stats = cache->stats();
    state.counters["hits"] =
        static_cast<double>(stats.hits) / static_cast<double>(stats.hits + stats.misses);
}
BENCHMARK(BM_CacheHit)->MinTime(1);

/// New keys into a full cache: each evicts another.
void BM_CachePut(benchmark::State& state) {
    auto cache = make_lookup_cache({.bytes_max = 64U << 20, .ttl = std::chrono::hours(1)});
    const std::string text(40, 'v');
    const Value row = Value::string(text);
    for (uint64_t i = 0; i < kRows; ++i) cache->put(key_of(i), &row, Instant());
    std::vector<std::string> keys(kBatch);
    uint64_t number = kRows;
    for (auto _ : state) {
        state.PauseTiming();
        for (std::string& key : keys) key = key_of(number++);
        state.ResumeTiming();
        for (const std::string& key : keys) cache->put(key, &row, Instant());
    }
    state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kBatch));
}
BENCHMARK(BM_CachePut)->MinTime(1);

}  // namespace
}  // namespace messina::table

BENCHMARK_MAIN();
