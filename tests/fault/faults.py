"""The fault campaign: the program is killed, its writes torn, its calls failed, one place at a time.

Every change of the small company below (import, run, close, payout) is one transaction. Whatever
happens in the middle, the database afterwards is as before the command or as after it, byte by byte
of what it says; nothing that was acknowledged is gone; `verify` holds; and the same command
again brings it to where it should be. A command that fails says so in a sentence and ends with 5.

usage: faults.py PROGRAM SHIM [--kinds kill,torn,…] [--share N] [--seed N]
       --share N: about N faults of each kind over all commands, evenly spread; all of them unless said
"""

import argparse
import hashlib
import itertools
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

KINDS = ("kill", "torn", "fail", "fail-on", "full", "alloc")
CLOCKS = {"made_at", "closed_at", "undone_at"}

PLAN = """
[plan]
name      = "small"
currency  = "USD"
period    = "month"
effective = 2026-01-01

[active]
requires = { pv = 50 }

[[rank]]
name     = "silver"
requires = { gv = 300 }

[[bonus]]
code = "own"
kind = "personal"
rate = "10%"

[[bonus]]
code   = "override"
kind   = "unilevel"
levels = ["5%", "3%", { none = "1%", silver = "2%" }]
"""


def company(folder):
    """Forty affiliates in a bushy tree, sixty customers, orders of two months, a few returns."""
    members = ["member_id,sponsor_id,joined_on,kind,name"]
    for i in range(40):
        sponsor = "" if i == 0 else f"A{(i - 1) // 2:02}"
        members.append(f"A{i:02},{sponsor},2025-01-01,affiliate,Affiliate {i}")
    for i in range(60):
        members.append(f"C{i:02},A{i % 40:02},2025-02-01,customer,Customer {i}")
    orders = {1: ["order_id,member_id,ordered_on,amount"], 2: ["order_id,member_id,ordered_on,amount"]}
    for month, i in itertools.product((1, 2), range(100)):
        buyer = f"A{i:02}" if i < 40 else f"C{i - 40:02}"
        orders[month].append(f"{month}-{i:02},{buyer},2026-{month:02}-{i % 28 + 1:02},{20 + i}.{i:02}")
    files = {
        "members.csv": members, "orders-1.csv": orders[1], "orders-2.csv": orders[2],
        "returns.csv": ["return_id,order_id,returned_on,amount", "R1,1-05,2026-01-20,5.00",
                        "R2,2-07,2026-02-27,27.07"],
        "answers.csv": ["member_id,reason", "A00,account closed"],
        "plan.toml": PLAN.splitlines(),
    }
    for name, lines in files.items():
        (folder / name).write_text("\n".join(lines) + "\n")


COMMANDS = [
    ["import", "members", "members.csv"],
    ["import", "orders", "orders-1.csv"],
    ["import", "returns", "returns.csv", "--skip-bad", "rejects.csv", "--force"],
    ["run", "2026-01", "--plan", "plan.toml"],
    ["run", "2026-01", "--plan", "plan.toml"],
    ["close", "2026-01", "--yes"],
    ["import", "orders", "orders-2.csv"],
    ["run", "2026-02", "--plan", "plan.toml"],
    ["close", "2026-02", "--yes"],
    ["payout", "create", "--batch", "B1", "--minimum", "1.00"],
    ["payout", "mark", "B1", "--failed", "answers.csv"],
]


def content(path):
    """What a database says, without the clock: a digest of every row of every table."""
    if not path.exists():
        return "no database"
    digest = hashlib.sha256()
    with sqlite3.connect(f"file:{path}?mode=rw", uri=True) as connection:
        tables = [row[0] for row in connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
        if not tables:
            return "no database"
        for table in tables:
            names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")
                     if row[1] not in CLOCKS]
            digest.update(table.encode())
            for row in connection.execute(f"SELECT {', '.join(names)} FROM {table}"):
                digest.update(repr(row).encode())
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    return digest.hexdigest()


