// What is particular to the embedded store; what all stores share is in testing/.
#include "table/embedded.h"

#include <gtest/gtest.h>

#include "table/testing/conformance.h"

namespace messina::table {
namespace {

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
