// Preloaded: the machine has as many cores as DOWNLINE_CORES says, so that the program takes that
// many threads whatever machine it runs on.
#include <cstdlib>

extern "C" int get_nprocs() {
    const char* text = std::getenv("DOWNLINE_CORES");
    return text == nullptr ? 1 : std::atoi(text);
}
