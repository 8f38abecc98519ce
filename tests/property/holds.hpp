// Runs a property over random cases: the same ones every time, more of them when asked.
#pragma once

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <sstream>
#include <string>

namespace downline::property {

/// A number from the environment, or `otherwise`.
[[nodiscard]] inline std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
    const char* text = std::getenv(name);
    return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

/// Says nothing while a property runs.
struct SilentListener : rc::detail::TestListener {
    void onTestCaseFinished(const rc::detail::CaseDescription&) override {}
    void onShrinkTried(const rc::detail::CaseDescription&, bool) override {}
    void onTestFinished(const rc::detail::TestMetadata&, const rc::detail::TestResult&) override {}
};

/// The time that a failing case is made smaller: once it is over, every smaller case passes.
class ShrinkingTime {
public:
    [[nodiscard]] bool is_over() const {
        return first_failure_ && Clock::now() - *first_failure_ > std::chrono::seconds(20);
    }
    void failed() {
        if (!first_failure_) first_failure_ = Clock::now();
    }

private:
    using Clock = std::chrono::steady_clock;
    std::optional<Clock::time_point> first_failure_;
};

/// The sanitizers make a case ten times as slow, and look at how it is computed, not at what comes
/// out: a tenth of the cases is enough for them. DOWNLINE_CASES_DIVISOR says another part.
[[nodiscard]] inline int share_divisor() {
#ifdef __SANITIZE_ADDRESS__
    constexpr int usual = 10;
#else
    constexpr int usual = 1;
#endif
    return std::max(1, static_cast<int>(from_environment("DOWNLINE_CASES_DIVISOR", usual)));
}

/// What part of `case_count` cases this build makes, one at least.
[[nodiscard]] inline int portion_of(int case_count) {
    return std::max(1, case_count / share_divisor());
}

/// How much of something the cases must have come upon to be worth it. Chance weighs more in fewer
/// cases, so a smaller share of them needs a tenth of its part only: of what is rare, none.
[[nodiscard]] inline std::size_t enough(std::size_t count) {
    const auto divisor = static_cast<std::size_t>(share_divisor());
    return divisor == 1 ? count : count / (10 * divisor);
}

/// Checks `property` (a function of one generated value, see rc::prop) on `case_count` cases.
/// DOWNLINE_SEED chooses other cases, DOWNLINE_CASES_FACTOR more of them; both are printed.
template <typename Property>
void holds(const std::string& what, int case_count, Property property) {
    rc::detail::TestParams params;
    params.seed = from_environment("DOWNLINE_SEED", 20260101);
    params.maxSuccess =
        portion_of(case_count) * static_cast<int>(from_environment("DOWNLINE_CASES_FACTOR", 1));
    params.maxSize = 60;
    rc::detail::TestMetadata metadata;
    metadata.id = metadata.description = what;
    SilentListener listener;
    const auto result =
        rc::detail::checkTestable(property, metadata, params, listener,
                                  std::unordered_map<std::string, rc::detail::Reproduce>{});
    std::ostringstream message;
    rc::detail::printResultMessage(result, message);
    MESSAGE(what, ": ", params.maxSuccess, " cases, DOWNLINE_SEED=", params.seed);
    CHECK_MESSAGE(result.template is<rc::detail::SuccessResult>(), message.str());
}

}  // namespace downline::property
