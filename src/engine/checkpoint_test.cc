#include "engine/checkpoint.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "base/file.h"

namespace messina::engine {
namespace {

class CheckpointTest : public ::testing::Test {
  protected:
    CheckpointTest() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "messina_checkpoint_XXXXXX").string();
        directory_ = ::mkdtemp(pattern.data());
    }
    ~CheckpointTest() override { std::filesystem::remove_all(directory_); }

    void write(const std::string& text) {
        std::ofstream(directory_ + "/p.checkpoint.json") << text;
    }
    Error open_error() {
        Result<CheckpointFile> file = CheckpointFile::open(directory_, "p");
        EXPECT_FALSE(file.has_value());
        return file ? Error{} : file.error();
    }

    std::string directory_;
};

TEST_F(CheckpointTest, BeginsEmptyAndMakesItsDirectory) {
    Result<CheckpointFile> file = CheckpointFile::open(directory_ + "/a/b", "p");
    ASSERT_TRUE(file.has_value());
    EXPECT_TRUE(file->positions().empty());
    EXPECT_TRUE(std::filesystem::is_directory(directory_ + "/a/b"));
}

TEST_F(CheckpointTest, RemembersPositionsBesideThoseOfOtherLanes) {
    Result<CheckpointFile> file = CheckpointFile::open(directory_, "p");
    ASSERT_TRUE(file.has_value());
    const LanePosition first[] = {{"a \"quoted\"\n name", {1, 2}}, {"b", {3, 0}}};
    ASSERT_TRUE(file->save(first).has_value());
    const LanePosition second[] = {{"b", {INT64_MAX, 7}}};
    ASSERT_TRUE(file->save(second).has_value());
    Result<CheckpointFile> again = CheckpointFile::open(directory_, "p");
    ASSERT_TRUE(again.has_value());
    const std::map<std::string, Position> expected = {{"a \"quoted\"\n name", {1, 2}},
                                                      {"b", {INT64_MAX, 7}}};
    EXPECT_EQ(again->positions(), expected);
    EXPECT_FALSE(std::filesystem::exists(again->path() + ".new")) << "nothing is left beside it";
}

TEST_F(CheckpointTest, KeepsPipelinesApart) {
    Result<CheckpointFile> one = CheckpointFile::open(directory_, "p");
    const LanePosition position[] = {{"a", {1, 0}}};
    ASSERT_TRUE(one->save(position).has_value());
    EXPECT_TRUE(CheckpointFile::open(directory_, "q")->positions().empty());
}

TEST_F(CheckpointTest, RefusesWhatItCannotUnderstand) {
    for (const char* text :
         {"", "{", "[]", "{\"lanes\":{}}", "{\"version\":2,\"lanes\":{}}",
          "{\"version\":\"1\",\"lanes\":{}}", "{\"version\":1}", "{\"version\":1,\"lanes\":[]}",
          "{\"version\":1,\"lanes\":{\"a\":5}}", "{\"version\":1,\"lanes\":{\"a\":[1]}}",
          "{\"version\":1,\"lanes\":{\"a\":[1,\"2\"]}}",
          "{\"version\":1,\"lanes\":{\"a\":[1.5,0]}}",
          "{\"version\":1,\"lanes\":{\"a\":[-1,0]}}"}) {
        write(text);
        const Error error = open_error();
        EXPECT_EQ(error.code, "checkpoint.broken") << text;
        EXPECT_EQ(error.error_class, ErrorClass::Misconfigured);
        EXPECT_NE(error.message.find("p.checkpoint.json"), std::string::npos);
        EXPECT_FALSE(error.hint.empty());
    }
}

TEST_F(CheckpointTest, NamesTheVersionItDoesNotKnow) {
    write("{\"version\":9,\"lanes\":{}}");
    EXPECT_NE(open_error().message.find("unknown version 9"), std::string::npos);
}

TEST_F(CheckpointTest, KeepsTheOldPositionsWhenTheNewCannotBeWritten) {
    Result<CheckpointFile> file = CheckpointFile::open(directory_, "p");
    const LanePosition old[] = {{"a", {1, 0}}};
    ASSERT_TRUE(file->save(old).has_value());
    std::filesystem::create_directory(file->path() + ".new");  // stands in the way of the writing
    const LanePosition next[] = {{"a", {2, 0}}};
    ASSERT_FALSE(file->save(next).has_value());
    EXPECT_EQ(file->positions().at("a").major, 1) << "what was not saved is not remembered";
    EXPECT_EQ(CheckpointFile::open(directory_, "p")->positions().at("a").major, 1);
}

TEST_F(CheckpointTest, RefusesADirectoryThatCannotBeMade) {
    std::ofstream(directory_ + "/file") << "x";
    Result<CheckpointFile> file = CheckpointFile::open(directory_ + "/file/state", "p");
    ASSERT_FALSE(file.has_value());
    EXPECT_EQ(file.error().code, "checkpoint.directory");
}

}  // namespace
}  // namespace messina::engine
