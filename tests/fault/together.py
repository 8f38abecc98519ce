"""Many processes at one database: importing, running, closing, reading, all at once.

Exactly one close of a period succeeds, who loses is told so (exit 4, or 5 where the database stays
locked), readers never see half a run, and in the end the database is that of one after the other.

usage: together.py PROGRAM [--processes 2,4,8] [--rounds N]
       --rounds N: with each number of processes
"""

import argparse
import concurrent.futures
import json
import pathlib
import sys

from company import call, scratch, write_files


class Round:
    def __init__(self, program, folder, processes):
        self.program, self.folder, self.processes = program, folder, processes
        self.database = folder / "company.db"
        self.failures = []

    def call(self, *command):
        return call(self.program, self.folder, self.database, command)

    def expect(self, is_so, what, result):
        if not is_so:
            self.failures.append(f"{what}: exit {result.returncode}: {result.stderr.strip()[:300]}")

    def at_once(self, commands):
        with concurrent.futures.ThreadPoolExecutor(len(commands)) as pool:
            return list(pool.map(lambda command: self.call(*command), commands))

    def read(self, period):
        """What a reader sees adds up, or there is nothing to be seen yet."""
        result = self.call("earnings", "--all", period, "--json")
        if result.returncode in (3, 4, 5):
            return result
        self.expect(result.returncode == 0, "a reader", result)
        run = self.call("runs", "--json")
        everyone = json.loads(result.stdout or "[]")
        for one in everyone:
            lines = sum(round(float(part["amount"]) * 100) for part in one["by_bonus"])
            self.expect(lines == round(float(one["total"]) * 100), "a reader's statement", result)
        self.expect(len(everyone) in (0, 40), "a reader sees half a run", result)
        self.expect(run.returncode in (0, 5), "a reader of runs", run)
        return result

    def month(self, month):
        period = f"2026-{month:02}"
        imports = self.at_once([("import", "orders", f"orders-{month}.csv")] * self.processes)
        for result in imports:
            self.expect(result.returncode in (0, 5), "an import", result)
        self.expect(any(result.returncode == 0 for result in imports), "all imports", imports[0])
        rows = self.call("sql", f"SELECT count(*) FROM order_line WHERE order_id LIKE '{month}-%'", "--csv")
        self.expect(rows.stdout.split()[-1:] == ["100"], "rows are in once", rows)

        with concurrent.futures.ThreadPoolExecutor(self.processes) as pool:
            readers = [pool.submit(self.read, period) for _ in range(self.processes // 2)]
            runs = [pool.submit(self.call, "run", period, "--plan", "plan.toml")
                    for _ in range(self.processes - self.processes // 2)]
            results = [run.result() for run in runs]
            for reader in readers:
                reader.result()
        for result in results:
            self.expect(result.returncode in (0, 4, 5), "a run", result)
        self.expect(any(result.returncode == 0 for result in results), "all runs", results[0])

        closes = self.at_once([("close", period, "--yes")] * self.processes)
        won = [result for result in closes if result.returncode == 0]
        self.expect(len(won) == 1, f"{len(won)} closes of {period}", closes[0])
        for result in closes:
            self.expect(result.returncode in (0, 4, 5), "a close", result)
            self.expect(result.returncode == 0 or "error:" in result.stderr, "no sentence", result)

    def run(self, months):
        write_files(self.folder, months)
        members = self.at_once([("import", "members", "members.csv")] * self.processes)
        self.expect(any(result.returncode == 0 for result in members), "all imports", members[0])
        for result in members:
            self.expect(result.returncode in (0, 5), "an import of members", result)
        for month in range(1, months + 1):
            self.month(month)
        verified = self.call("verify")
        self.expect(verified.returncode == 0, "verify", verified)
        final = self.call("sql", "SELECT count(*) FROM run WHERE state = 'final'", "--csv")
        self.expect(final.stdout.split()[-1:] == [str(months)], "final runs", final)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=lambda path: str(pathlib.Path(path).resolve()))
    parser.add_argument("--processes", default=[2, 4, 8],
                        type=lambda text: [int(count) for count in text.split(",")])
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    failures = []
    for processes in options.processes * options.rounds:
        with scratch() as root:
            one = Round(options.program, pathlib.Path(root), processes)
            one.run(months=3)
            failures += one.failures
    for failure in failures[:20]:
        print(f"FAILED: {failure}", file=sys.stderr)
    counts = ", ".join(map(str, options.processes))
    print(f"together: {options.rounds} rounds of each of {counts} processes over 3 months, "
          f"{len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
