"""The edges of what the program takes: each is carried to its end, or refused in a sentence.

A line of ten million, a frontline of five million, an orders file of 10 GB, a plan of a thousand ranks,
sums at the edge of 64 bits, names of every script. What is paid is compared with what a sum on paper
gives; time and memory are measured.

usage: limits.py PROGRAM [--smaller N] [--only depth,frontline,orders,ranks,sums,names] [--gigabytes N]
       --smaller N: the first three in an N-th of their size
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import threading
import time
import unicodedata

from company import scratch

LEVELS = """
[plan]
name      = "levels"
currency  = "USD"
period    = "month"
effective = 2026-01-01

[active]
requires = { pv = 100 }

[[bonus]]
code        = "levels"
kind        = "unilevel"
levels      = ["1%", "1%", "1%", "1%", "1%", "1%", "1%"]
compression = "inactive"
"""


class Failure(Exception):
    """What is not as it should be."""


class Company:
    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        self.peak_bytes = 0

    def call(self, *command, feed=None, codes=(0,)):
        """What a command says; `feed` gives pieces of its standard input."""
        with open(self.folder / "errors", "w+b") as errors:
            process = subprocess.Popen(
                [self.program, *command, "--by", "tester"], cwd=self.folder,
                env={**os.environ, "DOWNLINE_DB": "company.db", "LC_ALL": "C.UTF-8"},
                stdin=subprocess.PIPE if feed else subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=errors)
            feeder = threading.Thread(target=pour, args=(feed, process.stdin)) if feed else None
            if feeder:
                feeder.start()
            said = process.stdout.read().decode()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            if feeder:
                feeder.join()
            # Of a child, the system also counts what this script had when it started it.
            self.peak_bytes = max(self.peak_bytes, usage.ru_maxrss * 1024)
            errors.seek(0)
            complaint = errors.read().decode()
        if process.returncode not in codes:
            raise Failure(f"{' '.join(command)} ends with {process.returncode}: {complaint[:500]}")
        return said if process.returncode == 0 else complaint

    def write(self, name, header, rows):
        with open(self.folder / name, "w", encoding="utf-8") as file:
            file.write(header + "\n")
            file.writelines(rows)

    def pay(self, plan, period="2026-03"):
        """Runs and closes a period; the paid total in minor units."""
        (self.folder / "plan.toml").write_text(plan)
        run = json.loads(self.call("run", period, "--plan", "plan.toml", "--json"))
        self.call("close", period, "--yes")
        return minor(run["total"])


def pour(pieces, pipe):
    try:
        for piece in pieces:
            pipe.write(piece)
        pipe.close()
    except BrokenPipeError:
        pass


def minor(text):
    whole, _, part = text.partition(".")
    return int(whole + part.ljust(2, "0"))


def expect(what, found, expected):
    if found != expected:
        raise Failure(f"{what}: {found}, expected {expected}")


def seven_levels(actives):
    """What a line of so many actives gets from seven levels of 1 % of an order of 100.00 of each:
    the first has nobody above, the second one, and so on."""
    return sum(min(place, 7) for place in range(min(actives, 7))) * 100 + max(0, actives - 7) * 700


def depth(company, options):
    count = 10_000_000 // options.smaller
    company.write("members.csv", "member_id,sponsor_id,joined_on", (
        f"M{i},{f'M{i - 1}' if i else ''},2025-01-01\n" for i in range(count)))
    company.write("orders.csv", "order_id,member_id,ordered_on,amount", (
        f"O{i:08},M{i},2026-03-05,100.00\n" for i in range(0, count, 100)))
    company.call("import", "members", "members.csv")
    company.call("import", "orders", "orders.csv")
    expect("paid", company.pay(LEVELS), seven_levels(len(range(0, count, 100))))
    top = json.loads(company.call("earnings", "M0", "--json"))
    expect("volume below the first", minor(top["measures"]["gv"]), count // 100 * 100_00)
    company.call("explain", "order", f"O{(count - 1) // 100 * 100:08}")
    company.call("tree", f"M{count - 10}")
    company.call("verify")
    return f"a line of {count:,} members, paid seven levels past 99 inactive between any two"


def frontline(company, options):
    count = 5_000_000 // options.smaller
    company.write("members.csv", "member_id,sponsor_id,joined_on", (
        f"M{i},{'M0' if i else ''},2025-01-01\n" for i in range(count + 1)))
    company.write("orders.csv", "order_id,member_id,ordered_on,amount", (
        f"O{i:08},M{i},2026-03-05,100.00\n" for i in range(0, count, 10)))
    company.call("import", "members", "members.csv")
    company.call("import", "orders", "orders.csv")
    expect("paid", company.pay(LEVELS), (len(range(0, count, 10)) - 1) * 100)
    centre = json.loads(company.call("earnings", "M0", "--json"))
    expect("lines of the centre", centre["by_bonus"][0]["lines"], len(range(0, count, 10)) - 1)
    company.call("earnings", "M0", "--lines", "--json", "-o", "lines.json")
    company.call("tree", "M0", "--top", "5")
    company.call("verify")
    return f"a frontline of {count:,}, one line of pay to the centre for each tenth"


def order_rows(bytes_max, sizes):
    """Pieces of an orders file of so many bytes, rows of some two hundred; adds up what it made."""
    yield b"order_id,member_id,ordered_on,amount,sku,category,kind,contract\n"
    tail = f",2026-03-05,100.00,{'sku' * 15},{'category' * 4},subscription,{'policy' * 8}\n".encode()
    while sizes["bytes"] < bytes_max:
        first = sizes["rows"]
        piece = b"".join(b"O%010d,M%d" % (i, i % 1000) + tail for i in range(first, first + 50_000))
        sizes["rows"] += 50_000
        sizes["bytes"] += len(piece)
        yield piece


def orders(company, options):
    company.write("members.csv", "member_id,sponsor_id,joined_on", (
        f"M{i},{f'M{(i - 1) // 2}' if i else ''},2025-01-01\n" for i in range(1000)))
    company.call("import", "members", "members.csv")
    sizes = {"rows": 0, "bytes": 0}
    started = time.monotonic()
    company.call("import", "orders", "-",
                 feed=order_rows(options.gigabytes * 10**9 // options.smaller, sizes))
    seconds = time.monotonic() - started
    counted = company.call("sql", "SELECT count(*), sum(amount) FROM order_line", "--csv").split()[-1]
    expect("rows and amount", counted, f"{sizes['rows']},{sizes['rows'] * 100_00}")
    size = (company.folder / "company.db").stat().st_size
    return (f"an orders file of {sizes['bytes'] / 1e9:.2f} GB, {sizes['rows']:,} rows, imported in "
            f"{seconds:.0f} s into a database of {size / 1e9:.2f} GB")


def ranks(company, _):
    """A line of 1,000 with an order of 10,000.00 each: rank i asks for i of them, so that the last
    member has the first rank and the first the last. Rank i pays i thousandths of 1 % on one's own."""
    company.write("members.csv", "member_id,sponsor_id,joined_on", (
        f"M{i},{f'M{i - 1}' if i else ''},2025-01-01\n" for i in range(1000)))
    company.write("orders.csv", "order_id,member_id,ordered_on,amount", (
        f"O{i},M{i},2026-03-05,10000.00\n" for i in range(1000)))
    ladder = "".join(f'[[rank]]\nname = "r{i}"\nrequires = {{ gv = {10_000 * i} }}\n'
                     for i in range(1, 1001))
    table = ", ".join(f'r{i} = "{i / 1000:.3f}%"' for i in range(1, 1001))
    plan = LEVELS.partition("[active]")[0] + ladder + (
        f'[[bonus]]\ncode = "own"\nkind = "personal"\nfrom = ["self"]\nby_rank = {{ none = "0%", {table} }}\n')
    company.call("import", "members", "members.csv")
    company.call("import", "orders", "orders.csv")
    # i thousandths of 1 % of 10,000.00 are i tenths of 1.00; each rank is held once.
    expect("paid", company.pay(plan), sum(i * 10 for i in range(1, 1001)))
    expect("rank of the first", json.loads(company.call("earnings", "M0", "--json"))["rank"], "r1000")
    (company.folder / "more.toml").write_text(plan.replace("[[bonus]]", '[[rank]]\nname = "more"\n'
                                                           "requires = { gv = 1 }\n[[bonus]]", 1))
    told = company.call("plan", "check", "more.toml", codes=(3,))
    expect("a thousand and one are refused", "1,000" in told or "1000" in told, True)
    return "a plan of 1,000 ranks, all held; one more is refused"


