# Computes the income disclosure and the finance view of the demo company from its files alone.
"""usage: disclosure.py PROGRAM SOURCE_FOLDER

From the program come only the statements (earnings --all, which payout.py recomputes in full);
every metric of disclose and the figures of report are worked out here anew and compared.
"""

import collections
import csv
import datetime
import io
import pathlib
import sys
import tempfile

from explain import MONTHS, cents, demo_company

PERCENTILES = (10, 25, 50, 75, 90, 95, 99)
LADDER = (1, 10, 50, 100, 500, 1_000, 5_000, 10_000, 25_000, 50_000, 100_000)
RANKS = ("silver", "gold", "director")


def money(amount):
    return f"{'-' if amount < 0 else ''}{abs(amount) // 100}.{abs(amount) % 100:02}"


def half_up(numerator, denominator):
    sign = -1 if numerator < 0 else 1
    return sign * ((2 * abs(numerator) + denominator) // (2 * denominator))


def share(part, whole):
    return money(half_up(part * 10_000, whole)) + "%" if whole else None


class Company:
    def __init__(self, downline, source, months):
        with open(source / "data/demo/members.csv", newline="") as file:
            members = list(csv.DictReader(file))
        with open(source / "data/demo/orders.csv", newline="") as file:
            self.all_orders = list(csv.DictReader(file))
        self.kind = {row["member_id"]: row["kind"] for row in members}
        self.joined = {row["member_id"]: row["joined_on"] for row in members}
        self.orders = [row for row in self.all_orders if row["ordered_on"][:7] in months]
        self.people = sorted(member for member, kind in self.kind.items() if kind == "affiliate")
        self.income, self.rank = collections.Counter(), collections.Counter()
        self.lines = []
        for month in months:
            for one in downline.json("earnings", "--all", month, "--lines"):
                self.income[one["member_id"]] += cents(one["total"])
                place = RANKS.index(one["rank"]) + 1 if one["rank"] else 0
                self.rank[one["member_id"]] = max(self.rank[one["member_id"]], place)
                self.lines += one["lines"]
        self.bought = collections.Counter()
        for row in self.orders:
            self.bought[row["member_id"]] += cents(row["amount"])


class Expected(dict):
    """Metrics by section and name: value, numerator, denominator."""

    def people(self, section, name, part, whole):
        self[section, name] = share(part, whole), str(part), str(whole)

    def percentile(self, section, name, percent, values):
        place = -(-len(values) * percent // 100)
        self[section, name] = money(sorted(values)[place - 1]), str(place), str(len(values))

    def mean(self, section, name, values):
        self[section, name] = (money(half_up(sum(values), len(values))), money(sum(values)),
                               str(len(values)))

    def paid(self, section, name, part, whole):
        self[section, name] = share(part, whole), money(part), money(whole)


def expected_of(company):
    metrics, people = Expected(), company.people
    pay = [company.income[member] for member in people]
    net = [company.income[member] - company.bought[member] for member in people]
    n = len(people)
    metrics["participants", "participants"] = str(n), str(n), str(len(company.kind))
    metrics.people("participants", "paid_nothing", sum(one <= 0 for one in pay), n)
    metrics.people("participants", "paid_something", sum(one > 0 for one in pay), n)
    for section, values in (("income", pay), ("net", net)):
        metrics.mean(section, "mean", values)
        for percent in PERCENTILES:
            name = "median" if percent == 50 else f"percentile_{percent}"
            metrics.percentile(section, name, percent, values)
    metrics["income", "highest"] = money(max(pay)), str(n), str(n)
    for units in LADDER:
        metrics.people("ladder", f"at_least_{units}", sum(one >= units * 100 for one in pay), n)
    metrics.people("net", "ahead", sum(one > 0 for one in net), n)
    metrics.people("net", "behind", sum(one < 0 for one in net), n)
    metrics["net", "all_expenses"] = None, None, None
    best = sorted(pay, reverse=True)
    positive = sum(one for one in pay if one > 0)
    for percent in (1, 10, 50):
        top = best[:-(-n * percent // 100)]
        metrics.paid("concentration", f"top_{percent}_percent", sum(top), positive)
    count = next(k for k in range(n + 1) if 2 * sum(best[:k]) >= positive)
    metrics.people("concentration", "half_of_pay", count, n)
    for place, rank in enumerate(("none",) + RANKS):
        values = [company.income[member] for member in people if company.rank[member] == place]
        metrics.people("rank", f"{rank}.participants", len(values), n)
        metrics.mean("rank", f"{rank}.mean", values)
        metrics.percentile("rank", f"{rank}.median", 50, values)
        metrics.people("rank", f"{rank}.paid_nothing", sum(one <= 0 for one in values), len(values))
    add_sources(metrics, company)
    return metrics


def days_since_joining(company, order):
    ordered = datetime.date.fromisoformat(order["ordered_on"])
    return (ordered - datetime.date.fromisoformat(company.joined[order["member_id"]])).days


def add_sources(metrics, company):
    order_of = {row["order_id"]: row for row in company.all_orders}
    total = sum(cents(line["amount"]) for line in company.lines)
    parts = collections.Counter()
    for line in company.lines:
        order, amount = order_of[line["order_id"]], cents(line["amount"])
        customer = company.kind[order["member_id"]] == "customer"
        parts["retail_customers" if customer else "own_purchases"] += amount
        for days in (30, 90):
            if days_since_joining(company, order) <= days:
                parts[f"within_{days}_days"] += amount
    for name in ("retail_customers", "own_purchases", "no_order", "within_30_days",
                 "within_90_days"):
        metrics.paid("source", name, parts[name], total)


def check_disclosure(downline, source, first, last):
    months = [month for month in MONTHS if first <= month <= last]
    found = downline.json("disclose", "--from", first, "--to", last)
    expected = expected_of(Company(downline, source, months))
    stated = {(metric["section"], metric["metric"]):
              (metric["value"], metric["numerator"], metric["denominator"])
              for metric in found["metrics"]}
    assert stated.keys() == expected.keys(), stated.keys() ^ expected.keys()
    for name, figures in expected.items():
        assert stated[name] == figures, (name, "stated", stated[name], "expected", figures)
    for metric in found["metrics"]:
        is_whole = metric["not_computable"] or all(
            metric[part] for part in ("numerator_is", "denominator_is"))
        assert is_whole and metric["population"] and metric["window"], metric
    rows = list(csv.DictReader(io.StringIO(downline.text("disclose", "--from", first, "--to", last,
                                                         "--csv"))))
    assert {(row["section"], row["metric"]): row["value"] or None for row in rows} == {
        name: figures[0] for name, figures in stated.items()}
    page = downline.text("disclose", "--from", first, "--to", last, "--html")
    for metric in found["metrics"]:
        for part in ("value", "numerator", "population"):
            assert metric[part] is None or str(metric[part]).replace("'", "&#39;") in page, metric
    return len(expected)


def check_report(downline, source, month):
    """Retail share, cohorts, concentration and sums by rank of one month."""
    report = downline.json("report", month)
    company = Company(downline, source, [month])
    sales = collections.Counter()
    for row in company.orders:
        sales[company.kind[row["member_id"]]] += cents(row["amount"])
    now = report["now"]
    assert cents(now["retail_sales"]) == sales["customer"]
    assert cents(now["own_sales"]) == sales["affiliate"]
    assert now["retail_share"] == share(sales["customer"], sum(sales.values()))
    assert now["orders"] == len(company.orders)
    total = sum(company.income.values())
    assert cents(now["total"]) == total
    assert now["payout_ratio"] == share(total, sum(sales.values()))
    assert cents(now["maximum"]) == total + cents(now["forfeited"])
    for bonus in report["by_bonus"]:
        forfeited = sum(cents(part["amount"]) for part in bonus["forfeited"])
        assert cents(bonus["maximum"]) == cents(bonus["amount"]) + forfeited, bonus
    by_rank = collections.Counter()
    for member in company.people:
        by_rank[company.rank[member]] += company.income[member]
    for place, row in enumerate(report["by_rank"]):
        assert cents(row["amount"]) == by_rank[place], row
    best = sorted((one for one in company.income.values() if one > 0), reverse=True)
    spread = report["concentration"]
    assert spread["earners"] == len(best)
    assert cents(spread["top_1_percent"]) == sum(best[:-(-len(best) // 100)])
    assert cents(spread["top_10_percent"]) == sum(best[:-(-len(best) // 10)])
    assert spread["half_earners"] == next(
        k for k in range(len(best)) if 2 * sum(best[:k]) >= total)
    assert [cents(row["amount"]) for row in report["top"]] == best[:10]
    check_cohorts(company, report, month)
    before = MONTHS[MONTHS.index(month) - 1]
    assert report["before"] == downline.json("report", before)["now"]


def check_cohorts(company, report, month):
    orders = collections.defaultdict(list)
    for row in company.all_orders:
        if row["ordered_on"][:7] <= month and company.kind[row["member_id"]] == "customer":
            orders[row["member_id"]].append(row["ordered_on"][:7])
    cohorts = collections.defaultdict(lambda: [0, 0, 0])
    for dates in orders.values():
        cohort = cohorts[min(dates)]
        cohort[0] += 1
        cohort[1] += len(dates) > 1
        cohort[2] += month in dates
    stated = {row["first_order"]: [row["customers"], row["ordered_again"], row["ordered"]]
              for row in report["cohorts"]}
    assert stated == dict(cohorts), (stated, dict(cohorts))


def main():
    program, source = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder:
        downline = demo_company(program, source, pathlib.Path(folder) / "demo.db")
        count = check_disclosure(downline, source, "1997-01", "1997-12")
        check_disclosure(downline, source, "1998-02", "1998-02")
        for month in ("1997-02", "1998-01"):
            check_report(downline, source, month)
    print(f"{count} metrics of a year and of a month, and two reports, are what the files give")


if __name__ == "__main__":
    main()
