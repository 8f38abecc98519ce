# Changes the money code in small ways, one at a time, and counts how many changes the tests notice.
"""usage: mutate.py BUILD [--sample N] [--seed S] [--files engine/money.cpp,…] [--jobs J] [--list]
                      [--floor PERCENT]

BUILD is a build folder with downline_tests (build/release). Every mutant is one operator, comparison,
constant or statement of a file changed; the file is compiled without optimisation, linked with the
rest, and the engine's own tests run, then a share of the random ones. A mutant that a test fails on,
that crashes or that does not end is killed; one that cannot be compiled does not count. Survivors are
printed. With --sample only so many are tried, chosen by the seed; fewer than --floor killed is an
error.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import random
import re
import resource
import shlex
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FILES = ["engine/money.cpp", "engine/shares.cpp", "engine/cuts.cpp", "engine/clawbacks.cpp",
         "engine/ranges.cpp", *sorted(path.relative_to(ROOT).as_posix()
                                      for path in ROOT.glob("engine/bonuses/*.cpp"))]
# What is written → what stands there instead. The first pattern that fits takes a token.
OPERATORS = [
    (r"(?<![<>=!+*/|&-])==(?!=)", ["!="]), (r"!=", ["=="]), (r"&&", ["||"]), (r"\|\|", ["&&"]),
    (r"<=(?!>)", ["<"]), (r"(?<![->])>=", [">"]), (r" < ", [" <= ", " > "]), (r" > ", [" >= ", " < "]),
    (r"\+=", ["-="]), (r"(?<!-)-=", ["+="]), (r"\*=", ["+="]), (r"\+\+", ["--"]),
    (r"--(?!>)", ["++"]), (r" \+ ", [" - "]), (r" - ", [" + "]), (r" \* ", [" / "]),
    (r" / ", [" * "]), (r" % ", [" / "]),
    (r"\bstd::min\b", ["std::max"]), (r"\bstd::max\b", ["std::min"]),
    (r"\btrue\b", ["false"]), (r"\bfalse\b", ["true"]),
    (r"(?<![\w&!])!(?=[\w(])", [""]),
    (r"(?<![\w.'])0(?![\w.'])", ["1"]), (r"(?<![\w.'])1(?![\w.'])", ["0", "2"]),
    (r"(?<![\w.'])([2-9]|\d\d+)(?![\w.'])", ["(\\1 + 1)"]),
    (r"\bhalf_up\b", ["down"]), (r"\bcontinue;", [";"]), (r"\bbreak;", [";"]),
]
TOKEN = re.compile("|".join(f"(?P<t{i}>{pattern})" for i, (pattern, _) in enumerate(OPERATORS)))
# A whole statement on a line of its own that does something: an assignment or a call.
STATEMENT = re.compile(r"^\s+(?!return|const|auto|throw|ensure|using|case|break|continue|static|"
                       r"for|if|else|while|struct|std::vector|std::int|Payout|\})"
                       r"[\w.\[\]>:()*&-]+( [+*|/-]?= .*|\(.*\));$")
TESTS = [["--source-file=*/tests/engine/*", "--source-file-exclude=*size_test*,*plan_errors*,"
          "*plan_limits*,*plan_forms*,*plan_reader*,*plan_doc*,*published*"],
         ["--source-file=*/tests/property/engine*,*/tests/property/leg*,*/tests/property/cut*"],
         ["--source-file=*/tests/storage/clawbacks*,*/tests/property/law*,*/tests/property/return*"]]
SECONDS_MAX, BYTES_MAX = 60, 4 << 30  # of a processor, and of addresses

Mutant = collections.namedtuple("Mutant", "file line column old new")


def code_of(line):
    """The line with comments, texts and #include blanked out, as long as it was."""
    if line.lstrip().startswith(("#", "//", "///", "static_assert", "template")):
        return " " * len(line)
    line = re.sub(r'"(\\.|[^"\\])*"', lambda text: '"' + " " * (len(text[0]) - 2) + '"', line)
    return re.sub(r"//.*", lambda text: " " * len(text[0]), line)


def mutants_of(file):
    for number, line in enumerate((ROOT / file).read_text().splitlines(), 1):
        code = code_of(line)
        # What holds or only costs time and memory cannot be told from what is not there.
        if re.match(r"\s*ensure\(|.*(\.reserve\(|shrink|thread_count|watcher)", code):
            continue
        for token in TOKEN.finditer(code):
            _, replacements = OPERATORS[int(token.lastgroup[1:])]
            for new in replacements:
                yield Mutant(file, number, token.start(), token[0], token.expand(
                    new.replace("\\1", token[0])))
        if STATEMENT.match(code):
            yield Mutant(file, number, len(line) - len(line.lstrip()), line.strip(), ";")


