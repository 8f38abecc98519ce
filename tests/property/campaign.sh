#!/bin/sh
# Compares the engine with the reference on many more random companies than the tests do.
#
#   tests/property/campaign.sh [TESTS] [NETWORKS] [SEED]
#
# TESTS is the test program (build/release/downline_tests), NETWORKS how many companies over several
# periods (100000). Prints the seed; a failing case is made smaller and left as files (plans, CSVs in
# the order in which they come in, what differs) in campaign-SEED/.
set -eu
tests=${1:-build/release/downline_tests}
networks=${2:-100000}
seed=${3:-$(date +%s)}
# The test itself makes 2,300 cases, of which more than 2,000 have a member.
factor=$(((networks + 1999) / 2000))
echo "seed $seed, at least $networks networks over several periods"
echo "again: $0 $tests $networks $seed"
DOWNLINE_SEED=$seed DOWNLINE_CASES_FACTOR=$factor DOWNLINE_KEEP=campaign-$seed \
    "$tests" --test-case='*period after period*,*the engine equals the reference*'
