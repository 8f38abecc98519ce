"""A disk that is too small: the company's months on a file system that grows only when it is full.

A command that finds no room ends with 5 and a sentence, and the database is as before it; with more
room the same command is done. In the end the database says what it says where there was always room.

usage: small_disk.py PROGRAM [--step KIB]
       mounts in a name space of its own; where the system does not allow that, nothing is tried
"""

import argparse
import os
import pathlib
import subprocess
import sys

from company import COMMANDS, call, content, scratch, write_files

INSIDE = "DOWNLINE_SMALL_DISK"


def enter():
    """Starts this script again where it may mount; says so where it may not."""
    tried = subprocess.run(["unshare", "--map-root-user", "--mount", "true"], check=False,
                           stderr=subprocess.DEVNULL)
    if tried.returncode != 0:
        print("small disk: not tried, mounting is not allowed here")
        sys.exit(0)
    os.execvpe("unshare", ["unshare", "--map-root-user", "--mount", sys.executable, *sys.argv],
               {**os.environ, INSIDE: "1"})


def grow(disk, kib, *, is_new=False):
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"{'' if is_new else 'remount,'}size={kib}k", "none",
                    disk], check=True)


def try_all(program, folder, step):
    """Number of refusals, final size in KiB, and what went wrong."""
    disk = folder / "disk"
    disk.mkdir()
    kib, refusals, failures = step, 0, []
    grow(disk, kib, is_new=True)
    database = disk / "company.db"
    for command in COMMANDS:
        before = content(database)
        while True:
            result = call(program, folder, database, [*command, "--by", "tester"])
            if result.returncode == 0:
                break
            refusals += 1
            what = f"{' '.join(command)} on {kib} KiB ends with {result.returncode}"
            if result.returncode != 5 or "error:" not in result.stderr:
                failures.append(f"{what}: {result.stderr.strip()[:300]}")
            if result.returncode != 5 or kib > 16384:
                return refusals, kib, failures
            left = sorted(path.name for path in disk.iterdir())
            if left not in ([], ["company.db"]):
                failures.append(f"{what} and leaves {left}")
            kib += step  # a database that has no room for a journal cannot be asked either
            grow(disk, kib)
            if content(database) != before:
                failures.append(f"{what} and the database is not as before")
    verified = call(program, folder, database, ["verify"])
    if verified.returncode != 0:
        failures.append(f"verify: {verified.stderr}")
    if content(database) != without_limit(program, folder):
        failures.append("the database is not that of a disk with room")
    return refusals, kib, failures


def without_limit(program, folder):
    database = folder / "company.db"
    for command in COMMANDS:
        call(program, folder, database, [*command, "--by", "tester"])
    return content(database)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=lambda path: str(pathlib.Path(path).resolve()))
    parser.add_argument("--step", type=int, default=32)
    options = parser.parse_args()
    if INSIDE not in os.environ:
        enter()
    with scratch() as root:
        folder = pathlib.Path(root)
        write_files(folder)
        refusals, kib, failures = try_all(options.program, folder, options.step)
        subprocess.run(["umount", folder / "disk"], check=False)
    for failure in failures[:20]:
        print(f"FAILED: {failure}", file=sys.stderr)
    print(f"small disk: {refusals} times full on the way to {kib} KiB, {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
