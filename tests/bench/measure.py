"""Whole processes, measured: wall clock, processor time and peak memory, as the system reports them."""

import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Measured:
    seconds: float      # from start to end
    cpu_seconds: float  # user and system, all threads
    peak_mb: float      # resident, 10^6 bytes
    output: bytes


def measure(command, folder=None, input_file=None):
    """Runs a command to its end. Ends the benchmark with the command's own words if it fails."""
    with open(input_file or os.devnull, "rb") as standard_input:
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, stdin=standard_input,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        output = process.stdout.read()
        complaint = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"bench: {' '.join(command)} ended with {process.returncode}:\n"
                 f"{complaint.decode(errors='replace')}")
    return Measured(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6, output)


class Runs:
    """Repetitions of one thing. The median tells, the spread warns of a machine that was not quiet."""

    def __init__(self):
        self.all = []

    def add(self, measured):
        self.all.append(measured)

    @property
    def seconds(self):
        return statistics.median(run.seconds for run in self.all)

    @property
    def cpu_seconds(self):
        return statistics.median(run.cpu_seconds for run in self.all)

    @property
    def peak_mb(self):
        return max(run.peak_mb for run in self.all)

    @property
    def spread(self):
        return "{:.2f}–{:.2f}".format(min(run.seconds for run in self.all),
                                      max(run.seconds for run in self.all))
