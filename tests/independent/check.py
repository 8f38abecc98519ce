"""Compares the program with a second reference, in another language and by another reading of the rules.

    check.py PROGRAM [--cases N] [--seed S] [--keep FOLDER]

The reference (reference.py) computes with fractions what a plan pays; the program is used through its
command line alone, from the import of files to what it shows. Prints the seed and how many random
companies were compared, N of each breadth; what differs is said, and the case kept as JSON in FOLDER.
Exit 1 where anything does. Not covered here: match, pool, fixed, royalty, binary, automatic places."""

import argparse
import json
import os
import sys
import tempfile
import traceback

from compare import differences
from generate import Generator

BREADTHS = (
    "one period, personal and unilevel",
    "several periods, all kinds",
    "caps, limits, late facts, changed plans, estimates, odd ids",
    "many returns",
    "one long line",
    "larger networks",
    "every view",
    "rows imported again and replaced",
    "measures that change their meaning",
)


def differs(case, program):
    try:
        with tempfile.TemporaryDirectory() as folder:
            return differences(case, program, folder)
    except Exception:
        return ["exception: " + traceback.format_exc()]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--cases", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep")
    arguments = parser.parse_args()
    program = os.path.abspath(arguments.program)
    different = 0
    for breadth in range(len(BREADTHS)):
        for seed in range(arguments.seed, arguments.seed + arguments.cases):
            case = Generator(seed, breadth).case()
            found = differs(case, program)
            if not found:
                continue
            different += 1
            print(f"--- {BREADTHS[breadth]}, seed {seed}: {len(found)} differences")
            for text in found[:4]:
                print("   ", text.strip()[:600])
            if arguments.keep:
                os.makedirs(arguments.keep, exist_ok=True)
                with open(os.path.join(arguments.keep, f"{breadth}-{seed}.json"), "w") as file:
                    json.dump(case, file, indent=1)
    print(f"independent: {arguments.cases * len(BREADTHS)} companies from seed {arguments.seed}, "
          f"{different} differ")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
