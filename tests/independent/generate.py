"""Random plans, networks and orders, small and full of boundary values; the same seed gives the same case."""

import random
from datetime import date, timedelta

from periods import Period

DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
LADDER = ["bronze", "silver", "gold", "ruby", "opal", "star 7"]


class Raw(str):
    """A TOML value to be written as it is."""


def toml(value):
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return '"' + value + '"'
    if isinstance(value, list):
        return "[" + ", ".join(toml(v) for v in value) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k if ' ' not in k else toml(k)} = {toml(v)}" for k, v in value.items()) + " }"
    raise TypeError(value)


def plan_text(plan):
    out = []
    for name in ("plan", "measures"):
        if plan.get(name):
            out.append(f"[{name}]")
            out += [f"{k} = {toml(v)}" for k, v in plan[name].items()]
    for w in plan.get("weight", []):
        out.append("[[weight]]")
        out += [f"{k} = {toml(v)}" for k, v in w.items()]
    if plan.get("active"):
        out.append("[active]")
        out += [f"{k} = {toml(v)}" for k, v in plan["active"].items()]
    if plan.get("limits"):
        out.append("[limits]")
        out += [f"{k} = {toml(v)}" for k, v in plan["limits"].items()]
    for name in ("rank", "bonus"):
        for item in plan.get(name, []):
            out.append(f"[[{name}]]")
            out += [f"{k} = {toml(v)}" for k, v in item.items()]
    return "\n".join(out) + "\n"


