# Seven months of the demo company with everything that happens to a company, recomputed in Python.
"""usage: story.py PROGRAM SOURCE_FOLDER

A company that came from another system (opening balances, and lines on orders that were paid) goes
through seven months: returns in the same month and later, whole and in parts; orders, returns and
adjustments that come late; moves; a suspended and a terminated affiliate; payouts with a minimum
and holds; payments that fail, also after they were told as paid. After every step every balance is
compared with the one computed here, and every month every sum of a member and bonus. Shares nothing
with the program but the files that come in; data/plans/demo.toml says the rules. Money is whole
cents.
"""

import collections
import csv
import io
import os
import random
import subprocess
import sys
import tempfile

from payout import LEVELS_PERCENT, RANKED_AT_LEAST_SILVER, cents, percent_half_up

MONTHS = [f"1997-{month:02}" for month in range(1, 8)]
MINIMUM = 500
SEED = 19970101
KINDS = {"opening", "orders", "orders --late", "returns", "returns --late", "moves", "adjustments",
         "adjustments --late", "members", "suspended held", "failed", "sent back"}


def half_up(numerator, denominator):
    return (2 * numerator + denominator) // (2 * denominator)


def money(amount):
    return f"{'-' if amount < 0 else ''}{abs(amount) // 100}.{abs(amount) % 100:02}"


class Order:
    def __init__(self, order_id, buyer, day, amount):
        self.order_id, self.buyer, self.day, self.amount = order_id, buyer, day, amount
        self.counted = None     # the index of the month that counts it; -1: history
        self.returned = 0       # in all, by the months so far
        self.coming = 0         # in the month that is paid, of an order that was paid before
        self.own = 0            # of that, before it was paid: its base was amount - own
        self.lines = []         # [earner, bonus, paid, taken back]

    def is_fully_returned(self):
        """By the end of the month that is paid: what comes back of paid orders is known by then."""
        return self.returned + self.coming == self.amount and self.amount > 0

    def __lt__(self, other):
        return (self.counted, self.day, self.order_id) < (other.counted, other.day, other.order_id)


