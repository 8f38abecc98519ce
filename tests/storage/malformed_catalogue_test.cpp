// The catalogue of bad rows and files: what is wrong with them, and exactly what is said.
//
// tests/storage/malformed.txt has a block for each: `# WHAT`, the kind of file, the text (where \r,
// \t and \xNN stand for such bytes, a trailing backslash for no line feed), `=>`, and what is said.
// The database holds the good rows at the top of that file. DOWNLINE_UPDATE_CASES=1 writes what is
// said now: for reading in the diff before it is committed.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "storage/import_codes.hpp"
#include "tests/storage/importing.hpp"

using namespace downline;

namespace {

const std::string path = std::string(DOWNLINE_SOURCE_DIR) + "/tests/storage/malformed.txt";

struct Block {
    std::string what, kind, text, said;
};

std::vector<Block> blocks() {
    std::ifstream file(path);
    std::vector<Block> blocks;
    std::string line;
    bool is_said = false;
    while (std::getline(file, line)) {
        if (line.starts_with("# ")) {
            blocks.push_back({line.substr(2), "", "", ""});
            std::getline(file, blocks.back().kind);
            is_said = false;
        } else if (line == "=>") {
            is_said = true;
        } else if (!blocks.empty()) {
            (is_said ? blocks.back().said : blocks.back().text) += line + "\n";
        }
    }
    for (Block& block : blocks)
        while (block.said.ends_with("\n")) block.said.pop_back();
    return blocks;
}

std::string unescaped(const std::string& text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char next = text[i] == '\\' && i + 1 < text.size() ? text[i + 1] : '\0';
        if (next == 'x') {
            result += static_cast<char>(std::stoi(text.substr(i + 2, 2), nullptr, 16));
            i += 3;
        } else if (next == 'r' || next == 't') {
            result += next == 'r' ? '\r' : '\t';
            ++i;
        } else if (next == '\n') {
            ++i;
        } else {
            result += text[i];
        }
    }
    return result;
}

ImportKind kind_of(const std::string& name) {
    for (const ImportKind kind :
         {ImportKind::members, ImportKind::orders, ImportKind::returns, ImportKind::products,
          ImportKind::moves, ImportKind::adjustments, ImportKind::goals, ImportKind::opening})
        if (import_kind_name(kind) == name) return kind;
    throw std::runtime_error("no kind of file: " + name);
}

}  // namespace

TEST_CASE("every bad row and file is refused with its place, code, value and remedy") {
    std::vector<Block> all = blocks();
    REQUIRE(all.size() >= 4);
    const std::vector<Block> good(all.begin(), all.begin() + 4);
    std::set<std::string> codes;
    std::size_t bad_count = 0;
    for (Block& block : all) {
        if (&block < &all[4]) continue;
        CAPTURE(block.what);
        Database database = Database::in_memory();
        for (const Block& base : good) import_good(database, kind_of(base.kind), base.text);
        const ImportReport report =
            import_files(database, options_for(kind_of(block.kind), unescaped(block.text)));
        CHECK_FALSE(report.applied);
        CHECK(database.integer("SELECT count(*) FROM import") == 4);
        std::string said;
        for (const RowError& error : report.errors) {
            said += (said.empty() ? "" : "\n") + row_error_text(error);
            codes.insert(error.code);
        }
        ++bad_count;
        if (std::getenv("DOWNLINE_UPDATE_CASES") != nullptr) block.said = said;
        else CHECK(said == block.said);
    }
    CHECK(bad_count >= 250);
    CHECK(codes.size() >= 60);
    if (std::getenv("DOWNLINE_UPDATE_CASES") == nullptr) return;
    std::ofstream file(path, std::ios::binary);
    for (const Block& block : all) {
        file << "# " << block.what << "\n" << block.kind << "\n" << block.text;
        if (!block.said.empty()) file << "=>\n" << block.said << "\n\n";
    }
}

namespace {

std::string in_table(std::string text) {
    for (std::size_t at = 0; (at = text.find_first_of("|<\n", at)) != std::string::npos; ++at) {
        const std::string with = text[at] == '|' ? "\\|" : text[at] == '<' ? "&lt;" : "<br>";
        text.replace(at, 1, with);
        at += with.size() - 1;
    }
    return text;
}

/// docs/errors.md: the catalogue by the code of what is said first.
std::string errors_page(const std::vector<Block>& bad) {
    std::ostringstream page;
    page
        << "# What an import says of bad rows and files\n\n"
           "One table per code, in the order of [formats.md](formats.md#codes), which says what to "
           "do. It is made of the\n"
           "tests' catalogue, `tests/storage/malformed.txt`: "
        << bad.size()
        << " bad files, each refused with exactly these words,\n"
           "and nothing of it applied. `orders:2:24` is line 2, column 24 of a file of orders.\n";
    for (const code::Code one : code::all) {
        std::string rows;
        for (const Block& block : bad)
            if (block.said.find(" error " + std::string(one) + ": ") == block.said.find(" error "))
                rows += "| " + in_table(block.what) + " | " + in_table(block.said) + " |\n";
        if (rows.empty()) continue;
        page << "\n## `" << one << "`\n\n| a file with | is told |\n|---|---|\n" << rows;
    }
    return page.str();
}

}  // namespace

TEST_CASE("docs/errors.md is the catalogue") {
    std::vector<Block> bad = blocks();
    bad.erase(bad.begin(), bad.begin() + 4);
    const std::string file = std::string(DOWNLINE_SOURCE_DIR) + "/docs/errors.md";
    if (std::getenv("DOWNLINE_UPDATE_CASES") != nullptr)
        std::ofstream(file, std::ios::binary) << errors_page(bad);
    std::ifstream stored(file);
    CHECK(std::string{std::istreambuf_iterator<char>(stored), {}} == errors_page(bad));
}

TEST_CASE("docs/formats.md explains every code, and no other") {
    std::ifstream file(std::string(DOWNLINE_SOURCE_DIR) + "/docs/formats.md");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    for (const code::Code one : code::all) {
        CAPTURE(std::string(one));
        CHECK(text.find("`" + std::string(one) + "`") != std::string::npos);
    }
}
