// The suite that the embedded store passes, against Cassandra.
#include "table/testing/conformance.h"

#include <thread>

#include "base/check.h"
#include "live_cluster.h"

namespace messina::table::testing {
namespace {

class LiveHarness final : public StoreHarness {
  public:
    Result<std::unique_ptr<Store>> open(std::vector<TableSchema> tables) override {
        for (const TableSchema& table : tables) {
            if (is_made_) keyspace_.execute("DROP TABLE IF EXISTS " + in_keyspace(table));
            keyspace_.execute(table.to_cql(keyspace_.name()));
        }
        is_made_ = true;
        CqlOptions options = keyspace_.options();
        options.tables = std::move(tables);
        auto store = open_cql(keyspace_.loop(), std::move(options));
        // A server counts TTLs in whole seconds of its clock: what is written now is of this one.
        const WallTime now = system_clock().now();
        const WallTime second = std::chrono::floor<std::chrono::seconds>(now);
        begin_ = now - second < kLateInASecond ? now : second + std::chrono::seconds(1);
        elapsed_ = std::chrono::seconds(0);
        sleep_until_begin_plus(std::chrono::seconds(0));
        return store;
    }
    void advance(std::chrono::seconds by) override {
        elapsed_ += by;
        sleep_until_begin_plus(elapsed_);
    }
    void run_until(const std::function<bool()>& is_done) override {
        keyspace_.loop().run_until(is_done);
    }

  private:
    static constexpr Nanos kLateInASecond = std::chrono::milliseconds(500);

    [[nodiscard]] std::string in_keyspace(const TableSchema& table) const {
        return keyspace_.name() + "." + to_cql_name(table.name);
    }
    void sleep_until_begin_plus(std::chrono::seconds elapsed) const {
        std::this_thread::sleep_for(begin_ + elapsed - system_clock().now());
    }

    LiveKeyspace keyspace_;
    bool is_made_ = false;
    WallTime begin_;
    std::chrono::seconds elapsed_{0};
};

}  // namespace

INSTANTIATE_TEST_SUITE_P(Cql, StoreConformance,
                         ::testing::Values([]() -> std::unique_ptr<StoreHarness> {
                             return std::make_unique<LiveHarness>();
                         }));

}  // namespace messina::table::testing
