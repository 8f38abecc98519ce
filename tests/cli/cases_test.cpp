// The whole program, case by case: tests/cases/NAME holds a shell script `cmd`, the expected
// `stdout`, `stderr` (none: empty) and `exit` (none: 0), and files that it reads.
//
// A case runs in an empty directory with those files, $COMPANY names the company of seven. Times,
// digests and the directory's name are masked. DOWNLINE_UPDATE_CASES=1 writes what came out instead
// of comparing it: for reading in the diff before it is committed.
#include <doctest/doctest.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/cli/masked.hpp"
#include "tests/cli/written.hpp"

namespace fs = std::filesystem;

namespace {

const fs::path cases_directory = fs::path(DOWNLINE_SOURCE_DIR) / "tests/cases";
const bool updates = std::getenv("DOWNLINE_UPDATE_CASES") != nullptr;

struct Outcome {
    std::string out, err, exit;
};

Outcome outcome_of(const fs::path& case_directory) {
    const TemporaryDirectory directory;
    for (const auto& entry : fs::directory_iterator(case_directory))
        fs::copy(entry.path(), directory.path / entry.path().filename());
    for (const char* name : {"stdout", "stderr", "exit"}) fs::remove(directory.path / name);
    const TemporaryDirectory results;
    const std::string command = in_directory(directory.path) + "sh ./cmd >'" +
                                (results.path / "out").string() + "' 2>'" +
                                (results.path / "err").string() + "' </dev/null";
    const int status = std::system(command.c_str());
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return {masked(file_text(results.path / "out"), directory.path),
            masked(file_text(results.path / "err"), directory.path), std::to_string(code) + "\n"};
}

void write_or_remove(const fs::path& path, const std::string& text, const std::string& when_absent) {
    if (text == when_absent) fs::remove(path);
    else std::ofstream(path, std::ios::binary) << text;
}

void check_part(const fs::path& path, const std::string& found, const std::string& when_absent) {
    if (updates) return write_or_remove(path, found, when_absent);
    const std::string expected = fs::exists(path) ? file_text(path) : when_absent;
    CHECK_MESSAGE(found == expected, path.filename().string(), " is\n", found, "--- not\n", expected);
}

}  // namespace

TEST_CASE("every case prints what it should, says nothing else, and ends as it should") {
    std::vector<fs::path> directories;
    for (const auto& entry : fs::directory_iterator(cases_directory))
        if (fs::exists(entry.path() / "cmd")) directories.push_back(entry.path());
    std::sort(directories.begin(), directories.end());
    CHECK(directories.size() >= 40);
    for (const fs::path& directory : directories) {
        const std::string name = directory.filename().string();
        CAPTURE(name);
        const Outcome outcome = outcome_of(directory);
        check_part(directory / "stdout", outcome.out, "");
        check_part(directory / "stderr", outcome.err, "");
        check_part(directory / "exit", outcome.exit, "0\n");
    }
}