class Company:
    """What the files say, month by month, and what the plan makes of it."""

    def __init__(self, members):
        self.sponsor = {row["member_id"]: row["sponsor_id"] for row in members}
        self.is_affiliate = {row["member_id"] for row in members if row["kind"] == "affiliate"}
        self.terminated, self.orders = set(), {}
        self.of_buyer = collections.defaultdict(list)

    def add_order(self, order, counted):
        order.counted = counted
        self.orders[order.order_id] = order
        self.of_buyer[order.buyer].append(order)

    def seller(self, buyer):
        return buyer if buyer in self.is_affiliate else self.sponsor[buyer]

    def top_down(self):
        """Affiliates, sponsors first."""
        below = collections.defaultdict(list)
        for member in sorted(self.is_affiliate):
            below[self.sponsor[member]].append(member)
        order = list(below[""])
        for member in order:
            order.extend(below[member])
        return order, below

    def ranks(self, orders):
        """(pv, {affiliate: rank}); a director counts the silvers below."""
        order, frontline = self.top_down()
        pv = collections.Counter({member: 0 for member in order})
        for one in orders:
            pv[self.seller(one.buyer)] += one.amount - one.own
        gv, rank, has_silver = pv.copy(), {}, {}
        for member in reversed(order):
            legs = frontline[member]
            gv[member] += sum(gv[leg] for leg in legs)

            def balanced(minimum):
                return pv[member] + sum(min(gv[leg], minimum // 2) for leg in legs) >= minimum

            rank[member] = ""
            if member not in self.terminated:
                if pv[member] >= 4000 and gv[member] >= 25000:
                    rank[member] = "silver"
                active = sum(pv[leg] >= 3000 and leg not in self.terminated for leg in legs)
                if pv[member] >= 6000 and balanced(100000) and active >= 2:
                    rank[member] = "gold"
                if (pv[member] >= 10000 and balanced(400000)
                        and sum(has_silver[leg] for leg in legs) >= 2):
                    rank[member] = "director"
            has_silver[member] = (rank[member] in RANKED_AT_LEAST_SILVER
                                  or any(has_silver[leg] for leg in legs))
        return pv, rank

    def pay(self, index):
        """Pays the orders that the month counts: Counter of (member, bonus)."""
        orders = [one for one in self.orders.values() if one.counted == index]
        pv, rank = self.ranks(orders)
        paid = collections.Counter()

        def active(member):
            return pv[member] >= 3000 and member not in self.terminated

        def add(order, member, bonus, rate):
            amount = percent_half_up(order.amount - order.own, rate)
            if amount:
                order.lines.append([member, bonus, amount, 0])
                paid[member, bonus] += amount

        for one in orders:
            seller = self.seller(one.buyer)
            is_customers = one.buyer not in self.is_affiliate
            if is_customers and active(seller) and not one.is_fully_returned():
                first = min(other for other in self.of_buyer[one.buyer]
                            if other.counted <= index and not other.is_fully_returned())
                is_first = first is one
                add(one, seller, "first-order" if is_first else "reorder", 10 if is_first else 5)
            level, upline = 0, self.sponsor[seller]
            while upline and level < 7:
                if active(upline):
                    rates = LEVELS_PERCENT[rank[upline]]
                    if level < len(rates):
                        add(one, upline, "override", rates[level])
                    level += 1
                upline = self.sponsor[upline]
        return paid

    def take_back(self, order, amount):
        """A return of a paid order: Counter of (member, bonus)."""
        order.returned += amount
        order.coming -= amount
        taken = collections.Counter()
        for line in order.lines:
            wanted = half_up(line[2] * (order.returned - order.own), order.amount - order.own)
            if wanted != line[3]:
                taken[line[0], line[1]] -= wanted - line[3]
                line[3] = wanted
        return taken


class Program:
    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        self.database = os.path.join(folder, "story.db")
        self.had = collections.Counter()

    def ask(self, *words):
        answer = subprocess.run([self.program, "--db", self.database, *words], capture_output=True,
                                text=True)
        if answer.returncode != 0:
            sys.exit(f"downline {' '.join(words)}: exit {answer.returncode}\n{answer.stderr}")
        return answer.stdout

    def rows(self, *words):
        return list(csv.DictReader(io.StringIO(self.ask(*words, "--csv"))))

    def write(self, header, rows):
        path = os.path.join(self.folder, "rows.csv")
        with open(path, "w") as file:
            file.write(header + "\n" + "".join(",".join(row) + "\n" for row in rows))
        return path

    def take_in(self, kind, header, rows, *options):
        """Imports the rows, and counts what the story has had of each kind, late or not."""
        if rows:
            self.had[" ".join((kind, *options))] += len(rows)
            self.ask("import", kind, self.write(header, rows), *options)


class Story:
    def __init__(self, program, source):
        self.program = program
        self.random = random.Random(SEED)
        with open(f"{source}/data/demo/members.csv") as file:
            self.members = list(csv.DictReader(file))
        with open(f"{source}/data/demo/orders.csv") as file:
            bought = [row for row in csv.DictReader(file) if row["ordered_on"][:7] <= MONTHS[-1]]
        self.company = Company(self.members)
        self.affiliates = sorted(self.company.is_affiliate)
        self.plan = f"{source}/data/plans/demo.toml"
        self.months = collections.defaultdict(list)
        for row in bought:
            self.months[row["ordered_on"][:7]].append(row)
        self.withheld = collections.defaultdict(list)   # by the month in which they come late
        self.balance = collections.Counter()
        self.month_pay = collections.Counter()
        self.number, self.checks, self.told_paid = 0, 0, []
        self.suspended = set()

    # Before the first month.

    def begin(self, source):
        self.program.ask("import", "members", f"{source}/data/demo/members.csv")
        customers = [row["member_id"] for row in self.members if row["kind"] == "customer"]
        history = [Order(f"H{i}", buyer, "1996-12-20", 2000 + 777 * i)
                   for i, buyer in enumerate(self.random.sample(customers, 12))]
        self.program.take_in("orders", "order_id,member_id,ordered_on,amount",
                             [(o.order_id, o.buyer, o.day, money(o.amount)) for o in history])
        opening = []
        for member in self.random.sample(self.affiliates, 60):
            amount = self.random.choice([-1, 1, 1]) * self.random.randrange(100, 20000)
            self.balance[member] += amount
            opening.append((member, "balance", money(amount), "", "", ""))
        for order in history:
            self.company.add_order(order, -1)
            earner = self.company.seller(order.buyer)
            for level, bonus, rate in ((0, "reorder", 5), (1, "old-override", 3)):
                paid = percent_half_up(order.amount, rate)
                order.lines.append([earner, bonus, paid, 0])
                opening.append((earner, "line", money(paid), bonus, order.order_id, str(level)))
                earner = self.company.sponsor[earner]
                if not earner:
                    break
        self.program.take_in("opening", "member_id,item,amount,bonus,order_id,level", opening)
        self.compare_balances("opening")

    # What comes in during a month.

    def new_id(self, letter):
        self.number += 1
        return f"{letter}{self.number}"

    def import_orders(self, index):
        month = MONTHS[index]
        now = []
        for row in self.months[month]:
            order = Order(row["order_id"], row["member_id"], row["ordered_on"],
                          cents(row["amount"]))
            if index + 2 < len(MONTHS) and self.random.random() < 0.01:
                self.withheld[index + self.random.choice([1, 2])].append(order)
                continue
            now.append(order)
        header = "order_id,member_id,ordered_on,amount"
        for orders, options in ((now, ()), (self.withheld[index], ("--late",))):
            self.program.take_in("orders", header, [(o.order_id, o.buyer, o.day, money(o.amount))
                                                    for o in orders], *options)
            for order in orders:
                self.company.add_order(order, index)

    def import_returns(self, index):
        """Of orders of this month, and of those before; some are dated in a closed month."""
        month, rows, late = MONTHS[index], [], []
        returnable = [o for o in self.company.orders.values() if o.amount > o.returned]
        this = [o for o in returnable if o.counted == index]
        before = [o for o in returnable if o.counted < index]
        again = [o for o in before if 0 < o.returned]
        chosen = self.random.sample(this, len(this) // 60)
        chosen += self.random.sample(before, min(len(before), 80))
        chosen += self.random.sample(again, len(again) // 3)
        chosen += [o for o in before if o.counted == -1 and self.random.random() < 0.4]
        self.later = []
        for order in dict.fromkeys(chosen):
            left = order.amount - order.returned
            parts = self.random.choice([1, 1, 2])
            for _ in range(parts):
                whole = self.random.random() < 0.5
                amount = left if whole else self.random.randrange(1, left + 1)
                left -= amount
                is_late = (0 <= order.counted < index and order.day[:7] < month
                           and self.random.random() < 0.1)
                day = f"{MONTHS[index - 1]}-28" if is_late else f"{month}-28"
                day = max(day, order.day)
                return_id = self.new_id("R")
                (late if day[:7] < month else rows).append(
                    (return_id, order.order_id, day, money(amount)))
                if order.counted == index:
                    order.own += amount
                    order.returned += amount
                else:
                    order.coming += amount
                    self.later.append(((day, return_id), order, amount))
                if left == 0:
                    break
        header = "return_id,order_id,returned_on,amount"
        self.program.take_in("returns", header, rows)
        self.program.take_in("returns", header, late, "--late")

    def import_moves(self, index):
        """Three affiliates go below others, and a customer to another seller."""
        rows, company = [], self.company
        customers = [row["member_id"] for row in self.members if row["kind"] == "customer"]
        movers = self.random.sample(self.affiliates, 3) + self.random.sample(customers, 1)
        for member in movers:
            parent = self.random.choice(self.affiliates)
            line = parent
            while line and line != member:
                line = company.sponsor[line]
            if line or company.sponsor[member] == parent:
                continue
            company.sponsor[member] = parent
            rows.append((member, "sponsor", parent, f"{MONTHS[index]}-{10 + len(rows)}", "asked"))
        self.program.take_in("moves", "member_id,tree,new_parent_id,effective_on,reason", rows)

    def import_adjustments(self, index):
        now, late = [], []
        for _ in range(6):
            member = self.random.choice(self.affiliates)
            amount = self.random.randrange(-3000, 3000) or 1
            is_late = index > 0 and self.random.random() < 0.3
            (late if is_late else now).append(
                (self.new_id("A"), member, MONTHS[index - is_late], money(amount), "put right"))
            self.month_pay[member, "adjustment"] += amount
        header = "adjustment_id,member_id,period,amount,reason"
        self.program.take_in("adjustments", header, now)
        self.program.take_in("adjustments", header, late, "--late")

    def import_statuses(self, index):
        """One of the best is suspended in March and April, another is terminated in April."""
        best = [member for member, _ in self.balance.most_common(4)]
        if index == 2:
            self.suspended = {best[1]}
            self.set_status(best[1], "suspended", index)
        if index == 3:
            gone = next(member for member in best if member not in self.suspended)
            self.company.terminated.add(gone)
            self.set_status(gone, "terminated", index)
        if index == 4:
            self.set_status(*self.suspended, "active", index)
            self.suspended = set()

    def set_status(self, member, status, index):
        joined = next(row["joined_on"] for row in self.members if row["member_id"] == member)
        self.program.take_in("members", "member_id,sponsor_id,joined_on,status,status_on",
                             [(member, self.company.sponsor[member], joined, status,
                               f"{MONTHS[index]}-05")])

    # The month is paid.

    def close(self, index):
        month = MONTHS[index]
        self.program.ask("run", month, "--plan", self.plan)
        self.program.ask("close", month, "--yes")
        expected = collections.Counter(self.month_pay)
        expected.update(self.company.pay(index))
        for _, order, amount in sorted(self.later, key=lambda item: item[0]):
            expected.update(self.company.take_back(order, amount))
        told = collections.Counter()
        for row in self.program.rows("earnings", "--all", month):
            if row["bonus"]:
                told[row["member_id"], row["bonus"]] += signed_cents(row["amount"])
        self.same(f"pay of {month}", told, expected)
        for (member, _), amount in expected.items():
            self.balance[member] += amount
        self.month_pay.clear()
        self.compare_balances(f"close of {month}")
        negative = sum(balance < 0 for balance in self.balance.values())
        print(f"{month}: {len(expected)} sums, {money(sum(expected.values()))} in all, "
              f"{len(self.later)} returns of closed months, {negative} negative balances")

    def pay_out(self, index):
        month = MONTHS[index]
        self.program.had["suspended held"] += any(self.balance[m] for m in self.suspended)
        holds = set(self.random.sample(self.affiliates, 20))
        path = self.program.write("member_id,reason", [(member, "no tax form") for member in
                                                       sorted(holds)])
        held = holds | self.suspended
        self.program.ask("payout", "create", "--batch", month, "--minimum", money(MINIMUM),
                         "--holds", path)
        paid, states = {}, {}
        for member, amount in self.balance.items():
            if amount == 0:
                continue
            states[member] = ("carried" if amount < 0 else "held" if member in held
                              else "carried" if amount < MINIMUM else "created")
            if states[member] == "created":
                paid[member] = amount
        told = {row["member_id"]: (row["state"], signed_cents(row["amount"]))
                for row in self.program.rows("payout", "show", month)}
        self.same(f"batch {month}", told,
                  {member: (state, self.balance[member]) for member, state in states.items()})
        for member in paid:
            self.balance[member] = 0
        self.compare_balances(f"payout of {month}")
        self.export(month, paid)
        self.answers(month, paid)

    def export(self, month, paid):
        path = os.path.join(self.program.folder, f"{month}.csv")
        self.program.ask("payout", "export", month, "--format", "csv", "--on", "1998-01-05",
                         "-o", path)
        with open(path) as file:
            told = {row["member_id"]: signed_cents(row["amount"]) for row in csv.DictReader(file)}
        self.same(f"payment file of {month}", told, paid)

    def answers(self, month, paid):
        """Most are paid; some fail, and some of those that were told as paid come back later."""
        members = sorted(paid)
        failed = set(self.random.sample(members, len(members) // 10))
        self.program.had["failed"] += len(failed)
        for member in failed:
            self.balance[member] += paid[member]
        self.program.ask("payout", "mark", month, "--failed",
                         self.program.write("member_id,reason", [(m, "closed") for m in
                                                                 sorted(failed)]))
        good = [member for member in members if member not in failed]
        self.program.ask("payout", "mark", month, "--paid",
                         self.program.write("member_id", [(m,) for m in good]))
        for batch, member, amount in self.told_paid:
            self.balance[member] += amount
            self.program.had["sent back"] += 1
            self.program.ask("payout", "mark", batch, "--failed",
                             self.program.write("member_id,reason", [(member, "sent back")]))
        self.told_paid = [(month, member, paid[member]) for member in
                          self.random.sample(good, min(3, len(good)))]
        self.compare_balances(f"answers to {month}")

    def compare_balances(self, when):
        told = {row["member_id"]: signed_cents(row["balance"])
                for row in self.program.rows("balances")}
        self.same(f"balances after {when}", told, self.balance)

    def same(self, what, told, expected):
        self.checks += 1
        zero = next((type(v)() for v in expected.values()), 0)
        wrong = [key for key in sorted(set(told) | set(expected))
                 if told.get(key, zero) != expected.get(key, zero)]
        for key in wrong[:10]:
            print(f"{what}, {key}: the program says {told.get(key)}, recomputed "
                  f"{expected.get(key)}")
        if wrong:
            sys.exit(f"{what}: {len(wrong)} differences")


def signed_cents(text):
    return -cents(text[1:]) if text.startswith("-") else cents(text)


def main():
    source = sys.argv[2]
    with tempfile.TemporaryDirectory() as folder:
        program = Program(sys.argv[1], folder)
        story = Story(program, source)
        story.begin(source)
        for index in range(len(MONTHS)):
            story.import_orders(index)
            story.import_moves(index)
            story.import_statuses(index)
            story.import_returns(index)
            story.import_adjustments(index)
            story.close(index)
            story.pay_out(index)
        missing = sorted(KINDS - set(+program.had))
        if missing:
            sys.exit(f"the story had none of {', '.join(missing)}: choose another SEED")
        program.ask("payout", "check")
        program.ask("verify")
        print(f"{story.checks} comparisons, all the same; verify holds")


if __name__ == "__main__":
    main()