class Generator:
    def __init__(self, seed, wide=1):
        self.r = random.Random(seed)
        self.wide = wide
        self.focus = "returns" if wide == 3 else "line" if wide in (4, 5, 6) else None

    def chance(self, p):
        return self.r.random() < p

    def pick(self, *xs):
        return self.r.choice(xs)

    # ------------------------------------------------------------ plan

    def case(self):
        r = self.r
        self.kind = r.choices(["month", "week", "day", "quarter", "year"], [70, 10, 5, 10, 5])[0] if self.wide else "month"
        self.week_starts = r.randrange(7) if self.kind == "week" and self.chance(0.5) else 0
        self.currency = r.choices(["USD", "JPY", "KWD"], [80, 10, 10])[0] if self.wide else "USD"
        self.periods = r.choices([1, 2, 3, 4], [30, 30, 25, 15])[0] if self.wide else 1
        self.first = Period.holding(self.kind, date(2026, 1, 1) if self.chance(0.7) else date(2026, r.randrange(1, 13), r.randrange(1, 28)),
                                    self.week_starts)
        spans = [self.first]
        for _ in range(self.periods - 1):
            spans.append(spans[-1].next)
        if self.focus == "returns" and self.periods == 1:
            self.periods = 2
            spans.append(spans[-1].next)
        self.spans = spans
        self.changing = self.wide > 1 and self.chance(0.5 if self.wide < 8 else 1)
        plan = self.plan()
        self.code = plan["bonus"][0]["code"]
        self.at_once = self.wide > 1 and self.chance(0.4)
        steps = self.facts()
        self.estimates = self.at_once and self.chance(0.4)
        self.disturb(steps)
        if self.changing:
            for step in steps[1:]:
                if self.chance(0.5):
                    step["plan"] = plan_text(self.changed(plan))
        return {"plan": plan_text(plan), "currency": self.currency, "steps": steps, "estimates": self.estimates, "again": self.wide == 7 and self.chance(0.3), "redo": self.wide == 7 and self.chance(0.5),
                "explain": self.wide > 1 and self.chance(0.1 if self.wide != 6 else 1)}

    def disturb(self, steps):
        """What must not matter, or matters only through dates: the order of rows, all facts at once, odd ids."""
        if self.at_once:
            for step in steps[1:]:
                for name in ("orders", "returns", "moves", "adjustments"):
                    steps[0][name] += step[name]
                    step[name] = []
        for step in steps:
            for name in ("orders", "returns", "moves", "members", "products"):
                self.r.shuffle(step[name])
        if 1 < self.wide != 5 and self.chance(0.3):
            odd = ["a", "B", "\u00e9", "10", "9", "M,1", 'q"x', "~", "\u65e5\u672c", "A b", "-", "aa", "Z", "0", "m", "b."]
            self.r.shuffle(odd)
            name = lambda m: odd[int(m[1:])] if m else m
            for step in steps:
                for rows in (step["orders"], step["moves"], step["members"], step["adjustments"]):
                    for row in rows:
                        for c in ("member_id", "sponsor_id", "enroller_id", "placement_id", "new_parent_id"):
                            if c in row:
                                row[c] = name(row[c])

    def changed(self, plan):
        """A later text of the same plan: other bonuses, requirements, activity, weights; the same measures."""
        new = dict(plan)
        new["plan"] = dict(plan["plan"])
        if self.ladder and self.chance(0.3) and "rank" not in str(self.measure_specs) and "title" not in str(self.measure_specs):
            gone = self.r.choice(self.ladder)
            if len(self.ladder) > 1:
                self.gone = getattr(self, "gone", {})
                i = self.ladder.index(gone)
                to = self.ladder[i - 1] if i else self.ladder[1]
                self.gone = {k: to if v == gone else v for k, v in self.gone.items()}
                self.gone[gone] = to
                self.ladder = [x for x in self.ladder if x != gone]
        if getattr(self, "gone", None):
            new["plan"]["was"] = self.gone
        new["measures"] = dict(plan["measures"])
        for name, spec in plan["measures"].items():
            if self.wide == 8 and "over" not in spec and "periods" not in spec and self.chance(0.6):
                spec = dict(spec)
                if "sum" in spec and spec["sum"] != "quantity":
                    spec["sum"] = self.pick("volume", "qualifying_volume", "amount")
                spec["from"] = self.pick(["self"], ["customers"], ["self", "customers"])
                new["measures"][name] = spec
        new.pop("active", None)
        if self.chance(0.5):
            new["active"] = {"requires": self.requires(stage="active")}
        new["rank"] = [self.rank(i) for i in range(len(self.ladder))]
        new["bonus"] = [self.bonus(i) for i in range(self.pick(1, 2, 3))]
        new.pop("weight", None)
        if self.chance(0.3):
            new["weight"] = [self.weight()]
        new.pop("limits", None)
        return new

    def plan(self):
        r = self.r
        plan = {"plan": {"name": "p", "currency": self.currency, "period": self.kind, "effective": Raw("2020-01-01"),
                         "rounding": self.pick("half-up", "half-even", "down")}}
        if self.week_starts:
            plan["plan"]["week_starts"] = DAYS[self.week_starts]
        self.width = self.pick(2, 2, 3)
        self.ladder = LADDER[:r.choice([0, 1, 2, 3, 4] if self.wide < 5 else [1, 3, 5, 6])]
        self.over_down = ["gv"]
        self.measures = ["pv", "gv"]
        self.counts = []
        self.own_rank = []                  # measures that depend on one's own rank
        self.safe = ["pv", "gv"]            # measures that depend on no rank and no activity
        self.measure_specs = {}
        if self.wide:
            self.make_measures()
        plan["measures"] = self.measure_specs
        if self.wide and self.chance(0.3):
            plan["weight"] = [self.weight() for _ in range(self.pick(1, 1, 2))]
        if self.chance(0.1 if self.focus else 0.6):
            plan["active"] = {"requires": self.requires(stage="active")}
        plan["rank"] = [self.rank(i) for i in range(len(self.ladder))]
        plan["bonus"] = [self.bonus(i) for i in range(self.pick(1, 2, 3))]
        if self.chance(0.15):
            plan["limits"] = {"payout": self.pick("5%", "20%", "33.3333%", "45%")}
        if "weight" in plan:
            codes = [b["code"] for b in plan["bonus"]]
            for w in plan["weight"]:
                if self.chance(0.4):
                    w["except"] = [self.r.choice(codes)]
        return plan

    def level_of(self, measure=None):
        if self.measure_specs.get(measure, {}).get("count"):
            return self.pick(0, 1, 2, 3)
        if measure in ("pv", "gv") and measure not in self.measure_specs and self.chance(0.15) and not any(n in str(self.measure_specs) for n in ("count", "quantity")) and "count" not in str(self.measure_specs) and "quantity" not in str(self.measure_specs):
            return "99.99"
        return self.pick(0, 1, 50, 100, 150, 200, 300, 500)

    def need(self, measures):
        """A measure and its minimum."""
        m = self.r.choice(measures)
        return {m: self.level_of(m)}

    def make_measures(self):
        r = self.r
        specs = self.measure_specs
        n = self.pick(0, 1, 2, 3, 4)
        for i in range(n):
            name = f"m{i}"
            kind = self.pick("order", "order", "over", "over", "over", "periods", "periods", "ranked", "ranked")
            if i == 0 and self.chance(0.1):
                name, kind = self.pick("pv", "gv"), "order"
            safe = True
            if kind == "order":
                spec = {"count": "orders"} if self.chance(0.3) else {"sum": self.pick("volume", "qualifying_volume", "amount", "quantity")}
                if self.chance(0.9):
                    spec["from"] = self.pick(["self"], ["customers"], ["self", "customers"])
                if self.chance(0.4):
                    spec["orders"] = self.filter("measure")
            elif kind == "over":
                over = self.pick("downline", "downline", "downline", "frontline", "lesser-leg", "greater-leg", "outside-greatest-leg")
                count = self.chance(0.3)
                spec = {"count": "affiliates"} if count else {"sum": self.r.choice(self.safe)}
                spec["over"] = over
                if self.chance(0.3):
                    spec["tree"] = self.pick("sponsor", "enroller", "placement")
                if self.chance(0.15):
                    over = spec["over"] = "leg"
                    spec["tree"] = "placement"
                    spec["leg"] = self.pick("L", "R", 1, 2)
                    if self.width == 3:
                        spec["leg"] = self.pick(1, 2, 3)
                if over == "downline":
                    if self.chance(0.4):
                        spec["levels"] = self.pick(1, 2, 3)
                    elif count and self.chance(0.3):
                        spec["weights"] = self.pick([3, 2, 1], [1, 0, 5, 2], [2])
                    if "weights" not in spec and self.chance(0.3):
                        spec["self"] = self.chance(0.5)
                    if self.chance(0.7):
                        self.over_down.append(name)
                if count and self.chance(0.4):
                    spec["where"] = self.need(self.safe)
                    if self.chance(0.2):
                        spec["where"] = [spec["where"], self.need(self.safe)]
                    elif self.chance(0.2):
                        spec["where"]["frontline"] = {"count": 1, **self.need(self.safe)}
                if count and self.chance(0.2):
                    spec["where"] = {"active": True}
                    safe = False
                elif over == "downline" and self.chance(0.15):
                    spec["until"] = self.need(self.safe)
                    if self.chance(0.3):
                        spec["until"]["active"] = True
                        safe = False
            elif kind == "ranked" and self.ladder:
                if self.chance(0.5):
                    spec = {"sum": self.r.choice(self.safe), "over": "downline", "until": {"rank": self.r.choice(self.ladder)}}
                    if self.chance(0.2):
                        spec["until"] = {"title": self.r.choice(self.ladder)}
                    if self.chance(0.2):
                        spec["until"].update(self.need(self.safe))
                    if self.chance(0.2):
                        spec["levels"] = self.pick(1, 2, 3)
                    self.over_down.append(name)
                else:
                    spec = {"count": "affiliates", "over": self.pick("downline", "frontline", "lesser-leg", "outside-greatest-leg"),
                            "where": {self.pick("rank", "title"): self.r.choice(self.ladder)}}
                    if self.chance(0.2):
                        spec["where"]["active"] = True
                    if spec["over"] == "downline":
                        self.over_down.append(name)
                        if self.chance(0.2):
                            spec["weights"] = [3, 2, 1]
                if self.chance(0.2):
                    spec["tree"] = self.pick("enroller", "placement")
                safe = False
            else:
                if self.chance(0.3):
                    spec = {"count": "periods", "periods": self.pick(2, 3, "lifetime"), "where": self.need(self.safe)}
                    if self.ladder and self.chance(0.5):
                        spec["where"] = {self.pick("rank", "title"): self.r.choice(self.ladder)}
                        safe = False
                        if "rank" in spec["where"]:
                            self.own_rank.append(name)
                    elif self.chance(0.3):
                        spec["where"] = {"active": True}
                        safe = False
                else:
                    of = self.r.choice(self.measures)
                    safe = of in self.safe
                    if of in self.own_rank:
                        self.own_rank.append(name)
                    spec = {self.pick("sum", "max", "min"): of, "periods": self.pick(1, 2, 3, "lifetime")}
            specs[name] = spec
            if name in self.measures:
                self.over_down = [m for m in self.over_down if m != name]
                continue
            self.measures.append(name)
            if safe:
                self.safe.append(name)

    def requires(self, stage):
        """stage: active (no rank, no activity), rank, bonus."""
        if self.chance(0.15):
            return [self.one_requires(stage), self.one_requires(stage)]
        return self.one_requires(stage)

    def one_requires(self, stage):
        r = self.r
        out = {}
        measures = self.safe if stage == "active" else self.measures
        if stage == "rank":
            measures = [m for m in measures if m not in self.own_rank]
        n = self.pick(1, 1, 2)
        if not self.wide:
            for _ in range(n):
                out.update(self.need(measures))
            return out
        for _ in range(n):
            roll = r.random()
            if roll < 0.5:
                out.update(self.need(measures))
            elif roll < 0.58:
                m = r.choice(measures)
                low = self.level_of(m)
                if isinstance(low, int):
                    out[m] = {"min": low, "max": low + self.pick(0, 1, 100, 200)}
                    if self.chance(0.2):
                        del out[m]["min"]
                    elif m in self.over_down and self.chance(0.2):
                        out[m]["max_per_leg"] = "50%"
            elif roll < 0.66:
                downs = [m for m in self.over_down if m in measures]
                if downs:
                    m = r.choice(downs)
                    counted = self.measure_specs.get(m, {}).get("count")
                    out[m] = {"min": self.pick(2, 3) if counted else self.pick(100, 200, 300),
                              "max_per_leg": self.pick("50%", "33.3333%", "25%", "100%")}
            elif roll < 0.72:
                out[self.pick("joined_within_days", "joined_at_least_days")] = self.pick(0, 5, 10, 30, 60, 400)
            elif roll < 0.80:
                out["frontline"] = {"count": self.pick(1, 2), **self.need(measures)}
                if stage != "active" and self.chance(0.3):
                    out["frontline"]["active"] = True
                if stage != "active" and self.ladder and self.chance(0.2):
                    out["frontline"]["rank"] = r.choice(self.ladder)
                if self.chance(0.1):
                    out["frontline"] = [out["frontline"], {"count": 1, **self.need(measures)}]
            elif roll < 0.88:
                one = lambda: {"count": self.pick(1, 1, 2), **self.need(measures)}
                if stage != "active" and self.ladder and self.chance(0.6):
                    one = lambda: {"count": self.pick(1, 1, 2), self.pick("rank", "rank", "title"): r.choice(self.ladder)}
                out["legs"] = [one(), one()] if self.chance(0.2) else one()
                if isinstance(out["legs"], dict) and self.chance(0.3):
                    out["legs"].update(self.need(measures))
                    if stage != "active" and self.chance(0.5):
                        out["legs"]["active"] = True
                if self.ladder and stage != "active" and self.chance(0.15):
                    out["legs"] = {"count": 1, "rank": r.choice(self.ladder), "title": r.choice(self.ladder)}
                if isinstance(out["legs"], dict) and self.chance(0.1):
                    out["legs"] = {"count": self.pick(1, 2)}
            elif roll < 0.94 and self.ladder and stage != "active":
                out[self.pick("rank", "title")] = r.choice(self.ladder)
            elif stage != "active":
                out["active"] = True if self.chance(0.9) else False
            elif self.ladder:
                out["title"] = r.choice(self.ladder)
        if not out:
            out["pv"] = self.level_of()
        return out

    def rank(self, i):
        out = {"name": self.ladder[i]}
        if self.focus and self.chance(0.7):
            out["requires"] = {self.pick("pv", "pv", "gv"): self.pick(0, 50, 100, 150)}
            if self.chance(0.3):
                out["requires"] = {"title": self.ladder[i]}
            elif self.chance(0.2):
                out["requires"] = {"legs": {"count": self.pick(1, 2), "rank": self.r.choice(self.ladder)}}
            return out
        if self.chance(0.15):
            out["requires"] = {"title": self.ladder[i]}
            return out
        out["requires"] = self.requires("rank")
        if self.wide and self.chance(0.2):
            out["maintain"] = self.requires("rank")
        return out

    def weight(self):
        out = {"orders": self.filter(seller=False)} if self.chance(0.9) else {}
        if self.chance(0.7):
            out["volume"] = self.pick("50%", "33.3333%", "0%", "150%", "12.5%")
        if self.chance(0.5) or "volume" not in out:
            out["qualifying_volume"] = self.pick("50%", "33.3333%", "0%", "200%")
        return out

    def filter(self, seller=False, deep=0):
        r = self.r
        out = {}
        for _ in range(self.pick(1, 1, 2)):
            key = self.pick("buyer", "sequence", "kind", "category", "sku", "within_days_of_joining", "within_months_of_joining",
                            "months_since_first", "seller", "not")
            if key == "buyer":
                out[key] = self.pick("customer", "affiliate")
            elif key == "seller" and seller == "measure":
                out[key] = self.pick({"joined_within_days": 60}, {"joined_at_least_days": 30}, self.need(self.safe))
                if self.ladder and self.chance(0.3):
                    out[key] = {"title": self.r.choice(self.ladder)}
            elif key == "sequence":
                out[key] = self.pick("first", "reorder")
            elif key == "kind":
                out[key] = self.pick(["subscription"], ["kit", "event"], ["event"])
            elif key == "category":
                out[key] = self.pick(["skin"], ["skin", "food"])
            elif key == "sku":
                out[key] = self.pick(["s1"], ["s1", "s2"])
            elif key == "within_days_of_joining":
                out[key] = self.pick(0, 1, 5, 30, 60)
            elif key == "within_months_of_joining":
                out[key] = self.pick(1, 2, 3)
            elif key == "months_since_first":
                a = self.pick(1, 1, 2)
                out[key] = [a, a + self.pick(0, 1, 5)]
            elif key == "seller" and seller:
                out[key] = self.one_requires("bonus")
            elif key == "not" and deep < 2:
                out[key] = self.filter(seller, deep + 1)
        if not out:
            out["buyer"] = self.pick("customer", "affiliate")
        return out

    def pct(self):
        return self.pick("0%", "1%", "2.5%", "3.3333%", "5%", "7%", "10%", "20%", "100%", "120%")

    def amt(self):
        top = {"USD": ["1.00", "2.50", "0.33", "5.00"], "JPY": ["1", "25", "5"], "KWD": ["1.005", "0.333", "5.000"]}
        return self.r.choice(top[self.currency])

    def table(self, value):
        """A table by rank."""
        names = self.r.sample(self.ladder, self.r.randrange(0, len(self.ladder) + 1)) if self.ladder else []
        out = {}
        if self.chance(0.6) or not names:
            out["none"] = value()
        for n in names:
            out[n] = value()
        return out

    def rate_or_table(self, value):
        return self.table(value) if self.wide and self.ladder and self.chance(0.3) else value()

    def steps(self, value, n=None):
        floors = sorted(self.r.sample([0, 1, 50, 100, 150, 200, 300], n or self.pick(1, 2, 3)))
        if self.chance(0.1) and "count" not in str(self.measure_specs) and "quantity" not in str(self.measure_specs):
            floors = ["0.01"] + [f for f in floors if f > 1]
        return [[f, value()] for f in floors]

    def tiers(self, value):
        marginal = self.chance(0.5)
        if marginal:
            return {"by": self.r.choice(self.measures), "steps": self.steps(self.pct), "mode": "marginal"} if self.chance(0.5) \
                else {"steps": self.steps(self.pct), "mode": "marginal"}
        out = {"by": self.r.choice(self.measures), "steps": self.steps(value)}
        if self.chance(0.3):
            out["mode"] = "whole"
        return out

    def shared(self, out):
        if not self.wide:
            return
        if self.focus and self.chance(0.6):
            return
        if self.chance(0.35):
            out["orders"] = self.filter(seller=True)
        if self.chance(0.25):
            out["base"] = self.pick("volume", "qualifying_volume", "amount", "margin")
        if self.chance(0.15) and out.get("base", "volume") in ("volume", "qualifying_volume"):
            out["point"] = self.pick("0.90", "18.00", "0.5")
            if self.currency == "JPY":
                out["point"] = self.pick("2", "18")
        if self.chance(0.25):
            out["requires"] = self.requires("bonus")
        if self.chance(0.15):
            out["active"] = self.chance(0.3)
        if self.ladder and self.chance(0.2):
            out["rank_by"] = self.pick("paid-as", "title")
        if self.chance(0.2):
            out["factor"] = self.rate_or_table(lambda: self.pick("95%", "50%", "0%", "33.3333%", "150%"))
        if self.chance(0.1):
            out["stream"] = self.pick("active", "residual", "leveraged", "leveraged-residual", "active-leveraged")
        if self.chance(0.3):
            cap = {}
            money = lambda: self.money()
            if self.chance(0.5):
                cap["per_member"] = self.rate_or_table(money)
            if self.chance(0.4):
                cap["per_source"] = self.rate_or_table(money)
            if self.chance(0.4) or not cap:
                cap["of_volume"] = self.pick("1%", "3.3333%", "10%")
            out["cap"] = cap
        if out["kind"] != "personal" and self.chance(0.3):
            out["tree"] = self.pick("sponsor", "enroller", "placement")

    def bonus(self, i):
        kinds = ["personal", "unilevel"]
        if self.wide:
            kinds = ["personal", "unilevel", "unilevel", "differential", "differential"]
            if self.ladder:
                kinds += ["generation", "generation"]
        kind = self.r.choice(kinds)
        out = {"code": f"b{i}-{kind}", "kind": kind}
        getattr(self, kind)(out)
        self.shared(out)
        return out

    def rate_form(self, out):
        forms = ["rate", "tiers", "amount"]
        if self.ladder:
            forms.append("by_rank")
        if self.wide:
            forms.append("by_sequence")
        form = self.r.choice(forms)
        value = self.pct if self.chance(0.7) else self.amt
        if form == "rate":
            out["rate"] = self.rate_or_table(self.pct)
        elif form == "amount":
            out["amount"] = self.rate_or_table(self.amt)
        elif form == "by_rank":
            out["by_rank"] = self.table(value)
        elif form == "tiers":
            out["tiers"] = self.tiers(value)
        else:
            seq = sorted(self.r.sample([1, 2, 3, 4], self.pick(1, 2, 3)))
            out["by_sequence"] = [[n, value()] for n in seq]

    def personal(self, out):
        if self.chance(0.7):
            out["from"] = self.pick(["customers"], ["self"], ["self", "customers"])
        self.rate_form(out)

    def unilevel(self, out):
        form = self.pick("levels", "levels", "by_rank", "tiers")
        if form == "by_rank" and self.ladder:
            out["by_rank"] = {k: [self.pct() for _ in range(self.pick(1, 2, 3, 4))] for k in self.table(lambda: 0)}
            if self.chance(0.15):
                out["by_rank"] = {k: [self.amt() for _ in v] for k, v in out["by_rank"].items()}
        elif form == "tiers":
            out["levels"] = self.pick(1, 2, 3)
            value = self.pct if self.chance(0.8) else self.amt
            out["tiers"] = {"by": self.r.choice(self.measures), "steps": self.steps(value)}
        else:
            out["levels"] = [self.rate_or_table(self.pct) for _ in range(self.pick(1, 2, 3, 4) if self.wide < 5 else self.pick(3, 7, 10))]
            if self.chance(0.15):
                out["levels"] = [self.rate_or_table(self.r.choice([self.amt, self.pct])) for _ in out["levels"]]
        if self.chance(0.7):
            out["compression"] = self.pick("none", "inactive", "unqualified", "full")
        if self.chance(0.3):
            out["counts_from"] = self.pick("seller", "buyer")
        if self.wide and self.ladder and self.chance(0.2):
            out["rank_of"] = "lower"

    def generation(self, out):
        out["boundary"] = self.r.choice(self.ladder)
        if self.chance(0.6):
            out["closer"] = self.pick("excluded", "included")
        value = self.pct if self.chance(0.85) else self.amt
        if self.chance(0.6):
            out["generations"] = [self.rate_or_table(value) for _ in range(self.pick(1, 2, 3))]
            if self.chance(0.15):
                out["generations"] = self.pick(1, 2, 3)
                out["tiers"] = {"by": self.r.choice(self.measures), "steps": self.steps(value)}
        else:
            out["by_rank"] = {k: [value() for _ in range(self.pick(1, 2, 3))] for k in self.table(lambda: 0)}
        if self.chance(0.5) if out.get("closer", "excluded") == "excluded" else self.chance(0.1):
            out["own_group"] = self.rate_or_table(value)
        if self.chance(0.25):
            out["earners"] = self.pick("all", "boundary")

    def differential(self, out):
        value = self.pct if self.chance(0.8) else self.amt
        if self.ladder and self.chance(0.5):
            out["by_rank"] = self.table(value)
        else:
            out["by"] = self.r.choice(self.measures)
            out["steps"] = self.steps(value)
        if self.chance(0.4):
            out["self"] = self.pick(True, False, "counts")
        if self.chance(0.3):
            out["uplines"] = self.pick(1, 2, 3)
        if self.chance(0.4):
            out["unqualified"] = self.pick("pass-up", "forfeit")

    # ------------------------------------------------------------ facts

    def some_day(self, span):
        days = (span.last - span.first).days
        return span.first + timedelta(days=self.pick(0, days, self.r.randrange(days + 1)))

    def facts(self):
        r = self.r
        n = r.randrange(3, 16) if self.wide != 5 else r.randrange(12, 45)
        deep = self.pick(0.2, 0.5, 0.9) if self.focus != "line" else 1
        names = [f"M{i:02}" for i in range(n)]
        before = self.first.first
        steps = [{"day": s.first.isoformat(), "members": [], "orders": [], "returns": [], "moves": [], "adjustments": [],
                  "products": []} for s in self.spans]
        affiliates = []
        self.customers = []
        legs = self.legs = {}
        joined = {}
        members = []
        for i, name in enumerate(names):
            customer = bool(affiliates) and self.chance(0.25)
            sponsor = ""
            if affiliates and not self.chance(0.08):
                sponsor = affiliates[-1] if self.chance(deep) else r.choice(affiliates)
            roll = r.random()
            day = before - timedelta(days=r.randrange(1, 400))
            when = 0
            if self.wide and roll < 0.25:
                when = r.randrange(len(self.spans))
                day = self.some_day(self.spans[when])
            elif self.wide and roll < 0.35:
                day = before - timedelta(days=r.randrange(0, 70))
            row = {"member_id": name, "sponsor_id": sponsor, "joined_on": day.isoformat(),
                   "kind": "customer" if customer else self.pick("affiliate", "")}
            joined[name] = day
            if self.wide and affiliates and self.chance(0.25):
                row["enroller_id"] = r.choice(affiliates)
            if self.wide and affiliates and not customer and self.chance(0.7):
                p = r.choice(affiliates)
                free = [x for x in ("LR" if self.width == 2 else "123") if (p, x) not in legs]
                if free:
                    leg = r.choice(free)
                    legs[p, leg] = name
                    row["placement_id"], row["leg"] = p, leg
            if self.chance(0.12):
                row["status"] = self.pick("suspended", "terminated", "terminated")
                if self.wide and self.chance(0.5):
                    row["status_on"] = max(day, self.some_day(r.choice(self.spans))).isoformat()
            if self.wide and self.ladder and not customer and self.chance(0.2):
                row["title"] = r.choice(self.ladder)
            members.append(row)
            (self.customers if customer else affiliates).append(name)
        steps[0]["members"] = members
        self.comes = {}
        if self.wide > 1 and len(steps) > 1 and self.chance(0.5) and not self.at_once:
            named = {m.get(c) for m in members for c in ("sponsor_id", "enroller_id", "placement_id")}
            for m in [m for m in members[1:] if m["member_id"] not in named][:2]:
                k = r.randrange(1, len(steps))
                steps[k]["members"].append(m)
                self.comes[m["member_id"]] = k
                if self.chance(0.5):
                    joined[m["member_id"]] = self.some_day(self.spans[r.randrange(k + 1)])
                    m["joined_on"] = joined[m["member_id"]].isoformat()
                    m.pop("status", None), m.pop("status_on", None)
            steps[0]["members"] = [m for m in members if m["member_id"] not in self.comes]
        if self.wide:
            steps[0]["products"] = self.products()
        orders = []
        count = r.randrange(2, 20) if self.periods == 1 else r.randrange(4, 40)
        if self.wide == 5:
            count *= 2
        history = Period.holding(self.kind, before - timedelta(days=1), self.week_starts)
        for i in range(count):
            k = r.randrange(len(self.spans))
            span = self.spans[k]
            buyer = r.choice(names)
            day = self.some_day(span)
            if self.wide and self.chance(0.1):
                day = self.some_day(history)
                k = 0
            step = k
            if self.wide and self.periods > 1 and self.chance(0.1):
                step = r.randrange(k, len(self.spans))         # late where later
            if self.wide > 1 and joined[buyer] in span and day in span and self.chance(0.7):
                pass                                       # an order may be a few days older than its buyer
            elif day < joined[buyer]:
                day = joined[buyer]
                k = next((j for j, s in enumerate(self.spans) if day in s), None)
                if k is None:
                    k = 0
                step = max(step, k)
            step = max(step, self.comes.get(buyer, 0))
            order = f"O{i:02}"
            contract = self.pick("", "", "c1", "c2") if self.wide else ""
            kind = self.pick("", "", "subscription", "kit", "event") if self.wide else ""
            lines = self.pick(1, 1, 1, 2, 3)
            for line in range(1, lines + 1):
                row = self.order_line()
                if lines > 1 or self.chance(0.5):
                    while float(row["amount"]) == 0:
                        row["amount"] = self.money()
                row.update({"order_id": order, "line": line, "member_id": buyer, "ordered_on": day.isoformat(), "kind": kind,
                            "contract": contract})
                steps[step]["orders"].append(row)
                orders.append((step, row))
        if self.wide:
            self.returns(steps, orders)
            self.changes(steps, affiliates, joined, members)
        return steps

    def money(self):
        value = self.pick("10.00", "25.00", "33.33", "50.00", "99.99", "100.00", "150.00", "200.00", "0.01", "0.05", "0.00", "1.50")
        if self.currency == "JPY":
            return str(int(float(value) + 0.5))
        if self.currency == "KWD" and self.chance(0.4):
            return value + self.pick("5", "4", "1")
        return value

    def order_line(self):
        row = {"amount": self.money()}
        if not self.wide:
            return row
        if self.chance(0.5):
            row["volume"] = self.pick("0", "10", "50", "100", "99.99", "33.33", "150", "200")
        if self.chance(0.4):
            row["qualifying_volume"] = self.pick("0", "50", "100", "49.99", "150")
        if self.chance(0.4):
            row["cost"] = self.money()
        if self.chance(0.4):
            row["quantity"] = str(self.pick(0, 1, 2, 3, 7))
        if self.chance(0.5):
            row["sku"] = self.pick("s1", "s2", "s3")
        if self.chance(0.5):
            row["category"] = self.pick("skin", "food", "toys")
        return row

    def products(self):
        out = []
        for sku in ("s1", "s2"):
            out.append({"sku": sku, "category": self.pick("", "skin", "food"), "volume": self.pick("", "10", "33.33")})
            if self.chance(0.4):
                out.append({"sku": sku, "category": self.pick("", "skin", "food"), "volume": self.pick("", "20"),
                            "valid_from": self.some_day(self.spans[0]).isoformat()})
        return out

    def returns(self, steps, orders):
        r = self.r
        if not self.chance(0.6) and self.focus != "returns":
            return
        left = {}
        stated = {}
        self.stating = self.chance(0.3)
        for i in range(self.pick(10, 15, 25) if self.focus == "returns" else self.pick(1, 2, 4, 6, 10)):
            step, row = r.choice(orders)
            at = r.randrange(step, len(steps))
            day = self.some_day(self.spans[at])
            if self.chance(0.15):                     # late
                day = self.some_day(self.spans[r.randrange(at + 1)])
            day = max(day, date.fromisoformat(row["ordered_on"]))
            key = (row["order_id"], row["line"])
            unit = {"USD": 100, "JPY": 1, "KWD": 1000}[self.currency]
            total = round(float(row["amount"]) * unit)
            rest = left.get(key, total)
            take = self.pick(rest, rest, rest // 2, rest // 3)
            if total == 0 and self.focus == "returns" and self.chance(0.3):
                take = 0
            elif total == 0 or take == 0:
                continue
            left[key] = rest - take
            text = str(take) if unit == 1 else f"{take // unit}.{take % unit:0{2 if unit == 100 else 3}}"
            back = {"return_id": self.pick(f"R{i}", f"R{90 - i}x"), "order_id": row["order_id"], "line": row["line"],
                    "returned_on": day.isoformat(), "amount": text}
            if row.get("volume") and (key in stated or (rest == total and self.stating and self.chance(0.6))):
                volume = stated.setdefault(key, round(float(row["volume"]) * 100))
                some = volume if take == rest else int(volume * self.pick(0.25, 0.3333, 0.1, 0))
                stated[key] = volume - some
                back["volume"] = f"{some // 100}.{some % 100:02}"
            steps[at]["returns"].append(back)

    def changes(self, steps, affiliates, joined, members):
        r = self.r
        moved = set()
        by_id = {m["member_id"]: m for m in members}
        affiliates = [a for a in affiliates if a not in self.comes]
        self.customers = [a for a in self.customers if a not in self.comes]
        order = {m["member_id"]: i for i, m in enumerate(members)}
        for i in range(self.pick(0, 0, 0, 1, 2)):
            k = r.randrange(len(steps))
            m = r.choice([x["member_id"] for x in members if x["member_id"] not in self.comes])
            tree = self.pick("sponsor", "enroller")
            if self.wide > 1 and self.chance(0.3) and m in affiliates:
                tree = "placement"
            above = [a for a in affiliates if order[a] < order[m]]
            day = self.some_day(self.spans[r.randrange(k + 1) if self.wide > 1 else k])
            day = max(day, joined[m])
            if any(x[0] == m for x in moved) and self.wide > 1:
                continue
            if (m, day, tree) in moved or not above:
                continue
            moved.add((m, day, tree))
            row = {"member_id": m, "tree": tree, "new_parent_id": r.choice(above + [""] * (tree != "placement")),
                   "effective_on": day.isoformat(), "reason": "x"}
            if tree == "placement" and row["new_parent_id"]:
                free = [x for x in ("LR" if self.width == 2 else "123") if (row["new_parent_id"], x) not in self.legs]
                if not free:
                    continue
                row["leg"] = r.choice(free)
                self.legs[row["new_parent_id"], row["leg"]] = m
            steps[k]["moves"].append(row)
        for i in range(self.pick(0, 0, 1)):
            k = r.randrange(len(steps))
            of = [a for a in affiliates if joined[a] <= self.spans[k].last]
            if not of:
                continue
            row = {"adjustment_id": f"A{i}", "member_id": r.choice(of), "period": self.spans[k].name,
                   "amount": self.pick("5", "-3"), "reason": "why", "bonus": self.pick("", "", self.code)}
            steps[k]["adjustments"].append(row)
        dated = {(m["member_id"], date.fromisoformat(m.get("status_on") or m["joined_on"])) for m in members}
        for k in range(1, len(steps)):
            if self.customers and self.chance(0.3):
                m = r.choice(self.customers)
                day = self.some_day(self.spans[r.randrange(k + 1) if self.wide > 1 and not self.at_once else k])
                if by_id[m]["kind"] == "customer" and day >= joined[m]:
                    row = {c: v for c, v in by_id[m].items() if c in ("member_id", "sponsor_id", "joined_on", "enroller_id")}
                    row.update({"kind": "affiliate", "kind_on": day.isoformat()})
                    self.customers.remove(m)
                    steps[k]["members"].append(row)
            if self.chance(0.3):
                m = r.choice(affiliates)
                late = self.wide > 1 and not by_id[m].get("status")
                day = max(self.some_day(self.spans[r.randrange(k + 1) if late else k]), joined[m])
                row = {c: v for c, v in by_id[m].items() if c in ("member_id", "sponsor_id", "joined_on")}
                row.update({"status": self.pick("active", "suspended", "terminated"), "status_on": day.isoformat()})
                if (m, day) in dated:
                    continue
                dated.add((m, day))
                if all(x["member_id"] != m for x in steps[k]["members"]):
                    steps[k]["members"].append(row)
