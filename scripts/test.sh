#!/usr/bin/env bash
# Sets up, builds, and runs all tests: once under the sanitizers, once as released, and most of them
# once more to count which lines they reach.
#
# usage: scripts/test.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/setup.sh
jobs=$(nproc)

test_preset() {  # test_preset PRESET [ctest arguments…]
    local preset=$1
    shift
    echo "test: $preset" >&2
    cmake --preset "$preset" >/dev/null
    cmake --build --preset "$preset" --parallel "$jobs"
    ctest --preset "$preset" --parallel "$jobs" --timeout 1800 "$@"
}

# Scripts that only read files, the whole demo and the second reference tell the sanitizers nothing
# that the rest does not.
test_preset asan --exclude-regex '^((source|demo)-|independent)'
test_preset release
scripts/coverage.sh
