// The entry of libFuzzer: DOWNLINE_FUZZ_TARGET names what is fuzzed.
#include <cstdint>

#include "tests/fuzz/targets.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    static const downline::fuzz::Target* const target = [] {
        const char* const name = std::getenv("DOWNLINE_FUZZ_TARGET");
        return downline::fuzz::find_target(name == nullptr ? "" : name);
    }();
    downline::fuzz::expect(target != nullptr, "DOWNLINE_FUZZ_TARGET names no target");
    target->run({reinterpret_cast<const char*>(bytes), size});
    return 0;
}
