"""The same digests from every compiler, optimisation, number of cores, language and time zone.

Builds the program with g++ and clang++, without optimisation and with -O3, and lets each pay the demo
company's first months: on one core and on all, in other languages and zones, from rows in another
order. Every run's digests must be those of the first.

usage: digests.py FOLDER [--months N] [--compilers g++,clang++] [--levels -O0,-O3]
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
}


def build(folder, compiler, level):
    target = folder / f"{compiler}{level}"
    quiet = {"check": True, "stdout": subprocess.DEVNULL}
    subprocess.run(["cmake", "-G", "Ninja", "-S", ROOT, "-B", target, "-DDOWNLINE_TESTS=OFF",
                    f"-DCMAKE_CXX_COMPILER={compiler}", "-DCMAKE_BUILD_TYPE=None",
                    f"-DCMAKE_CXX_FLAGS={level}"], **quiet)
    subprocess.run(["cmake", "--build", target, "--target", "downline"], **quiet)
    return target / "downline"


def shuffled(file, folder):
    head, *rows = file.read_text().splitlines()
    random.Random(1997).shuffle(rows)
    copy = folder / f"shuffled-{file.name}"
    copy.write_text("\n".join([head, *rows, ""]))
    return copy


def digests(program, folder, months, surroundings, cores, files):
    """Plan, inputs and result digests of the months, as the database keeps them."""
    database = folder / "company.db"
    database.unlink(missing_ok=True)
    environment = {**os.environ, **surroundings, "DOWNLINE_DB": str(database)}

    def call(*arguments):
        return subprocess.run(["taskset", "--cpu-list", cores, program, *arguments], check=True,
                              env=environment, capture_output=True, text=True).stdout

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
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    months = [f"{1997 + place // 12}-{place % 12 + 1:02}" for place in range(options.months)]
    every_core = ",".join(map(str, sorted(os.sched_getaffinity(0))))
    files = (ROOT / "data/demo/members.csv", ROOT / "data/demo/orders.csv")
    expected, differing, count = None, 0, 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        others = tuple(shuffled(file, folder) for file in files)
        for compiler in options.compilers.split(","):
            for level in options.levels.split(","):
                program = build(options.folder, compiler, level)
                cases = [(what, where, every_core, files) for what, where in SURROUNDINGS.items()]
                cases.append(("one core", {}, every_core.split(",")[0], files))
                cases.append(("rows in another order", {}, every_core, others))
                for what, where, cores, rows in cases:
                    found = digests(program, folder, months, where, cores, rows)
                    expected = expected or found
                    count += 1
                    differing += found != expected
                    print(f"{'equal' if found == expected else 'DIFFERENT'}: {compiler} {level}, "
                          f"{what}", flush=True)
    print(f"digests: {count} ways, {len(months)} months each, {differing} different")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
