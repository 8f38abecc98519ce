# Checks that a source file's first line says what it is for, and that lines fit into 100 columns.
"""usage: style.py SOURCE_FOLDER"""

import pathlib
import sys

COLUMNS_MAX = 100
COMMENT = {".cpp": "// ", ".hpp": "// ", ".py": ("# ", "#!")}
FOLDERS = ("engine", "storage", "cli", "tests", "data")


def problems(path):
    lines = path.read_text().splitlines()
    if not lines or not lines[0].startswith(COMMENT[path.suffix]):
        yield 1, "the first line is a comment that says what the file is for"
    for number, line in enumerate(lines, 1):
        if len(line) > COLUMNS_MAX:
            yield number, f"{len(line)} columns; at most {COLUMNS_MAX}"


def main():
    source = pathlib.Path(sys.argv[1])
    found = [f"{path.relative_to(source)}:{number}: {problem}"
             for folder in FOLDERS
             for path in sorted((source / folder).rglob("*")) if path.suffix in COMMENT
             for number, problem in problems(path)]
    print("\n".join(found))
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