def sums(company, _):
    """10^18 minor units in a period, the most that a run adds up, in orders of the largest amount."""
    company.write("members.csv", "member_id,sponsor_id,joined_on", ["A,,2025-01-01\n", "B,A,2025-01-01\n"])
    company.write("orders.csv", "order_id,member_id,ordered_on,amount", (
        f"O{i},B,2026-03-05,10000000000000.00\n" for i in range(1000)))
    company.write("more.csv", "order_id,member_id,ordered_on,amount", ["P,B,2026-03-05,0.01\n"])
    company.write("larger.csv", "order_id,member_id,ordered_on,amount",
                  ["Q,B,2026-03-05,10000000000000.01\n"])
    company.call("import", "members", "members.csv")
    company.call("import", "orders", "orders.csv")
    company.call("import", "orders", "larger.csv", codes=(3,))
    huge = LEVELS.partition("[active]")[0] + (
        '[[bonus]]\ncode = "own"\nkind = "unilevel"\nlevels = ["100%"]\n')
    (company.folder / "huge.toml").write_text(huge.replace("100%", "100000%"))
    told = company.call("run", "2026-03", "--plan", "huge.toml", codes=(3, 4))
    expect("a thousand times as much is refused", "error:" in told, True)
    expect("paid", company.pay(huge), 10**18)
    company.call("verify")
    company.call("import", "orders", "more.csv", "--late")
    expect("the next period pays the cent that came late", company.pay(huge, "2026-04"), 1)
    company.write("again.csv", "order_id,member_id,ordered_on,amount", (
        f"R{i},B,2026-05-05,10000000000000.00\n" for i in range(1001)))
    company.call("import", "orders", "again.csv")
    told = company.call("run", "2026-05", "--plan", "huge.toml", codes=(3, 4))
    expect("more than 10^18 is refused", "error:" in told, True)
    company.call("verify")
    return "10^18 minor units in one period, paid in full; what is beyond is refused"


