"""The benchmark: the built program against SQLite's own shell on the same files, in the same run.

Everything is a whole process on a made-up company (generate.cpp), under the plan of plan.toml. The
yardsticks are shell_import.sql and payout.sql; both sides must pay every member the same cent. What
is compared is measured in turn and repeated; the table shows medians, and the spread beside them.
"""

import argparse
import os
import platform
import shutil
import sqlite3
import sys
import time
from pathlib import Path

from measure import Runs, measure

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PLAN = str(HERE / "plan.toml")
SIZES = {"s": (100_000, 150_000), "m": (1_000_000, 1_500_000), "l": (10_000_000, 15_000_000)}


class Table:
    """Rows of what was measured and, where there is one, the target that it should meet."""

    def __init__(self, title):
        print(f"\n### {title}\n\n| what | measured | target | |\n|---|--:|--:|---|", flush=True)

    def row(self, what, measured, target="", is_met=None):
        verdict = "" if is_met is None else "met" if is_met else "**missed**"
        print(f"| {what} | {measured} | {target} | {verdict} |", flush=True)

    def runs(self, what, runs):
        self.row(what, f"{runs.seconds:.2f} s ({runs.spread}; {runs.cpu_seconds:.2f} s of "
                       f"processor, {runs.peak_mb:.0f} MB)")

    def ratio(self, what, value, most):
        self.row(what, f"{value:.3f}", f"≤ {most:.3f}", value <= most)


class Program:
    """The built program on one database file."""

    def __init__(self, program, database):
        self.program, self.database = str(program), Path(database)

    def call(self, *arguments):
        return measure([self.program, *arguments, "--db", str(self.database), "--quiet"])

    def import_files(self, kind, *files):
        return self.call("import", kind, *map(str, files))

    def run(self, period):
        return self.call("run", period, "--plan", PLAN)

    def close(self, period):
        return self.call("close", period, "--yes")

    def remove(self):
        for file in self.database.parent.glob(self.database.name + "*"):
            file.unlink()

    def rows(self, sql):
        connection = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()


def generate(options, name, members, orders, shape="grown", months=1):
    folder = options.folder / name
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        measure([str(options.program.parent / "bench_generate"), str(folder), str(members),
                 str(orders), shape, str(months)])
        (folder / "complete").touch()
    return folder


def import_company(program, folder):
    """Members, then the first month's orders: two commands, one measurement."""
    first = program.import_files("members", folder / "members.csv")
    second = program.import_files("orders", folder / "orders-01.csv")
    return type(first)(first.seconds + second.seconds, first.cpu_seconds + second.cpu_seconds,
                       max(first.peak_mb, second.peak_mb), b"")


def check_equal(program, shell_database):
    """Every member is paid the same by both, and every bonus has as many lines and as much."""
    connection = sqlite3.connect(program.database)
    connection.execute("ATTACH ? AS shell", (str(shell_database),))
    ours = connection.execute("SELECT place + 1, lines, paid FROM run_bonus ORDER BY 1").fetchall()
    theirs = connection.execute("SELECT bonus, count(*), sum(amount) FROM shell.line"
                                " GROUP BY 1 ORDER BY 1").fetchall()
    if ours != theirs:
        sys.exit(f"bench: the program and the SQL differ by bonus: {ours} and {theirs}")
    different = connection.execute("""
        WITH ours AS (SELECT m.member_id, s.lines, s.amount FROM statement s
                      JOIN member m ON m.number = s.member WHERE s.lines > 0),
             theirs AS (SELECT m.member_id, t.lines, t.amount FROM shell.total t
                        JOIN shell.member m ON m.rowid = t.earner)
        SELECT * FROM (SELECT * FROM ours EXCEPT SELECT * FROM theirs)
        UNION ALL SELECT * FROM (SELECT * FROM theirs EXCEPT SELECT * FROM ours) LIMIT 3
    """).fetchall()
    connection.close()
    if different:
        sys.exit(f"bench: the program and the SQL pay members differently, such as {different}")
    return ours


