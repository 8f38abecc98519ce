"""Runs a case through the program and through the reference and lists every difference.

A case is a dict: `plan` (TOML text), `currency`, and `steps`: for each period a dict with rows by kind of file
(`members`, `orders`, `returns`, `moves`, `adjustments`, `products`) and `period`."""

import csv
import io
import json
import os
import subprocess
import tomllib
from datetime import date
from fractions import Fraction

from periods import Period
from reference import Adjustment, Facts, Member, Move, OrderLine, Product, Rate, Refused, Return, Run

KINDS = ("products", "members", "moves", "orders", "returns", "adjustments")
DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Program:
    def __init__(self, path, folder):
        self.path, self.folder = path, folder
        os.makedirs(folder, exist_ok=True)
        for name in os.listdir(folder):
            os.remove(os.path.join(folder, name))

    def __call__(self, *args, check=True):
        done = subprocess.run([self.path, "--db", "d.db", *args], cwd=self.folder, capture_output=True, text=True)
        if check and done.returncode:
            raise Failed(args, done.returncode, done.stderr + done.stdout)
        return done.stdout


class Failed(Exception):
    def __init__(self, args, code, text):
        super().__init__(f"{' '.join(args)}: exit {code}\n{text}")
        self.code, self.text = code, text


def to_csv(rows):
    columns = []
    for row in rows:
        columns += [c for c in row if c not in columns]
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def day(text):
    return date.fromisoformat(text) if text else None


def number(text):
    return Fraction(text) if text not in (None, "") else None


def take_in(facts, step, open_from, kind, week_starts):
    """Adds the rows of one step. What is dated before the first open day counts from there (late)."""
    def counts(on):
        return open_from if open_from and on < open_from else on
    for r in step.get("products", []):
        facts.products.append(Product(r["sku"], r.get("category") or None, number(r.get("volume")), day(r.get("valid_from"))))
    for r in step.get("members", []):
        known = facts.members.get(r["member_id"])
        if known is None:
            known = facts.members[r["member_id"]] = Member(
                r["member_id"], r["sponsor_id"] or None, day(r["joined_on"]), r.get("kind") or "affiliate",
                day(r.get("kind_on")) if r.get("kind") == "affiliate" else None,
                [], r.get("enroller_id") or None, r.get("placement_id") or None,
                r.get("leg") or None, r.get("title") or None)
            if known.kind_on:
                known.kind = "customer"
        elif r.get("kind") == "affiliate" and known.kind == "customer":
            known.kind_on = counts(day(r["kind_on"]))
        if r.get("status"):
            on = day(r.get("status_on"))
            known.statuses.append((on or known.joined, counts(on) if on else known.joined, r["status"]))
    for r in step.get("moves", []):
        facts.moves.append(Move(r["member_id"], r["tree"], r["new_parent_id"] or None, counts(day(r["effective_on"])), r.get("leg") or None))
    for r in step.get("orders", []):
        on = day(r["ordered_on"])
        facts.orders.append(OrderLine(
            r["order_id"], int(r.get("line") or 1), r["member_id"], on, Fraction(r["amount"]), number(r.get("volume")),
            number(r.get("qualifying_volume")), number(r.get("cost")), int(r.get("quantity") or 1), r.get("sku") or None,
            r.get("category") or None, r.get("kind") or None, r.get("contract") or None, counts(on)))
    for r in step.get("returns", []):
        on = day(r["returned_on"])
        facts.returns.append(Return(r["return_id"], r["order_id"], int(r.get("line") or 1), on, Fraction(r["amount"]),
                                    number(r.get("volume")), counts(on)))
    for r in step.get("adjustments", []):
        facts.adjustments.append(Adjustment(r["adjustment_id"], r["member_id"], r["period"], Fraction(r["amount"]),
                                            r["reason"], r.get("bonus") or None))


def rate_text(rate):
    if rate is None:
        return None
    return ("unit", rate.value) if rate.per_unit else ("share", rate.value)


def read_rate(text):
    if text is None:
        return None
    if text.endswith("%"):
        return ("share", Fraction(text[:-1]) / 100)
    return ("unit", Fraction(text))


def show(value):
    if isinstance(value, Fraction):
        return str(float(value)) if value.denominator != 1 else str(value.numerator)
    if isinstance(value, tuple):
        return "(" + ", ".join(show(v) for v in value) + ")"
    return str(value)


def of_reference(final, minor):
    found = []
    for l in final.lines + final.corrections:
        found.append((l.member, l.bonus, l.order, l.line, l.source, l.level, l.paid_level, l.base, rate_text(l.rate),
                      Fraction(l.amount, minor), l.stream, l.returned, l.reverses))
    return found


def of_program(members):
    found = []
    for m in members:
        for l in m["lines"]:
            base = Fraction(l["base"]) if l.get("base") is not None else None
            back = l.get("reverses") or {}
            found.append((m["member_id"], l["bonus"], l.get("order_id"), l.get("line"), l.get("from"), l.get("level"),
                          l.get("paid_level"), base, read_rate(l.get("rate")), Fraction(l["amount"]), l["stream"],
                          l.get("return_id"), back.get("run")))
    return found


