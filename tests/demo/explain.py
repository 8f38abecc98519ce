# Holds explanations of the demo company against its stored lines, from outside the program.
"""usage: explain.py PROGRAM SOURCE_FOLDER

Every 500th order and every 150th affiliate of one month; DOWNLINE_EVERYTHING=1 takes all orders of
all months and all affiliates. What the explained slots paid must be the rows of earning_line, and
paid and forfeited together the maximum; a member's breakdown must add up to its pay.
"""

import collections
import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

MONTHS = [f"1997-{m:02}" for m in range(1, 13)] + [f"1998-{m:02}" for m in range(1, 7)]


class Program:
    def __init__(self, program, database):
        self.program, self.database = program, str(database)

    def text(self, *arguments):
        return subprocess.run([self.program, *arguments, "--db", self.database, "--quiet"],
                              check=True, capture_output=True, text=True).stdout

    def json(self, *arguments):
        return json.loads(self.text(*arguments, "--json"))


def demo_company(program, source, database, months=MONTHS):
    downline = Program(program, database)
    downline.text("import", "members", source / "data/demo/members.csv", "--currency", "USD")
    downline.text("import", "orders", source / "data/demo/orders.csv")
    for month in months:
        downline.text("run", month, "--plan", source / "data/plans/demo.toml")
        downline.text("close", month, "--yes")
    return downline


def cents(text):
    return round(float(text) * 100)


def stored_lines(downline):
    """By order: what each member was paid under each bonus."""
    rows = downline.json("sql", "SELECT order_id, bonus, member_id, level, paid_level, amount"
                                " FROM earning_line WHERE order_id IS NOT NULL")
    lines = collections.defaultdict(list)
    for row in rows:
        lines[row["order_id"]].append((row["bonus"], row["member_id"], row["level"],
                                       row["paid_level"], row["amount"]))
    return lines


def check_order(downline, order_id, lines):
    order = downline.json("explain", "order", order_id)
    paid, maximum = [], 0
    for bonus in order["by_bonus"]:
        slots = [step for step in bonus["steps"] if step["slot"]]
        maximum += sum(cents(slot["maximum"]) for slot in slots)
        for slot in slots:
            assert cents(slot["maximum"]) == cents(slot["amount"]) + cents(slot["forfeited"]), slot
            assert (slot["reason"] is None) == (slot["forfeited"] == "0.00"), slot
            if slot["amount"] != "0.00":
                paid.append((bonus["bonus"], slot["member_id"], slot["level"], slot["paid_level"],
                             cents(slot["amount"])))
    assert sorted(paid) == sorted(lines), (order_id, paid, lines)
    forfeited = sum(cents(part["amount"]) for part in order["forfeited"])
    assert cents(order["amount"]) + forfeited == cents(order["maximum"]) == maximum, order_id


def check_member(downline, member_id, month):
    member = downline.json("explain", "member", member_id, month)
    for parts in ("by_bonus", "by_stream", "by_level", "by_source"):
        assert sum(cents(part["amount"]) for part in member[parts]) == cents(member["total"]), (
            member_id, parts)
    stored = downline.json("earnings", member_id, month)
    assert (member["rank"], member["active"], member["measures"]) == (
        stored["rank"], stored["active"], stored["measures"]), member_id
    reached = [rank["rank"] for rank in member["ranks"] if rank["reached"]]
    assert (reached[-1] if reached else None) == member["rank"], member_id
    is_met = [all(test["met"] for test in tests) for tests in member["active_requires"]]
    assert any(is_met) == member["active"], member_id


def main():
    program, source = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2])
    takes_all = bool(os.environ.get("DOWNLINE_EVERYTHING"))
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor() as threads:
        downline = demo_company(program, source, pathlib.Path(folder) / "demo.db")
        lines = stored_lines(downline)
        connection = sqlite3.connect(downline.database)
        orders = [row[0] for row in connection.execute(
            "SELECT order_id FROM order_line ORDER BY 1")]
        members = [row[0] for row in connection.execute(
            "SELECT member_id FROM member WHERE kind = 0 ORDER BY 1")]
        chosen = orders if takes_all else orders[::500]
        list(threads.map(lambda order: check_order(downline, order, lines[order]), chosen))
        months = MONTHS if takes_all else ["1997-06"]
        chosen_members = members if takes_all else members[::150]
        list(threads.map(lambda pair: check_member(downline, *pair),
                         [(member, month) for member in chosen_members for month in months]))
    print(f"{len(chosen)} orders and {len(chosen_members) * len(months)} statements explained")


if __name__ == "__main__":
    main()
