// Faults on demand, preloaded into the program: the k-th call that changes a file (write, sync,
// truncate, unlink, rename, creating open), that reads one (open, read) or asks for memory does what
// DOWNLINE_FAULT says.
//
//   kill:K      the process is gone before the call        torn:K   half of the write is done first
//   fail:K      it fails once, with EIO                    fail-on:K   it and all after it fail
//   full:K      it and all after it fail, with ENOSPC      alloc:K  the allocation fails, once
//   read:K      reading fails once, with EIO               read-on:K   reading fails from then on
//   count       nothing happens; the numbers of the calls go to $DOWNLINE_FAULT_COUNTS
//   record      nothing happens; what changes files goes to $DOWNLINE_FAULT_RECORD: recorder.hpp
//
// Only files below $DOWNLINE_FAULT_FOLDER count, so that the terminal does not.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "recorder.hpp"

extern "C" void* __libc_malloc(std::size_t size);
extern "C" void* __libc_realloc(void* memory, std::size_t size);
extern "C" void* __libc_calloc(std::size_t count, std::size_t size);

namespace {

enum class Kind { none, count, record, kill, torn, fail, fail_on, full, alloc, read, read_on };

struct Fault {
    Kind kind = Kind::none;
    long at = 0;
};

Fault read_fault() {
    const char* text = std::getenv("DOWNLINE_FAULT");
    if (text == nullptr) return {};
    const char* colon = std::strchr(text, ':');
    const long at = colon == nullptr ? 0 : std::atol(colon + 1);
    const std::size_t length = colon == nullptr ? std::strlen(text) : std::size_t(colon - text);
    const auto is = [&](const char* name) {
        return std::strlen(name) == length && std::strncmp(text, name, length) == 0;
    };
    if (is("count")) return {Kind::count, 0};
    if (is("record")) return {Kind::record, 0};
    if (is("kill")) return {Kind::kill, at};
    if (is("torn")) return {Kind::torn, at};
    if (is("fail")) return {Kind::fail, at};
    if (is("fail-on")) return {Kind::fail_on, at};
    if (is("full")) return {Kind::full, at};
    if (is("alloc")) return {Kind::alloc, at};
    if (is("read")) return {Kind::read, at};
    if (is("read-on")) return {Kind::read_on, at};
    std::abort();
}

std::atomic<long> changes{0}, allocations{0}, reads{0};
std::atomic<bool> is_ready{false};
Fault fault;
Recorder recorder;

int (*real_main)(int, char**, char**) = nullptr;

// Allocations before main are the loader's and of constant objects: nobody can catch their failing.
int main_begins(int count, char** arguments, char** environment) {
    is_ready = true;
    return real_main(count, arguments, environment);
}

struct Start {
    Start() {
        fault = read_fault();
        if (fault.kind == Kind::record) recorder.begin(std::getenv("DOWNLINE_FAULT_RECORD"));
    }
    ~Start() {
        const char* path = std::getenv("DOWNLINE_FAULT_COUNTS");
        if (fault.kind != Kind::count || path == nullptr) return;
        is_ready = false;
        if (std::FILE* file = std::fopen(path, "w")) {
            std::fprintf(file, "%ld %ld %ld\n", changes.load(), allocations.load(), reads.load());
            std::fclose(file);
        }
    }
} start;

template <typename Function>
Function next(const char* name) {
    return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

/// The folder is the one that the program was started in: so are names without one.
bool counts(const char* path) {
    static const char* folder = std::getenv("DOWNLINE_FAULT_FOLDER");
    if (folder == nullptr) return false;
    return path[0] != '/' || std::strncmp(path, folder, std::strlen(folder)) == 0;
}

bool counts(int descriptor) {
    char link[64], path[4096];
    std::snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    const ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return false;
    path[length] = '\0';
    return path[0] == '/' && counts(path);  // not a pipe
}

enum class Verdict { go_on, fail, torn };

/// What becomes of a call that changes a file.
Verdict judge() {
    const long number = ++changes;
    switch (fault.kind) {
        case Kind::kill:
            if (number == fault.at) kill(getpid(), SIGKILL);
            return Verdict::go_on;
        case Kind::torn: return number == fault.at ? Verdict::torn : Verdict::go_on;
        case Kind::fail:
            if (number != fault.at) return Verdict::go_on;
            errno = EIO;
            return Verdict::fail;
        case Kind::fail_on:
            if (number < fault.at) return Verdict::go_on;
            errno = EIO;
            return Verdict::fail;
        case Kind::full:
            if (number < fault.at) return Verdict::go_on;
            errno = ENOSPC;
            return Verdict::fail;
        default: return Verdict::go_on;
    }
}

/// OpenSSL does not live through every allocation of its own start that fails; it is not on trial.
bool is_from_openssl(void* caller) {
    Dl_info found{};
    return dladdr(caller, &found) != 0 && found.dli_fname != nullptr &&
           std::strstr(found.dli_fname, "libcrypto") != nullptr;
}

bool fails_allocation(void* caller) {
    return is_ready && ++allocations == fault.at && fault.kind == Kind::alloc &&
           !is_from_openssl(caller);
}

/// Whether a call that reads may do so.
bool may_read() {
    const long number = ++reads;
    const bool fails = (fault.kind == Kind::read && number == fault.at) ||
                       (fault.kind == Kind::read_on && number >= fault.at);
    if (fails) errno = EIO;
    return !fails;
}

/// A call without data: torn is the same as killed before it.
bool may_go_on() {
    const Verdict verdict = judge();
    if (verdict == Verdict::torn) kill(getpid(), SIGKILL);
    return verdict == Verdict::go_on;
}

/// Writes at an offset, or where the file stands where that is negative.
template <typename Write>
ssize_t written(int descriptor, const void* data, std::size_t size, off64_t at, Write write) {
    if (!counts(descriptor)) {
        const ssize_t done = write(size);
        if (recorder.is_on() && descriptor == STDOUT_FILENO && done > 0) recorder.said();
        return done;
    }
    const Verdict verdict = judge();
    if (verdict == Verdict::fail) return -1;
    if (verdict == Verdict::torn) {
        write(size / 2);
        kill(getpid(), SIGKILL);
    }
    const off64_t from = at >= 0 || !recorder.is_on() ? at : lseek64(descriptor, 0, SEEK_CUR);
    const ssize_t done = write(size);
    if (recorder.is_on() && done > 0)
        recorder.wrote(descriptor, from, data, static_cast<std::size_t>(done));
    return done;
}

/// What changes the folder or a file as a whole, recorded where it succeeds.
template <typename Change, typename Record>
int changed(bool is_counted, Change change, Record record) {
    if (is_counted && !may_go_on()) return -1;
    const int result = change();
    if (is_counted && recorder.is_on() && result == 0) record();
    return result;
}

/// Opens a path of the folder for reading, creates it where `flags` say so.
template <typename Open>
int opened(const char* path, int flags, Open open) {
    if (!counts(path)) return open();
    const bool creates = (flags & O_CREAT) != 0;
    if (!(creates ? may_go_on() : may_read())) return -1;
    const bool was_there = access(path, F_OK) == 0;
    const int descriptor = open();
    if (recorder.is_on() && creates && !was_there && descriptor >= 0)
        recorder.created(descriptor, path);
    return descriptor;
}

}  // namespace

extern "C" {

int __libc_start_main(int (*main)(int, char**, char**), int count, char** arguments, void (*init)(),
                      void (*fini)(), void (*rtld_fini)(), void* stack_end) {
    real_main = main;
    return next<decltype(&__libc_start_main)>("__libc_start_main")(
        main_begins, count, arguments, init, fini, rtld_fini, stack_end);
}

ssize_t write(int descriptor, const void* data, std::size_t size) {
    static const auto real = next<ssize_t (*)(int, const void*, std::size_t)>("write");
    return written(descriptor, data, size, -1,
                   [&](std::size_t part) { return real(descriptor, data, part); });
}

ssize_t pwrite64(int descriptor, const void* data, std::size_t size, off64_t at) {
    static const auto real =
        next<ssize_t (*)(int, const void*, std::size_t, off64_t)>("pwrite64");
    return written(descriptor, data, size, at,
                   [&](std::size_t part) { return real(descriptor, data, part, at); });
}

ssize_t pwrite(int descriptor, const void* data, std::size_t size, off_t at) {
    return pwrite64(descriptor, data, size, at);
}

ssize_t read(int descriptor, void* data, std::size_t size) {
    static const auto real = next<ssize_t (*)(int, void*, std::size_t)>("read");
    return counts(descriptor) && !may_read() ? -1 : real(descriptor, data, size);
}

ssize_t pread64(int descriptor, void* data, std::size_t size, off64_t at) {
    static const auto real = next<ssize_t (*)(int, void*, std::size_t, off64_t)>("pread64");
    return counts(descriptor) && !may_read() ? -1 : real(descriptor, data, size, at);
}

/// Opening fails, or the reading after it: a folder can be opened, and not be read.
std::FILE* fopen(const char* path, const char* mode) {
    static const auto real = next<std::FILE* (*)(const char*, const char*)>("fopen");
    if (mode[0] != 'r' || !counts(path)) return real(path, mode);
    if (!may_read()) return nullptr;
    return real(may_read() ? path : "/", mode);
}

int fsync(int descriptor) {
    static const auto real = next<int (*)(int)>("fsync");
    return changed(counts(descriptor), [&] { return real(descriptor); },
                   [&] { recorder.synced(descriptor); });
}

int fdatasync(int descriptor) {
    static const auto real = next<int (*)(int)>("fdatasync");
    return changed(counts(descriptor), [&] { return real(descriptor); },
                   [&] { recorder.synced(descriptor); });
}

int ftruncate64(int descriptor, off64_t size) {
    static const auto real = next<int (*)(int, off64_t)>("ftruncate64");
    return changed(counts(descriptor), [&] { return real(descriptor, size); },
                   [&] { recorder.truncated(descriptor, size); });
}

int ftruncate(int descriptor, off_t size) { return ftruncate64(descriptor, size); }

int unlink(const char* path) {
    static const auto real = next<int (*)(const char*)>("unlink");
    return changed(counts(path), [&] { return real(path); }, [&] { recorder.unlinked(path); });
}

int rename(const char* from, const char* to) {
    static const auto real = next<int (*)(const char*, const char*)>("rename");
    return changed(counts(to), [&] { return real(from, to); }, [&] { recorder.renamed(from, to); });
}

int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) {
    static const auto real =
        next<int (*)(int, const char*, int, const char*, unsigned)>("renameat2");
    return changed(counts(to), [&] { return real(from_folder, from, to_folder, to, flags); },
                   [&] { recorder.renamed(from, to); });
}

int mkstemp(char* path) {
    static const auto real = next<int (*)(char*)>("mkstemp");
    return opened(path, O_CREAT, [&] { return real(path); });
}

int open64(const char* path, int flags, ...) {
    static const auto real = next<int (*)(const char*, int, ...)>("open64");
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0
                            ? static_cast<mode_t>(va_arg(arguments, int))
                            : mode_t{0};
    va_end(arguments);
    return opened(path, flags, [&] { return real(path, flags, mode); });
}

int open(const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0
                            ? static_cast<mode_t>(va_arg(arguments, int))
                            : mode_t{0};
    va_end(arguments);
    return open64(path, flags, mode);
}

void* malloc(std::size_t size) {
    if (!fails_allocation(__builtin_return_address(0))) return __libc_malloc(size);
    errno = ENOMEM;
    return nullptr;
}

void* calloc(std::size_t count, std::size_t size) {
    if (!fails_allocation(__builtin_return_address(0))) return __libc_calloc(count, size);
    errno = ENOMEM;
    return nullptr;
}

void* realloc(void* memory, std::size_t size) {
    if (!fails_allocation(__builtin_return_address(0))) return __libc_realloc(memory, size);
    errno = ENOMEM;
    return nullptr;
}

}  // extern "C"
