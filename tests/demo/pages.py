# Holds the pages of the demo company against the JSON of the same pay, and looks at them in a browser.
"""usage: pages.py PROGRAM SOURCE_FOLDER

Every affiliate's page of a month: well-formed, nothing from elsewhere, its pay, bonuses and streams those
of `earnings --all --json`. The finance view: every figure of `report --json`, beside the period before, and
what was paid and forfeited closes. Where there is a chromium: the top earner's page and the finance view
are as wide as a phone and a desktop are, and print on at most two and five sheets.
"""

import html.parser
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

VOID = {"meta"}


class Page(html.parser.HTMLParser):
    """Cells of tables, and whether every element is closed."""

    def __init__(self, text):
        super().__init__()
        self.open, self.rows, self.total, self.problems = [], [], None, []
        self.feed(text)
        if self.open:
            self.problems.append(f"{self.open} stay open")

    def handle_starttag(self, tag, attributes):
        if tag not in VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th") and self.rows:
            self.rows[-1].append("")
        for name, value in attributes:
            is_inside = name == "href" and value.startswith("#")
            if name in ("src", "href") and not is_inside or (value and "//" in value):
                self.problems.append(f"{name}={value} is from elsewhere")

    def handle_startendtag(self, tag, attributes):
        pass

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}> closes nothing")

    def handle_data(self, data):
        if self.open and self.open[-1] in ("td", "th") and self.rows:
            self.rows[-1][-1] += data
        if self.open[-2:] == ["p", "strong"] and self.total is None:
            self.total = data.split()[0]


def compare(page, earnings):
    wanted = [[part["bonus"], str(part["lines"]), part["amount"]] for part in earnings["by_bonus"]]
    shown = [row for row in page.rows if len(row) == 3]
    for row in wanted:
        if row not in shown:
            return f"{row} is not on the page"
    streams = {(row[0], row[2]) for row in shown}
    for part in earnings["by_stream"]:
        if (part["stream"], part["amount"]) not in streams:
            return f"{part} is not on the page"
    return None if page.total == earnings["total"] else f"{page.total} is not {earnings['total']}"


def compare_view(page, report):
    """What the finance view lacks of the report."""
    shown = [[cell for cell in row if cell] for row in page.rows]
    now, before = report["now"], report["before"]

    def cents(text):
        return int(text.replace(".", ""))

    wanted = [["paid", now["total"], before["total"]],
              ["the plan could pay on these orders", now["maximum"], before["maximum"]],
              ["sales less returns", now["sales"], before["sales"]],
              ["orders", str(now["orders"]), str(before["orders"])]]
    for bonus in report["by_bonus"]:
        forfeited = {part["reason"]: part["amount"] for part in bonus["forfeited"]}
        amounts = [bonus["amount"], *(forfeited.get(reason, "0.00") for reason in
                                      ("no-upline", "inactive", "unqualified", "rank")),
                   bonus["maximum"]]
        assert sum(map(cents, amounts[:-1])) == cents(amounts[-1]), bonus
        wanted.append([f"{bonus['bonus']} ({bonus['kind']})", *amounts])
    wanted += [[part["stream"], part["amount"]] for part in report["by_stream"]]
    wanted += [[part["level"], str(part["lines"]), part["amount"]] for part in report["by_level"]]
    wanted += [[part["rank"] or "none", str(part["affiliates"]), str(part["active"]),
                str(part["earners"]), part["amount"]] for part in report["by_rank"]]
    wanted += [[top["member_id"], top["amount"]] for top in report["top"]]
    wanted += [[part["first_order"], str(part["customers"]), str(part["ordered_again"])]
               for part in report["cohorts"]]
    missing = [row for row in wanted if not any(one[:len(row)] == row for one in shown)]
    return f"{missing[0]} is not in the finance view" if missing else None


def look(browser, page, folder, sheets_max=2):
    """Widths and sheets, as the browser says."""
    options = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
               "--disable-background-networking", "--disable-component-update", "--disable-sync",
               "--disable-quic", "--allow-file-access-from-files", f"--user-data-dir={folder}/profile"]
    for width in (360, 1280):
        frame = folder / f"frame-{width}.html"
        frame.write_text(f"""<iframe id="f" src="{page.as_uri()}" style="width:{width}px;height:800px">
            </iframe><script>onload = () => {{ document.title =
            "w" + document.getElementById("f").contentDocument.documentElement.scrollWidth; }};</script>""")
        dump = subprocess.run([*options, "--dump-dom", frame.as_uri()], capture_output=True, text=True,
                              timeout=120).stdout
        found = re.search(r"<title>w(\d+)</title>", dump)
        assert found, f"the browser says nothing of width {width}: {dump[:300]}"
        assert int(found[1]) <= width, f"the page is {found[1]} wide on a screen of {width}"
    sheets = folder / "sheets.pdf"
    subprocess.run([*options, f"--print-to-pdf={sheets}", page.as_uri()], capture_output=True,
                   timeout=120, check=True)
    count = len(re.findall(rb"/Type\s*/Page\b", sheets.read_bytes()))
    assert 1 <= count <= sheets_max, f"the page prints on {count} sheets"


def main():
    program, source = sys.argv[1], pathlib.Path(sys.argv[2])
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        environment = {**os.environ, "DOWNLINE_DB": str(folder / "demo.db")}

        def call(*arguments):
            return subprocess.run([program, *arguments, "--quiet"], env=environment, check=True,
                                  capture_output=True, text=True).stdout

        call("import", "members", str(source / "data/demo/members.csv"), "--currency", "USD")
        call("import", "orders", str(source / "data/demo/orders.csv"))
        for month in ("1997-01", "1997-02"):
            call("run", month, "--plan", str(source / "data/plans/demo.toml"))
            call("close", month, "--yes")
        call("statement", "--all", "1997-02", "-o", str(folder / "pages"))
        everyone = {one["member_id"]: one
                    for one in json.loads(call("earnings", "--all", "1997-02", "--json"))}
        index = [line.split(",") for line in (folder / "pages/index.csv").read_text().split()[1:]]
        assert sorted(row[0] for row in index) == sorted(everyone), "index.csv has not everyone"
        for member, file in index:
            page = Page((folder / "pages" / file).read_text())
            problem = page.problems[:3] or compare(page, everyone[member])
            assert not problem, f"{file}: {problem}"
        call("report", "1997-02", "--html", "-o", str(folder / "view.html"))
        view = Page((folder / "view.html").read_text())
        problem = view.problems[:3] or compare_view(view, json.loads(
            call("report", "1997-02", "--json")))
        assert not problem, problem
        top = max(everyone.values(), key=lambda one: float(one["total"]))["member_id"]
        browser = shutil.which("chromium")
        if browser:
            look(browser, folder / "pages" / dict(index)[top], folder)
            look(browser, folder / "view.html", folder, 5)
        print(f"{len(index)} pages and the finance view are those of the JSON"
              + ("; looked at in a browser" if browser else "; there is no chromium to look at them"))


main()
