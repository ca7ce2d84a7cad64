#include <gtest/gtest.h>

#include "codec/json.h"

namespace messina::codec {
namespace {

TEST(JsonWriter, RoundTripsWhatItReads) {
    Arena arena;
    for (const std::string_view text :
         {R"({"a":[1,2.5,"x\n",null,true,{}],"b":{"c":[]},"d":1.0,"e":1e+300})", "[]", "\"\"",
          "-0.0", "null"}) {
        const auto value = parse_json(text, arena);
        ASSERT_TRUE(value) << value.error().message;
        EXPECT_EQ(to_json(*value), text);
    }
}

}  // namespace
}  // namespace messina::codec
