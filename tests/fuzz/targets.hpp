// What is fuzzed: functions of any bytes. A promise that does not hold ends the process with a
// sentence; so does what the sanitizers find.
#pragma once

#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>

#include "engine/errors.hpp"

namespace downline::fuzz {

void csv(std::string_view bytes);
void imports(std::string_view bytes);
void plan(std::string_view bytes);
void numbers(std::string_view bytes);
void names(std::string_view bytes);
void database(std::string_view bytes);

struct Target {
    std::string_view name;  ///< and of the folder with its corpus
    void (*run)(std::string_view bytes);
};
inline constexpr Target targets[] = {{"csv", csv},         {"import", imports}, {"plan", plan},
                                     {"numbers", numbers}, {"names", names},    {"database", database}};

/// Null where there is none.
[[nodiscard]] inline const Target* find_target(std::string_view name) {
    for (const Target& target : targets)
        if (target.name == name) return &target;
    return nullptr;
}

inline void expect(bool holds, std::string_view what, std::string_view of = "") {
    if (holds) return;
    std::cerr << "broken: " << what << ": " << of.substr(0, 1000) << std::endl;
    std::abort();
}

/// Whether `work` was done; false where it said why not, as a command would, in one of the ways
/// that its user can do something about. Whatever else it throws ends the process.
template <typename Work>
bool done_or_refused(const Work& work) {
    try {
        work();
        return true;
    } catch (const UsageError&) {
    } catch (const Refusal&) {
    }
    return false;
}

}  // namespace downline::fuzz
