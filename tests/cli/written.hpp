// What a test writes to an Output, as text: through a file in a directory of its own.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>

#include "cli/output.hpp"

/// A fresh empty directory, removed with all that is in it.
struct TemporaryDirectory {
    std::filesystem::path path;
    TemporaryDirectory() {
        std::string name = (std::filesystem::temp_directory_path() / "downline.XXXXXX").string();
        path = mkdtemp(name.data());
    }
    ~TemporaryDirectory() { std::filesystem::remove_all(path); }
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
};

inline std::string file_text(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

inline std::string written(const std::function<void(downline::Output&)>& write) {
    const TemporaryDirectory directory;
    const std::string path = (directory.path / "out").string();
    downline::Output output(path);
    write(output);
    output.finish();
    return file_text(path);
}
