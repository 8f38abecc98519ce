#!/usr/bin/env bash
# Counts which lines and branches the tests reach, and fails where it is less than the floors.
#
# usage: scripts/coverage.sh
#
# Branches are those of the source: what only an exception takes is left out. The counts by file are
# in build/coverage/coverage.txt, the lines themselves in build/coverage/coverage.html.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

jobs=$(nproc)
build=build/coverage
echo "test: coverage" >&2
cmake --preset coverage >/dev/null
cmake --build --preset coverage --parallel "$jobs" \
    --target downline downline_tests downline_sqlite fuzz_replay
find "$build" -name '*.gcda' -delete
# A tenth of the random cases reaches what all of them do.
DOWNLINE_CASES_DIVISOR=10 ctest --preset coverage --parallel "$jobs" --timeout 600 \
    --tests-regex '^(engine|storage|cli|reference|property|fuzz-corpus)$'
gcovr --root . --object-directory "$build" -j "$jobs" \
    --filter engine/ --filter storage/ --filter cli/ --exclude-throw-branches \
    --txt "$build/coverage.txt" --html-details "$build/coverage.html" --json-summary \
    "$build/coverage.json"

python3 - "$build/coverage.json" <<'PYTHON'
import collections, json, sys

FLOORS = {"engine": (98.0, 90.0), "whole": (90.0, None)}  # lines and branches, in percent

counts = collections.defaultdict(lambda: [0, 0, 0, 0])
for file in json.load(open(sys.argv[1]))["files"]:
    found = [file["line_covered"], file["line_total"], file["branch_covered"], file["branch_total"]]
    for name in (file["filename"].split("/")[0], "whole"):
        counts[name] = [a + b for a, b in zip(counts[name], found)]
is_good = True
for name, (lines, line_total, branches, branch_total) in counts.items():
    shares = 100 * lines / line_total, 100 * branches / branch_total
    floors = FLOORS.get(name, (None, None))
    is_low = any(floor is not None and share < floor for share, floor in zip(shares, floors))
    is_good = is_good and not is_low
    print(f"coverage: {name:8} {shares[0]:5.1f} % of {line_total} lines, "
          f"{shares[1]:5.1f} % of {branch_total} branches" + (" BELOW THE FLOOR" if is_low else ""))
sys.exit(0 if is_good else 1)
PYTHON
