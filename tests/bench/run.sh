#!/usr/bin/env bash
# Builds the program and the generator, and prints the benchmark's table (bench.py says what it is).
#
# usage: tests/bench/run.sh [SECTION…] [--repeat N] [--folder FOLDER] [--program FILE]
#        SECTION: size-s size-m size-l shapes months month-end kinds answers; all but size-s, size-l
#        and answers unless said
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

scripts/setup.sh
cmake --preset release >/dev/null
cmake --build --preset release --parallel "$(nproc)" --target downline bench_generate >&2
exec python3 tests/bench/bench.py "$@"
