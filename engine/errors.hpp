// The three ways in which a command can fail, caught once, in main.
#pragma once

#include <stdexcept>
#include <string>

namespace downline {

/// The command line makes no sense. Exit 2.
struct UsageError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Data or state that the program refuses.
struct Refusal : std::runtime_error {
    enum class Kind {
        input,       ///< a file or a plan was rejected: exit 3
        state,       ///< the period is closed, the draft stale, …: exit 4
        difference,  ///< a check found one: exit 6
    };
    Refusal(Kind refusal_kind, const std::string& text)
        : std::runtime_error(text), kind(refusal_kind) {}
    Kind kind;
};

/// The outside world: a file or database that is locked, full, corrupt, not ours, newer. Exit 5.
struct StorageError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Our own bug where money is at stake: checked in release builds too. Exit 1.
struct BrokenInvariant : std::logic_error {
    using std::logic_error::logic_error;
};

inline void ensure(bool holds, const char* what) {
    if (!holds) throw BrokenInvariant(what);
}

}  // namespace downline