def differences(case, path, folder):
    """Every difference, as text. The list is empty where both agree (also that the plan can't be run)."""
    program = Program(path, folder)
    plan = tomllib.loads(case["plan"])
    kind = plan["plan"]["period"]
    week_starts = DAYS.index(plan["plan"].get("week_starts", "monday"))
    with open(os.path.join(folder, "plan.toml"), "w") as f:
        f.write(case["plan"])
    program("init", "--currency", case["currency"])
    try:
        program("plan", "check", "plan.toml")
    except Failed as e:
        return ["plan refused: " + e.text]
    facts, finals, open_from, out = Facts(case["currency"]), [], None, []
    minor = None
    run_names = {}
    for n, step in enumerate(case["steps"]):
        for name in KINDS:
            if step.get(name):
                fresh = name == "orders" and all(open_from is None or day(r["ordered_on"]) >= open_from for r in step[name])
                if fresh and case.get("redo") and not step.get("returns"):
                    # A column that the right file lacks would not be put right by it.
                    columns = {column for row in step[name] for column in row}
                    other = {"amount": "7", "cost": "3", "quantity": "4", "kind": "event", "sku": "s1"}
                    other = {column: value for column, value in other.items() if column in columns}
                    wrong = [{**row, **other} for row in step[name]]
                    with open(os.path.join(folder, "wrong.csv"), "w", encoding="utf-8") as f:
                        f.write(to_csv(wrong))
                    program("import", name, "wrong.csv", "--late")
                    program("run", Period.holding(kind, day(step["day"]), week_starts).name, "--plan", "plan.toml", check=False)
                with open(os.path.join(folder, f"{n}-{name}.csv"), "w", encoding="utf-8") as f:
                    f.write(to_csv(step[name]))
                try:
                    if fresh and case.get("redo"):
                        program("import", name, f"{n}-{name}.csv", "--late", "--replace")
                    else:
                        program("import", name, f"{n}-{name}.csv", "--late")
                except Failed as e:
                    return [f"import refused: step {n}: {e}"]
                if case.get("again"):
                    text = program("import", name, f"{n}-{name}.csv", "--late", check=False)
                    if step[name] and f"{len(step[name])} unchanged" not in text:
                        out.append(f"imported again: {name}: {text}")
        take_in(facts, step, open_from, kind, week_starts)
        if "plan" in step:
            plan = tomllib.loads(step["plan"])
            with open(os.path.join(folder, "plan.toml"), "w") as f:
                f.write(step["plan"])
        period = Period.holding(kind, day(step["day"]), week_starts)
        run = Run(plan, facts, period, finals)
        refused = None
        try:
            final = run.compute()
        except Refused as e:
            refused = str(e)
        try:
            summary = json.loads(program("run", period.name, "--plan", "plan.toml", "--json"))
        except Failed as e:
            if refused:
                return out
            return out + [f"{period.name}: program refuses, exit {e.code}: {e.text}"]
        if refused:
            return out + [f"{period.name}: reference refuses: {refused}"]
        minor = run.minor
        members = json.loads(program("earnings", "--all", period.name, "--lines", "--json"))
        run_names[summary["run"]] = period.name
        if case.get("explain") and not case.get("estimates"):
            out += explained(program, run, final, period)
            out += other_views(program, run, final, period, summary, members)
        if not case.get("estimates"):
            program("close", period.name, "--yes")
        mine = of_reference(final, minor)
        theirs = [t[:-1] + (run_names.get(t[-1]),) for t in of_program(members)]
        tag = period.name
        for line in multiset_minus(mine, theirs):
            out.append(f"{tag}: only reference: {show(line)}")
        for line in multiset_minus(theirs, mine):
            out.append(f"{tag}: only program:   {show(line)}")
        for b in summary["by_bonus"]:
            code = b["bonus"]
            if code not in {x["code"] for x in run.bonuses}:
                continue
            want = {r: Fraction(a, minor) for r, a in final.forfeited[code].items() if a}
            got = {x["reason"]: Fraction(x["amount"]) for x in b["forfeited"] if Fraction(x["amount"])}
            if want != got:
                out.append(f"{tag}: forfeited {code}: reference { {k: float(v) for k, v in want.items()} } "
                           f"program { {k: float(v) for k, v in got.items()} }")
            if Fraction(final.maximum[code], minor) != Fraction(b["maximum"]):
                out.append(f"{tag}: maximum {code}: reference {final.maximum[code] / minor} program {b['maximum']}")
        theirs = {m["member_id"]: m for m in members}
        if sorted(theirs) != sorted(run.affiliates):
            out.append(f"{tag}: affiliates differ: {sorted(theirs)} reference {run.affiliates}")
        for m in run.affiliates:
            if m not in theirs:
                continue
            t = theirs[m]
            for key, value in (("active", final.active[m]), ("rank", final.rank[m]), ("title", final.title[m])):
                if t[key] != value:
                    out.append(f"{tag}: {key} of {m}: reference {value} program {t[key]}")
            for name, value in final.measures[m].items():
                if name not in t["measures"]:
                    out.append(f"{tag}: measure {name} not shown")
                elif Fraction(t["measures"][name]) != value:
                    out.append(f"{tag}: measure {name} of {m}: reference {float(value)} program {t['measures'][name]}")
        finals.append(final)
        open_from = period.next.first
        paid = sum((l[9] for l in mine), Fraction(0))
        if Fraction(summary["total"]) != paid:
            out.append(f"{tag}: total: reference {float(paid)} program {summary['total']}")
        if out:
            return out
    try:
        program("verify")
    except Failed as e:
        out.append(f"verify: exit {e.code}: {e.text}")
    return out


