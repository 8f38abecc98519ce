#!/usr/bin/env python3
# Makes the demo company: real orders as they are, and a network laid over their buyers by rule.
"""usage: make_demo.py SOURCE FOLDER

SOURCE  CDNOW_master.txt or CDNOW_master.txt.xz: one order per line, four columns apart by blanks:
        customer, date (YYYYMMDD), number of CDs, dollars
FOLDER  where members.csv and orders.csv are written

Real, and as it stands in SOURCE: who bought, when, how many CDs, for how many dollars. Every order
is kept, also those over 0.00.

Made here, because the source has none of it:
- `order_id`: the customer's number, a hyphen, and the order's place among that customer's orders
  by (date, line of the file): 00002-001, 00002-002, …
- the network. No choice looks at what anyone bought. `draw(purpose, id)` below is the only source
  of chance, a hash of the purpose and the customer's number, so anyone makes the same network:
  1. A customer whose draw("affiliate") is divisible by 6 is an affiliate, all others customers.
  2. Affiliates join one after another by draw("order"), spread evenly from 1996-01-01 to
     1996-11-30. The first three are founders, without a sponsor.
  3. Every later one is recruited out of an urn that holds each affiliate once, each founder 12
     times more, and each recruiter once more for everyone recruited: who has recruited many
     recruits more. Networks of this kind look so: a few are wide, some lines are deep, most
     affiliates stand at the end of a line.
  4. Customers join in December 1996, each below an affiliate out of the same urn.
"""

import datetime
import hashlib
import lzma
import pathlib
import sys

AFFILIATE_ONE_IN = 6
FOUNDER_COUNT = 3
FOUNDER_EXTRA_ENTRIES = 12
AFFILIATES_FROM = datetime.date(1996, 1, 1)
AFFILIATES_DAYS = 335  # to 1996-11-30
CUSTOMERS_FROM = datetime.date(1996, 12, 1)
CUSTOMERS_DAYS = 31


def draw(purpose, member_id):
    """A number from 0 to 2^64 - 1 that depends on nothing but the two texts."""
    digest = hashlib.sha256(f"downline-demo:{purpose}:{member_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big")


def read_orders(source):
    """[(customer, date, quantity, amount)] in the order of the file, all texts but dates."""
    opened = lzma.open(source, "rt") if source.suffix == ".xz" else open(source)
    with opened as file:
        rows = [line.split() for line in file if line.strip()]
    return [(customer, datetime.datetime.strptime(day, "%Y%m%d").date(), quantity, amount)
            for customer, day, quantity, amount in rows]


def lay_network(member_ids):
    """[(member_id, sponsor_id or "", kind, joined_on)]: affiliates by joining, then customers."""
    affiliates = sorted((i for i in member_ids if draw("affiliate", i) % AFFILIATE_ONE_IN == 0),
                        key=lambda i: draw("order", i))
    network, urn = [], []
    for place, member in enumerate(affiliates):
        joined_on = AFFILIATES_FROM + datetime.timedelta(place * AFFILIATES_DAYS // len(affiliates))
        sponsor = ""
        if place < FOUNDER_COUNT:
            urn += [member] * FOUNDER_EXTRA_ENTRIES
        else:
            sponsor = urn[draw("sponsor", member) % len(urn)]
            urn.append(sponsor)
        urn.append(member)
        network.append((member, sponsor, "affiliate", joined_on))
    for member in sorted(set(member_ids) - set(affiliates)):
        sponsor = urn[draw("sponsor", member) % len(urn)]
        joined_on = CUSTOMERS_FROM + datetime.timedelta(draw("joined", member) % CUSTOMERS_DAYS)
        network.append((member, sponsor, "customer", joined_on))
    return network


def number_orders(orders):
    """[(order_id, customer, date, amount, quantity)] by date, then customer, then the file."""
    places, numbered = {}, []
    for customer, day, quantity, amount in sorted(orders, key=lambda order: order[:2]):
        places[customer] = places.get(customer, 0) + 1
        numbered.append((f"{customer}-{places[customer]:03}", customer, day, amount, quantity))
    return sorted(numbered, key=lambda order: (order[2], order[0]))


def write_csv(path, header, rows):
    with open(path, "w", newline="\n") as file:
        file.write(header + "\n")
        file.writelines(",".join(map(str, row)) + "\n" for row in rows)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    orders = read_orders(pathlib.Path(sys.argv[1]))
    folder = pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    network = lay_network({order[0] for order in orders})
    write_csv(folder / "members.csv", "member_id,sponsor_id,kind,joined_on", network)
    write_csv(folder / "orders.csv", "order_id,member_id,ordered_on,amount,quantity",
              number_orders(orders))


if __name__ == "__main__":
    main()
