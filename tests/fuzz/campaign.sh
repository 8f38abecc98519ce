#!/usr/bin/env bash
# Fuzzes for a while, going on from the kept corpus, and keeps what reaches new code.
#
#   tests/fuzz/campaign.sh SECONDS [TARGET…]
#
# TARGET is csv, import, plan, numbers, names or database; all of them in turn unless said, each for
# SECONDS. Builds with clang (scripts/setup.sh --campaigns installs it) under the address and
# undefined-behaviour sanitizers in build/fuzz. What is found stays in build/fuzz/found/TARGET; the
# corpus is made as small as still reaches all that it reached. Prints what was done: one line each.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if (($# == 0)) || ! [[ $1 =~ ^[0-9]+$ ]]; then
    echo "usage: tests/fuzz/campaign.sh SECONDS [TARGET...]" >&2
    exit 2
fi
seconds=$1
shift
(($# > 0)) || set -- csv import plan numbers names database

cmake --preset fuzz >/dev/null
cmake --build --preset fuzz --parallel "${DOWNLINE_JOBS:-$(nproc)}" --target downline_fuzz >&2

[[ -d /dev/shm ]] && export TMPDIR=/dev/shm
export ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1
failed=0
for target; do
    corpus=tests/fuzz/corpus/$target
    work=build/fuzz/work/$target
    found=build/fuzz/found/$target
    mkdir -p "$corpus" "$work" "$found"
    options=(-max_len=16384 -timeout=120 -rss_limit_mb=4096 -use_value_profile=0)
    [[ -f tests/fuzz/$target.dict ]] && options+=("-dict=tests/fuzz/$target.dict")
    begin=$(date +%s)
    export DOWNLINE_FUZZ_TARGET=$target
    if ! build/fuzz/downline_fuzz "${options[@]}" -max_total_time="$seconds" -print_final_stats=1 \
            -artifact_prefix="$found/" "$work" "$corpus" >"$found.log" 2>&1; then
        failed=1
        echo "fuzz: $target: found something; $found.log and $found/ have it" >&2
    fi
    executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$found.log")
    rm -rf "$work.least"
    mkdir "$work.least"
    build/fuzz/downline_fuzz "${options[@]}" -merge=1 "$work.least" "$corpus" "$work" \
        >"$found.merge.log" 2>&1
    rm -f "$corpus"/*
    cp "$work.least"/* "$corpus"/
    rm -rf "$work" "$work.least"
    echo "fuzz: $target: ${executions:-?} executions in $(($(date +%s) - begin)) s," \
         "$(find "$corpus" -type f | wc -l) files kept"
done
exit "$failed"
