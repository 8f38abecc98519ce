"""The same digests from every compiler, optimisation, number of threads, language and time zone.

Builds the program with g++ and clang++, without optimisation and with -O3, and lets each pay the demo
company's first months: on 1, 2, 3 and 8 threads, in other languages and zones, from rows in another
order. Every run's digests must be those of the first.

usage: digests.py FOLDER [--months N] [--compilers g++,clang++] [--levels -O0,-O3] [--jobs N]
       FOLDER keeps the builds, so that a second time is quick.
"""

import argparse
import csv
import io
import os
import pathlib
import random
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SURROUNDINGS = {
    "as it is": {},
    "a zone fourteen hours ahead": {"TZ": "Pacific/Kiritimati"},
    "a zone with another day": {"TZ": "UTC+12", "LC_ALL": "C"},
    "a language with decimal commas": {"LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8"},
    "a language with other digits": {"LC_ALL": "ar_EG.UTF-8", "LANG": "ar_EG.UTF-8"},
    "a language with another i": {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"},
}
THREADS = (1, 2, 3, 8)


def make_languages(folder):
    """The languages of SURROUNDINGS, which a bare system has not; Debian's `locales` has their sources."""
    names = {where["LC_ALL"] for where in SURROUNDINGS.values() if "LC_ALL" in where} - {"C"}
    for name in names:
        if not (folder / name).exists():
            subprocess.run(["localedef", "-i", name.partition(".")[0], "-f", "UTF-8", folder / name],
                           check=True)
    os.environ["LOCPATH"] = str(folder)


def make_cores(folder):
    """Preloaded, it says how many cores there are."""
    shim = folder / "cores.so"
    subprocess.run(["g++", "-shared", "-fPIC", "-o", shim, ROOT / "tests/builds/cores.cpp"], check=True)
    return shim


def build(folder, compiler, level, jobs):
    target = folder / f"{compiler}{level}"
    quiet = {"check": True, "stdout": subprocess.DEVNULL}
    subprocess.run(["cmake", "-G", "Ninja", "-S", ROOT, "-B", target, "-DDOWNLINE_TESTS=OFF",
                    f"-DCMAKE_CXX_COMPILER={compiler}", "-DCMAKE_BUILD_TYPE=None",
                    f"-DCMAKE_CXX_FLAGS={level}"], **quiet)
    subprocess.run(["cmake", "--build", target, "--parallel", str(jobs), "--target", "downline"],
                   **quiet)
    return target / "downline"


def shuffled(file, folder):
    head, *rows = file.read_text().splitlines()
    random.Random(1997).shuffle(rows)
    copy = folder / f"shuffled-{file.name}"
    copy.write_text("\n".join([head, *rows, ""]))
    return copy


def digests(program, folder, months, surroundings, files):
    """Plan, inputs and result digests of the months, as the database keeps them."""
    database = folder / "company.db"
    database.unlink(missing_ok=True)
    environment = {**os.environ, **surroundings, "DOWNLINE_DB": str(database)}

    def call(*arguments):
        return subprocess.run([program, *arguments], check=True, env=environment,
                              capture_output=True, text=True).stdout

    call("import", "members", files[0], "--currency", "USD")
    call("import", "orders", files[1])
    for month in months:
        call("run", month, "--plan", ROOT / "data/plans/demo.toml")
        call("close", month, "--yes")
    rows = csv.DictReader(io.StringIO(call("runs", "--csv")))
    return [(row["period"], row["plan_digest"], row["digest"], row["chain_digest"]) for row in rows]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--months", type=int, default=2)
    parser.add_argument("--compilers", default="g++,clang++")
    parser.add_argument("--levels", default="-O0,-O3")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    make_languages(options.folder)
    cores = make_cores(options.folder)
    months = [f"{1997 + place // 12}-{place % 12 + 1:02}" for place in range(options.months)]
    files = (ROOT / "data/demo/members.csv", ROOT / "data/demo/orders.csv")
    expected, differing, count = None, 0, 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        others = tuple(shuffled(file, folder) for file in files)
        cases = [(what, where, files) for what, where in SURROUNDINGS.items()]
        cases += [(f"{threads} threads", {"LD_PRELOAD": cores, "DOWNLINE_CORES": str(threads)}, files)
                  for threads in THREADS]
        cases.append(("rows in another order", {}, others))
        for compiler in options.compilers.split(","):
            for level in options.levels.split(","):
                program = build(options.folder, compiler, level, options.jobs)
                for what, where, rows in cases:
                    found = digests(program, folder, months, where, rows)
                    expected = expected or found
                    count += 1
                    differing += found != expected
                    print(f"{'equal' if found == expected else 'DIFFERENT'}: {compiler} {level}, "
                          f"{what}", flush=True)
    print(f"digests: {count} ways, {len(months)} months each, {differing} different")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
