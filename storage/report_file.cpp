// Raw descriptors, so that every failed write is seen.
#include "storage/report_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "engine/errors.hpp"
#include "storage/messages.hpp"

namespace downline {
namespace {

constexpr std::size_t buffer_bytes = 1 << 16;

[[noreturn]] void throw_write_error(const std::string& path) {
    throw StorageError(
        fmt::format("cannot write {}: {}", harmless(path, 4096), std::strerror(errno)));
}

}  // namespace

ReportFile::ReportFile(std::string path, bool force) : path_(std::move(path)), force_(force) {
    struct stat found {};
    if (stat(path_.c_str(), &found) != 0) return;
    if (S_ISDIR(found.st_mode))
        throw StorageError(harmless(path_, 4096) + " is a directory; name a file in it");
    if (!force_)
        throw Refusal(
            Refusal::Kind::state,
            harmless(path_, 4096) + " is already there; another name, or --force to overwrite it");
}

ReportFile::~ReportFile() {
    if (descriptor_ >= 0) close(descriptor_);
    if (!temporary_path_.empty()) unlink(temporary_path_.c_str());
}

void ReportFile::write(std::string_view text) {
    if (descriptor_ < 0) {
        temporary_path_ = path_ + ".XXXXXX";
        descriptor_ = mkstemp(temporary_path_.data());  // 0600
        if (descriptor_ < 0) {
            temporary_path_.clear();
            throw_write_error(path_);
        }
    }
    buffer_ += text;
    if (buffer_.size() >= buffer_bytes) flush();
}

void ReportFile::flush() {
    std::string_view left = buffer_;
    while (!left.empty()) {
        const ssize_t written = ::write(descriptor_, left.data(), left.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) throw_write_error(path_);
        left.remove_prefix(static_cast<std::size_t>(written));
    }
    buffer_.clear();
}

void ReportFile::finish() {
    if (descriptor_ < 0) return;
    flush();
    if (fsync(descriptor_) != 0 || close(std::exchange(descriptor_, -1)) != 0)
        throw_write_error(path_);
    const unsigned flags = force_ ? 0U : RENAME_NOREPLACE;
    int renamed = renameat2(AT_FDCWD, temporary_path_.c_str(), AT_FDCWD, path_.c_str(), flags);
    if (renamed != 0 && errno == EINVAL)  // a file system that cannot refuse to replace
        renamed = std::rename(temporary_path_.c_str(), path_.c_str());
    if (renamed != 0) throw_write_error(path_);
    temporary_path_.clear();
}

}  // namespace downline
