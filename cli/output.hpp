// Where results go: standard output, or a new file that appears only when it is whole.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace downline {

/// The reader of standard output has gone away: the program ends at once, without a word.
struct ReaderGone {};

/// Makes the process ready: new files for their owner only, descriptors that the caller closed, a
/// reader that goes away, an interrupt that must not leave a temporary file behind. Once, first
/// thing in main.
void prepare_process();
/// Ends the process as one that a broken pipe killed.
[[noreturn]] void end_by_broken_pipe();

/// Brings the name of a file or folder to disk: after this no power loss takes it away. Throws
/// StorageError where that fails.
void sync_folder_of(const std::string& path);

/// A file that is written 0600 under a temporary name beside its own and renamed at the end;
/// removed where it is not finished. Throws Refusal (state) where FILE exists and `force` is not
/// given, StorageError where it cannot be written.
class NewFile {
public:
    NewFile(std::string path, bool force);
    ~NewFile();
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;
    [[nodiscard]] const std::string& temporary_path() const { return temporary_path_; }
    [[nodiscard]] int descriptor() const { return descriptor_; }
    void finish();  ///< to disk, and to its name

private:
    std::string path_, temporary_path_;
    int descriptor_ = -1;
    bool force_;
};

/// Buffered text to standard output or a file. Every failure to write is a StorageError, a reader
/// that has gone away is ReaderGone.
class Output {
public:
    /// `path`: instead of standard output.
    explicit Output(const std::optional<std::string>& path = std::nullopt, bool force = false);
    Output& operator<<(std::string_view text);
    void finish();  ///< REQUIRED at the end: what is still buffered is written here
    /// Whether it is a terminal that wants colour (NO_COLOR is not set, TERM is not "dumb").
    [[nodiscard]] bool is_coloured() const { return is_coloured_; }

private:
    void flush();
    std::optional<NewFile> file_;
    std::string buffer_;
    int descriptor_;
    bool is_coloured_;
};

/// Whether DESCRIPTOR is a terminal that wants colour.
[[nodiscard]] bool wants_colour(int descriptor);

}  // namespace downline
