// Arena, buffer, backoff, nearest word, failpoints, errors and whole files.
#include <array>
#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/backoff.h"
#include "base/buffer.h"
#include "base/check.h"
#include "base/error.h"
#include "base/failpoint.h"
#include "base/file.h"
#include "base/nearest.h"

namespace messina {
namespace {

TEST(Arena, GivesAlignedMemoryThatDoesNotOverlap) {
    Arena arena(128);
    std::vector<std::pair<uintptr_t, size_t>> given;
    for (size_t i = 1; i < 400; ++i) {
        const size_t align = size_t{1} << (i % 5);
        void* memory = arena.allocate(i % 37, align);
        const auto at = reinterpret_cast<uintptr_t>(memory);
        EXPECT_EQ(at % align, 0u);
        std::memset(memory, static_cast<int>(i), i % 37);
        for (const auto& [begin, bytes] : given)
            EXPECT_TRUE(at >= begin + bytes || at + i % 37 <= begin);
        given.emplace_back(at, i % 37);
    }
}

TEST(Arena, TakesOneAllocationLargerThanABlock) {
    Arena arena(64);
    const std::string large(10'000, 'x');
    EXPECT_EQ(arena.copy(large), large);
    EXPECT_EQ(arena.copy("after"), "after");
    EXPECT_EQ(arena.copy(""), "");
}

TEST(Arena, ValueInitialisesArrays) {
    Arena arena(64);
    std::memset(arena.allocate(32), 0xff, 32);
    arena.reset();
    const int* items = arena.make_array<int>(8);
    for (int i = 0; i < 8; ++i) EXPECT_EQ(items[i], 0);
}

TEST(Arena, KeepsItsMemoryForTheNextBatchUnlessItIsHuge) {
    Arena arena(1024);
    for (int i = 0; i < 10; ++i) (void)arena.allocate(1000);
    arena.reset();
    const size_t kept = arena.bytes_reserved();
    EXPECT_GT(kept, 0u);
    (void)arena.allocate(1000);
    EXPECT_EQ(arena.bytes_reserved(), kept) << "a steady state allocates nothing";
    (void)arena.allocate(64u << 20);
    arena.reset();
    EXPECT_EQ(arena.bytes_reserved(), 0u) << "one huge record does not keep its memory";
    EXPECT_EQ(arena.copy("again"), "again");
}

TEST(Buffer, GrowsAndKeepsWhatItHolds) {
    Buffer buffer;
    std::string expected;
    for (int i = 0; i < 1000; ++i) {
        buffer.append(std::to_string(i));
        buffer.push_back(',');
        expected += std::to_string(i) + ",";
    }
    EXPECT_EQ(buffer.view(), expected);
    EXPECT_EQ(buffer.view(2, 5), expected.substr(2, 3));
    buffer.truncate(4);
    EXPECT_EQ(buffer.view(), expected.substr(0, 4));
    buffer.truncate(100);
    EXPECT_EQ(buffer.size(), 4u) << "never longer";
    buffer.clear();
    EXPECT_TRUE(buffer.empty());
}

TEST(Backoff, DoublesUpToItsBoundWithJitter) {
    using std::chrono::milliseconds;
    for (uint64_t seed = 0; seed < 50; ++seed) {
        Backoff backoff({milliseconds(50), milliseconds(1000)}, seed);
        Nanos ceiling = milliseconds(50);
        for (int i = 1; i <= 20; ++i) {
            const Nanos delay = backoff.next();
            EXPECT_GE(delay, ceiling / 2);
            EXPECT_LE(delay, ceiling);
            EXPECT_EQ(backoff.tries(), i);
            ceiling = std::min<Nanos>(ceiling * 2, milliseconds(1000));
        }
        backoff.reset();
        EXPECT_EQ(backoff.tries(), 0);
        EXPECT_LE(backoff.next(), milliseconds(50));
    }
}

TEST(Backoff, DiffersBySeedAndRepeatsFromIt) {
    Backoff one({}, 1);
    Backoff same({}, 1);
    Backoff other({}, 2);
    const Nanos first = one.next();
    EXPECT_EQ(first, same.next());
    EXPECT_NE(first, other.next());
}

TEST(Nearest, FindsWhatWasProbablyMeant) {
    const std::array<std::string_view, 4> words = {"columns", "table", "timeout", "key"};
    EXPECT_EQ(nearest("colums", words), "columns");
    EXPECT_EQ(nearest("tabel", words), "table") << "a swap is one mistake";
    EXPECT_EQ(nearest("ky", words), "key");
    EXPECT_EQ(nearest("timeout", words), "timeout");
    EXPECT_EQ(nearest("zebra", words), "");
    EXPECT_EQ(nearest("", words), "");
    EXPECT_EQ(nearest(std::string(1000, 'x'), words), "") << "no quadratic work on long input";
    EXPECT_EQ(did_you_mean("colums", words), "did you mean 'columns'?");
    EXPECT_EQ(did_you_mean("zebra", words), "");
}

class FailpointTest : public ::testing::Test {
  protected:
    ~FailpointTest() override { arm_failpoints(""); }
};

TEST_F(FailpointTest, FailsFromItsPassageOn) {
    ASSERT_TRUE(arm_failpoints("table.before_write=error@3"));
    EXPECT_FALSE(failpoint("table.before_write"));
    EXPECT_FALSE(failpoint("table.before_write"));
    EXPECT_TRUE(failpoint("table.before_write"));
    EXPECT_TRUE(failpoint("table.before_write"));
    EXPECT_FALSE(failpoint("table.after_write")) << "another place";
    ASSERT_TRUE(arm_failpoints(""));
    EXPECT_FALSE(failpoint("table.before_write"));
}

TEST_F(FailpointTest, TakesSeveral) {
    ASSERT_TRUE(arm_failpoints("table.before_write=error,,table.after_write=error"));
    EXPECT_TRUE(failpoint("table.before_write"));
    EXPECT_TRUE(failpoint("table.after_write"));
}

TEST_F(FailpointTest, RefusesWhatItDoesNotUnderstand) {
    for (const char* text :
         {"nonsense", "nowhere=kill", "table.after_write=explode", "table.after_write=kill@0",
          "table.after_write=kill@-1", "table.after_write=kill@x", "table.after_write=kill@1x",
          "table.after_write=", "table.after_write"})
        EXPECT_FALSE(arm_failpoints(text)) << text;
}

TEST_F(FailpointTest, ReadsTheEnvironment) {
    ::setenv("MESSINA_FAILPOINTS", "table.after_write=error", 1);
    EXPECT_TRUE(arm_failpoints_from_environment());
    EXPECT_TRUE(failpoint("table.after_write"));
    ::unsetenv("MESSINA_FAILPOINTS");
    EXPECT_TRUE(arm_failpoints_from_environment());
}

TEST_F(FailpointTest, KillsTheProcess) {
    const pid_t child = ::fork();
    if (child == 0) {
        arm_failpoints("table.after_write=kill@2");
        (void)failpoint("table.after_write");
        (void)failpoint("table.after_write");
        ::_exit(0);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

TEST_F(FailpointTest, ListsItsNamesSorted) {
    const auto& names = failpoint_names();
    EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
    EXPECT_FALSE(names.empty());
}

TEST(Error, TellsMessageHintAndPlace) {
    const Error error{ErrorClass::Poison, "x.y", "it broke", "mend it"};
    EXPECT_EQ(error.to_text(), "it broke\n  hint: mend it");
    EXPECT_EQ(Error(error).at("here").message, "here: it broke");
    EXPECT_EQ((Error{ErrorClass::Poison, "x.y", "it broke"}).to_text(), "it broke");
    EXPECT_EQ(to_string(ErrorClass::Misconfigured), "misconfigured");
}

TEST(CheckDeathTest, EndsTheProcessWithItsDetail) {
    EXPECT_DEATH(MESSINA_CHECK(1 > 2, "numbers are in order"), "numbers are in order");
}

class FileTest : public ::testing::Test {
  protected:
    FileTest() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "messina_file_XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
    }
    ~FileTest() override { std::filesystem::remove_all(folder_); }
    std::string folder_;
};

TEST_F(FileTest, ReplacesAWholeFile) {
    const std::string path = folder_ + "/f";
    ASSERT_TRUE(replace_file(path, "one").has_value());
    ASSERT_TRUE(replace_file(path, "two").has_value());
    EXPECT_EQ(read_file(path), "two");
    EXPECT_FALSE(std::filesystem::exists(path + ".new"));
}

TEST_F(FileTest, KeepsTheOldFileWhenTheNewOneCannotBeWritten) {
    const std::string path = folder_ + "/f";
    ASSERT_TRUE(replace_file(path, "one").has_value());
    std::filesystem::create_directory(path + ".new");
    EXPECT_FALSE(replace_file(path, "two").has_value());
    EXPECT_EQ(read_file(path), "one");
}

TEST_F(FileTest, TellsWhatIsWrong) {
    const Result<std::string> missing = read_file(folder_ + "/none");
    ASSERT_FALSE(missing.has_value());
    EXPECT_EQ(missing.error().code, "file.missing");
    EXPECT_EQ(missing.error().error_class, ErrorClass::Misconfigured);
    std::ofstream(folder_ + "/large") << std::string(1000, 'x');
    EXPECT_EQ(read_file(folder_ + "/large", 999).error().code, "file.too_large");
    EXPECT_EQ(read_file(folder_ + "/large", 1000)->size(), 1000u);
    EXPECT_FALSE(read_file(folder_).has_value()) << "a folder has no text";
}

TEST_F(FileTest, TakesAFullDiskForSomethingThatPasses) {
    Result<FileDescriptor> full = open_file("/dev/full", O_WRONLY);
    ASSERT_TRUE(full.has_value());
    const Result<void> written = write_all(full->get(), "x", "/dev/full");
    ASSERT_FALSE(written.has_value());
    EXPECT_EQ(written.error().error_class, ErrorClass::Transient);
    EXPECT_FALSE(written.error().hint.empty());
}

TEST_F(FileTest, ClosesWhatItOwnsOnce) {
    Result<FileDescriptor> opened = open_file(folder_ + "/f", O_WRONLY | O_CREAT);
    const int number = opened->get();
    {
        FileDescriptor moved = std::move(*opened);
        EXPECT_TRUE(moved.is_open());
        EXPECT_FALSE(opened->is_open());
        EXPECT_EQ(::fcntl(number, F_GETFD), FD_CLOEXEC);
    }
    EXPECT_EQ(::fcntl(number, F_GETFD), -1);
}

}  // namespace
}  // namespace messina
