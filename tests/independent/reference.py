"""What a plan pays, computed the slow and obvious way from the text of the contract.

Every number is an exact Fraction until a line is written. Volumes and measures are in points, amounts in
currency units. The paragraph that a rule comes from is named where the rule stands (9.x: fine print)."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from periods import EXPONENT, Period, months_between

ORDER_FIELDS = ("volume", "qualifying_volume", "amount", "quantity")


class Refused(Exception):
    """The run can't be made."""


def rounded(value, mode):
    """9.1: on the magnitude, then the sign."""
    value = Fraction(value)
    magnitude = abs(value)
    whole = magnitude.numerator // magnitude.denominator
    rest = magnitude - whole
    if mode == "half-up":
        whole += rest >= Fraction(1, 2)
    elif mode == "half-even":
        whole += rest > Fraction(1, 2) or (rest == Fraction(1, 2) and whole % 2 == 1)
    return -whole if value < 0 else whole


@dataclass(frozen=True)
class Rate:
    """A share of the base, or (`per_unit`) an amount per unit of quantity."""
    value: Fraction
    per_unit: bool = False

    @staticmethod
    def read(text):
        if text.endswith("%"):
            return Rate(Fraction(text[:-1]) / 100)
        return Rate(Fraction(text), True)


ZERO = Rate(Fraction(0))


# ---------------------------------------------------------------- facts

@dataclass
class Member:
    id: str
    sponsor: str | None
    joined: date
    kind: str = "affiliate"
    kind_on: date | None = None                       # day on which a customer became an affiliate
    statuses: list = field(default_factory=list)      # (day, first open day from which it holds, status)
    enroller: str | None = None
    placement: str | None = None
    leg: str | None = None
    title: str | None = None


@dataclass
class OrderLine:
    order: str
    line: int
    buyer: str
    on: date
    amount: Fraction
    volume: Fraction | None = None
    qualifying_volume: Fraction | None = None
    cost: Fraction | None = None
    quantity: int = 1
    sku: str | None = None
    category: str | None = None
    kind: str | None = None
    contract: str | None = None
    counts_on: date | None = None                     # the first open day of a late one


@dataclass
class Return:
    id: str
    order: str
    line: int
    on: date
    amount: Fraction
    volume: Fraction | None = None
    counts_on: date | None = None


@dataclass
class Product:
    sku: str
    category: str | None
    volume: Fraction | None
    valid_from: date | None = None


@dataclass
class Move:
    member: str
    tree: str
    parent: str | None
    on: date
    leg: str | None = None


@dataclass
class Adjustment:
    id: str
    member: str
    period: str
    amount: Fraction
    reason: str
    bonus: str | None = None


@dataclass
class Facts:
    currency: str = "USD"
    members: dict = field(default_factory=dict)
    orders: list = field(default_factory=list)
    returns: list = field(default_factory=list)
    products: list = field(default_factory=list)
    moves: list = field(default_factory=list)
    adjustments: list = field(default_factory=list)


@dataclass
class Line:
    member: str
    bonus: str
    order: str | None
    line: int | None
    source: str | None
    level: int | None
    paid_level: int | None
    base: Fraction | None
    rate: Rate | None
    amount: int                        # minor units
    stream: str
    returned: str | None = None        # return_id of a reversal
    reverses: str | None = None        # period of the run
    by_volume: bool = False            # 9.19: what its reversal goes by


@dataclass
class Final:
    """What a run leaves behind."""
    period: Period
    lines: list
    measures: dict                     # member -> name -> value
    rank: dict                         # member -> rank name or None
    title: dict                        # member -> rank name or None, with this period's rank
    active: dict
    held: dict                         # member -> name of a count of periods -> did it hold in this run
    forfeited: dict                    # bonus -> reason -> minor units
    maximum: dict                      # bonus -> minor units
    corrections: list = field(default_factory=list)
    reversed: dict = field(default_factory=dict)


