# Recomputes the demo company's eighteen months in plain Python and compares every member's bonuses.
"""usage: payout.py PROGRAM SOURCE_FOLDER

Shares nothing with the program but the files that come in: its own tree, its own ranks, its own
rounding, by the words of data/plans/demo.toml. Money is whole cents, volumes hundredths of a point;
both are the same number here, since a point is a dollar.
"""

import collections
import csv
import io
import os
import subprocess
import sys
import tempfile

LEVELS_PERCENT = {"": [4, 2], "silver": [4, 2, 1], "gold": [4, 2, 1, 1, 1],
                  "director": [4, 2, 1, 1, 1, 1, 1]}
RANKED_AT_LEAST_SILVER = {"silver", "gold", "director"}


def cents(text):
    units, _, places = text.partition(".")
    return int(units) * 100 + int((places + "00")[:2])


def percent_half_up(base_cents, rate_percent):
    return (2 * base_cents * rate_percent + 100) // 200


class Company:
    def __init__(self, folder):
        with open(f"{folder}/members.csv") as file:
            members = list(csv.DictReader(file))
        self.sponsor = {row["member_id"]: row["sponsor_id"] for row in members}
        # Sponsors first, as the file lists them.
        self.affiliates = [r["member_id"] for r in members if r["kind"] == "affiliate"]
        is_affiliate = set(self.affiliates)
        self.is_affiliate = is_affiliate.__contains__
        self.frontline = collections.defaultdict(list)
        for member in self.affiliates:
            self.frontline[self.sponsor[member]].append(member)
        self.months = collections.defaultdict(list)
        with open(f"{folder}/orders.csv") as file:
            for row in csv.DictReader(file):
                self.months[row["ordered_on"][:7]].append(row)
        firsts = {}
        for month in self.months.values():
            for row in month:
                key = (row["ordered_on"], row["order_id"])
                buyer = row["member_id"]
                firsts[buyer] = min(firsts.get(buyer, key), key)
        self.first_orders = {order_id for _, order_id in firsts.values()}

    def seller(self, buyer):
        return buyer if self.is_affiliate(buyer) else self.sponsor[buyer]

    def measures(self, orders):
        pv = collections.Counter({member: 0 for member in self.affiliates})
        for row in orders:
            pv[self.seller(row["member_id"])] += cents(row["amount"])
        gv = pv.copy()
        for member in reversed(self.affiliates):
            if self.sponsor[member]:
                gv[self.sponsor[member]] += gv[member]
        return pv, gv

    def ranks(self, pv, gv):
        """{affiliate: rank}; children before parents, since a director counts the silvers below."""
        rank, has_silver = {}, {}
        for member in reversed(self.affiliates):
            legs = self.frontline[member]

            def balanced(minimum):
                return pv[member] + sum(min(gv[leg], minimum // 2) for leg in legs) >= minimum

            rank[member] = ""
            if pv[member] >= 4000 and gv[member] >= 25000:
                rank[member] = "silver"
            if pv[member] >= 6000 and balanced(100000) and sum(pv[m] >= 3000 for m in legs) >= 2:
                rank[member] = "gold"
            if pv[member] >= 10000 and balanced(400000) and sum(has_silver[m] for m in legs) >= 2:
                rank[member] = "director"
            has_silver[member] = (rank[member] in RANKED_AT_LEAST_SILVER
                                  or any(has_silver[m] for m in legs))
        return rank

    def pay(self, month):
        """{(member, bonus): cents} of one month."""
        pv, gv = self.measures(self.months[month])
        rank = self.ranks(pv, gv)
        paid = collections.Counter()
        for row in self.months[month]:
            amount, buyer = cents(row["amount"]), row["member_id"]
            seller = self.seller(buyer)
            if not self.is_affiliate(buyer) and pv[seller] >= 3000:
                is_first = row["order_id"] in self.first_orders
                bonus = "first-order" if is_first else "reorder"
                paid[seller, bonus] += percent_half_up(amount, 10 if is_first else 5)
            level, upline = 0, self.sponsor[seller]
            while upline and level < 7:
                if pv[upline] >= 3000:
                    rates = LEVELS_PERCENT[rank[upline]]
                    if level < len(rates):
                        paid[upline, "override"] += percent_half_up(amount, rates[level])
                    level += 1
                upline = self.sponsor[upline]
        return {key: amount for key, amount in paid.items() if amount}


def ask(program, database, *words):
    answer = subprocess.run([program, "--db", database, *words], capture_output=True, text=True)
    if answer.returncode != 0:
        sys.exit(f"downline {' '.join(words)}: exit {answer.returncode}\n{answer.stderr}")
    return answer.stdout


def main():
    program, source = sys.argv[1:]
    company = Company(f"{source}/data/demo")
    differences = 0
    with tempfile.TemporaryDirectory() as folder:
        database = os.path.join(folder, "demo.db")
        ask(program, database, "import", "members", f"{source}/data/demo/members.csv")
        ask(program, database, "import", "orders", f"{source}/data/demo/orders.csv")
        for month in sorted(company.months):
            ask(program, database, "run", month, "--plan", f"{source}/data/plans/demo.toml")
            ask(program, database, "close", month, "--yes")
            told = {(row["member_id"], row["bonus"]): cents(row["amount"])
                    for row in csv.DictReader(io.StringIO(
                        ask(program, database, "earnings", "--all", month, "--csv")))
                    if row["bonus"] and cents(row["amount"])}
            expected = company.pay(month)
            for key in sorted(told.keys() | expected.keys()):
                if told.get(key, 0) != expected.get(key, 0):
                    differences += 1
                    print(f"{month} {key}: program {told.get(key, 0)} cents, "
                          f"recomputed {expected.get(key, 0)}")
            print(f"{month}: {len(expected)} sums, {sum(expected.values()) / 100:.2f} in all")
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
