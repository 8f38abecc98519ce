// Files that appear only when they are whole.
#include "cli/output.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/errors.hpp"
#include "tests/cli/written.hpp"

using namespace downline;

namespace {

std::size_t file_count(const std::filesystem::path& directory) {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(directory), {}));
}

}  // namespace

TEST_CASE("a new file is there only when it is finished, and only its owner reads it") {
    const TemporaryDirectory directory;
    const std::string path = (directory.path / "out.csv").string();
    {
        Output output(path);
        output << "half";
        CHECK_FALSE(std::filesystem::exists(path));
    }
    CHECK(file_count(directory.path) == 0);  // not finished: no trace
    Output output(path);
    output << "whole";
    output.finish();
    CHECK(file_text(path) == "whole");
    struct stat found {};
    REQUIRE(stat(path.c_str(), &found) == 0);
    CHECK((found.st_mode & 0777) == 0600);
    CHECK(file_count(directory.path) == 1);
}

TEST_CASE("nothing is overwritten without --force") {
    const TemporaryDirectory directory;
    const std::string path = (directory.path / "out.csv").string();
    std::ofstream(path) << "old";
    const std::string refusal =
        path + " is already there; another name, or --force to overwrite it";
    CHECK_THROWS_WITH_AS(Output(path, false), refusal.c_str(), Refusal);
    CHECK(file_text(path) == "old");
    Output output(path, true);
    output << "new";
    output.finish();
    CHECK(file_text(path) == "new");
}

TEST_CASE("a file that appears meanwhile is not overwritten either") {
    const TemporaryDirectory directory;
    const std::string path = (directory.path / "out.csv").string();
    Output output(path);
    output << "mine";
    std::ofstream(path) << "theirs";
    CHECK_THROWS_AS(output.finish(), Refusal);
    CHECK(file_text(path) == "theirs");
}

TEST_CASE("where no file can be written the reason is said") {
    const TemporaryDirectory directory;
    const std::string missing = (directory.path / "no" / "out.csv").string();
    CHECK_THROWS_WITH_AS(Output(missing, false),
                         ("cannot write " + missing + ": No such file or directory").c_str(),
                         StorageError);
    const std::string folder = directory.path.string();
    CHECK_THROWS_WITH_AS(Output(folder, false),
                         (folder + " is a directory; name a file in it").c_str(), StorageError);
}

TEST_CASE("colour is for terminals only") {
    const TemporaryDirectory directory;
    Output output((directory.path / "out").string());
    CHECK_FALSE(output.is_coloured());
}