def other_views(program, run, final, period, summary, members):
    """The same figures elsewhere: report, CSV of earnings, a single member's earnings."""
    out = []
    report = json.loads(program("report", period.name, "--json"))
    if report["by_bonus"] != [{k: b[k] for k in report["by_bonus"][0]} for b in summary["by_bonus"]] and report["by_bonus"]:
        out.append(f"report: by_bonus {report['by_bonus']} run {summary['by_bonus']}")
    total = sum((Fraction(m["total"]) for m in members), Fraction(0))
    corrections = sum((Fraction(l.amount, run.minor) for l in final.corrections), Fraction(0))
    for name in ("by_stream", "by_rank", "by_country"):
        if sum((Fraction(x["amount"]) for x in report[name]), Fraction(0)) != total:
            out.append(f"report: {name} does not add up to {float(total)} ({float(corrections)}): {report[name]}")
    if Fraction(report["now"]["volume"]) != run.company_volume():
        out.append(f"report: volume {report['now']['volume']} reference {float(run.company_volume())}")
    rows = list(csv.DictReader(io.StringIO(program("earnings", "--all", period.name, "--lines", "--csv"))))
    lines = [(m["member_id"], l) for m in members for l in m["lines"]]
    if len(rows) != len(lines):
        out.append(f"csv: {len(rows)} rows, json {len(lines)}")
    for row, (m, l) in zip(rows, lines):
        for key in ("bonus", "order_id", "line", "from", "level", "paid_level", "base", "rate", "amount", "stream"):
            guarded = row[key][1:] if row[key][:2] in ("'-", "'=", "'+", "'@") else row[key]
            if guarded != ("" if l.get(key) is None else str(l[key])) or row["member_id"].lstrip("'") != m:
                out.append(f"csv: {key} {row} json {l}")
                return out
    for m in members:
        streams = sum((Fraction(x["amount"]) for x in m["by_stream"]), Fraction(0))
        bonuses = sum((Fraction(x["amount"]) for x in m["by_bonus"]), Fraction(0))
        lines = sum((Fraction(x["amount"]) for x in m["lines"]), Fraction(0))
        if not streams == bonuses == lines == Fraction(m["total"]):
            out.append(f"earnings of {m['member_id']}: streams {streams} bonuses {bonuses} lines {lines} total {m['total']}")
    if not members:
        return out
    one = members[0]["member_id"]
    if json.loads(program("earnings", one, period.name, "--lines", "--json")) != members[0]:
        out.append(f"earnings {one} differs from earnings --all")
    explained = json.loads(program("explain", "member", one, period.name, "--json"))
    if Fraction(explained.get("total", members[0]["total"])) != Fraction(members[0]["total"]):
        out.append(f"explain member {one}: {explained['total']}")
    return out


def explained(program, run, final, period):
    """`explain order` of every order: what it pays and could pay adds up to the run."""
    out = []
    most = paid = 0
    for order in sorted({line["order"].order for line in run.current}):
        try:
            text = program("explain", "order", order, "--json")
        except Failed as e:
            out.append(f"explain {order}: {e}")
            continue
        account = json.loads(text)
        most += Fraction(account["maximum"]) * run.minor
        paid += Fraction(account["amount"]) * run.minor
        mine = sum(l.amount for l in final.lines if l.order == order)
        if Fraction(account["amount"]) * run.minor != mine:
            out.append(f"explain {order}: reference {mine} program {account['amount']}")
        left = sum(Fraction(f["amount"]) for f in account["forfeited"])
        if Fraction(account["amount"]) + left != Fraction(account["maximum"]):
            out.append(f"explain {order}: does not add up")
    if most != sum(final.maximum.values()):
        out.append(f"explain: maxima {float(most)} run {sum(final.maximum.values())}")
    return out


def multiset_minus(left, right):
    rest = list(right)
    only = []
    for x in left:
        if x in rest:
            rest.remove(x)
        else:
            only.append(x)
    return only
