# Packs the program as Debian installs it, unpacks that, and uses what is in it.
"""usage: package.py BUILD_FOLDER

Every command has a manual page that man reads without a warning, bash completes commands and options,
and the unpacked program runs.
"""

import gzip
import pathlib
import re
import subprocess
import sys
import tempfile


def output_of(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, **options)


def commands_of(program, *names):
    """All commands below one, by their names: what its help lists."""
    text = output_of(program, *names, "--help").stdout
    listed = re.search(r"\n(?:Commands|Subcommands):\n(.*?)\n\n", text, re.S)
    if not listed:
        return [names]
    listed = listed[1].splitlines()
    below = [line.split()[0] for line in listed if line.startswith("  ") and line[2] != " "]
    return [names] + [deeper for name in below for deeper in commands_of(program, *names, name)]


def check_pages(pages, commands):
    assert len(commands) > 30, commands
    for names in commands:
        page = pages / ("-".join(("downline",) + names) + ".1.gz")
        assert page.exists(), f"{' '.join(names)} has no manual page"
        text = gzip.open(page, "rt").read()
        for section in ("NAME", "SYNOPSIS", "OPTIONS", "EXIT STATUS", "DIAGNOSTICS"):
            assert f".SH {section}" in text, (page.name, section)
        shown = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-Kutf8", "-P-cbou"], input=text, text=True,
                               capture_output=True)
        assert shown.returncode == 0 and not shown.stderr, (page.name, shown.stderr)
        assert "SYNOPSIS" in shown.stdout, page.name
    assert len(list(pages.glob("*.gz"))) == len(commands)


def completed(script, *words):
    quoted = " ".join(f"'{word}'" for word in words)
    asked = (f"source {script}; COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; _downline;"
             ' echo "${COMPREPLY[@]}"')
    return output_of("bash", "-c", asked).stdout.split()


def check_completion(script):
    assert completed(script, "downline", "disc") == ["disclose"]
    assert completed(script, "downline", "explain", "")[:2] == ["order", "member"]
    assert "--lines" in completed(script, "downline", "earnings", "ann", "--l")
    assert completed(script, "downline", "explain", "member", "ann", "--i") == ["--if"]
    assert "--db" in completed(script, "downline", "run", "--d")


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        output_of("cpack", "--config", build / "CPackConfig.cmake", "-B", folder)
        (package,) = pathlib.Path(folder).glob("*.deb")
        fields = output_of("dpkg-deb", "--field", package).stdout
        assert "Package: downline\n" in fields and "libsqlite3-0" in fields, fields
        root = pathlib.Path(folder) / "root"
        output_of("dpkg-deb", "--extract", package, root)
        program = root / "usr/bin/downline"
        assert output_of(program, "--version").stdout.startswith("downline ")
        check_pages(root / "usr/share/man/man1", commands_of(program))
        check_completion(root / "usr/share/bash-completion/completions/downline")
        for script, shell in (("zsh/vendor-completions/_downline", "#compdef downline"),
                              ("fish/vendor_completions.d/downline.fish", "complete -c downline")):
            assert shell in (root / "usr/share" / script).read_text()
        output_of(program, "plan", "check", root / "usr/share/downline/plans/demo.toml")
    print("packed, unpacked, run")


if __name__ == "__main__":
    main()
