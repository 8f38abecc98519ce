#!/usr/bin/env bash
# The demo: sets up, builds, pays eighteen months of real purchases, and shows a member's breakdown.
#
# usage: scripts/demo.sh [DATABASE]     default: build/demo.db, made anew each time
set -euo pipefail
start_folder=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() {
    printf '\n== %s\n' "$*"
}

case ${1:-} in
    "") database=build/demo.db ;;
    /*) database=$1 ;;
    *) database=$start_folder/$1 ;;
esac
if [[ -n ${1:-} && -e $database ]]; then
    echo "demo: $database exists already; name a file that does not" >&2
    exit 1
fi

scripts/setup.sh
mkdir -p build
rm -f build/demo.db build/demo.db-journal

say "Building build/release/downline (the first time takes some minutes)"
if ! { cmake --preset release && cmake --build --preset release --target downline; } \
    >build/demo-build.log 2>&1; then
    tail -n 40 build/demo-build.log >&2
    echo "demo: the build failed; all of it is in build/demo-build.log" >&2
    exit 1
fi
export DOWNLINE_DB=$database
downline=build/release/downline

say "Importing 23,570 members and their 69,659 orders"
$downline import members data/demo/members.csv --currency USD
$downline import orders data/demo/orders.csv

say "Running and closing January 1997 to June 1998"
for month in 1997-{01..12} 1998-{01..06}; do
    last_report=$($downline run "$month" --plan data/plans/demo.toml --quiet)
    $downline close "$month" --yes --quiet >/dev/null
done
$downline sql "
    SELECT period, order_count AS orders,
           printf('%d.%02d', sales / 100, sales % 100) AS sales,
           printf('%d.%02d', paid / 100, paid % 100) AS paid,
           printf('%.1f %%', 100.0 * paid / sales) AS payout,
           printf('%d of %d', active_count, affiliate_count) AS active,
           earner_count AS earners, line_count AS lines
    FROM run WHERE state = 'final' ORDER BY period"

say "The last month, as finance sees it"
printf '%s\n' "$last_report"

say "One member's breakdown: what 22342 earned in June 1998, and for what"
$downline earnings 22342 1998-06 --lines

say "Look further: export DOWNLINE_DB=$database"
cat <<'EOF'
build/release/downline customers 22342
build/release/downline tree 22342 1998-06 --depth 2
build/release/downline earnings --all 1998-06 --csv
build/release/downline --help
EOF