def against_shell(options, size):
    members, orders = SIZES[size]
    folder = generate(options, size, members, orders)
    program = Program(options.program, folder / "downline.db")
    shell_database = folder / "shell.db"
    imports, shell_imports, runs, shell_runs = Runs(), Runs(), Runs(), Runs()
    bytes_before = 0
    for _ in range(options.repeat):
        program.remove()
        imports.add(import_company(program, folder))
        shell_database.unlink(missing_ok=True)
        shell = ["sqlite3", str(shell_database)]
        shell_imports.add(measure(shell, folder, HERE / "shell_import.sql"))
        bytes_before = program.database.stat().st_size
        runs.add(program.run("2026-01"))
        shell_runs.add(measure(shell, folder, HERE / "payout.sql"))
    bonuses = check_equal(program, shell_database)
    lines = sum(bonus[1] for bonus in bonuses)

    table = Table(f"Size {size.upper()}: {members:,} members, {orders:,} orders, {lines:,} lines")
    table.row("every member paid the same by both",
              f"{sum(bonus[2] for bonus in bonuses) / 100:,.2f} USD", "equal", True)
    table.runs("import", imports)
    table.runs("SQLite's shell importing", shell_imports)
    table.ratio("import ÷ shell", imports.seconds / shell_imports.seconds, 1 / 2)
    table.runs("run", runs)
    table.runs("the best SQL", shell_runs)
    table.ratio("run ÷ best SQL", runs.seconds / shell_runs.seconds, 1 / 14)
    table.row("peak memory of the run", f"{runs.peak_mb:.0f} MB", "≤ 300 MB",
              runs.peak_mb <= 300 if size == "m" else None)
    bytes_per_line = (program.database.stat().st_size - bytes_before) / lines
    table.row("database per earning line", f"{bytes_per_line:.1f} bytes", "≤ 20 bytes",
              bytes_per_line <= 20)
    queries(options, program, table)
    return imports, runs


