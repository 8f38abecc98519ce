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
import signal
import sys
import time

from aftermath import Aftermath
from company import COMMANDS, scratch, write_files

KINDS = ("kill", "torn", "fail", "fail-on", "full", "read", "read-on", "alloc")


class Campaign:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.tried = {kind: 0 for kind in options.kinds}
        self.states = {"before": 0, "after": 0}
        self.failures = 0

    def environment(self, fault):
        return {"LD_PRELOAD": self.options.shim, "DOWNLINE_FAULT": fault,
                "DOWNLINE_FAULT_FOLDER": str(self.folder),
                "DOWNLINE_FAULT_COUNTS": str(self.folder.parent / "counts")}

    def fail(self, what, result):
        self.failures += 1
        print(f"FAILED: {what}\n  exit {result.returncode}\n  {result.stderr.strip()[:500]}",
              file=sys.stderr)

    def check(self, aftermath, fault):
        """One fault in one command."""
        kind = fault.partition(":")[0]
        aftermath.restore(aftermath.kept)
        result = aftermath.call(aftermath.command, self.environment(fault))
        what = f"{fault} in {' '.join(aftermath.command)}"
        self.tried[kind] += 1
        killed = kind in ("kill", "torn")
        if killed and result.returncode != -signal.SIGKILL:
            return self.fail(f"{what}: was not killed", result)
        if not killed and result.returncode not in (0, 5):
            return self.fail(f"{what}: neither done nor exit 5", result)
        if result.returncode == 5 and "error:" not in result.stderr:
            return self.fail(f"{what}: no sentence", result)
        state, problem = aftermath.judge()
        if problem:
            return self.fail(f"{what}: {problem}", result)
        if (result.returncode == 0 or result.stdout) and state != "after":
            return self.fail(f"{what}: what was acknowledged is not there", result)
        self.states[state] += 1

    def run(self):
        write_files(self.folder)
        for command in COMMANDS:
            aftermath = Aftermath(self.options.program, self.folder, command)
            counted = aftermath.call(command, self.environment("count"))
            if counted.returncode != 0:
                sys.exit(f"{' '.join(command)} fails without a fault: {counted.stderr}")
            changes, allocations, reads = map(
                int, (self.folder.parent / "counts").read_text().split())
            aftermath.finished()
            for kind in self.options.kinds:
                count = {"alloc": allocations, "read": reads, "read-on": reads}.get(kind, changes)
                wanted = max(1, self.options.share // len(COMMANDS)) if self.options.share else count
                step = max(1, count // wanted)
                for at in range(1 + self.options.seed % step, count + 1, step):
                    self.check(aftermath, f"{kind}:{at}")
            aftermath.restore(aftermath.done)

    def report(self, seconds):
        tried = ", ".join(f"{count} {kind}" for kind, count in self.tried.items())
        print(f"faults: {sum(self.tried.values())} ({tried}) in {seconds:.0f} s: "
              f"{self.states['before']} as before, {self.states['after']} as after, "
              f"{self.failures} failures")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=lambda path: str(pathlib.Path(path).resolve()))
    parser.add_argument("shim", type=lambda path: str(pathlib.Path(path).resolve()))
    parser.add_argument("--kinds", type=lambda text: text.split(","), default=list(KINDS))
    parser.add_argument("--share", type=int)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    started = time.monotonic()
    with scratch() as root:
        folder = pathlib.Path(root) / "company"
        folder.mkdir()
        campaign = Campaign(options, folder)
        campaign.run()
        campaign.report(time.monotonic() - started)
    return 1 if campaign.failures else 0


if __name__ == "__main__":
    sys.exit(main())
