// A file that a command writes beside its work: 0600, to a temporary name, renamed at the end.
#pragma once

#include <string>
#include <string_view>

namespace downline {

class ReportFile {
public:
    /// Refusal (state) where `path` is there and `force` is not given; StorageError where it cannot
    /// be written. Nothing is created before the first write.
    ReportFile(std::string path, bool force);
    ~ReportFile();
    ReportFile(const ReportFile&) = delete;
    ReportFile& operator=(const ReportFile&) = delete;
    void write(std::string_view text);
    /// Gives the file its name, if anything was written.
    void finish();
    [[nodiscard]] bool is_begun() const { return descriptor_ >= 0; }

private:
    void flush();
    std::string path_, temporary_path_, buffer_;
    bool force_;
    int descriptor_ = -1;
};

}  // namespace downline
