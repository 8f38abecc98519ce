"""Databases that cannot be used: each is refused with a sentence of its own and exit 5, untouched.

usage: refusals.py PROGRAM
"""

import argparse
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys

from company import call, scratch, write_files

NOBODY = 65534  # to root nothing is forbidden


def edited(path, sql):
    connection = sqlite3.connect(path)
    connection.executescript(sql)
    connection.close()


def spoiled(folder, good):
    """name → (file, what is said of it): each spoils a copy of a good database."""
    names = ("empty", "cut", "text", "foreign", "newer", "changed", "damaged")
    files = {name: folder / f"{name}.db" for name in names}
    for path in files.values():
        shutil.copyfile(good, path)
    size = good.stat().st_size
    files["empty"].write_bytes(b"")
    os.truncate(files["cut"], size - 16384)
    files["text"].write_text("order_id,amount\n" * 100)
    edited(files["foreign"], "PRAGMA application_id = 7")
    edited(files["newer"], "PRAGMA user_version = 999")
    edited(files["changed"], "CREATE TABLE more (x)")
    with open(files["damaged"], "r+b") as file:
        file.seek(16384)
        file.write(os.urandom(size - 16384))
    return {
        "empty": (files["empty"], "is empty"),
        "cut": (files["cut"], "is cut off"),
        "text": (files["text"], "is not a database"),
        "foreign": (files["foreign"], "is a database of another program"),
        "newer": (files["newer"], "was written by a newer version"),
        "changed": (files["changed"], "has other tables"),
        "damaged": (files["damaged"], "damaged"),
        "directory": (folder / "a-folder", "is a directory"),
        "missing": (folder / "missing.db", "does not exist"),
        "no folder": (folder / "no" / "company.db", "does not exist"),
        "no entry": (folder / "closed" / "company.db", "may not be entered"),
        "unreadable": (folder / "secret.db", "may not be read"),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=lambda path: str(pathlib.Path(path).resolve()))
    options = parser.parse_args()
    failures, count = [], 0
    with scratch() as root:
        folder = pathlib.Path(root)
        folder.chmod(0o755)
        write_files(folder)
        program = shutil.copy(options.program, folder / "downline")
        good = folder / "good.db"
        for command in (["import", "members", "members.csv"], ["import", "orders", "orders-1.csv"],
                        ["run", "2026-01", "--plan", "plan.toml"], ["close", "2026-01", "--yes"]):
            result = call(program, folder, good, command)
            if result.returncode != 0:
                sys.exit(result.stderr)
        (folder / "a-folder").mkdir()
        (folder / "closed").mkdir(mode=0o700)
        (folder / "closed").chmod(0o000)
        cases = spoiled(folder, good)
        for path in folder.glob("*.db"):
            path.chmod(0o444 if path == good else 0o666)
        shutil.copyfile(good, folder / "secret.db")
        (folder / "secret.db").chmod(0o000)
        readers = [["runs"], ["earnings", "A00"], ["verify"], ["backup", "copy.db"]]
        writers = [["import", "orders", "orders-2.csv"], ["close", "2026-02", "--yes"]]
        for name, (path, sentence) in cases.items():
            for command in readers + writers:
                # An import makes a database where there is none, or an empty one.
                if command[0] == "import" and name in ("missing", "empty"):
                    continue
                failures += refused(program, folder, name, path, sentence, command)
                count += 1
        for command in writers:
            failures += refused(program, folder, "read-only", good, "is read-only", command)
            count += 1
        (folder / "closed").chmod(0o700)
    for failure in failures[:20]:
        print(f"FAILED: {failure}", file=sys.stderr)
    print(f"refusals: {count} commands on {len(cases) + 1} databases, {len(failures)} failures")
    return 1 if failures else 0


def refused(program, folder, name, path, sentence, command):
    """What is wrong with how a command refuses a database."""
    before = path.read_bytes() if name not in ("no entry", "unreadable") and path.is_file() else None
    nobody = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    result = subprocess.run(
        [program, *command, "--by", "tester"], cwd=folder, capture_output=True, text=True, check=False,
        env={**os.environ, "DOWNLINE_DB": str(path), "LC_ALL": "C.UTF-8"}, **nobody)
    wrong = []
    if result.returncode != 5 or sentence not in result.stderr or result.stdout:
        wrong.append(f"{name}, {' '.join(command)}: exit {result.returncode}: {result.stderr.strip()}")
    if before is not None and path.read_bytes() != before:
        wrong.append(f"{name}, {' '.join(command)}: the file is changed")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
