// The program: one command line in, an exit code out, and the only place where errors are caught.
#include <exception>
#include <new>

#include "cli/command_line.hpp"
#include "cli/log.hpp"
#include "cli/output.hpp"
#include "engine/errors.hpp"

namespace {

using namespace downline;

/// Says what went wrong; the exit code of it.
int report(const std::exception& error) {
    if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr) {
        // It may have failed after the commit, when results were printed.
        log_error("out of memory; the command was done wholly or not at all: give it more memory and "
                  "run it again");
        return 5;
    }
    const bool is_usage = dynamic_cast<const UsageError*>(&error) != nullptr;
    const auto* refusal = dynamic_cast<const Refusal*>(&error);
    const bool is_storage = dynamic_cast<const StorageError*>(&error) != nullptr;
    if (!is_usage && refusal == nullptr && !is_storage) {
        log_error(std::string("internal error: ") + error.what() +
                  "; where `downline verify` finds the database damaged, go back to a backup, else "
                  "please report it");
        return 1;
    }
    log_error(error.what());
    if (is_usage) return 2;
    if (is_storage) return 5;
    switch (refusal->kind) {
        case Refusal::Kind::input: return 3;
        case Refusal::Kind::state: return 4;
        case Refusal::Kind::difference: return 6;
    }
    return 1;
}

}  // namespace

int main(int argument_count, char** arguments) {
    prepare_process();
    try {
        run_command_line(argument_count, arguments);
        return 0;
    } catch (const ReaderGone&) {
        end_by_broken_pipe();
    } catch (const std::exception& error) {
        return report(error);
    }
}