def queries(options, program, table):
    earners = program.rows("SELECT m.member_id, s.lines FROM statement s JOIN member m"
                           " ON m.number = s.member WHERE s.lines > 0 ORDER BY s.amount DESC")
    for name, (member, lines) in [("top earner", earners[0]),
                                  ("middle earner", earners[len(earners) // 2])]:
        answers = Runs()
        for _ in range(10 * options.repeat):
            answers.add(program.call("earnings", member, "2026-01"))
        table.row(f"breakdown of the {name} ({lines:,} lines)", f"{answers.seconds * 1000:.1f} ms",
                  "< 15 ms", answers.seconds < 0.015)


def large(options):
    """Size L against size M; the shell is left out, it tells nothing new."""
    times = {}
    for size in ("m", "l"):
        folder = generate(options, size, *SIZES[size])
        program = Program(options.program, folder / "downline.db")
        times[size] = Runs(), Runs()
        for _ in range(options.repeat if size == "m" else 1):
            program.remove()
            times[size][0].add(import_company(program, folder))
            times[size][1].add(program.run("2026-01"))
        program.remove()
    table = Table("Size L: {:,} members, {:,} orders".format(*SIZES["l"]))
    for place, name in enumerate(("import", "run")):
        small, big = times["m"][place], times["l"][place]
        table.runs(f"{name}, M", small)
        table.runs(f"{name}, L", big)
        table.row(f"{name}, L ÷ M", f"{big.seconds / small.seconds:.1f}", "≤ 15",
                  big.seconds / small.seconds <= 15)
        table.row(f"{name}, peak memory", f"{big.peak_mb:.0f} MB", "≤ 4 GiB",
                  big.peak_mb <= 4 * 1.073741824e3)


def shapes(options):
    """A million inactive members below seven active ones: as a chain, a star, a bushy tree."""
    names = ("bushy", "chain", "star")
    folders = {name: generate(options, name, 1_000_000, 150_000, name) for name in names}
    imports, runs = {name: Runs() for name in names}, {name: Runs() for name in names}
    for _ in range(options.repeat):
        for name in names:
            program = Program(options.program, folders[name] / "downline.db")
            program.remove()
            imports[name].add(import_company(program, folders[name]))
            runs[name].add(program.run("2026-01"))
    table = Table("Shapes: 1,000,000 inactive members, 150,000 orders")
    for name in names:
        table.runs(f"import, {name}", imports[name])
        table.runs(f"run, {name}", runs[name])
    for name in names[1:]:
        table.ratio(f"import, {name} ÷ bushy", imports[name].seconds / imports["bushy"].seconds, 2)
        table.ratio(f"run, {name} ÷ bushy", runs[name].seconds / runs["bushy"].seconds, 2)


def months(options):
    """24 months of size S, each imported, run and closed: does the last cost what the first did?"""
    folder = generate(options, "months", *SIZES["s"], "grown", 24)
    program = Program(options.program, folder / "downline.db")
    program.remove()
    program.import_files("members", folder / "members.csv")
    imports, runs, closes = {}, {}, {}
    for month in range(1, 25):
        period = f"{2026 + (month - 1) // 12}-{(month - 1) % 12 + 1:02}"
        imports[month], runs[month], closes[month] = Runs(), Runs(), Runs()
        imports[month].add(program.import_files("orders", folder / f"orders-{month:02}.csv"))
        for _ in range(options.repeat if month in (1, 24) else 1):
            runs[month].add(program.run(period))
        closes[month].add(program.close(period))
    table = Table("24 months of {:,} members, {:,} orders each".format(*SIZES["s"]))
    for month in (1, 2, 12, 23, 24):
        table.runs(f"run of month {month}", runs[month])
    table.ratio("run of month 24 ÷ month 1", runs[24].seconds / runs[1].seconds, 1.2)
    for name, steps in (("import", imports), ("close", closes)):
        table.row(f"{name} of months 1, 2, 12, 24",
                  ", ".join(f"{steps[month].seconds:.2f} s" for month in (1, 2, 12, 24)))
    table.row("database after 24 closed months", f"{program.database.stat().st_size / 1e6:.0f} MB")


RANKS = "".join(f'''
[[rank]]
name     = "{name}"
requires = {{ gv = {floor} }}
''' for name, floor in (("silver", 1000), ("gold", 5000), ("director", 20000)))
KINDS = {
    "unilevel": 'levels = ["5%", "5%", "4%", "3%", "2%", "1%", "1%"]\ncompression = "inactive"',
    "unilevel, full compression": 'kind = "unilevel"\ncompression = "full"\n[bonus.by_rank]\n'
                                  'none = ["5%", "5%"]\nsilver = ["5%", "5%", "4%", "3%"]\n'
                                  'gold = ["5%", "5%", "4%", "3%", "2%", "1%", "1%"]',
    "generation": 'boundary = "silver"\nown_group = "3%"\ngenerations = ["5%", "3%", "2%"]',
    "differential": 'by = "gv"\nsteps = [[0, "3%"], [600, "6%"], [2000, "9%"], [10000, "12%"]]',
    "pool": 'fund = "2%"\nshares = { silver = 1, gold = 3, director = 10 }',
    "fixed": 'by_rank = { silver = "10.00", gold = "50.00", director = "200.00" }',
    "match": 'of = ["base"]\nlevels = ["10%", "5%", "5%"]',
    "binary": 'tree = "placement"\nvolume = "pv"\nrate = "10%"',
    "royalty": 'rate = "10%"',
}


def plan_of(kind, activity):
    """The benchmark's head, three ranks and one bonus; a match needs something to match."""
    text = f'[plan]\nname = "bench"\ncurrency = "USD"\nperiod = "month"\neffective = 2026-01-01\n'
    if activity:
        text += "[active]\nrequires = { pv = 100 }\n"
    if kind == "binary":
        text += '[placement]\nkind = "binary"\nfill = "lesser-leg"\n'
    text += RANKS
    if kind == "match":
        text += '[[bonus]]\ncode = "base"\nkind = "personal"\nrate = "10%"\n'
    named = "" if "kind = " in KINDS[kind] else f'kind = "{kind}"\n'
    return text + f'[[bonus]]\ncode = "measured"\n{named}{KINDS[kind]}\n'


def run_kind(options, imported, kind, activity):
    """Runs of one kind, each on the same imported company."""
    plan, database = imported.with_name("kind.toml"), imported.with_name("kind.db")
    plan.write_text(plan_of(kind, activity))
    runs = Runs()
    for _ in range(options.repeat):
        shutil.copyfile(imported, database)
        program = Program(options.program, database)
        runs.add(program.call("run", "2026-01", "--plan", str(plan)))
        lines = program.rows("SELECT line_count FROM run")[0][0]
        program.remove()
    return runs, lines


def imported_company(options, name, *company):
    folder = generate(options, name, *company)
    program = Program(options.program, folder / "imported.db")
    program.remove()
    import_company(program, folder)
    return program.database


def kinds(options):
    """Every kind on size M, beside the unilevel; then on trees of other shapes, everybody active."""
    imported = imported_company(options, "m", *SIZES["m"])
    table = Table("Kinds of bonus at size M: {:,} members, {:,} orders".format(*SIZES["m"]))
    first = None
    for kind in KINDS:
        runs, lines = run_kind(options, imported, kind, True)
        first = first or runs
        table.runs(f"{kind} ({lines:,} lines)", runs)
        if runs is not first:
            table.ratio(f"{kind} ÷ unilevel", runs.seconds / first.seconds, 3)
    imported.unlink()
    table = Table("Kinds on a million members, all active, and 150,000 orders: chain and star ÷ bushy")
    shapes = {name: imported_company(options, name, 1_000_000, 150_000, name)
              for name in ("bushy", "chain", "star")}
    for kind in KINDS:
        found = {name: run_kind(options, shapes[name], kind, False) for name in shapes}
        bushy, lines = found["bushy"]
        table.runs(f"{kind}, bushy ({lines:,} lines)", bushy)
        for name in ("chain", "star"):
            runs, lines = found[name]
            table.row(f"{kind}, {name} ({lines:,} lines)",
                      f"{runs.seconds:.2f} s, {runs.seconds / bushy.seconds:.2f} × bushy")
    for database in shapes.values():
        database.unlink()


def month_end(options):
    """Close, verify and diff of two runs at size M."""
    imported = imported_company(options, "m", *SIZES["m"])
    program = Program(options.program, imported)
    runs, closes, verified, compared = Runs(), Runs(), Runs(), Runs()
    runs.add(program.run("2026-01"))
    other = imported.with_name("other.toml")
    other.write_text(Path(PLAN).read_text().replace('"10%"', '"11%"'))
    program.call("run", "2026-01", "--plan", str(other), "--what-if")
    compared.add(program.call("diff", "1", "2"))
    closes.add(program.close("2026-01"))
    verified.add(program.call("verify"))
    program.remove()
    table = Table("The month-end at size M")
    table.runs("run", runs)
    table.runs("close", closes)
    table.row("close", f"{closes.seconds:.2f} s", "< 1 s", closes.seconds < 1)
    table.runs("verify", verified)
    table.ratio("verify of one run ÷ run", verified.seconds / runs.seconds, 1.5)
    table.runs("diff of two runs", compared)
    table.row("diff", f"{compared.seconds:.2f} s", "< 10 s", compared.seconds < 10)


def answers(options):
    """Explanations and the finance view at size M; statements as pages of size S, for their number."""
    program = Program(options.program, imported_company(options, "m", *SIZES["m"]))
    runs = Runs()
    runs.add(program.run("2026-01"))
    order = program.rows("SELECT order_id FROM order_line ORDER BY row LIMIT 1 OFFSET 700000")[0][0]
    earners = [row[0] for row in program.rows(
        "SELECT m.member_id FROM statement s JOIN member m ON m.number = s.member"
        " WHERE s.lines > 0 ORDER BY s.amount DESC")]
    asked = {"explain order": ("explain", "order", order),
             "explain member, the middle earner": ("explain", "member", earners[len(earners) // 2]),
             "explain member, the top earner": ("explain", "member", earners[0]),
             "explain member --if pv+30": ("explain", "member", earners[len(earners) // 2], "--if",
                                           "pv+30"),
             "report": ("report", "2026-01")}
    targets = {"explain order": 0.5, "explain member, the middle earner": 0.5, "report": 5,
               "explain member --if pv+30": runs.seconds}
    table = Table("Answers at size M")
    table.runs("run", runs)
    for name, arguments in asked.items():
        measured = Runs()
        for _ in range(options.repeat):
            measured.add(program.call(*arguments))
        table.runs(name, measured)
        if name in targets:
            table.row(name, f"{measured.seconds:.2f} s", f"≤ {targets[name]:.1f} s",
                      measured.seconds <= targets[name])
    program.remove()
    program = Program(options.program, imported_company(options, "s", *SIZES["s"]))
    program.run("2026-01")
    folder = program.database.with_name("pages")
    shutil.rmtree(folder, ignore_errors=True)
    written = Runs()
    written.add(program.call("statement", "--all", "2026-01", "-o", str(folder)))
    page_count = sum(1 for _ in folder.glob("**/*.html"))
    shutil.rmtree(folder)
    program.remove()
    table.runs(f"statement --all of size S, {page_count:,} pages", written)
    rate = page_count / written.seconds
    table.row("pages a second", f"{rate:,.0f}", "≥ 2,000", rate >= 2_000)


def machine():
    model = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo")
                  if line.startswith("model name")), platform.machine())
    return f"{os.cpu_count()} × {model}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    sections = {"size-s": lambda options: against_shell(options, "s"),
                "size-m": lambda options: against_shell(options, "m"),
                "size-l": large, "shapes": shapes, "months": months, "kinds": kinds,
                "month-end": month_end, "answers": answers}
    parser.add_argument("section", nargs="*", default=["size-m", "shapes", "months", "month-end", "kinds"],
                        help=", ".join(sections))
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "bench")
    parser.add_argument("--program", type=Path, default=ROOT / "build" / "release" / "downline")
    options = parser.parse_args()
    unknown = [name for name in options.section if name not in sections]
    if unknown:
        parser.error(f"no section {unknown[0]}; there are {', '.join(sections)}")
    load = os.getloadavg()[0]
    print(f"{time.strftime('%Y-%m-%d')}, {machine()}, SQLite {sqlite3.sqlite_version}, load {load:.1f}"
          + (" (not quiet: times are too long)" if load > 0.7 else ""))
    for name in options.section:
        sections[name](options)


main()
