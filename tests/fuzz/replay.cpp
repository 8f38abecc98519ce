// Gives every file of the kept corpus to its target once.
//
// usage: fuzz_replay CORPUS             all targets, whose folders are in CORPUS
//        fuzz_replay TARGET FILE…       these files
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "tests/fuzz/targets.hpp"

using namespace downline;

namespace {

constexpr std::size_t corpus_files_min = 10;
std::string current;  ///< the file that is replayed: named where the process ends

void replay(const fuzz::Target& target, const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    fuzz::expect(file.good() || file.eof(), "cannot read", path.string());
    current = path.string();
    try {
        target.run(bytes);
    } catch (const std::exception& error) {
        fuzz::expect(false, error.what(), path.string());
    }
}

int replay_all(const std::filesystem::path& corpus) {
    for (const fuzz::Target& target : fuzz::targets) {
        const auto begin = std::chrono::steady_clock::now();
        std::vector<std::filesystem::path> files;
        for (const auto& entry : std::filesystem::directory_iterator(corpus / target.name))
            files.push_back(entry.path());
        std::sort(files.begin(), files.end());
        for (const auto& file : files) replay(target, file);
        const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
        std::printf("%-9s %4zu files, %.1f s\n", target.name.data(), files.size(), taken.count());
        fuzz::expect(files.size() >= corpus_files_min, "too few files", target.name);
    }
    return 0;
}

}  // namespace

int main(int count, char** arguments) {
    std::signal(SIGABRT, [](int) {
        constexpr std::string_view before = "while replaying ";
        (void)!write(STDERR_FILENO, before.data(), before.size());
        (void)!write(STDERR_FILENO, current.data(), current.size());
        (void)!write(STDERR_FILENO, "\n", 1);
        std::signal(SIGABRT, SIG_DFL);
    });
    const fuzz::Target* const target = count > 2 ? fuzz::find_target(arguments[1]) : nullptr;
    if (count == 2) return replay_all(arguments[1]);
    if (target == nullptr) {
        std::fprintf(stderr, "usage: fuzz_replay CORPUS | fuzz_replay TARGET FILE...\n");
        return 2;
    }
    for (int i = 2; i < count; ++i) replay(*target, arguments[i]);
    return 0;
}