class Run:
    """One computation of one plan for one period (section 4). `finals` are the final runs before, oldest first."""

    def __init__(self, plan, facts, period, finals):
        self.plan, self.facts, self.period, self.finals = plan, facts, period, finals
        self.last = period.last
        self.mode = plan["plan"]["rounding"]
        self.minor = 10 ** EXPONENT[plan["plan"]["currency"]]
        self.ladder = [r["name"] for r in plan.get("rank", [])]
        self.place = {name: i for i, name in enumerate(self.ladder)}
        self.specs = {"pv": {"sum": "qualifying_volume", "from": ["self", "customers"]},
                      "gv": {"sum": "pv", "over": "downline"}}
        self.specs.update(plan.get("measures", {}))
        self.bonuses = plan.get("bonus", [])
        self.cache = {}
        self.build_network()
        self.build_titles()
        self.build_orders()

    # ------------------------------------------------------------ step 1: the network as of the last day

    def build_network(self):
        """Section 4, step 1; 9.12: a member whose parent joins only after the period is a root until then;
        the enroller defaults to the sponsor at joining and does not follow a move. 9.29: the kind of the last
        day holds for the whole period."""
        members = {m.id: m for m in self.facts.members.values() if m.joined <= self.last}
        self.affiliate = {i: m.kind == "affiliate" or (m.kind_on is not None and m.kind_on <= self.last)
                          for i, m in members.items()}
        self.members = members
        parents = {"sponsor": {}, "enroller": {}, "placement": {}}
        for i, m in members.items():
            parents["sponsor"][i] = m.sponsor
            parents["enroller"][i] = m.enroller or m.sponsor
            parents["placement"][i] = m.placement
        self.leg = {i: m.leg for i, m in members.items()}
        for move in sorted(self.facts.moves, key=lambda x: x.on):
            if move.on <= self.last and move.member in members:
                parents[move.tree][move.member] = move.parent
                if move.tree == "placement":
                    self.leg[move.member] = move.leg
        self.above = parents["sponsor"]                 # customers too: who is not an affiliate yet
        self.parent = {tree: {i: p if p in members and self.affiliate[p] else None for i, p in links.items()}
                       for tree, links in parents.items()}     # a customer has no downline
        self.affiliates = sorted((i for i in members if self.affiliate[i]), key=lambda i: i.encode())
        self.children = {tree: {i: [c for c in self.affiliates if links[c] == i] for i in self.affiliates}
                         for tree, links in self.parent.items()}
        self.status = {}
        for i, m in members.items():
            status = "active"
            for _, holds_from, value in sorted(m.statuses, key=lambda s: s[0]):
                if holds_from <= self.last:         # a late one holds from the open period on
                    status = value
            self.status[i] = status

    def terminated(self, m):
        return self.status[m] == "terminated"

    def seller_of(self, buyer):
        """Section 1: the buyer if an affiliate, else its nearest affiliate up the sponsor line."""
        m = buyer
        while m is not None and not self.affiliate[m]:
            m = self.above[m] if self.above[m] in self.members else None
        return m

    def upline(self, m, tree):
        """Those above m, nearest first."""
        above = []
        m = self.parent[tree][m]
        while m is not None:
            above.append(m)
            m = self.parent[tree][m]
        return above

    def build_titles(self):
        """9.7: the title before the run: the highest ever, of the members file and of final runs."""
        was = self.plan["plan"].get("was", {})
        self.title_before = {}
        for i in self.affiliates:
            names = [self.members[i].title] + [f.title.get(i) for f in self.finals]
            places = [self.place[was.get(n, n)] for n in names if n is not None]
            self.title_before[i] = max(places, default=-1)

    # ------------------------------------------------------------ orders

    def product(self, sku, day):
        """9.10: the product in force on the day of the order."""
        best = None
        for p in self.facts.products:
            if p.sku == sku and (p.valid_from is None or p.valid_from <= day):
                if best is None or best.valid_from is None or (p.valid_from and p.valid_from > best.valid_from):
                    best = p
        return best

    def gross(self, o):
        """Section 2 and 9.10: volume and category of an order line that leaves them empty; volume defaults to the
        amount (three places half up), qualifying volume to the volume."""
        product = self.product(o.sku, o.on) if o.sku else None
        volume, category = o.volume, o.category
        if product:
            if category is None:
                category = product.category
            if volume is None and product.volume is not None:
                volume = product.volume * o.quantity
        if volume is None:
            volume = Fraction(rounded(o.amount * 100, "half-up"), 100)
        qualifying = volume if o.qualifying_volume is None else o.qualifying_volume
        return volume, qualifying, category

    def returned(self, o, until):
        """9.19, section 2: what the returns counted until a day take of an order line: amount, volume, qualifying
        volume, cost, quantity. In proportion of all returns together, rounded once."""
        returns = [r for r in self.facts.returns if (r.order, r.line) == (o.order, o.line) and r.counts_on <= until]
        volume, qualifying, _ = self.gross(o)
        amount = sum((r.amount for r in returns), Fraction(0))
        zero = Fraction(0)
        if not returns:
            return {"amount": zero, "volume": zero, "qualifying_volume": zero, "cost": zero, "quantity": 0}
        share = amount / o.amount if o.amount else Fraction(1)
        stated = sum((r.volume for r in returns if r.volume is not None), zero)
        unstated = sum((r.amount for r in returns if r.volume is None), zero)
        unstated_share = (unstated / o.amount if o.amount else Fraction(1)) \
            if any(r.volume is None for r in returns) else zero
        part = lambda whole, s, unit: Fraction(rounded(whole * s * unit, self.mode), unit)
        return {"amount": amount,
                "volume": min(volume, stated + part(volume, unstated_share, 100)),
                "qualifying_volume": part(qualifying, share, 100),
                "cost": part(o.cost or zero, share, self.minor),
                "quantity": int(part(Fraction(o.quantity), share, 1))}

    def build_orders(self):
        lines = defaultdict(list)
        for o in self.facts.orders:
            lines[o.order].append(o)
        self.lines_of = lines
        self.fully_returned = {}
        for order, rows in lines.items():
            has = any(r.order == order and r.counts_on <= self.last for r in self.facts.returns)
            back = sum((self.returned(o, self.last)["amount"] for o in rows), Fraction(0))
            self.fully_returned[order] = has and back >= sum(o.amount for o in rows)
        self.build_sequences()
        self.current = []
        for o in sorted(self.facts.orders, key=lambda o: (o.on, o.order.encode(), o.line)):
            if o.counts_on in self.period and o.buyer in self.members and not self.fully_returned[o.order]:
                self.current.append(self.net(o))

    def net(self, o):
        """Section 4: a return in the same period reduces the order before anything is computed; 9.10: weights."""
        volume, qualifying, category = self.gross(o)
        back = self.returned(o, self.last)
        line = {"order": o, "category": category, "buyer": o.buyer, "seller": self.seller_of(o.buyer),
                "amount": o.amount - back["amount"], "quantity": o.quantity - back["quantity"],
                "margin": Fraction(0)}
        if o.cost is not None:
            line["margin"] = max(Fraction(0), line["amount"] - (o.cost - back["cost"]))      # 9.26
        line["plain"] = {"volume": volume - back["volume"], "qualifying_volume": qualifying - back["qualifying_volume"]}
        line.update(self.weighted(line, None))
        return line

    def weighted(self, line, bonus):
        """9.10, 9.22: all matching weights multiply, one rounding; a bonus in `except` does not see that weight."""
        result = {}
        for name in ("volume", "qualifying_volume"):
            value = line["plain"][name]
            for weight in self.plan.get("weight", []):
                if name in weight and (bonus is None or bonus not in weight.get("except", [])):
                    if self.matches(line, weight.get("orders", {}), "measures"):
                        value *= Rate.read(weight[name]).value
            result[name] = Fraction(rounded(value * 100, self.mode), 100)
        return result

    def build_sequences(self):
        """3.4 ("First"), 9.29: per buyer and contract, by (ordered_on, order_id); fully returned orders do not count;
        a late order stands after every order of a closed period."""
        start = self.finals[0].period.first if self.finals else self.period.first
        groups = defaultdict(set)
        self.first_day = {}
        for order, rows in self.lines_of.items():
            o = rows[0]
            if o.counts_on > self.last or self.fully_returned[order] or o.buyer not in self.members:
                continue
            counted = Period.holding(self.period.kind, o.counts_on, self.period.week_starts).first
            groups[o.buyer, o.contract].add((counted if o.counts_on >= start else date.min, o.on, order.encode(), order))
        self.sequence = {}
        for key, orders in groups.items():
            ordered = sorted(orders)
            for n, (_, _, _, order) in enumerate(ordered, 1):
                self.sequence[order] = n
                self.first_day[order] = ordered[0][1]

    def matches(self, line, filters, stage):
        """3.4 `orders`: all must hold."""
        o = line["order"]
        buyer = self.members[o.buyer]
        for key, value in filters.items():
            if key == "buyer":
                ok = ("affiliate" if self.affiliate[o.buyer] else "customer") == value
            elif key == "sequence":
                n = self.sequence.get(o.order)
                ok = n is not None and (n == 1) == (value == "first")
            elif key == "kind":
                ok = o.kind in value
            elif key == "category":
                ok = line["category"] in value
            elif key == "sku":
                ok = o.sku in value
            elif key == "within_days_of_joining":            # 9.11
                ok = 0 <= (o.on - buyer.joined).days <= value
            elif key == "within_months_of_joining":
                ok = 1 <= months_between(buyer.joined, o.on) + 1 <= value
            elif key == "months_since_first":
                first = self.first_day.get(o.order)
                ok = first is not None and value[0] <= months_between(first, o.on) + 1 <= value[1]
            elif key == "seller":
                ok = line["seller"] is not None and self.holds(line["seller"], value, stage)
            elif key == "not":
                ok = not self.matches(line, value, stage)
            else:
                raise KeyError(key)
            if not ok:
                return False
        return True

    # ------------------------------------------------------------ step 2: measures, active, ranks

    def measure(self, m, name):
        if (m, name) not in self.cache:
            value = self.measure_now(m, name)
            self.cache[m, name] = value
        return self.cache[m, name]

    def measure_now(self, m, name):
        """3.1."""
        spec = self.specs[name]
        if "periods" in spec:
            return self.over_periods(m, name, spec)
        if "over" in spec:
            return self.over_members(m, spec)
        orders = set()
        total = Fraction(0)
        for line in self.current:
            if line["seller"] != m:
                continue
            if ("self" if line["buyer"] == m else "customers") not in spec.get("from", ["self", "customers"]):
                continue
            if not self.matches(line, spec.get("orders", {}), "measures"):
                continue
            orders.add(line["order"].order)
            if "sum" in spec:
                total += line[spec["sum"]]
        return Fraction(len(orders)) if spec.get("count") == "orders" else total

    def over_periods(self, m, name, spec):
        """9.8, 9.24: this run's value and those of the final runs before, as they were then; without one: 0."""
        if spec.get("count") == "periods":
            held = [self.holds(m, spec["where"], "measures")]
            past = self.past(spec["periods"])
            return Fraction(sum(held) + sum(1 for f in past if f and f.held.get(m, {}).get(name, False)))
        how, of = next((k, spec[k]) for k in ("sum", "max", "min") if k in spec)
        values = [self.measure(m, of)]
        for final in self.past(spec["periods"]):
            values.append(final.measures.get(m, {}).get(of, Fraction(0)) if final else Fraction(0))
        return {"sum": sum, "max": max, "min": min}[how](values)

    def past(self, periods):
        """The final runs of the periods of a window before this one, None where there is none."""
        if periods == "lifetime":
            return list(self.finals)
        by_name = {f.period.name: f for f in self.finals}
        found = []
        period = self.period
        for _ in range(periods - 1):
            period = period.previous
            found.append(by_name.get(period.name))
        return found

    def contributions(self, m, spec):
        """What a measure over a downline is made of: (leg, value); leg None is oneself. 9.8, 9.9."""
        tree = spec.get("tree", "sponsor")
        counts = "count" in spec
        parts = []

        def visit(x, leg, level):
            weights = spec.get("weights")
            factor = 1
            if weights is not None:
                factor = weights[level - 1] if 1 <= level <= len(weights) else 0
            if "where" not in spec or self.holds(x, spec["where"], "measures"):
                if counts:
                    if not self.terminated(x):
                        parts.append((leg, Fraction(factor)))
                else:
                    parts.append((leg, factor * self.measure(x, spec["sum"])))

        def below(x, leg, level):
            if "levels" in spec and level > spec["levels"]:
                return
            for c in self.children[tree][x]:
                if "until" in spec and not self.terminated(c) and self.holds(c, spec["until"], "measures"):
                    continue
                visit(c, leg or c, level)
                below(c, leg or c, level + 1)

        if spec.get("self", not counts):
            visit(m, None, 0)
        below(m, None, 1)
        return parts

    def over_members(self, m, spec):
        over = spec["over"]
        total = lambda parts: sum((v for _, v in parts), Fraction(0))
        if over == "downline":
            return total(self.contributions(m, spec))
        tree = spec.get("tree", "sponsor")
        inner = {k: v for k, v in spec.items() if k != "leg"}
        inner["self"] = False
        if over == "frontline":
            return total(self.contributions(m, {**inner, "levels": 1}))
        legs = {c: Fraction(0) for c in self.children[tree][m]}
        for leg, value in self.contributions(m, inner):
            legs[leg] += value
        if over == "leg":
            alias = {"1": "L", "2": "R"}
            wanted = alias.get(str(spec["leg"]), str(spec["leg"]))
            return sum((v for c, v in legs.items() if alias.get(self.leg[c], self.leg[c]) == wanted), Fraction(0))
        values = sorted(legs.values())
        if over == "lesser-leg":
            return values[0] if len(values) >= 2 else Fraction(0)
        if over == "greater-leg":
            return values[-1] if values else Fraction(0)
        return sum(values[:-1], Fraction(0))            # outside-greatest-leg

    def holds(self, m, requires, stage):
        """3.2. `stage` is "measures" (everything up to step 2: titles before the run) or "bonuses" (9.7)."""
        if isinstance(requires, list):
            return any(self.holds(m, r, stage) for r in requires)
        return all(self.holds_one(m, key, value, stage) for key, value in requires.items())

    def holds_one(self, m, key, value, stage):
        if key == "rank":
            return self.rank_of(m) >= self.place[value]
        if key == "title":
            return self.title_of(m, stage) >= self.place[value]
        if key == "active":
            return self.is_active(m) == value
        if key == "joined_within_days":                  # 9.33
            return (self.last - self.members[m].joined).days <= value
        if key == "joined_at_least_days":
            return (self.last - self.members[m].joined).days >= value
        if key == "frontline" and isinstance(value, list):
            return all(self.holds_one(m, key, v, stage) for v in value)
        if key == "frontline":
            rest = {k: v for k, v in value.items() if k not in ("count", "tree")}
            found = [c for c in self.children[value.get("tree", "sponsor")][m]
                     if not self.terminated(c) and self.holds(c, rest, stage)]
            return len(found) >= value["count"]
        if key == "legs":
            return all(self.holds_legs(m, v, stage) for v in (value if isinstance(value, list) else [value]))
        if not isinstance(value, dict):
            value = {"min": value}
        least = Fraction(value["min"]) if "min" in value else None
        amount = self.measure(m, key)
        if "max" in value and amount > Fraction(value["max"]):
            return False
        if "max_per_leg" in value:
            amount = self.limited(m, self.specs[key], least * Rate.read(value["max_per_leg"]).value)
        return least is None or amount >= least

    def limited(self, m, spec, most):
        """3.2, 9.8: a leg counts with what its members contribute, at most so much; one's own part is not limited."""
        legs = defaultdict(Fraction)
        for leg, value in self.contributions(m, spec):
            legs[leg] += value
        return sum(value if leg is None else min(value, most) for leg, value in legs.items())

    def holds_legs(self, m, value, stage):
        """3.2, 9.21: rank and title of anyone in the leg, all else of its head; the legs themselves stay."""
        tree = value.get("tree", "sponsor")
        anyone = {k: v for k, v in value.items() if k in ("rank", "title")}
        head = {k: v for k, v in value.items() if k not in ("rank", "title", "count", "tree")}
        count = 0
        for c in self.children[tree][m]:
            ok = True
            if head:
                ok = not self.terminated(c) and self.holds(c, head, stage)
            if ok and anyone:
                ok = any(not self.terminated(x) and self.holds(x, anyone, stage) for x in self.with_below(c, tree))
            count += ok
        return count >= value["count"]

    def with_below(self, m, tree):
        yield m
        for c in self.children[tree][m]:
            yield from self.with_below(c, tree)

    def is_active(self, m):
        """3.3, 9.9. Without `[active]` every affiliate is active."""
        if self.terminated(m):
            return False
        requires = self.plan.get("active", {}).get("requires")
        return requires is None or self.holds(m, requires, "measures")

    def rank_of(self, m):
        if m not in self.rank:
            self.decide(m)
        elif m in self.deciding and self.deciding[-1] != m:
            raise Refused("the trees through which ranks are asked form a cycle")
        return self.rank[m]

    def decide(self, m):
        """3.3: tried lowest first; its own rank is the highest so far; a rank need not include those below."""
        self.rank[m] = -1
        if self.terminated(m):
            return
        self.deciding.append(m)
        for i, rank in enumerate(self.plan.get("rank", [])):
            if self.holds(m, rank["requires"], "measures") or (
                    "maintain" in rank and self.title_before[m] >= i and self.holds(m, rank["maintain"], "measures")):
                self.rank[m] = i
                self.cache.clear()
        self.deciding.pop()
        self.cache.clear()

    def title_of(self, m, stage):
        if stage == "measures":
            return self.title_before[m]
        return max(self.title_before[m], self.rank[m])

    # ------------------------------------------------------------ step 3: bonuses

    def compute(self):
        self.rank, self.deciding = {}, []
        for m in self.affiliates:
            self.rank_of(m)
        self.active = {m: self.is_active(m) for m in self.affiliates}
        self.paid = []
        self.forfeited = defaultdict(lambda: defaultdict(int))
        self.maximum = defaultdict(int)
        for bonus in self.bonuses:
            self.pending = []
            kind = {"personal": self.personal, "unilevel": self.unilevel, "generation": self.generation,
                    "differential": self.differential}[bonus["kind"]]
            for line in self.current:
                if self.matches(line, bonus.get("orders", {}), "bonuses"):
                    kind(bonus, {**line, **self.weighted(line, bonus["code"])})
            self.fill_slices(bonus)
        self.cap_and_limit()
        final = Final(self.period, self.paid, {}, {}, {}, self.active, {}, self.forfeited, self.maximum)
        name = lambda place: self.ladder[place] if place >= 0 else None
        for m in self.affiliates:
            final.measures[m] = {n: self.measure(m, n) for n in self.specs}
            final.rank[m] = name(self.rank[m])
            final.title[m] = name(self.title_of(m, "bonuses"))
            final.held[m] = {n: self.holds(m, s["where"], "measures") for n, s in self.specs.items()
                             if s.get("count") == "periods"}
        self.claw_back(final)
        self.adjust(final)
        return final

    def may_not(self, bonus, m):
        """Why a member may not be paid: 3.4 `requires`, `active`; 9.9."""
        if self.terminated(m) or (bonus.get("active", True) and not self.active[m]):
            return "inactive"
        if "requires" in bonus and not self.holds(m, bonus["requires"], "bonuses"):
            return "unqualified"
        return None

    def chosen_rank(self, bonus, m):
        """3.4 `rank_by`."""
        return self.title_of(m, "bonuses") if bonus.get("rank_by") == "title" else self.rank[m]

    def from_table(self, table, place):
        """3.4, 9.20: a rank that is not named takes the nearest named one below; `none` is the lowest; else nothing."""
        for i in range(place, -1, -1):
            if self.ladder[i] in table:
                return table[self.ladder[i]]
        return table.get("none")

    def rate_at(self, entry, place):
        """A rate, or a table by rank of rates; 9.34: one that names nothing is zero."""
        if isinstance(entry, dict):
            entry = self.from_table(entry, place)
        return Rate.read(entry) if entry is not None else ZERO

    @staticmethod
    def all_rates(entry):
        return [Rate.read(x) for x in (entry.values() if isinstance(entry, dict) else [entry])]

    def factor(self, bonus, place):
        return self.rate_at(bonus["factor"], place).value if "factor" in bonus else Fraction(1)

    def highest_factor(self, bonus):
        return max(r.value for r in self.all_rates(bonus["factor"])) if "factor" in bonus else Fraction(1)

    def base_of(self, bonus, line):
        return line[bonus.get("base", "volume")]

    def exact(self, bonus, line, rate, base=None):
        """Minor units before factor and rounding."""
        if rate.per_unit:
            return line["quantity"] * rate.value * self.minor
        base = self.base_of(bonus, line) if base is None else base
        point = Fraction(1)
        if bonus.get("base", "volume") in ("volume", "qualifying_volume"):
            point = Fraction(bonus.get("point", "1"))
        return base * point * rate.value * self.minor

    def best(self, bonus, line, rates, base=None):
        """9.3, 9.31: the slot at the highest rate and the highest factor, rounded as a line is."""
        factor = self.highest_factor(bonus)
        return max((rounded(self.exact(bonus, line, r, base) * factor, self.mode) for r in rates), default=0)

    def forfeit(self, bonus, reason, amount):
        if amount:
            self.forfeited[bonus["code"]][reason] += amount

    def stream(self, bonus, line, m):
        """Section 7, 9.18."""
        if "stream" in bonus:
            return bonus["stream"]
        first = self.sequence.get(line["order"].order) == 1
        if m == line["seller"]:
            return "active" if first else "residual"
        if line["order"].kind == "event":
            return "active-leveraged"
        return "leveraged" if first else "leveraged-residual"

    def write(self, bonus, line, m, level, paid_level, rate, base=None):
        """9.1, 9.18, 9.27. Gives what was paid."""
        amount = rounded(self.exact(bonus, line, rate, base) * self.factor(bonus, self.chosen_rank(bonus, m)), self.mode)
        if amount:
            o = line["order"]
            shown = Fraction(line["quantity"]) if rate.per_unit else (self.base_of(bonus, line) if base is None else base)
            self.paid.append(Line(m, bonus["code"], o.order, o.line, o.buyer, level, paid_level, shown, rate, amount,
                                  self.stream(bonus, line, m),
                                  by_volume=bonus.get("base", "volume") == "volume" and not rate.per_unit))
        return amount

    def slot(self, bonus, line, m, level, paid_level, rate, rates, why):
        """9.3: a slot ends paid or forfeited; what is paid at less forfeits the difference as `rank`."""
        most = self.best(bonus, line, rates)
        self.maximum[bonus["code"]] += most
        if why is not None:
            self.forfeit(bonus, why, most)
            return
        paid = self.write(bonus, line, m, level, paid_level, rate)
        self.forfeit(bonus, "rank", most - paid)

    def nobody(self, bonus, line, rates):
        most = self.best(bonus, line, rates)
        self.maximum[bonus["code"]] += most
        self.forfeit(bonus, "no-upline", most)

    def step(self, steps, value):
        """The 1-based step that a value reaches; 0 below the first (9.1; 3.2: equal meets it)."""
        return sum(1 for floor, _ in steps if value >= Fraction(floor))

    def rate_for(self, bonus, line, m, place):
        """3.4: rate, amount, by_rank, tiers, by_sequence: (rate, 1-based step or None)."""
        if "tiers" in bonus:
            steps = bonus["tiers"]["steps"]
            n = self.step(steps, self.measure(m, bonus["tiers"]["by"]))
            return (Rate.read(steps[n - 1][1]) if n else ZERO), n
        if "by_sequence" in bonus:
            steps = bonus["by_sequence"]
            n = self.step(steps, self.sequence.get(line["order"].order, 0))
            return (Rate.read(steps[n - 1][1]) if n else ZERO), None
        for key in ("rate", "amount", "by_rank"):
            if key in bonus:
                return self.rate_at(bonus[key], place), None
        raise KeyError("rate")

    def rates_of(self, bonus, line):
        """Every rate that the plan names, for the maximum (9.3)."""
        if "tiers" in bonus:
            return [Rate.read(s[1]) for s in bonus["tiers"]["steps"]]
        if "by_sequence" in bonus:                       # the reading of the order's own entry: see 9.3
            return [self.rate_for(bonus, line, None, -1)[0]]
        return self.all_rates(next(bonus[k] for k in ("rate", "amount", "by_rank") if k in bonus))

    @staticmethod
    def marginal(bonus):
        return bonus.get("tiers", {}).get("mode") == "marginal"

    def fill_slices(self, bonus):
        """9.6, 9.34: the earner's orders by (ordered_on, order_id, line) fill the slices; one line per slice."""
        if not self.marginal(bonus):
            return
        steps = [(Fraction(floor), Rate.read(rate)) for floor, rate in bonus["tiers"]["steps"]]
        rates = [r for _, r in steps]
        filled = defaultdict(Fraction)
        key = lambda p: (p[0]["order"].on, p[0]["order"].order.encode(), p[0]["order"].line)
        for line, m, level, paid_level, why in sorted(self.pending, key=key):
            begin = filled[m]
            end = filled[m] = begin + self.base_of(bonus, line)
            bounds = [(Fraction(0), ZERO)] + steps
            for i, (floor, rate) in enumerate(bounds):
                upper = bounds[i + 1][0] if i + 1 < len(bounds) else end
                part = min(end, upper) - max(begin, floor)
                if part > 0:
                    most = self.best(bonus, line, rates, part)
                    self.maximum[bonus["code"]] += most
                    if why is not None:
                        self.forfeit(bonus, why, most)
                        continue
                    paid = self.write(bonus, line, m, level, paid_level if paid_level is not None else i, rate, part)
                    self.forfeit(bonus, "rank", most - paid)

    def personal(self, bonus, line):
        """3.4 `personal`."""
        seller = line["seller"]
        source = "self" if line["buyer"] == seller else "customers"
        if source not in bonus.get("from", ["customers"]):
            return
        rates = self.rates_of(bonus, line)
        if seller is None:
            self.nobody(bonus, line, rates)
            return
        why = self.may_not(bonus, seller)
        if self.marginal(bonus):
            self.pending.append((line, seller, 0, None, why))
            return
        rate, step = self.rate_for(bonus, line, seller, self.chosen_rank(bonus, seller))
        self.slot(bonus, line, seller, 0, step or 0, rate, rates, why)

    def level_entries(self, bonus):
        """The rates of each level: a function of (payee's place) and all of them; 3.4 `unilevel`."""
        levels = bonus.get("levels")
        if isinstance(levels, list):
            return [((lambda place, e=e: self.rate_at(e, place)), self.all_rates(e), isinstance(e, dict))
                    for e in levels]
        table = bonus["by_rank"]
        depth = max(len(v) for v in table.values())

        def at(place, i):
            row = self.from_table(table, place)
            return Rate.read(row[i]) if row is not None and i < len(row) else ZERO

        return [((lambda place, i=i: at(place, i)), [Rate.read(v[i]) for v in table.values() if i < len(v)], True)
                for i in range(depth)]

    def unilevel(self, bonus, line):
        """3.4 `unilevel` and `compression`; 9.12, 9.13, 9.18."""
        rates = None
        if isinstance(bonus.get("levels"), int):
            rates = self.rates_of(bonus, line)
            depth = bonus["levels"]
        else:
            entries = self.level_entries(bonus)
            depth = len(entries)
        seller = line["seller"]
        tree = bonus.get("tree", "sponsor")
        compression = bonus.get("compression", "unqualified")
        stand = []
        if seller is not None:
            stand = [(m, i) for i, m in enumerate([seller] + self.upline(seller, tree))]
            if not (bonus.get("counts_from") == "buyer" and line["buyer"] != seller):
                stand = stand[1:]
        level = 1
        for m, distance in stand:
            if level > depth:
                break
            if self.terminated(m):
                continue
            why = self.may_not(bonus, m)
            if why == "inactive" and compression != "none":
                continue
            if why == "unqualified" and compression in ("unqualified", "full"):
                continue
            place = self.chosen_rank(bonus, m)
            if bonus.get("rank_of") == "lower":            # 9.20, 9.34
                buyer = line["buyer"]
                place = min(place, self.chosen_rank(bonus, buyer) if self.affiliate[buyer] else -1)
            if rates is None:
                at, most, by_rank = entries[level - 1]
                rate = at(place)
                if compression == "full" and by_rank and rate.value == 0 and any(r.value > 0 for r in most):
                    continue
            else:
                most = rates
                rate = self.rate_for(bonus, line, m, place)[0]
            self.slot(bonus, line, m, distance, level, rate, most, why)
            level += 1
        for i in range(level, depth + 1):
            self.nobody(bonus, line, rates if rates is not None else entries[i - 1][1])

    def generation(self, bonus, line):
        """3.4 `generation`; 9.4, 9.18, 9.20."""
        seller = line["seller"]
        boundary = self.place[bonus["boundary"]]
        excluded = bonus.get("closer", "excluded") == "excluded"
        closes = lambda m: not self.terminated(m) and self.chosen_rank(bonus, m) >= boundary
        if isinstance(bonus.get("generations"), int):
            rows = [(None, self.rates_of(bonus, line))] * bonus["generations"]
        elif "generations" in bonus:
            rows = [((lambda place, e=e: self.rate_at(e, place)), self.all_rates(e)) for e in bonus["generations"]]
        else:
            rows = [(at, rates) for at, rates, _ in self.level_entries({"by_rank": bonus["by_rank"]})]
        slots = {i + 1: row for i, row in enumerate(rows)}
        if excluded and "own_group" in bonus:
            entry = bonus["own_group"]
            slots[0] = ((lambda place: self.rate_at(entry, place)), self.all_rates(entry))
        reached = set()
        if seller is not None:
            generation = (1 if closes(seller) else 0) if excluded else 1
            for distance, m in enumerate(self.upline(seller, bonus.get("tree", "sponsor")), 1):
                earns = not self.terminated(m) and (bonus.get("earners") == "all" or closes(m))
                if earns and generation in slots:
                    at, rates = slots[generation]
                    reached.add(generation)
                    rate = at(self.chosen_rank(bonus, m)) if at else self.rate_for(bonus, line, m, -1)[0]
                    self.slot(bonus, line, m, distance, generation, rate, rates, self.may_not(bonus, m))
                generation += closes(m)
        for generation, (at, rates) in slots.items():
            if generation not in reached:
                self.nobody(bonus, line, rates)

    def differential(self, bonus, line):
        """3.4 `differential`; 9.2, 9.3, 9.20, 9.30."""
        seller = line["seller"]
        if "steps" in bonus:
            table = [Rate.read(s[1]) for s in bonus["steps"]]
        else:
            table = self.all_rates(bonus["by_rank"])
        per_unit = any(r.per_unit for r in table)
        top = max(r.value for r in table)
        difference = lambda low, high: Rate(high - low, per_unit)

        def entitlement(m):
            if "steps" in bonus:
                n = self.step(bonus["steps"], self.measure(m, bonus["by"]))
                return (table[n - 1].value if n else Fraction(0)), n
            place = self.chosen_rank(bonus, m)
            return self.rate_at(bonus["by_rank"], place).value, place + 1

        highest = Fraction(0)
        if seller is not None:
            stand = [(m, i) for i, m in enumerate([seller] + self.upline(seller, bonus.get("tree", "sponsor")))]
            own = bonus.get("self", True)
            if own is not True:
                stand = stand[1:]
            if own == "counts":
                highest = entitlement(seller)[0]
            left = bonus.get("uplines")
            for m, distance in stand:
                if self.terminated(m):
                    continue
                if distance > 0 and left is not None:
                    if left == 0:
                        break
                    left -= 1
                value, paid_level = entitlement(m)
                if value <= highest:
                    continue
                why = self.may_not(bonus, m)
                if why is None or bonus.get("unqualified") == "forfeit":
                    rate = difference(highest, value)
                    self.slot(bonus, line, m, distance, paid_level, rate, [rate], why)
                    highest = value
        if top > highest:
            self.nobody(bonus, line, [difference(highest, top)])

    # ------------------------------------------------------------ step 4: caps and limits

    def scaled(self, totals, limit):
        """9.16: totals scaled to a limit by largest remainder, ties by member id."""
        whole = sum(totals.values())
        exact = {m: Fraction(t * limit, whole) for m, t in totals.items()}
        result = {m: rounded(x, "down") for m, x in exact.items()}
        rest = limit - sum(result.values())
        for m in sorted(exact, key=lambda m: (-(exact[m] - result[m]), m.encode()))[:rest]:
            result[m] += 1
        return result

    def company_volume(self):
        """9.16, 9.22: all order lines after weights and returns, a point being one currency unit."""
        return sum((line["volume"] for line in self.current), Fraction(0))

    def cut_line(self, m, code, amount):
        if amount:
            self.paid.append(Line(m, code, None, None, None, 0, 0, None, None, -amount, "limit"))

    def cap_and_limit(self):
        """9.16, 9.22, 9.31: per_source, per_member, of_volume, in one line per member; then the payout limit."""
        lines = list(self.paid)
        for bonus in self.bonuses:
            cap = bonus.get("cap", {})
            sums = defaultdict(lambda: defaultdict(int))
            for l in lines:
                if l.bonus == bonus["code"]:
                    sums[l.member][l.source] += l.amount
            before = {m: sum(s.values()) for m, s in sums.items()}
            after = {}
            for m, sources in sums.items():
                place = self.chosen_rank(bonus, m)
                if "per_source" in cap:
                    most = self.cap_amount(cap["per_source"], place)
                    if most is not None:
                        sources = {s: min(a, most) for s, a in sources.items()}
                after[m] = sum(sources.values())
                if "per_member" in cap:
                    most = self.cap_amount(cap["per_member"], place)
                    if most is not None:
                        after[m] = min(after[m], most)
            if "of_volume" in cap:
                limit = rounded(self.company_volume() * Rate.read(cap["of_volume"]).value * self.minor, "down")
                if sum(after.values()) > limit:
                    after = self.scaled(after, limit)
            for m in after:
                self.cut_line(m, "cap:" + bonus["code"], before[m] - after[m])
        share = self.plan.get("limits", {}).get("payout")
        if share:
            limit = rounded(self.company_volume() * Rate.read(share).value * self.minor, "down")
            totals = defaultdict(int)
            for l in self.paid:
                totals[l.member] += l.amount
            if sum(totals.values()) > limit:
                after = self.scaled(totals, limit)
                for m in totals:
                    self.cut_line(m, "limit:payout", totals[m] - after[m])

    def cap_amount(self, entry, place):
        """9.31: a cap that names nothing for a rank does not bind it. Minor units."""
        if isinstance(entry, dict):
            entry = self.from_table(entry, place)
        return None if entry is None else int(Fraction(entry) * self.minor)

    # ------------------------------------------------------------ steps 5 and 6

    def claw_back(self, final):
        """Section 4 step 5, 9.17, 9.19, 9.28, 9.34."""
        by_key = {(o.order, o.line): o for o in self.facts.orders}
        reversed_so_far = defaultdict(int)
        for past in self.finals:
            for key, amount in past.reversed.items():
                reversed_so_far[key] += amount
        now = sorted((r for r in self.facts.returns if r.counts_on in self.period),
                     key=lambda r: (r.on, r.id.encode()))
        for r in now:
            o = by_key[r.order, r.line]
            for past in self.finals:
                if o.counts_on not in past.period:
                    continue
                for n, line in enumerate(past.lines):
                    if (line.order, line.line) != (o.order, o.line):
                        continue
                    what = "volume" if line.by_volume else "amount"
                    volume, _, _ = self.gross(o)
                    whole = volume if line.by_volume else o.amount
                    own = self.returned(o, past.period.last)[what]
                    after = self.returned_up_to(o, r)[what]
                    share = min(Fraction(1), (after - own) / (whole - own)) if whole > own else Fraction(1)
                    due = rounded(line.amount * share, self.mode)
                    key = (past.period.name, n)
                    missing = due - reversed_so_far[key]
                    if missing:
                        reversed_so_far[key] += missing
                        final.reversed[key] = final.reversed.get(key, 0) + missing
                        final.corrections.append(Line(
                            line.member, line.bonus, line.order, line.line, line.source, line.level, line.paid_level,
                            None, None, -missing, line.stream, r.id, past.period.name))
                self.reverse_cuts(final, past, r, reversed_so_far)

    def reverse_cuts(self, final, past, r, reversed_so_far):
        """9.17, 9.28: cap and limit lines of that run are reversed in the part that the reversals so far are of the
        lines they cut; what a limit cut is all the member's lines of that run after caps."""
        name = past.period.name
        for n, cut in enumerate(past.lines):
            if cut.order is not None or not cut.bonus.startswith(("cap:", "limit:")):
                continue
            if cut.bonus == "limit:payout":
                cuts = [i for i, l in enumerate(past.lines) if l.member == cut.member and l.bonus != "limit:payout"]
            else:
                cuts = [i for i, l in enumerate(past.lines) if l.member == cut.member and "cap:" + l.bonus == cut.bonus]
            whole = sum(past.lines[i].amount for i in cuts)
            gone = sum(reversed_so_far[name, i] for i in cuts)
            due = rounded(Fraction(cut.amount * gone, whole), self.mode) if whole else 0
            missing = due - reversed_so_far[name, n]
            if missing:
                reversed_so_far[name, n] += missing
                final.reversed[name, n] = final.reversed.get((name, n), 0) + missing
                final.corrections.append(Line(cut.member, cut.bonus, None, None, None, cut.level, cut.paid_level, None,
                                              None, -missing, cut.stream, r.id, name))

    def returned_up_to(self, o, last):
        """What all returns until (and with) one take of an order line."""
        kept = self.facts.returns
        key = lambda r: (r.counts_on if r.counts_on < self.period.first else self.period.first, r.on, r.id.encode())
        try:
            self.facts.returns = [r for r in kept if r.counts_on < self.period.first
                                  or (r.counts_on in self.period and key(r) <= key(last))]
            return self.returned(o, self.last)
        finally:
            self.facts.returns = kept

    def adjust(self, final):
        """Section 4 step 6, 9.16, 9.24."""
        for a in self.facts.adjustments:
            if a.period == self.period.name:
                final.corrections.append(Line(a.member, a.bonus or "adjustment", None, None, None, 0, 0, None, None,
                                              int(a.amount * self.minor), "adjustment"))
