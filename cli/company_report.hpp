// The finance view shown: a page for people, rows and an object for programs.
#pragma once

#include "cli/output.hpp"
#include "cli/settings.hpp"
#include "storage/report.hpp"

namespace downline {

void print_report(Output& output, Format format, const Report& report);

}  // namespace downline
