"""What must hold of a company's database after something went wrong in the middle of a command."""

import hashlib
import shutil

from company import call, content


class Aftermath:
    """Of one command: what the database said before it and says after it."""

    def __init__(self, program, folder, command):
        self.program, self.folder, self.command = program, folder, command
        self.database = folder / "company.db"
        self.before = content(self.database)
        self.after = None
        self.kept = folder.parent / "kept.db"
        self.done = folder.parent / "done.db"
        self.known, self.mended = {}, {}  # the same bytes have the same future
        keep(self.database, self.kept)

    def call(self, command, environment=None):
        return call(self.program, self.folder, self.database, [*command, "--by", "tester"], environment)

    def finished(self):
        """To be called once the command was done without a fault."""
        self.after = content(self.database)
        keep(self.database, self.done)

    def restore(self, kept):
        """The folder as before the command, or as after it."""
        for path in [*self.folder.glob("company.db*"), *self.folder.glob("*.??????")]:
            path.unlink()
        if kept.exists():
            shutil.copyfile(kept, self.database)

    def judge(self):
        """("before" or "after", None), or (None, what is wrong)."""
        key = self.digest()
        if key not in self.known:
            self.known[key] = self.look()
        return self.known[key]

    def digest(self):
        """Of the bytes of the database and its journal."""
        digest = hashlib.sha256()
        for path in sorted(self.folder.glob("company.db*")):
            digest.update(f"{path.name} {path.stat().st_size}\n".encode())
            digest.update(path.read_bytes())
        return digest.digest()

    def look(self):
        """Lets the program open what is there, which mends what was not finished, and asks it."""
        looked = self.call(["runs", "--json"])
        key = self.digest()
        if key not in self.mended:
            self.mended[key] = self.ask(looked)
        return self.mended[key]

    def ask(self, looked):
        now = content(self.database)
        if now not in (self.before, self.after):
            return None, f"neither as before nor as after but {now}: {looked.stderr}"
        if looked.returncode != (5 if now == "no database" else 0):
            return None, f"a reader ends with {looked.returncode}: {looked.stderr}"
        state = "after" if now == self.after else "before"
        problem = self.verified(now)
        if problem or state == "after":
            return (None, problem) if problem else (state, None)
        again = self.call(self.command)
        if again.returncode != 0:
            return None, f"the command again ends with {again.returncode}: {again.stderr}"
        now = content(self.database)
        if now != self.after:
            return None, "the command again does not mend it"
        problem = self.verified(now)
        return (None, problem) if problem else (state, None)

    def verified(self, now):
        if now == "no database":
            return None
        result = self.call(["verify"])
        if result.returncode == 0:
            return None
        return f"verify ends with {result.returncode}: {result.stderr}{result.stdout[-300:]}"


def keep(database, copy):
    copy.unlink(missing_ok=True)
    if database.exists():
        shutil.copyfile(database, copy)
