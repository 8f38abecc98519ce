// The income disclosure: what everyone who took part was paid, zeros included.
//
// Every figure is a metric that carries its own numerator, denominator, population and window, or
// says which column it would need.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "storage/runs.hpp"

namespace downline {

struct Metric {
    std::string section;      ///< participants, income, ladder, net, concentration, rank, source
    std::string name;         ///< "median", "at_least_100.00", …: as programs know it
    std::string words;        ///< the same for people
    std::string value;        ///< an amount, a count or a share; "" where it is not computable
    std::string numerator, numerator_is;      ///< "1234", "participants who were paid nothing"
    std::string denominator, denominator_is;
    std::string population;   ///< who is looked at
    std::string not_computable;  ///< "column missing: kind (members)"; "" where it is computed
};

struct Disclosure {
    std::string plan, from, to, currency;
    Day first_day{}, last_day{};
    std::vector<std::int64_t> runs;  ///< the final runs, in order
    std::string window;              ///< in words; of every metric
    std::vector<Metric> metrics;
};

/// Over the final runs of the periods `from` to `to`. Refusal (state) where one of them is not
/// closed or two plans have them, (input) where a period is none or they stand the wrong way round.
[[nodiscard]] Disclosure disclose(Database& database, const std::optional<std::string>& plan,
                                  const std::string& from, const std::string& to);

}  // namespace downline
