// The suite that the embedded store passes, against Cassandra.
#include "table/testing/conformance.h"

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
        time_ = keyspace_.server_time();
        const auto second = std::chrono::floor<std::chrono::seconds>(time_);
        if (time_ - second >= kLateInASecond) time_ = second + std::chrono::seconds(1);
        keyspace_.wait_for_server_time(time_);
        return store;
    }
    void advance(std::chrono::seconds by) override {
        time_ += by;
        keyspace_.wait_for_server_time(time_);
    }
    void run_until(const std::function<bool()>& is_done) override {
        keyspace_.loop().run_until(is_done);
    }

  private:
    static constexpr std::chrono::milliseconds kLateInASecond{500};

    [[nodiscard]] std::string in_keyspace(const TableSchema& table) const {
        return keyspace_.name() + "." + to_cql_name(table.name);
    }

    LiveKeyspace keyspace_;
    bool is_made_ = false;
    std::chrono::milliseconds time_{0};  // the server's, as far as tests have let it run
};

}  // namespace

INSTANTIATE_TEST_SUITE_P(Cql, StoreConformance,
                         ::testing::Values([]() -> std::unique_ptr<StoreHarness> {
                             return std::make_unique<LiveHarness>();
                         }));

}  // namespace messina::table::testing
