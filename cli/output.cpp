// Raw descriptors, so that every failed write is seen: streams swallow them.
#include "cli/output.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <malloc.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

#include "cli/text_width.hpp"
#include "engine/errors.hpp"

namespace downline {
namespace {

constexpr std::size_t buffer_bytes = 64 * 1024;

// The temporary file of this process, for the signal handler; empty where there is none.
std::array<char, 4096> unfinished_path{};

void remember_unfinished(const std::string& path) {
    if (path.size() < unfinished_path.size())
        std::memcpy(unfinished_path.data(), path.c_str(), path.size() + 1);
}

extern "C" void remove_unfinished_and_die(int signal_number) {
    if (unfinished_path[0] != '\0') unlink(unfinished_path.data());
    std::signal(signal_number, SIG_DFL);
    raise(signal_number);
}

[[noreturn]] void throw_write_error(const std::string& what, int error_number) {
    throw StorageError(fmt::format("cannot write {}: {}", what, std::strerror(error_number)));
}

[[noreturn]] void refuse_to_overwrite(const std::string& path) {
    throw Refusal(Refusal::Kind::state,
                  shown(path) + " is already there; another name, or --force to overwrite it");
}

std::string directory_of(const std::string& path) {
    const auto parent = std::filesystem::path(path).parent_path().string();
    return parent.empty() ? "." : parent;
}

}  // namespace

void sync_folder_of(const std::string& path) {
    const int folder = open(directory_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0 && errno == EACCES) return;  // may be written to and not be read
    const int synced = folder < 0 ? -1 : fsync(folder);
    const int reason = errno;
    if (folder >= 0) close(folder);
    // A file system that cannot sync a folder says EINVAL.
    if (synced != 0 && reason != EINVAL) throw_write_error(shown(path), reason);
}

void prepare_process() {
    umask(0077);  // pay is private: what the program writes is its owner's
    // A closed 0, 1 or 2 must not become the descriptor of a database. What is opened in place of
    // standard output can only be read, so that a result that nobody sees is still an error.
    for (int descriptor = 0; descriptor <= 2; ++descriptor)
        if (fcntl(descriptor, F_GETFD) == -1 && errno == EBADF)
            (void)open("/dev/null", descriptor == 2 ? O_WRONLY : O_RDONLY);
#ifdef __GLIBC__
    // Memory that is dropped is used again, by either thread, and not given back to the system
    // first: a page that is asked of it is cleared, and a virtual machine may have to find it. At a
    // million members a run asks for half as many pages. Large arrays go back at once, whole.
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, INT_MAX);
    mallopt(M_TOP_PAD, 1 << 20);
#endif
    std::signal(SIGPIPE, SIG_IGN);
    for (const int number : {SIGINT, SIGTERM, SIGHUP})
        if (std::signal(number, remove_unfinished_and_die) == SIG_IGN) std::signal(number, SIG_IGN);
}

void end_by_broken_pipe() {
    std::signal(SIGPIPE, SIG_DFL);
    raise(SIGPIPE);
    std::_Exit(5);
}

bool wants_colour(int descriptor) {
    const char* no_colour = std::getenv("NO_COLOR");
    const char* terminal = std::getenv("TERM");
    const bool is_refused = (no_colour != nullptr && *no_colour != '\0') || terminal == nullptr ||
                            std::strcmp(terminal, "dumb") == 0;
    return !is_refused && isatty(descriptor) == 1;
}

NewFile::NewFile(std::string path, bool force) : path_(std::move(path)), force_(force) {
    struct stat found {};
    if (stat(path_.c_str(), &found) == 0) {
        if (S_ISDIR(found.st_mode))
            throw StorageError(shown(path_) + " is a directory; name a file in it");
        if (!force_) refuse_to_overwrite(path_);
    }
    temporary_path_ = path_ + ".XXXXXX";
    descriptor_ = mkstemp(temporary_path_.data());  // 0600
    if (descriptor_ < 0) throw_write_error(shown(path_), errno);
    remember_unfinished(temporary_path_);
}

NewFile::~NewFile() {
    if (descriptor_ >= 0) close(descriptor_);
    if (!temporary_path_.empty()) unlink(temporary_path_.c_str());
    unfinished_path[0] = '\0';
}

void NewFile::finish() {
    if (fsync(descriptor_) != 0 || close(std::exchange(descriptor_, -1)) != 0)
        throw_write_error(shown(path_), errno);
    const unsigned flags = force_ ? 0U : RENAME_NOREPLACE;
    int renamed = renameat2(AT_FDCWD, temporary_path_.c_str(), AT_FDCWD, path_.c_str(), flags);
    if (renamed != 0 && errno == EINVAL)  // a file system that cannot refuse to replace
        renamed = std::rename(temporary_path_.c_str(), path_.c_str());
    if (renamed != 0 && errno == EEXIST) refuse_to_overwrite(path_);
    if (renamed != 0) throw_write_error(shown(path_), errno);
    temporary_path_.clear();
    unfinished_path[0] = '\0';
    sync_folder_of(path_);
}

Output::Output(const std::optional<std::string>& path, bool force) {
    if (path) file_.emplace(*path, force);
    descriptor_ = file_ ? file_->descriptor() : STDOUT_FILENO;
    is_coloured_ = wants_colour(descriptor_);
}

Output& Output::operator<<(std::string_view text) {
    buffer_ += text;
    if (buffer_.size() >= buffer_bytes) flush();
    return *this;
}

void Output::flush() {
    std::string_view left = buffer_;
    while (!left.empty()) {
        const ssize_t written = write(descriptor_, left.data(), left.size());
        if (written < 0) {
            if (errno == EINTR) continue;
            if (errno == EPIPE) throw ReaderGone{};
            throw_write_error(file_ ? "the file" : "to standard output", errno);
        }
        left.remove_prefix(static_cast<std::size_t>(written));
    }
    buffer_.clear();
}

void Output::finish() {
    flush();
    if (file_) file_->finish();
}

}  // namespace downline