def names(company, _):
    """Names of every character that may stand in one, whatever its script, 64 to a name."""
    characters = [chr(code) for code in range(0x20, 0x110000)
                  if unicodedata.category(chr(code)) not in ("Cc", "Cs", "Zl", "Zp")
                  and chr(code) not in '",']
    texts = ["x" + "".join(characters[at:at + 64]) + "x" for at in range(0, len(characters), 64)]
    company.write("members.csv", "member_id,sponsor_id,joined_on,name",
                  (f"M{i},,2025-01-01,{text}\n" for i, text in enumerate(texts)))
    company.call("import", "members", "members.csv")
    company.write("orders.csv", "order_id,member_id,ordered_on,amount",
                  ["O,M0,2026-03-05,100.00\n"])
    company.call("import", "orders", "orders.csv")
    company.pay(LEVELS)
    found = {one["member_id"]: one["name"]
             for one in json.loads(company.call("earnings", "--all", "2026-03", "--json"))}
    expect("names", found, {f"M{i}": text for i, text in enumerate(texts)})
    company.call("statement", "--all", "2026-03", "-o", "pages")
    company.call("earnings", "--all", "2026-03", "--csv")
    return f"{len(characters):,} characters in {len(texts):,} names, each read back as it was"


CASES = {"depth": depth, "frontline": frontline, "orders": orders, "ranks": ranks, "sums": sums,
         "names": names}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=lambda path: str(pathlib.Path(path).resolve()))
    parser.add_argument("--smaller", type=int, default=1)
    parser.add_argument("--gigabytes", type=int, default=10)
    parser.add_argument("--only", type=lambda text: text.split(","), default=list(CASES))
    options = parser.parse_args()
    failures = 0
    for name in options.only:
        with scratch(in_memory=options.smaller > 1) as folder:
            company = Company(options.program, pathlib.Path(folder))
            started = time.monotonic()
            try:
                done = CASES[name](company, options)
            except Failure as failure:
                failures += 1
                print(f"FAILED: {name}: {failure}", file=sys.stderr)
                continue
            print(f"limits: {done}; all in {time.monotonic() - started:.0f} s, at most "
                  f"{company.peak_bytes / 2**20:,.0f} MiB", flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
