#include "codec/avro/schema_source.h"

#include <filesystem>
#include <fstream>

#include "codec/avro/testing.h"

namespace messina::codec::avro {
namespace {

using testing::code_of;
using testing::schema_of;

/// A directory that goes away with the test.
struct TestDirectory {
    TestDirectory() : path(::testing::TempDir() + "messina_schema_source_test") {
        std::filesystem::remove_all(path);
        std::filesystem::create_directories(path);
    }
    ~TestDirectory() { std::filesystem::remove_all(path); }
    TestDirectory(const TestDirectory&) = delete;
    TestDirectory& operator=(const TestDirectory&) = delete;
    void write(const std::string& name, std::string_view text) const {
        std::ofstream(path + "/" + name) << text;
    }
    std::string path;
};

TEST(AvroSchemaDirectory, FindsSchemasByIdAndKeepsThem) {
    const TestDirectory files;
    files.write("7.avsc", R"({"type":"record","name":"R","fields":[
        {"name":"x","type":"string","default":null}]})");
    SchemaDirectory directory(files.path);
    const auto schema = directory.schema(7);
    ASSERT_TRUE(schema) << schema.error().to_text();
    std::filesystem::remove(files.path + "/7.avsc");
    EXPECT_EQ(*directory.schema(7), *schema);
}

TEST(AvroSchemaDirectory, SaysWhichFileIsMissingOrWrong) {
    const TestDirectory files;
    files.write("1.avsc", "{");
    SchemaDirectory directory(files.path);
    const auto missing = directory.schema(9);
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, "avro.unknown_schema_id");
    EXPECT_EQ(missing.error().error_class, ErrorClass::Poison);
    EXPECT_NE(missing.error().hint.find("9.avsc"), std::string::npos);
    EXPECT_EQ(code_of(directory.schema(1)), "avro.schema_syntax");
    // A file that comes later is found.
    files.write("9.avsc", "\"int\"");
    EXPECT_TRUE(directory.schema(9));
}

TEST(AvroSchemaDirectory, GivesNewSchemasTheNextId) {
    const TestDirectory files;
    files.write("3.avsc", "\"int\"");
    files.write("007.avsc", "\"broken");
    files.write("notes.txt", "x");
    SchemaDirectory directory(files.path);
    EXPECT_EQ(*directory.id_of(*schema_of("int")), 3U);
    EXPECT_EQ(*directory.id_of(*schema_of("string")), 4U);
    EXPECT_EQ(*directory.id_of(*schema_of("string")), 4U);
    SchemaDirectory other(files.path);
    EXPECT_EQ((*other.schema(4))->canonical(), "\"string\"");
    SchemaDirectory nowhere(files.path + "/none");
    EXPECT_EQ(code_of(nowhere.id_of(*schema_of("int"))), "avro.schema_directory");
}

}  // namespace
}  // namespace messina::codec::avro
