#include <gtest/gtest.h>

#include "codec/json.h"
#include "codec/json_kernel.h"

namespace messina::codec {
namespace {

TEST(JsonDecoder, Smoke) {
    SlotLayout layout;
    Projection projection;
    projection.fields.push_back({{"a"}, 0, kNoSite});
    projection.fields.push_back({{"b", "c"}, 1, kNoSite});
    for (auto kernel : {JsonKernel::Portable, JsonKernel::Baseline, JsonKernel::Avx2}) {
        auto decoder = make_json_decoder(kernel, projection, {});
        Batch batch;
        for (int i = 0; i < 3; ++i) {
            Record record;
            record.raw = R"({"x":[1,2,{"y":"z"}],"a":12.25, "b": {"c":"h\u00e9llo","d":null}})";
            batch.records.push_back(record);
        }
        batch.make_rows(2, 0);
        decoder->decode(batch);
        for (auto& f : batch.failures) ADD_FAILURE() << f.error.message;
        ASSERT_EQ(batch.live().size(), 3U);
        EXPECT_EQ(batch.slots(2)[0].as_double(), 12.25);
        EXPECT_EQ(batch.slots(2)[1].as_text(), "héllo");
    }
}

}  // namespace
}  // namespace messina::codec