def changed(mutant):
    lines = (ROOT / mutant.file).read_text().splitlines()
    line = lines[mutant.line - 1]
    assert line[mutant.column:].startswith(mutant.old)
    lines[mutant.line - 1] = (line[:mutant.column] + mutant.new +
                              line[mutant.column + len(mutant.old):])
    return "\n".join(lines) + "\n"


class Builder:
    """Compiles and links as the build folder does."""

    def __init__(self, build):
        self.build = build
        entries = json.loads((build / "compile_commands.json").read_text())
        self.commands = {pathlib.Path(entry["file"]).relative_to(ROOT).as_posix():
                         shlex.split(entry["command"]) for entry in entries
                         if "sqlite_api.hpp" not in entry["command"]}
        link = subprocess.run(["ninja", "-C", build, "-t", "commands", "downline_tests"], check=True,
                              capture_output=True, text=True).stdout.splitlines()[-1]
        link = link.split("&&")[1] if "&&" in link else link
        self.link = shlex.split(link)

    def make(self, mutant, folder):
        """The test program with the mutant in it; None where it cannot be compiled."""
        source, target = folder / "mutant.cpp", folder / "mutant.o"
        source.write_text(changed(mutant))
        command = [word for word in self.commands[mutant.file] if not word.endswith("ccache")]
        command = [word for word in command if not re.fullmatch(r"-O\w|-DNDEBUG", word)]
        command[command.index("-o") + 1] = str(target)
        command[command.index("-c") + 1] = str(source)
        command[1:1] = ["-O0", "-w", "-D_GLIBCXX_ASSERTIONS"]  # what is not there ends the program
        if subprocess.run(command, cwd=self.build, capture_output=True).returncode != 0:
            return None
        link = list(self.link)
        program = folder / "tests"
        link[link.index("-o") + 1] = str(program)
        archive = next(i for i, word in enumerate(link) if word.endswith("downline_engine.a"))
        # What the mutant defines is not taken from the archive again.
        link.insert(archive, str(target))
        link.insert(1, "-fuse-ld=gold")
        linked = subprocess.run(link, cwd=self.build, capture_output=True, text=True)
        if linked.returncode != 0:
            raise RuntimeError(linked.stderr)
        return program


def limit():
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_MAX, SECONDS_MAX))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES_MAX, BYTES_MAX))


def fails(program, folder, tests):
    environment = {**os.environ, "DOWNLINE_CASES_DIVISOR": "20", "TMPDIR": str(folder)}
    try:
        return subprocess.run([program, "--abort-after=1", *tests], capture_output=True, cwd=ROOT,
                              env=environment, preexec_fn=limit,
                              timeout=60 * SECONDS_MAX).returncode != 0
    except subprocess.TimeoutExpired:
        return True


def outcome(builder, mutant):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        program = builder.make(mutant, folder)
        if program is None:
            return "no program"
        is_killed = any(fails(program, folder, tests) for tests in TESTS)
        return "killed" if is_killed else "survived"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=lambda path: pathlib.Path(path).resolve())
    parser.add_argument("--sample", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--files", type=lambda text: text.split(","), default=FILES)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--floor", type=float, default=0.0)
    options = parser.parse_args()
    mutants = [mutant for file in options.files for mutant in mutants_of(file)]
    all_count = len(mutants)
    if options.sample is not None and options.sample < len(mutants):
        mutants = sorted(random.Random(options.seed).sample(mutants, options.sample))
    if options.list:
        for mutant in mutants:
            print(f"{mutant.file}:{mutant.line}:{mutant.column + 1}: {mutant.old} -> {mutant.new}")
        return 0
    builder = Builder(options.build)
    for tests in TESTS:
        if fails(options.build / "downline_tests", pathlib.Path(tempfile.gettempdir()), tests):
            sys.exit(f"mutate: the tests fail without any change: {' '.join(tests)}")
    counts, by_file = collections.Counter(), collections.defaultdict(collections.Counter)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for mutant, what in zip(mutants, pool.map(lambda m: outcome(builder, m), mutants)):
            counts[what] += 1
            by_file[mutant.file][what] += 1
            if what == "survived":
                line = (ROOT / mutant.file).read_text().splitlines()[mutant.line - 1].strip()
                print(f"{mutant.file}:{mutant.line}:{mutant.column + 1}: {mutant.old} -> "
                      f"{mutant.new}   in: {line}", flush=True)
    for file, found in by_file.items():
        print(f"mutate: {file}: {found['killed']} of {found['killed'] + found['survived']} killed")
    tried = counts["killed"] + counts["survived"]
    print(f"mutate: {tried} of {all_count} mutants that could be made, {counts['killed']} killed "
          f"({100 * counts['killed'] / max(tried, 1):.1f} %), {counts['survived']} survived, "
          f"{counts['no program']} did not compile")
    return 1 if 100 * counts["killed"] < options.floor * tried else 0


if __name__ == "__main__":
    sys.exit(main())
