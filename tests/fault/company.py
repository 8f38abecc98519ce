"""The small company that faults are tried on, and what a database of it says."""

import contextlib
import hashlib
import itertools
import os
import sqlite3
import subprocess
import tempfile

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

# What a company does in two months: each is one transaction.
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


def write_files(folder, months=2, orders=100):
    """Forty affiliates in a bushy tree, sixty customers, orders of some months, a few returns."""
    members = ["member_id,sponsor_id,joined_on,kind,name"]
    for i in range(40):
        sponsor = "" if i == 0 else f"A{(i - 1) // 2:02}"
        members.append(f"A{i:02},{sponsor},2025-01-01,affiliate,Affiliate {i}")
    for i in range(60):
        members.append(f"C{i:02},A{i % 40:02},2025-02-01,customer,Customer {i}")
    files = {
        "members.csv": members,
        "returns.csv": ["return_id,order_id,returned_on,amount", "R1,1-05,2026-01-20,5.00",
                        "R2,2-07,2026-02-27,27.07"],
        "answers.csv": ["member_id,reason", "A00,account closed"],
        "plan.toml": PLAN.splitlines(),
    }
    for month in range(1, months + 1):
        files[f"orders-{month}.csv"] = ["order_id,member_id,ordered_on,amount"]
    for month, i in itertools.product(range(1, months + 1), range(orders)):
        place = i % 100
        buyer = f"A{place:02}" if place < 40 else f"C{place - 40:02}"
        files[f"orders-{month}.csv"].append(
            f"{month}-{i:02},{buyer},2026-{month:02}-{i % 28 + 1:02},{20 + i}.{place:02}")
    for name, lines in files.items():
        (folder / name).write_text("\n".join(lines) + "\n")


def scratch(in_memory=True):
    """A folder that goes away, in memory where there is such a place: syncs cost nothing there."""
    has_memory = in_memory and os.access("/dev/shm", os.W_OK)
    return tempfile.TemporaryDirectory(dir="/dev/shm" if has_memory else None)


def call(program, folder, database, command, environment=None):
    """Runs a command of the program on a database, in the company's folder."""
    return subprocess.run(
        [program, *command], cwd=folder, capture_output=True, text=True, timeout=3600,
        errors="replace",
        env={**os.environ, "DOWNLINE_DB": str(database), "LC_ALL": "C.UTF-8", **(environment or {})})


def content(path):
    """What a database says, without the clock: a digest of every row of every table."""
    if not path.exists():
        return "no database"
    digest = hashlib.sha256()
    try:
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=rw", uri=True)) as connection:
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
            found = connection.execute("PRAGMA integrity_check").fetchone()[0]
            return digest.hexdigest() if found == "ok" else f"damaged: {found}"
    except sqlite3.DatabaseError as error:
        return f"damaged: {error}"
