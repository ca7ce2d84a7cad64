// What is particular to the embedded store: files, definitions, durability. What all stores share
// is in testing/.
#include "table/embedded.h"

#include <atomic>
#include <filesystem>
#include <thread>

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/failpoint.h"
#include "table/testing/conformance.h"

namespace messina::table {
namespace {

using testing::make_schema;
using testing::SchemaText;
using testing::TableDriver;
using Row = TableDriver::Row;

Value text(std::string_view s) {
    return Value::string(s);
}
Value number(int64_t i) {
    return Value::integer(i);
}

/// The descriptor on which a child reports to its parent.
constexpr int kReports = 200;

const SchemaText kSimple = {.partition_key = {"id text"}, .columns = {"a int", "b text"}};

/// A directory for one test.
class EmbeddedTest : public ::testing::Test {
  protected:
    EmbeddedTest() {
        std::string name = std::filesystem::temp_directory_path() / "embedded_test.XXXXXX";
        path_ = ::mkdtemp(name.data());
    }
    ~EmbeddedTest() override {
        arm_failpoints("");
        std::filesystem::remove_all(path_);
    }

    Result<std::unique_ptr<Store>> open(const SchemaText& schema, Sync sync = Sync::Process) {
        return open_embedded({.path = path_, .tables = {make_schema("t", schema)}, .sync = sync});
    }

