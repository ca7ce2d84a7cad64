// What the static library of native/ must bring: a missing development package takes features away
// without a word.
#include <string>

#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>
#include <messina_native.h>

namespace messina::cql {
namespace {

TEST(NativeLibrary, HasEveryFeatureOfLibrdkafkaThatOptionsPromise) {
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    char features[1024];
    size_t size = sizeof features;
    ASSERT_EQ(rd_kafka_conf_get(conf, "builtin.features", features, &size), RD_KAFKA_CONF_OK);
    rd_kafka_conf_destroy(conf);
    const std::string all = "," + std::string(features) + ",";
    for (const char* feature : {"gzip", "snappy", "ssl", "sasl", "lz4", "sasl_gssapi", "sasl_plain",
                                "sasl_scram", "sasl_oauthbearer", "http", "oidc", "zstd"})
        EXPECT_NE(all.find("," + std::string(feature) + ","), std::string::npos)
            << feature << " is not among " << features;
}

TEST(NativeLibrary, HasARuntimeThatItsThreadDrives) {
    mn_runtime* runtime = mn_runtime_new();
    ASSERT_NE(runtime, nullptr);
    mn_runtime_wake(runtime);
    mn_runtime_turn(runtime, 3'600'000'000);  // ends at once: it was woken before
    mn_completion completion;
    EXPECT_EQ(mn_runtime_take(runtime, &completion, 1), 0U);
    mn_runtime_free(runtime);
}

}  // namespace
}  // namespace messina::cql
