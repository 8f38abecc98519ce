#!/bin/sh
# Compares the engine with the reference on many more random companies than the tests do.
#
#   tests/property/campaign.sh [TESTS] [NETWORKS] [SEED]
#
# TESTS is the test program (build/release/downline_tests), NETWORKS how many companies over several
# periods (100000), SEED where to begin. They come in rounds of 10,000, each of the next seed, so that
# a campaign that is stopped says how far it came. A failing case is made smaller and left as files
# (plans, CSVs in the order in which they come in, what differs) in campaign-SEED/.
set -eu
tests=${1:-build/release/downline_tests}
networks=${2:-100000}
first=${3:-$(date +%s)}
round=10000
seed=$first
echo "at least $networks networks over several periods, from seed $first on"
while [ $(((seed - first) * round)) -lt "$networks" ]; do
    # The test itself makes 2,300 cases, of which more than 2,000 have a member.
    DOWNLINE_SEED=$seed DOWNLINE_CASES_FACTOR=$((round / 2000)) DOWNLINE_KEEP=campaign-$seed \
        "$tests" --test-case='*period after period*,*the engine equals the reference*' --minimal || {
        echo "differs; again: $0 $tests $round $seed" >&2
        exit 1
    }
    seed=$((seed + 1))
    echo "$(((seed - first) * round)) agree"
done