    std::string path_;
};

/// A store's table "t" with its driver.
struct Opened {
    explicit Opened(Result<std::unique_ptr<Store>> result)
        : store(std::move(*result)), table(std::move(*store->open_table("t"))), driver(*table) {}
    std::unique_ptr<Store> store;
    std::unique_ptr<Table> table;
    TableDriver driver;
};

TEST_F(EmbeddedTest, KeepsRowsFromOneOpeningToTheNext) {
    for (const Sync sync : {Sync::Process, Sync::Machine}) {
        {
            Opened t(open(kSimple, sync));
            ASSERT_TRUE(t.driver.upsert({text("x")}, {{"a", number(1)}}, 10));
            ASSERT_TRUE(t.store->sync());
            EXPECT_EQ(t.store->tables().size(), 1U);
            EXPECT_EQ(t.table->schema().name, "t");
        }
        Opened t(open(kSimple, sync));
        EXPECT_EQ(*t.driver.read({text("x")}, {"a"}), Row{"1"});
    }
}

TEST_F(EmbeddedTest, HidesColumnsThatAreGoneAndGivesNewOnesNoOldValues) {
    {
        Opened t(open(kSimple));
        ASSERT_TRUE(t.driver.upsert({text("x")}, {{"a", number(1)}, {"b", text("one")}}, 10));
        ASSERT_TRUE(t.driver.delete_columns({text("y")}, {"a"}, 10));
    }
    {
        Opened t(open({.partition_key = {"id text"}, .columns = {"c int", "b text"}}));
        EXPECT_EQ(*t.driver.read({text("x")}, {"c", "b"}), (Row{"null", "\"one\""}));
    }
    Opened t(open(kSimple));
    EXPECT_EQ(*t.driver.read({text("x")}, {"a", "b"}), (Row{"1", "\"one\""}));
}

TEST_F(EmbeddedTest, TakesTtlsOfTwentyYears) {
    Opened t(open(kSimple));
    EXPECT_TRUE(t.driver.upsert({text("x")}, {{"a", number(1)}}, 10, 630'720'000));
    EXPECT_EQ(*t.driver.read({text("x")}, {"a"}), Row{"1"});
}

TEST_F(EmbeddedTest, RefusesAChangedKey) {
    {
        Opened t(open(kSimple));
    }
    const auto refused = open({.partition_key = {"id int"}, .columns = {"a int"}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().error_class, ErrorClass::Misconfigured);
    EXPECT_EQ(refused.error().code, "table.schema_changed");
}

TEST_F(EmbeddedTest, RefusesADirectoryThatIsOpenElsewhere) {
    Opened t(open(kSimple));
    const auto refused = open(kSimple);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().error_class, ErrorClass::Misconfigured);
    EXPECT_EQ(refused.error().code, "table.locked");
}

TEST_F(EmbeddedTest, RefusesAPathThatIsNoDirectory) {
    const auto below_file = open_embedded({.path = "/proc/version/x", .tables = {}});
    ASSERT_FALSE(below_file);
    EXPECT_EQ(below_file.error().code, "table.open");
    EXPECT_NE(below_file.error().message.find("/proc/version/x"), std::string::npos);
}

TEST_F(EmbeddedTest, FailsWhereAFailpointIsArmed) {
    Opened t(open(kSimple));
    ASSERT_TRUE(arm_failpoints("table.before_write=error"));
    auto done = t.driver.upsert({text("x")}, {{"a", number(1)}}, 10);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().error_class, ErrorClass::Transient);
    EXPECT_EQ(done.error().code, "table.io");
    EXPECT_EQ(*t.driver.read({text("x")}, {"a"}), std::nullopt) << "nothing was written";
    ASSERT_TRUE(arm_failpoints("table.after_write=error"));
    EXPECT_FALSE(t.driver.upsert({text("x")}, {{"a", number(1)}}, 10));
    EXPECT_EQ(*t.driver.read({text("x")}, {"a"}), Row{"1"}) << "written, though not reported";
}

TEST_F(EmbeddedTest, RefusesMutationsThatMakeNoSenseAndTakesTheOthersOfTheirBatch) {
    struct Codes final : WriteReceiver {
        void on_written(size_t index, const Error* error) override {
            if (codes.size() <= index) codes.resize(index + 1);
            codes[index] = error == nullptr ? "" : error->code;
        }
        std::vector<std::string> codes;
    };
    Opened t(open({.partition_key = {"p text"},
                   .clustering_key = {"c int"},
                   .statics = {"s int"},
                   .columns = {"v int"}}));
    const std::string key = t.driver.key({text("p"), number(1)});
    const std::string partition = t.driver.key({text("p")});
    const std::vector<size_t> v = {3};
    const std::vector<size_t> twice = {3, 3};
    const std::vector<size_t> key_column = {1};
    const std::vector<size_t> unknown = {9};
    const std::vector<std::optional<std::string_view>> cell = {std::string_view("\0\0\0\7", 4)};
    const std::vector<std::optional<std::string_view>> cells = {cell[0], cell[0]};
    const std::vector<std::optional<std::string_view>> short_cell = {"x"};
    const auto upsert = [&](std::string_view at, const std::vector<size_t>& columns,
                            const std::vector<std::optional<std::string_view>>& values) {
        Mutation mutation;
        mutation.key = at;
        mutation.columns = columns;
        mutation.cells = values;
        mutation.timestamp_us = 10;
        return mutation;
    };
    const std::string longer = key + "more";
    std::vector<Mutation> batch = {
        upsert(key, v, cell),       upsert(key, twice, cells),  upsert(key, key_column, cell),
        upsert(key, unknown, cell), upsert(key, v, short_cell), upsert(key, v, cells),
        upsert(partition, v, cell), upsert("garbage", v, cell), upsert(key, v, cell),
        upsert(longer, v, cell),
    };
    batch[8].timestamp_us = INT64_MIN;
    Mutation row = batch[0];
    row.kind = MutationKind::DeleteRow;
    row.key = partition;
    batch.push_back(row);
    Codes receiver;
    t.table->write(batch, receiver);
    EXPECT_EQ(receiver.codes, (std::vector<std::string>{
                                  "", "table.column_twice", "table.key_column",
                                  "table.unknown_column", "table.cell_malformed", "table.cells",
                                  "table.key_incomplete", "table.key_malformed", "table.timestamp",
                                  "table.key_malformed", "table.key_incomplete"}));
    EXPECT_EQ(*t.driver.read({text("p"), number(1)}, {"v"}), Row{"7"});
}

TEST_F(EmbeddedTest, RefusesReadsThatMakeNoSense) {
    struct Codes final : ReadReceiver {
        void on_row(size_t /*key*/, const RowView* row) override {
            codes.emplace_back(row == nullptr ? "none" : "row");
        }
        void on_error(size_t /*key*/, const Error& error) override {
            codes.emplace_back(error.code);
        }
        void on_end() override { codes.emplace_back("end"); }
        std::vector<std::string> codes;
    };
    Opened t(
        open({.partition_key = {"p text"}, .clustering_key = {"c int"}, .columns = {"v int"}}));
    const std::string good = t.driver.key({text("p"), number(1)});
    const std::string partition = t.driver.key({text("p")});
    const std::vector<std::string_view> keys = {good, partition, "?"};
    const std::vector<size_t> v = {2};
    const std::vector<size_t> unknown = {3};
    Codes receiver;
    t.table->read({keys, v}, receiver);
    EXPECT_EQ(receiver.codes, (std::vector<std::string>{"table.key_incomplete",
                                                        "table.key_malformed", "none", "end"}));
    receiver.codes.clear();
    t.table->read({keys, unknown}, receiver);
    EXPECT_EQ(receiver.codes.front(), "table.unknown_column");
    PageRequest page;
    page.partition_key = good;
    const auto code = [&] {
        std::string found;
        t.table->read_partition(page, [&](Result<Page> result) {
            found = result ? "page" : std::string(result.error().code);
        });
        return found;
    };
    EXPECT_EQ(code(), "table.key_incomplete");
    page.partition_key = partition;
    page.columns = unknown;
    EXPECT_EQ(code(), "table.unknown_column");
    page.columns = v;
    EXPECT_EQ(code(), "page");
}

TEST_F(EmbeddedTest, ReadsTheOneRowOfAPartitionWithoutClusteringColumns) {
    Opened t(open(kSimple));
    ASSERT_TRUE(t.driver.upsert({text("x")}, {{"a", number(1)}}, 10));
    EXPECT_EQ(*t.driver.rows({text("x")}, {"a", "id"}), (std::vector<Row>{{"1", "\"x\""}}));
    EXPECT_EQ(*t.driver.rows({text("y")}, {"a"}), std::vector<Row>{});
    EXPECT_FALSE(t.driver.delete_range({text("x")}, {}, {}, 20));
}

/// Not a test: what the next one runs in another process, which it kills.
TEST(EmbeddedChild, DISABLED_WritesAndReportsUntilItIsKilled) {
    const char* path = std::getenv("EMBEDDED_TEST_PATH");
    const char* begin = std::getenv("EMBEDDED_TEST_BEGIN");
    if (path == nullptr || begin == nullptr) GTEST_SKIP() << "needs a parent";
    Opened t(open_embedded({.path = path, .tables = {make_schema("t", kSimple)}}));
    for (int64_t i = std::stoll(begin);; ++i) {
        if (!t.driver.upsert({text(std::to_string(i))}, {{"a", number(i)}}, i)) ::_exit(1);
        if (::write(kReports, &i, sizeof i) != sizeof i) ::_exit(2);
    }
}

/// The last number that a writing child reported before it was killed.
int64_t write_until_killed(const std::string& path, int64_t begin, int64_t wanted) {
    int pipe_ends[2];
    EXPECT_EQ(::pipe(pipe_ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        ::setenv("EMBEDDED_TEST_PATH", path.c_str(), 1);
        ::setenv("EMBEDDED_TEST_BEGIN", std::to_string(begin).c_str(), 1);
        // What the test program prints itself must not get between the numbers.
        ::dup2(pipe_ends[1], kReports);
        ::execl("/proc/self/exe", "table_test", "--gtest_also_run_disabled_tests",
                "--gtest_filter=EmbeddedChild.*", nullptr);
        ::_exit(3);
    }
    ::close(pipe_ends[1]);
    int64_t last = -1;
    while (last < wanted && ::read(pipe_ends[0], &last, sizeof last) == sizeof last) {
    }
    ::kill(child, SIGKILL);
    // What it still reported before it died.
    while (::read(pipe_ends[0], &last, sizeof last) == sizeof last) {
    }
    ::close(pipe_ends[0]);
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFSIGNALED(status)) << "the child failed: " << WEXITSTATUS(status);
    return last;
}

TEST_F(EmbeddedTest, HasEveryAcknowledgedWriteAfterBeingKilled) {
    int64_t acknowledged = -1;
    for (int round = 0; round < 5; ++round) {
        const int64_t wanted = acknowledged + 200 + round * 37;
        acknowledged = write_until_killed(path_, acknowledged + 1, wanted);
        ASSERT_GE(acknowledged, wanted);
        Opened t(open(kSimple));
        for (int64_t i = 0; i <= acknowledged; ++i)
            ASSERT_EQ(*t.driver.read({text(std::to_string(i))}, {"a"}), Row{std::to_string(i)});
    }
}

TEST_F(EmbeddedTest, NeverReadsBackAnOlderValueWhileOthersWrite) {
    auto store = open(kSimple);
    ASSERT_TRUE(store);
    constexpr int64_t writes = 3'000;
    std::atomic<int64_t> acknowledged = -1;
    std::thread writer([&] {
        auto table = (*store)->open_table("t");
        TableDriver driver(**table);
        for (int64_t i = 0; i < writes; ++i) {
            EXPECT_TRUE(driver.upsert({text("x")}, {{"a", number(i)}}, i));
            acknowledged = i;
        }
    });
    auto table = (*store)->open_table("t");
    TableDriver driver(**table);
    while (acknowledged < writes - 1) {
        const int64_t at_least = acknowledged;
        const auto row = driver.read({text("x")}, {"a"});
        if (at_least >= 0) {
            EXPECT_GE(std::stoll((**row)[0]), at_least);
        }
    }
    writer.join();
}

class EmbeddedHarness final : public testing::StoreHarness {
  public:
    Result<std::unique_ptr<Store>> open(std::vector<TableSchema> tables) override {
        return open_embedded({.path = ":memory:", .tables = std::move(tables), .clock = &clock_});
    }
    void advance(std::chrono::seconds by) override { clock_.advance(by); }

  private:
    VirtualClock clock_{WallTime(std::chrono::seconds(1'700'000'000))};
};

}  // namespace

namespace testing {
INSTANTIATE_TEST_SUITE_P(Embedded, StoreConformance,
                         ::testing::Values([]() -> std::unique_ptr<StoreHarness> {
                             return std::make_unique<EmbeddedHarness>();
                         }));
}  // namespace testing
}  // namespace messina::table
