// The income disclosure shown: a page, rows, an object, a web page.
#pragma once

#include "cli/output.hpp"
#include "cli/settings.hpp"
#include "storage/disclosure.hpp"

namespace downline {

void print_disclosure(Output& output, Format format, const Disclosure& disclosure);
/// One self-contained page of HTML.
void print_disclosure_page(Output& output, const Disclosure& disclosure);

}  // namespace downline
