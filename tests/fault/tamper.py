"""Flipped bytes in a database with closed months: no command crashes, and every flip that changes a
figure of a closed run is found by `verify` and named.

usage: tamper.py PROGRAM [--flips N] [--seed N]
"""

import argparse
import pathlib
import random
import shutil
import sqlite3
import sys

from company import call, scratch, write_files

FIGURES = ["run", "run_bonus", "run_rank", "run_measure", "run_total", "run_forfeit", "statement",
           "run_order", "carried"]


# Who did what when is no figure.
NO_FIGURES = {"made_by", "made_at", "closed_by", "closed_at", "program_version"}


def figures(path):
    """Every row of closed runs; None where the file can no longer be read."""
    try:
        with sqlite3.connect(f"file:{path}?mode=rw", uri=True) as connection:
            connection.text_factory = bytes
            rows = []
            for table in FIGURES:
                names = [name.decode() for (_, name, *_) in
                         connection.execute(f"PRAGMA table_info({table})")]
                columns = ", ".join(name for name in names if name not in NO_FIGURES)
                rows.append(connection.execute(f"SELECT {columns} FROM {table}").fetchall())
            return rows
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=lambda path: str(pathlib.Path(path).resolve()))
    parser.add_argument("--flips", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    failures, changed, found, unreadable = [], 0, 0, 0
    with scratch() as root:
        folder = pathlib.Path(root)
        write_files(folder)
        good, bad = folder / "good.db", folder / "bad.db"
        for command in (["import", "members", "members.csv"], ["import", "orders", "orders-1.csv"],
                        ["run", "2026-01", "--plan", "plan.toml"], ["close", "2026-01", "--yes"],
                        ["import", "orders", "orders-2.csv"],
                        ["run", "2026-02", "--plan", "plan.toml"], ["close", "2026-02", "--yes"]):
            result = call(options.program, folder, good, command)
            if result.returncode != 0:
                sys.exit(result.stderr)
        size = good.stat().st_size
        known = figures(good)
        used = [at for at, byte in enumerate(good.read_bytes()) if byte != 0]
        for _ in range(options.flips):
            # Most of a page is empty: three of four flips go where something stands.
            at = chance.choice(used) if chance.random() < 0.75 else chance.randrange(size)
            flip = 1 << chance.randrange(8)
            shutil.copyfile(good, bad)
            with open(bad, "r+b") as file:
                file.seek(at)
                byte = file.read(1)[0]
                file.seek(at)
                file.write(bytes([byte ^ flip]))
            what = f"byte {at} ^ {flip}"
            now = figures(bad)
            for command in (["verify"], ["earnings", "--all", "2026-01", "--lines", "--json"],
                            ["tree", "A00"], ["runs"], ["balances"]):
                result = call(options.program, folder, bad, command)
                if result.returncode not in (0, 3, 4, 5, 6):
                    failures.append(f"{what}: {' '.join(command)} ends with {result.returncode}: "
                                    f"{result.stderr.strip()[:200]}")
                if command == ["verify"]:
                    is_found = result.returncode in (5, 6)
            if now is None:
                unreadable += 1
                if not is_found:
                    failures.append(f"{what}: verify finds nothing in an unreadable file")
            elif now != known:
                changed += 1
                found += is_found
                if not is_found:
                    failures.append(f"{what}: a figure changed, and verify did not find it")
    for failure in failures[:20]:
        print(f"FAILED: {failure}", file=sys.stderr)
    print(f"tamper: {options.flips} flips, {unreadable} made the file unreadable, {changed} changed a "
          f"figure of a closed run, {found} of those were found; {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