class Campaign:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.database = folder / "company.db"
        self.tried = {kind: 0 for kind in options.kinds}
        self.before_count = self.after_count = self.failures = 0

    def call(self, command, fault=None):
        environment = {**os.environ, "DOWNLINE_DB": str(self.database), "LC_ALL": "C.UTF-8"}
        if fault:
            environment |= {"LD_PRELOAD": self.options.shim, "DOWNLINE_FAULT": fault,
                            "DOWNLINE_FAULT_FOLDER": str(self.folder),
                            "DOWNLINE_FAULT_COUNTS": str(self.folder.parent / "counts")}
        return subprocess.run([self.options.program, *command, "--by", "tester"], cwd=self.folder,
                              env=environment, capture_output=True, text=True, timeout=120)

    def restore(self, kept):
        for path in self.folder.glob("company.db*"):
            path.unlink()
        for path in self.folder.glob("*.tmp*"):
            path.unlink()
        if kept.exists():
            shutil.copyfile(kept, self.database)

    def fail(self, what, result):
        self.failures += 1
        print(f"FAILED: {what}\n  exit {result.returncode}\n  {result.stderr.strip()[:500]}",
              file=sys.stderr)

    def check(self, command, fault, kept, before, after):
        """One fault in one command."""
        kind = fault.partition(":")[0]
        self.restore(kept)
        result = self.call(command, fault)
        what = f"{fault} in {' '.join(command)}"
        self.tried[kind] += 1
        killed = kind in ("kill", "torn")
        if killed and result.returncode != -signal.SIGKILL:
            return self.fail(f"{what}: was not killed", result)
        if not killed and result.returncode not in (0, 5):
            return self.fail(f"{what}: neither done nor exit 5", result)
        if result.returncode == 5 and "error:" not in result.stderr:
            return self.fail(f"{what}: no sentence", result)
        now = content(self.database)
        if now not in (before, after) or (result.returncode == 0 and now != after):
            return self.fail(f"{what}: neither as before nor as after", result)
        self.before_count += now == before
        self.after_count += now == after
        if now == before:
            again = self.call(command)
            if again.returncode != 0 or content(self.database) != after:
                return self.fail(f"{what}: the same command again does not mend it", again)
        if self.database.exists() and command[0] in ("close", "payout"):
            verified = self.call(["verify"])
            if verified.returncode != 0:
                return self.fail(f"{what}: verify does not hold", verified)

    def run(self):
        company(self.folder)
        kept = self.folder.parent / "kept.db"
        for command in COMMANDS:
            if self.database.exists():
                shutil.copyfile(self.database, kept)
            before = content(self.database)
            counted = self.call(command, "count")
            if counted.returncode != 0:
                sys.exit(f"{' '.join(command)} fails without a fault: {counted.stderr}")
            changes, allocations = map(int, (self.folder.parent / "counts").read_text().split())
            after = content(self.database)
            done = self.folder.parent / "done.db"
            shutil.copyfile(self.database, done)
            for kind in self.options.kinds:
                count = allocations if kind == "alloc" else changes
                wanted = max(1, self.options.share // len(COMMANDS)) if self.options.share else count
                step = max(1, count // wanted)
                for at in range(1 + self.options.seed % step, count + 1, step):
                    self.check(command, f"{kind}:{at}", kept, before, after)
            self.restore(done)
            if before == "no database":
                kept.touch()
                kept.unlink()

    def report(self, seconds):
        tried = ", ".join(f"{count} {kind}" for kind, count in self.tried.items())
        print(f"faults: {sum(self.tried.values())} ({tried}) in {seconds:.0f} s: {self.before_count} "
              f"as before, {self.after_count} as after, {self.failures} failures")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=lambda path: str(pathlib.Path(path).resolve()))
    parser.add_argument("shim", type=lambda path: str(pathlib.Path(path).resolve()))
    parser.add_argument("--kinds", type=lambda text: text.split(","), default=list(KINDS))
    parser.add_argument("--share", type=int)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as root:
        folder = pathlib.Path(root) / "company"
        folder.mkdir()
        campaign = Campaign(options, folder)
        campaign.run()
        campaign.report(time.monotonic() - started)
    return 1 if campaign.failures else 0


if __name__ == "__main__":
    sys.exit(main())
