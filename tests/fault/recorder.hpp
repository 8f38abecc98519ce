// What the program does to the files of a folder, in order, for power.py: it makes of it whatever a
// power loss at any moment could have left on the disk.
//
// A record is a line of words, after a write followed by its bytes:
//
//   write FILE OFFSET SIZE\nBYTES    truncate FILE SIZE    sync FILE (a file or a folder)
//   create FILE NAME    unlink NAME    rename NAME NAME    say (something went to standard output)
//
// FILE is the number of the inode, NAME a path.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <mutex>

class Recorder {
public:
    void begin(const char* path) {
        const int opened = ::open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        // Out of the way: the program gets the descriptors that it would get without us.
        descriptor_ = fcntl(opened, F_DUPFD_CLOEXEC, 500);
        ::close(opened);
        if (descriptor_ < 0) std::abort();
    }
    [[nodiscard]] bool is_on() const { return descriptor_ >= 0; }

    void wrote(int file, off64_t offset, const void* data, std::size_t size) {
        char head[96];
        const int length = std::snprintf(head, sizeof head, "write %lu %ld %zu\n", number_of(file),
                                         static_cast<long>(offset), size);
        put(head, static_cast<std::size_t>(length), data, size);
    }
    void truncated(int file, off64_t size) {
        line("truncate %lu %ld\n", number_of(file), static_cast<long>(size));
    }
    void synced(int file) { line("sync %lu\n", number_of(file)); }
    void created(int file, const char* name) { line("create %lu %s\n", number_of(file), name); }
    void unlinked(const char* name) { line("unlink %s\n", name); }
    void renamed(const char* from, const char* to) { line("rename %s %s\n", from, to); }
    void said() { line("say\n"); }

private:
    static unsigned long number_of(int file) {
        struct stat found {};
        return fstat(file, &found) == 0 ? found.st_ino : 0;
    }
    template <typename... Words>
    void line(const char* format, Words... words) {
        char text[8192];
        const int length = std::snprintf(text, sizeof text, format, words...);
        put(text, static_cast<std::size_t>(length), nullptr, 0);
    }
    /// A record at once: threads may write.
    void put(const char* head, std::size_t head_size, const void* data, std::size_t size) {
        const std::lock_guard lock(mutex_);
        iovec parts[2] = {{const_cast<char*>(head), head_size}, {const_cast<void*>(data), size}};
        if (::writev(descriptor_, parts, 2) != static_cast<ssize_t>(head_size + size)) std::abort();
    }

    int descriptor_ = -1;
    std::mutex mutex_;
};
