# Checks what the README promises of the demo company, and that its rule makes the committed CSVs.
"""usage: company.py SOURCE_FOLDER"""

import collections
import csv
import filecmp
import pathlib
import subprocess
import sys
import tempfile

ACTIVE_PV_CENTS = 3000  # data/plans/demo.toml: requires = { pv = 30 }


def read(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def check_made_by_rule(source):
    """The committed files are byte for byte what make_demo.py makes of the committed source."""
    data = source / "data"
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, data / "make_demo.py", data / "cdnow/CDNOW_master.txt.xz",
                        folder], check=True)
        for name in ("members.csv", "orders.csv"):
            same = filecmp.cmp(data / "demo" / name, pathlib.Path(folder) / name, shallow=False)
            assert same, f"data/demo/{name} differs from what data/make_demo.py makes"


def check_orders(orders):
    """The whole of the CDNOW file; the counts are those its collectors publish."""
    assert len(orders) == 69_659, len(orders)
    assert len({row["order_id"] for row in orders}) == 69_659
    assert len({row["member_id"] for row in orders}) == 23_570
    days = [row["ordered_on"] for row in orders]
    assert (min(days), max(days)) == ("1997-01-01", "1998-06-30")
    free = sum(row["amount"] == "0.00" for row in orders)
    assert free == 80, f"{free} orders over 0.00"


def check_network(members):
    kind = {row["member_id"]: row["kind"] for row in members}
    sponsor = {row["member_id"]: row["sponsor_id"] for row in members}
    assert len(kind) == len(members) == 23_570
    assert all(row["joined_on"] < "1997-01-01" for row in members), "someone joined too late"
    recruits, level = collections.Counter(), {}
    for member, above in sponsor.items():  # the file lists affiliates by joining: sponsors first
        assert not above or kind[above] == "affiliate", f"{member} is below customer {above}"
        if kind[member] == "affiliate":
            level[member] = level.get(above, 0) + 1
            recruits[above] += bool(above)
        else:
            assert above, f"customer {member} has no sponsor"
    assert len(level) >= 3_000, len(level)
    assert max(level.values()) >= 8, max(level.values())
    assert max(recruits.values()) > 100, max(recruits.values())
    return kind, sponsor


def check_activity(kind, sponsor, orders):
    """In every month at least a fifth of the affiliates are not active under the demo plan."""
    pv = collections.defaultdict(collections.Counter)
    for row in orders:
        buyer = row["member_id"]
        seller = buyer if kind[buyer] == "affiliate" else sponsor[buyer]
        pv[row["ordered_on"][:7]][seller] += int(row["amount"].replace(".", ""))
    affiliate_count = sum(value == "affiliate" for value in kind.values())
    assert len(pv) == 18, sorted(pv)
    for month, of in sorted(pv.items()):
        active = sum(cents >= ACTIVE_PV_CENTS for cents in of.values())
        assert active * 10 <= affiliate_count * 8, f"{month}: {active} of {affiliate_count} active"


def main():
    source = pathlib.Path(sys.argv[1])
    check_made_by_rule(source)
    orders = read(source / "data/demo/orders.csv")
    check_orders(orders)
    kind, sponsor = check_network(read(source / "data/demo/members.csv"))
    check_activity(kind, sponsor, orders)


if __name__ == "__main__":
    main()
