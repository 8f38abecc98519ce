# Computes goals of the demo company's affiliates from their pay and the orders file alone.
"""usage: goals.py PROGRAM SOURCE_FOLDER

From the program come only the statements (earnings --all, which payout.py recomputes in full);
progress, what recurs, the rate, the months to every goal and who goes on ordering are worked out
here anew and compared, for every 100th affiliate and everybody who earned 200.00 in a month.
"""

import collections
import csv
import math
import pathlib
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

from disclosure import half_up, money, share
from explain import MONTHS, cents, demo_company

STREAMS = ("active", "residual", "leveraged", "leveraged-residual", "active-leveraged", "limit",
           "adjustment")
ONCE, MONTHLY = 3_700, 2_000  # cents: what a sale and a subscription bring


def months_between(first, last):
    return 12 * (int(last[:4]) - int(first[:4])) + int(last[5:7]) - int(first[5:7])


def month_after(month, count):
    number = 12 * int(month[:4]) + int(month[5:7]) - 1 + count
    return f"{number // 12:04}-{number % 12 + 1:02}"


def rounded(fraction):
    return half_up(fraction.numerator, fraction.denominator)


def kept(source, last_month):
    """By months since a customer's first order: whose month is over, and who ordered in it."""
    with open(source / "data/demo/members.csv", newline="") as file:
        customers = {row["member_id"] for row in csv.DictReader(file) if row["kind"] == "customer"}
    months = collections.defaultdict(set)
    with open(source / "data/demo/orders.csv", newline="") as file:
        for row in csv.DictReader(file):
            if row["member_id"] in customers and row["ordered_on"][:7] <= last_month:
                months[row["member_id"]].add(row["ordered_on"][:7])
    of, ordered = collections.Counter(), collections.Counter()
    for bought in months.values():
        first = min(bought)
        for count in range(months_between(first, last_month) + 1):
            of[count] += 1
            ordered[count] += month_after(first, count) in bought
    return [(of[count], ordered[count]) for count in range(min(len(of), 24))]


def expected_choice(months, goal):
    brought, ppm, by_month = [], 0, []
    for number, (of, ordered) in enumerate(months, 1):
        ppm += half_up(ordered * 1_000_000, of)
        brought.append(half_up(ppm * MONTHLY, 1_000_000))
        by_month.append({"month": number, "of": of, "ordered": ordered,
                         "share": share(ordered, of), "brought": money(brought[-1])})
    overtakes = next((n for n, sum_ in enumerate(brought, 1) if sum_ >= ONCE), None)
    takes = goal and {"sales": math.ceil(Fraction(goal, ONCE)),
                      "subscriptions": math.ceil(Fraction(goal, MONTHLY)),
                      "new_subscriptions": math.ceil(Fraction(goal * 1_000_000, MONTHLY * ppm))}
    return by_month, overtakes, takes


def expected_outlook(recent, earlier, goal, by, last_month):
    """Sums of three months each; the outlook, the months, what it takes until `by`."""
    average, rate = Fraction(recent, 3), Fraction(recent - earlier, 9)
    if not goal:
        return "no-goal", None, None
    if average >= goal:
        return "reached", None, None
    left = months_between(last_month, by) if by else 0
    needed = money(math.ceil((goal - average) / left)) if left > 0 else None
    if rate <= 0:
        return "not-at-this-rate", None, needed
    return "in-months", math.ceil((goal - average) / rate), needed


def check(downline, pay, goals, kept_months, member, month):
    found = downline.json("goal", member, month, "--once", money(ONCE), "--monthly", money(MONTHLY))
    place = MONTHS.index(month)
    now = pay[month][member]
    assert found["total"] == money(sum(now.values())), (member, month)
    recurring = now["residual"] + now["leveraged-residual"]
    assert found["recurring"] == money(recurring), (member, month)
    assert found["rate"] == {"months": 3, "closed_through": month}
    recent, earlier = (sum((pay[one][member] for one in MONTHS[place - n:place - n + 3]),
                           collections.Counter()) for n in (2, 5))
    seen = set()
    for row in found["by_stream"]:
        stream = row["stream"]
        seen.add(stream)
        names = [stream] if stream else STREAMS
        amount, new, old = (sum(sums[name] for name in names) for sums in (now, recent, earlier))
        goal, by = goals.get((member, stream), (None, None))
        outlook = expected_outlook(new, old, goal, by, month)
        assert row["amount"] == money(amount), (member, month, row)
        assert row["goal"] == (money(goal) if goal else None), (member, month, row)
        assert row["average"] == money(rounded(Fraction(new, 3))), (member, month, row)
        assert row["change"] == money(rounded(Fraction(new - old, 9))), (member, month, row)
        assert (row["outlook"], row["months"], row["needed"]) == outlook, (member, row, outlook)
        if goal:
            assert (row["share"], row["missing"]) == (
                share(amount, goal), money(max(0, goal - amount))), (member, month, row)
    assert {None} | {name for name in STREAMS if now[name]} <= seen, (member, month, seen)
    choice = found["sale_or_subscription"]
    assert choice["measured_through"] == month and choice["population"] == "customers"
    assert (choice["by_month"], choice["overtakes_in"], choice["goal_takes"]) == expected_choice(
        kept_months[month], goals.get((member, None), (None, None))[0]), (member, month)
    return [row["outlook"] for row in found["by_stream"]]


def main():
    program, source = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2])
    asked = ("1997-12", "1998-06")
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor() as threads:
        downline = demo_company(program, source, pathlib.Path(folder) / "demo.db")
        pay, best = {}, collections.Counter()
        for month in MONTHS:
            pay[month] = collections.defaultdict(collections.Counter)
            for one in downline.json("earnings", "--all", month):
                pay[month][one["member_id"]].update(
                    {row["stream"]: cents(row["amount"]) for row in one["by_stream"]})
                best[one["member_id"]] = max(best[one["member_id"]], cents(one["total"]))
        chosen = sorted(set(list(best)[::100])
                        | {who for who, sum_ in best.items() if sum_ >= 20_000})
        goals = {}
        for place, member in enumerate(chosen):
            goals[member, None] = (best[member] // 2 + 1_000 * (place % 3) + 100, "1999-06-30")
            goals[member, "residual"] = (1_000, None)
        path = pathlib.Path(folder) / "goals.csv"
        with open(path, "w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(("member_id", "monthly_amount", "stream", "by"))
            rows.writerows((member, money(amount), stream or "", by or "")
                           for (member, stream), (amount, by) in goals.items())
        downline.text("import", "goals", path)
        kept_months = {month: kept(source, month) for month in asked}
        outlooks = collections.Counter()
        for found in threads.map(
                lambda pair: check(downline, pay, goals, kept_months, *pair),
                [(member, month) for member in chosen for month in asked]):
            outlooks.update(found)
    assert {"reached", "in-months", "not-at-this-rate"} <= set(outlooks), outlooks
    print(f"goals of {len(chosen)} affiliates in {len(asked)} months: {dict(outlooks)}")


if __name__ == "__main__":
    main()
