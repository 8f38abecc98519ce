// The finance view as one page of HTML that needs nothing else.
#pragma once

#include <string>

#include "storage/report.hpp"

namespace downline {

[[nodiscard]] std::string report_page(const Report& report);

}  // namespace downline
