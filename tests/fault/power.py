"""Power losses: of what the program wrote and did not sync, any part is lost, or torn at sectors.

Each command on the small company is recorded call by call (recorder.hpp). From the record a disk is
made as it may look if the power fails after any of the calls (disk.py), and the program is given that.
The database is then as before the command or as after it; what was acknowledged (something stood on
standard output, or the command had ended) is there; `verify` holds; the command again finishes the
work. A file that a command makes is there as a whole, or not at all.

usage: power.py PROGRAM SHIM [--every N] [--losses N] [--seed N]
       --every N: after every N-th call, and after each that follows an acknowledgement
       --losses N: as many different losses at each of these moments
"""

import argparse
import pathlib
import random
import sys
import time

from aftermath import Aftermath
from company import COMMANDS, scratch, write_files
from disk import Disk, read_records

OTHERS = [
    ["backup", "copy.db"],
    ["payout", "export", "B1", "--format", "csv", "--on", "2026-03-05", "-o", "payments.csv"],
    ["earnings", "--all", "2026-02", "--csv", "-o", "earnings.csv"],
]


def others(files):
    """The files beside the database."""
    return {name: data for name, data in files.items() if not name.startswith("company.db")}


def wrong_file(found, old, new, is_acknowledged):
    """The first file that is neither as a command found it nor as it left it, or is lost; or None.

    What it was still writing under another name may be there in any state.
    """
    for name in {**old, **new}:
        now, before, after = (files.get(name) for files in (found, old, new))
        if now != after and (is_acknowledged or now != before):
            return name
    return None


class Campaign:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.chance = random.Random(options.seed)
        self.calls = self.moments = self.losses = self.acknowledged = self.failures = 0
        self.distinct = 0
        self.states = {"before": 0, "after": 0}

    def fail(self, what, why):
        self.failures += 1
        print(f"FAILED: {what}: {why.strip()[:500]}", file=sys.stderr)

    def put(self, files):
        for path in self.folder.iterdir():
            path.unlink()
        for name, data in files.items():
            (self.folder / name).write_bytes(data)

    def lose_power(self, disk, aftermath, what, is_acknowledged, old, new):
        """One loss: the folder as the disk has it then, and what must hold of it."""
        self.losses += 1
        self.acknowledged += is_acknowledged
        left = disk.left(self.chance)
        wrong = wrong_file(others(left), old, new, is_acknowledged)
        if wrong:
            return self.fail(what, f"{wrong} is neither as before nor whole, or it is lost")
        # Without the files that the command makes: made again they would have to be forced.
        self.put({name: data for name, data in left.items() if name not in new or name in old})
        state, problem = aftermath.judge()
        if problem:
            return self.fail(what, problem)
        self.states[state] += 1
        if is_acknowledged and state != "after":
            self.fail(what, "what was acknowledged is lost")

    def record(self, aftermath):
        """Does the command; its calls."""
        path = self.folder.parent / "record"
        path.unlink(missing_ok=True)
        result = aftermath.call(aftermath.command, {
            "LD_PRELOAD": self.options.shim, "DOWNLINE_FAULT": "record",
            "DOWNLINE_FAULT_FOLDER": str(self.folder), "DOWNLINE_FAULT_RECORD": str(path)})
        if result.returncode != 0:
            sys.exit(f"{' '.join(aftermath.command)} fails without a fault: {result.stderr}")
        aftermath.finished()
        return read_records(path, self.folder)

    def try_command(self, command):
        aftermath = Aftermath(self.options.program, self.folder, command)
        disk = Disk(self.folder)
        old = others(disk.present())
        records = self.record(aftermath)
        done = Disk(self.folder).present()
        said = [place for place, record in enumerate(records) if record[0] == "say"]
        acknowledged_at = said[0] + 1 if said else len(records)
        for place in range(len(records) + 1):
            if place > 0:
                disk.take(records[place - 1])
            self.calls += 1
            if self.calls % self.options.every != 0 and place < acknowledged_at:
                continue
            self.moments += 1
            for _ in range(self.options.losses):
                self.lose_power(disk, aftermath, f"{' '.join(command)}: call {place} of {len(records)}",
                                place >= acknowledged_at, old, others(done))
        self.distinct += len(aftermath.known)
        if disk.present() != done:
            self.fail(" ".join(command), "the record is not what the command did")
        self.put(done)

    def report(self, seconds):
        print(f"power: {self.losses} losses at {self.moments} of {self.calls} moments in "
              f"{seconds:.0f} s, {self.distinct} different states of the database: "
              f"{self.states['before']} as before, {self.states['after']} as after; "
              f"{self.acknowledged} after an acknowledgement, {self.failures} failures")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=lambda path: str(pathlib.Path(path).resolve()))
    parser.add_argument("shim", type=lambda path: str(pathlib.Path(path).resolve()))
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--losses", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    started = time.monotonic()
    with scratch() as root:
        folder = pathlib.Path(root) / "company"
        folder.mkdir()
        write_files(folder)
        campaign = Campaign(options, folder)
        for command in COMMANDS + OTHERS:
            campaign.try_command(command)
        campaign.report(time.monotonic() - started)
    return 1 if campaign.failures else 0


if __name__ == "__main__":
    sys.exit(main())
