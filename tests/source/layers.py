# Checks that layers include each other one way only, and libraries only where they belong.
"""usage: layers.py SOURCE_FOLDER"""

import pathlib
import re
import sys

# layer → layers it may include
LAYERS = {
    "engine": {"engine"},
    "storage": {"engine", "storage"},
    "cli": {"engine", "storage", "cli"},
}

# library header → the files or folders that may include it
LIBRARIES = {
    r"boost/": ("engine/forest.cpp",),
    r"sqlite3(ext)?\.h": ("storage/",),
    r"openssl/": ("storage/",),
    r"spdlog/": ("cli/",),
    r"CLI/": ("cli/",),
    r"utf8proc\.h": ("cli/",),
    r"toml\+\+/": ("engine/plan/", "cli/"),
    r"nlohmann/": ("storage/", "cli/"),
    r"simdjson\.h": ("storage/",),
}
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]')


def breaches(layer, name, included):
    """What is wrong with file `name` of `layer` including `included`; None where nothing is."""
    top = included.split("/")[0]
    if top in LAYERS and top not in LAYERS[layer]:
        return f"{layer} may not include {top}"
    for pattern, places in LIBRARIES.items():
        if re.match(pattern, included) and not name.startswith(places):
            return f"only {' and '.join(places)} may include <{included}>"
    return None


def main():
    source = pathlib.Path(sys.argv[1])
    found = []
    for layer in LAYERS:
        for path in sorted((source / layer).rglob("*.[ch]pp")):
            name = path.relative_to(source).as_posix()
            for number, line in enumerate(path.read_text().splitlines(), 1):
                include = INCLUDE.match(line)
                problem = include and breaches(layer, name, include[1])
                if problem:
                    found.append(f"{name}:{number}: {problem}")
    print("\n".join(found))
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
