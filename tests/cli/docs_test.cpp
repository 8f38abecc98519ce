// The examples of docs/commands.md are real: each `$ command` of a console block is run, in order,
// in one directory with the company of seven, and prints what stands below it.
//
// DOWNLINE_UPDATE_CASES=1 writes what came out into the document instead.
#include <doctest/doctest.h>

#include <cstdlib>
#include <sstream>
#include <string>

#include "tests/cli/masked.hpp"
#include "tests/cli/written.hpp"

namespace {

std::string output_of(const std::string& command, const TemporaryDirectory& directory) {
    const TemporaryDirectory results;
    std::ofstream(results.path / "cmd") << command << "\n";
    const std::string line = in_directory(directory.path) + "sh '" +
                             (results.path / "cmd").string() + "' >'" +
                             (results.path / "out").string() + "' 2>&1 </dev/null";
    (void)std::system(line.c_str());
    return masked(file_text(results.path / "out"), directory.path);
}

/// The document with every output as the program gives it now.
std::string with_real_output(const std::string& document, const TemporaryDirectory& directory) {
    std::istringstream lines(document);
    std::string line, real;
    bool is_console = false, is_output = false;
    while (std::getline(lines, line)) {
        if (line.starts_with("```")) is_console = line == "```console", is_output = false;
        const bool is_command = is_console && line.starts_with("$ ");
        if (is_command) is_output = true;
        if (is_command) real += line + "\n" + output_of(line.substr(2), directory);
        else if (!is_output) real += line + "\n";
    }
    return real;
}

}  // namespace

TEST_CASE("the examples of docs/commands.md print what they say") {
    const std::filesystem::path source = DOWNLINE_SOURCE_DIR;
    const std::filesystem::path path = source / "docs/commands.md";
    const TemporaryDirectory directory;
    for (const auto& entry : std::filesystem::directory_iterator(source / "tests/cases/company"))
        if (entry.path().extension() != ".sh")
            std::filesystem::copy(entry.path(), directory.path / entry.path().filename());
    const std::string document = file_text(path);
    REQUIRE(document.find("```console") != std::string::npos);
    const std::string real = with_real_output(document, directory);
    if (std::getenv("DOWNLINE_UPDATE_CASES") != nullptr)
        std::ofstream(path, std::ios::binary) << real;
    else
        CHECK(document == real);
}
