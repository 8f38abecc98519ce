"""The kill campaign: import, run, close and payout are killed thousands of times.

Companies of many sizes do their two months. Each command is killed before each of its calls that
change a file (shim.cpp), which is in the middle of its work, and as often from outside, at any moment
of the time that it takes. Afterwards the database is as before the command or as after it, whatever
was acknowledged on standard output is there, `verify` holds, and the command again finishes the work.

usage: kills.py PROGRAM SHIM [--kills N] [--words import,run,close,payout] [--seconds N] [--seed N]
       --kills N: at least N of each of the four, 10,000 unless said
       --seconds N: ends after N seconds with what was tried by then
"""

import argparse
import os
import pathlib
import random
import signal
import subprocess
import sys
import time

from aftermath import Aftermath
from company import COMMANDS, scratch, write_files

WORDS = ("import", "run", "close", "payout")


class Campaign:
    def __init__(self, options):
        self.options = options
        self.chance = random.Random(options.seed)
        self.inside = {word: 0 for word in options.words}
        self.outside = {word: 0 for word in options.words}
        self.states = {"before": 0, "after": 0}
        self.companies = self.distinct = self.failures = 0
        self.end = time.monotonic() + (options.seconds or 1e9)

    def wants(self, word):
        """Whether more kills of a command are wanted."""
        return (word in self.options.words and self.kills(word) < self.options.kills
                and time.monotonic() < self.end)

    def kills(self, word):
        return self.inside[word] + self.outside[word]

    def fail(self, what, why):
        self.failures += 1
        print(f"FAILED: {what}: {why.strip()[:500]}", file=sys.stderr)

    def environment(self, aftermath, fault):
        return {"LD_PRELOAD": self.options.shim, "DOWNLINE_FAULT": fault,
                "DOWNLINE_FAULT_FOLDER": str(aftermath.folder),
                "DOWNLINE_FAULT_COUNTS": str(aftermath.folder.parent / "counts")}

    def judge(self, aftermath, what, has_said):
        state, problem = aftermath.judge()
        if problem:
            return self.fail(what, problem)
        self.states[state] += 1
        if has_said and state != "after":
            self.fail(what, "what was acknowledged is not there")

    def kill_inside(self, aftermath, at):
        """Killed before the at-th call that changes a file."""
        aftermath.restore(aftermath.kept)
        what = f"killed at {at} in {' '.join(aftermath.command)}"
        result = aftermath.call(aftermath.command, self.environment(aftermath, f"kill:{at}"))
        if result.returncode != -signal.SIGKILL:
            return self.fail(what, f"was not killed: {result.stderr}")
        self.inside[aftermath.command[0]] += 1
        self.judge(aftermath, what, result.stdout)

    def kill_outside(self, aftermath, seconds):
        """Killed at some moment of the time that the command takes; whether it was."""
        aftermath.restore(aftermath.kept)
        moment = self.chance.uniform(0, seconds)
        process = subprocess.Popen(
            [aftermath.program, *aftermath.command, "--by", "tester"], cwd=aftermath.folder,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={**os.environ, "DOWNLINE_DB": str(aftermath.database), "LC_ALL": "C.UTF-8"})
        time.sleep(moment)
        process.kill()
        said = process.communicate()[0]
        self.outside[aftermath.command[0]] += process.returncode == -signal.SIGKILL
        self.judge(aftermath, f"killed after {moment:.4f} s in {' '.join(aftermath.command)}", said)

    def try_command(self, folder, command):
        aftermath = Aftermath(self.options.program, folder, command)
        counted = aftermath.call(command, self.environment(aftermath, "count"))
        if counted.returncode != 0:
            sys.exit(f"{' '.join(command)} fails without a fault: {counted.stderr}")
        aftermath.finished()
        word = command[0]
        if not self.wants(word):
            return
        changes = int((folder.parent / "counts").read_text().split()[0])
        aftermath.restore(aftermath.kept)
        started = time.monotonic()
        aftermath.call(command)
        seconds = time.monotonic() - started
        for at in range(1, changes + 1):
            if self.wants(word):
                self.kill_inside(aftermath, at)
                self.kill_outside(aftermath, seconds)
        self.distinct += len(aftermath.known)
        aftermath.restore(aftermath.done)

    def run(self):
        while any(map(self.wants, self.options.words)):
            with scratch() as root:
                folder = pathlib.Path(root) / "company"
                folder.mkdir()
                write_files(folder, orders=self.chance.randrange(50, 600))
                self.companies += 1
                for command in COMMANDS:
                    self.try_command(folder, command)

    def report(self, seconds):
        each = ", ".join(f"{word} {self.kills(word)} ({self.inside[word]} at a change of a file)"
                         for word in self.options.words)
        print(f"kills: {each}; {self.companies} companies, {self.distinct} different states of the "
              f"database: {self.states['before']} as before, {self.states['after']} as after; "
              f"{self.failures} failures in {seconds:.0f} s")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=lambda path: str(pathlib.Path(path).resolve()))
    parser.add_argument("shim", type=lambda path: str(pathlib.Path(path).resolve()))
    parser.add_argument("--kills", type=int, default=10000)
    parser.add_argument("--words", type=lambda text: text.split(","), default=list(WORDS))
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    started = time.monotonic()
    campaign = Campaign(options)
    campaign.run()
    campaign.report(time.monotonic() - started)
    return 1 if campaign.failures else 0


if __name__ == "__main__":
    sys.exit(main())
