// Output of the program without what differs from one day to the next.
#pragma once

#include <filesystem>
#include <regex>
#include <string>

/// Times, digests and the name of the directory are replaced by words of their own.
inline std::string masked(std::string text, const std::filesystem::path& directory) {
    static const std::regex time(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z)");
    static const std::regex digest(R"(\b[0-9a-f]{64}\b)");
    static const std::regex short_digest(R"(\b(?=[0-9a-f]*[a-f])(?=[0-9a-f]*[0-9])[0-9a-f]{12}\b)");
    const std::string name = directory.string();
    for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at))
        text.replace(at, name.size(), "DIRECTORY");
    text = std::regex_replace(text, time, "YYYY-MM-DDThh:mm:ssZ");
    text = std::regex_replace(text, digest, "DIGEST");
    return std::regex_replace(text, short_digest, "DIGEST......");
}

/// The start of a shell command that runs in DIRECTORY with the program, and nothing else of the
/// environment than what a case may rely on.
inline std::string in_directory(const std::filesystem::path& directory) {
    const std::filesystem::path program = DOWNLINE_PROGRAM;
    const std::filesystem::path source = DOWNLINE_SOURCE_DIR;
    return "cd '" + directory.string() + "' && env -i HOME=\"$HOME\" LC_ALL=C TZ=Asia/Tokyo PATH='" +
           program.parent_path().string() + "':/usr/bin:/bin COMPANY='" +
           (source / "tests/cases/company").string() + "' ";
}
