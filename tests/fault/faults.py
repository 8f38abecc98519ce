"""The fault campaign: the program is killed, its writes torn, its calls failed, one place at a time.

Every change of the small company below (import, run, close, payout) is one transaction. Whatever
happens in the middle, the database afterwards is as before the command or as after it, byte by byte
of what it says; nothing that was acknowledged is gone; `verify` holds; and the same command
again brings it to where it should be. A command that fails says so in a sentence and ends with 5.

usage: faults.py PROGRAM SHIM [--kinds kill,torn,…] [--share N] [--seed N]
       --share N: about N faults of each kind over all commands, evenly spread; all of them unless said
"""

import argparse
import pathlib
import shutil
import signal
import sys
import tempfile
import time

from company import call, content, write_files

KINDS = ("kill", "torn", "fail", "fail-on", "full", "alloc")
COMMANDS = [
    ["import", "members", "members.csv"],
    ["import", "orders", "orders-1.csv"],
    ["import", "returns", "returns.csv", "--skip-bad", "rejects.csv", "--force"],
    ["run", "2026-01", "--plan", "plan.toml"],
    ["run", "2026-01", "--plan", "plan.toml"],
    ["close", "2026-01", "--yes"],
    ["import", "orders", "orders-2.csv"],
    ["run", "2026-02", "--plan", "plan.toml"],
    ["close", "2026-02", "--yes"],
    ["payout", "create", "--batch", "B1", "--minimum", "1.00"],
    ["payout", "mark", "B1", "--failed", "answers.csv"],
]


class Campaign:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.database = folder / "company.db"
        self.tried = {kind: 0 for kind in options.kinds}
        self.before_count = self.after_count = self.failures = 0

    def call(self, command, fault=None):
        environment = {}
        if fault:
            environment = {"LD_PRELOAD": self.options.shim, "DOWNLINE_FAULT": fault,
                           "DOWNLINE_FAULT_FOLDER": str(self.folder),
                           "DOWNLINE_FAULT_COUNTS": str(self.folder.parent / "counts")}
        return call(self.options.program, self.folder, self.database,
                    [*command, "--by", "tester"], environment)

    def restore(self, kept):
        for path in self.folder.glob("company.db*"):
            path.unlink()
        for path in self.folder.glob("*.tmp*"):
            path.unlink()
        if kept.exists():
            shutil.copyfile(kept, self.database)

    def fail(self, what, result):
        self.failures += 1
        print(f"FAILED: {what}\n  exit {result.returncode}\n  {result.stderr.strip()[:500]}",
              file=sys.stderr)

    def check(self, command, fault, kept, before, after):
        """One fault in one command."""
        kind = fault.partition(":")[0]
        self.restore(kept)
        result = self.call(command, fault)
        what = f"{fault} in {' '.join(command)}"
        self.tried[kind] += 1
        killed = kind in ("kill", "torn")
        if killed and result.returncode != -signal.SIGKILL:
            return self.fail(f"{what}: was not killed", result)
        if not killed and result.returncode not in (0, 5):
            return self.fail(f"{what}: neither done nor exit 5", result)
        if result.returncode == 5 and "error:" not in result.stderr:
            return self.fail(f"{what}: no sentence", result)
        now = content(self.database)
        if now not in (before, after) or (result.returncode == 0 and now != after):
            return self.fail(f"{what}: neither as before nor as after", result)
        self.before_count += now == before
        self.after_count += now == after
        if now == before:
            again = self.call(command)
            if again.returncode != 0 or content(self.database) != after:
                return self.fail(f"{what}: the same command again does not mend it", again)
        if self.database.exists() and command[0] in ("close", "payout"):
            verified = self.call(["verify"])
            if verified.returncode != 0:
                return self.fail(f"{what}: verify does not hold", verified)

    def run(self):
        write_files(self.folder)
        kept = self.folder.parent / "kept.db"
        for command in COMMANDS:
            if self.database.exists():
                shutil.copyfile(self.database, kept)
            before = content(self.database)
            counted = self.call(command, "count")
            if counted.returncode != 0:
                sys.exit(f"{' '.join(command)} fails without a fault: {counted.stderr}")
            changes, allocations = map(int, (self.folder.parent / "counts").read_text().split())
            after = content(self.database)
            done = self.folder.parent / "done.db"
            shutil.copyfile(self.database, done)
            for kind in self.options.kinds:
                count = allocations if kind == "alloc" else changes
                wanted = max(1, self.options.share // len(COMMANDS)) if self.options.share else count
                step = max(1, count // wanted)
                for at in range(1 + self.options.seed % step, count + 1, step):
                    self.check(command, f"{kind}:{at}", kept, before, after)
            self.restore(done)
            if before == "no database":
                kept.touch()
                kept.unlink()

    def report(self, seconds):
        tried = ", ".join(f"{count} {kind}" for kind, count in self.tried.items())
        print(f"faults: {sum(self.tried.values())} ({tried}) in {seconds:.0f} s: {self.before_count} "
              f"as before, {self.after_count} as after, {self.failures} failures")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=lambda path: str(pathlib.Path(path).resolve()))
    parser.add_argument("shim", type=lambda path: str(pathlib.Path(path).resolve()))
    parser.add_argument("--kinds", type=lambda text: text.split(","), default=list(KINDS))
    parser.add_argument("--share", type=int)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as root:
        folder = pathlib.Path(root) / "company"
        folder.mkdir()
        campaign = Campaign(options, folder)
        campaign.run()
        campaign.report(time.monotonic() - started)
    return 1 if campaign.failures else 0


if __name__ == "__main__":
    sys.exit(main())
