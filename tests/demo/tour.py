# Follows the tours of the documents to the letter: every command must print what they show.
"""usage: tour.py PROGRAM SOURCE_FOLDER [--update]

A tour is a document's ```console blocks: a line that starts with "$ " is a command (lines that it
ends with a backslash continue it), what follows is its output, standard error included. The
commands run one after another in the source folder, over one fresh database. --update writes what
they print now into the documents.
"""

import difflib
import os
import pathlib
import re
import subprocess
import sys
import tempfile

DOCUMENTS = ("README.md", "docs/questions.md")
BLOCK = re.compile(r"(?<=^```console\n)(.*?)(?=^```$)", re.M | re.S)


def commands(block):
    """The commands of a block, each with its continuation lines, without the "$ "."""
    found, goes_on = [], False
    for line in block.splitlines():
        if goes_on:
            found[-1] += "\n" + line
        elif line.startswith("$ "):
            found.append(line[2:])
        else:
            continue
        goes_on = line.endswith("\\")
    return found


def printed(command, source, environment):
    answer = subprocess.run(["bash", "-c", command], cwd=source, env=environment, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return answer.stdout


def follow(document, program, source, updates):
    """Whether the document shows what its commands print."""
    stated = document.read_text()
    assert BLOCK.search(stated), f"{document} shows no command"
    with tempfile.TemporaryDirectory() as folder:
        environment = {"PATH": f"{program.parent}:/usr/bin:/bin", "HOME": folder, "LOGNAME": "demo",
                       "LC_ALL": "C.UTF-8", "DOWNLINE_DB": os.path.join(folder, "tour.db")}

        def followed(match):
            return "".join(f"$ {command}\n{printed(command, source, environment)}"
                           for command in commands(match[0]))

        told = BLOCK.sub(followed, stated)
    if updates:
        document.write_text(told)
    elif told != stated:
        sys.stdout.writelines(difflib.unified_diff(stated.splitlines(True), told.splitlines(True),
                                                   document.name, "what the program prints"))
    return updates or told == stated


def main():
    program, source = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    updates = "--update" in sys.argv[3:]
    results = [follow(source / document, program, source, updates) for document in DOCUMENTS]
    if not all(results):
        print(f"\nif this is as it should be: {' '.join(sys.argv)} --update")
        sys.exit(1)


if __name__ == "__main__":
    main()
