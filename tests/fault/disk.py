"""A disk that loses its power: of what was written and not synced, any part may be there or not.

Nothing is assumed of the order in which the disk writes. Of a file, each sector of a write that was not
synced is there or not; a length that was not synced is the old or the new one, and where it
grew without the bytes stand zeros or rubbish. A name that was made, removed or changed is as it was
until the folder is synced, whatever became of the file.
"""

SECTOR = 512


class File:
    def __init__(self, content=b""):
        self.durable = bytes(content)
        self.pending = []  # ("write", offset, data) or ("truncate", size)

    def present(self):
        image = bytearray(self.durable)
        for change in self.pending:
            apply(image, change)
        return bytes(image)

    def sync(self):
        self.durable, self.pending = self.present(), []

    def left(self, chance):
        """What a power loss leaves of it."""
        image = bytearray(self.durable)
        rubbish = chance.random() < 0.5
        way = chance.choice(("none", "all", "torn", "some", "some", "sectors"))
        share = chance.choice((0.1, 0.5, 0.9))
        torn = chance.randrange(len(self.pending)) if self.pending else 0
        for place, change in enumerate(self.pending):
            if way == "none" or (way == "torn" and place > torn):
                continue
            if way in ("some", "sectors") and chance.random() > share and change[0] == "truncate":
                continue
            if way == "some" and chance.random() > share:
                continue
            if change[0] == "truncate" or way in ("all", "some") or (way == "torn" and place < torn):
                apply(image, change, chance if rubbish else None)
                continue
            _, offset, data = change
            pieces = cut(offset, data)
            until = chance.randrange(len(pieces) + 1)
            for number, (at, piece) in enumerate(pieces):
                is_there = number < until if way == "torn" else chance.random() < share
                if is_there:
                    apply(image, ("write", at, piece), chance if rubbish else None)
        return bytes(image)


def cut(offset, data):
    """A write as (offset, bytes) per sector."""
    pieces, at = [], offset
    while at < offset + len(data):
        end = min(offset + len(data), (at // SECTOR + 1) * SECTOR)
        pieces.append((at, data[at - offset:end - offset]))
        at = end
    return pieces


def apply(image, change, rubbish=None):
    """A change of an image; a gap below it fills with zeros, or with `rubbish`."""
    if change[0] == "truncate":
        size = change[1]
        del image[size:]
        image.extend(bytes(size - len(image)))
        return
    _, offset, data = change
    gap = max(0, offset - len(image))
    image.extend(rubbish.randbytes(gap) if rubbish else bytes(gap))
    image[offset:offset + len(data)] = data


class Disk:
    """A folder of files: what the program sees, and what is safe."""

    def __init__(self, folder):
        self.folder_number = folder.stat().st_ino
        self.files, self.names = {}, {}
        for path in folder.iterdir():
            file = self.files[path.stat().st_ino] = File(path.read_bytes())
            self.names[path.name] = file
        self.safe_names = dict(self.names)
        self.pending_names = []  # {name: file or None}, all of one call together

    def take(self, record):
        """A record of what the program did: recorder.hpp."""
        word, *rest = record
        if word == "write":
            number, offset, data = rest
            self.files[number].pending.append(("write", offset, data))
        elif word == "truncate":
            number, size = rest
            self.files[number].pending.append(("truncate", size))
        elif word == "sync":
            self.sync(rest[0])
        elif word == "create":
            number, name = rest
            self.files[number] = File()
            self.change_names({name: self.files[number]})
        elif word == "unlink":
            self.change_names({rest[0]: None})
        elif word == "rename":
            self.change_names({rest[0]: None, rest[1]: self.names[rest[0]]})

    def sync(self, number):
        if number != self.folder_number:
            self.files[number].sync()
            return
        self.safe_names, self.pending_names = dict(self.names), []

    def change_names(self, change):
        rename(self.names, change)
        self.pending_names.append(change)

    def present(self):
        """The files as the program sees them: {name: bytes}."""
        return {name: file.present() for name, file in self.names.items()}

    def left(self, chance):
        """The files that a power loss leaves: {name: bytes}."""
        names = dict(self.safe_names)
        way = chance.choice(("none", "all", "first", "some"))
        until = chance.randrange(len(self.pending_names) + 1)
        for place, change in enumerate(self.pending_names):
            if way == "all" or (way == "first" and place < until) or \
                    (way == "some" and chance.random() < 0.5):
                rename(names, change)
        return {name: file.left(chance) for name, file in names.items()}


def rename(names, change):
    for name, file in change.items():
        if file is None:
            names.pop(name, None)
        else:
            names[name] = file


def read_records(path, folder):
    """The records of a command, in order; names without the folder."""
    data, at, records = path.read_bytes(), 0, []
    base = f"{folder}/"
    while at < len(data):
        end = data.index(b"\n", at)
        word, *rest = data[at:end].decode().split(" ")
        at = end + 1
        rest = [int(part) if part.isdigit() else part.removeprefix(base) for part in rest]
        if word == "write":
            rest[2] = data[at:at + rest[2]]
            at += len(rest[2])
        records.append((word, *rest))
    return records
