#!/usr/bin/env bash
# Installs what building and testing needs from Debian 12: only what is missing, after saying so.
#
# usage: scripts/setup.sh            install what is missing
#        scripts/setup.sh --print    list every package, one a line, and change nothing
#        scripts/setup.sh --campaigns    also what fuzzing needs
set -euo pipefail

packages=(
    # the compiler and the build
    g++ cmake ninja-build
    # the program: graphs, database, digests, text, logging, command line, plans, JSON, UTF-8, pages
    libboost-graph-dev libsqlite3-dev libssl-dev libfmt-dev libspdlog-dev libcli11-dev
    libtomlplusplus-dev nlohmann-json3-dev libsimdjson-dev libutf8proc-dev
    libkainjow-mustache-dev
    # the tests: unit tests, properties, a second CSV reader, scripts; the database's own shell;
    # a reader of the journals of payouts
    doctest-dev librapidcheck-dev libcsv-dev python3 sqlite3 hledger
    # which lines the tests reach; the Debian package, and a reader of its manual pages
    gcovr dpkg-dev file groff
)

campaigns=(clang-14 libclang-rt-14-dev)

if [[ ${1:-} == --print ]]; then
    printf '%s\n' "${packages[@]}"
    exit 0
elif [[ ${1:-} == --campaigns ]]; then
    packages+=("${campaigns[@]}")
elif (($# > 0)); then
    echo "setup: unknown argument \"$1\"; there are --print and --campaigns" >&2
    exit 2
fi

if ! command -v apt-get >/dev/null; then
    echo "setup: there is no apt here. Install what \`scripts/setup.sh --print\` lists (the names are" \
         "those of Debian 12) in your system's way; the build finds it by CMake." >&2
    exit 1
fi

missing=()
for package in "${packages[@]}"; do
    state=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
    [[ $state == installed ]] || missing+=("$package")
done
if ((${#missing[@]} == 0)); then
    exit 0
fi

as_root=()
if ((EUID != 0)); then
    if ! command -v sudo >/dev/null; then
        echo "setup: these packages are missing, and installing them needs root or sudo:" \
             "${missing[*]}. Run this script as root once, or ask for them to be installed." >&2
        exit 1
    fi
    as_root=(sudo)
fi
echo "setup: will install from Debian by apt-get: ${missing[*]}" >&2
"${as_root[@]}" apt-get update -qq >&2
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \
    -qq -o Dpkg::Use-Pty=0 "${missing[@]}" >&2
