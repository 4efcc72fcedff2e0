"""Files with random damage, and the search for those on which the reader fails.

`python -m tests.helpers.file_mutations --count 20000 [--keep FOLDER] [PATH...]` reads so many
damaged files as uploads are read, and prints each that ends the reader, makes it raise anything
but a `ReadError`, or takes 30 seconds of the processor; those are kept in the folder. Bytes,
inflated PDF streams and members of archives are damaged. All kinds of files are read equally often,
and of one kind those more often that are read faster. Each file is read in a process of its own, a
copy of this one, under the limits of the sandbox. How far the search has come is kept in the
folder too: run again, it goes on.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import re
import signal
import sys
import zipfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe
from pathlib import Path

import msgspec

from index.input_files import MAX_FILE_BYTES
from index.readers import epub, html, markdown, paged, pandoc, pdf, word
from index.sandbox.confinement import confine_process, limit_processor_time
from index.sandbox.worker import OUT_OF_MEMORY_STATUS, ReadReply, ReadRequest, read_request
from tests.helpers.paths import SHARED

# A copy of this process has them in memory and starts at once.
PRELOADED = (epub, html, markdown, paged, pandoc, pdf, word)
MAX_SECONDS = 30  # of the processor
MAX_WALL_SECONDS = 600  # in which a process on a busy machine has had so much
MEMORY = 1 << 30
REPORT_EVERY = 500
PIECES = (
    b"<", b">", b"/>", b"&", b"&#0;", b"&#xD800;", b"\0", b"\xff\xfe", b"\xed\xa0\x80", b"<table>",
    b"<div>" * 300, b"<a href='#fn1' id='fn1'>1</a>", b"<sup>1</sup>", b"colspan='99999'",
    b"<w:p>", b"</w:p>", b"<w:t>", b'w:val="-1"', b'w:val="99999999999999999999"', b"<!--", b"-->",
    b"<![CDATA[", b"]]>", b"<!DOCTYPE x [", b"obj", b"endobj", b"stream\n", b"endstream", b"<<",
    b">>", b"/Kids [1 0 R]", b"/Parent 1 0 R", b"[ 0 0 0 0 ]", b"-2147483648", b"99999999999",
    b"1e308", b"NaN", b"BT", b"ET", b"(x) Tj", b"0 Tf", b"\xe2\x80\xae", b"\r", b"\n" * 50, b"^{",
    b"\\input{/etc/passwd}", b"\\footnote{", b"{" * 500, b"[^1]", b"[^1]: ", b"../", b"0",
    b"\xf0\x9f\x98\x80",
)  # fmt: skip
_FLATE = re.compile(rb"stream\r?\n(x[\x01\x5e\x9c\xda].*?)endstream", re.DOTALL)

Mutation = Callable[[random.Random, bytes], bytes]


def _flip(rnd: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(rnd.choice((1, 1, 4, 64))):
        changed[rnd.randrange(len(changed))] ^= 1 << rnd.randrange(8)
    return bytes(changed)


def _truncate(rnd: random.Random, data: bytes) -> bytes:
    return data[: rnd.randrange(len(data))]


def _delete(rnd: random.Random, data: bytes) -> bytes:
    start = rnd.randrange(len(data))
    return data[:start] + data[start + rnd.choice((1, 10, 1000, 100_000)) :]


def _duplicate(rnd: random.Random, data: bytes) -> bytes:
    start, length = rnd.randrange(len(data)), rnd.choice((10, 1000, 20_000))
    return data[:start] + data[start : start + length] * rnd.choice((2, 2, 9)) + data[start:]


def _swap(rnd: random.Random, data: bytes) -> bytes:
    length = rnd.choice((4, 100, 5000))
    first, second = sorted((rnd.randrange(len(data)), rnd.randrange(len(data))))
    early, late = data[first : first + length], data[second : second + length]
    return data[:first] + late + data[first + length : second] + early + data[second + length :]


def _insert(rnd: random.Random, data: bytes) -> bytes:
    start = rnd.randrange(len(data))
    return data[:start] + rnd.choice(PIECES) + data[start:]


def _insert_noise(rnd: random.Random, data: bytes) -> bytes:
    start = rnd.randrange(len(data))
    return data[:start] + rnd.randbytes(rnd.choice((1, 8, 200))) + data[start:]


def _overwrite(rnd: random.Random, data: bytes) -> bytes:
    start, piece = rnd.randrange(len(data)), rnd.choice(PIECES)
    return data[:start] + piece + data[start + len(piece) :]


def _change_number(rnd: random.Random, data: bytes) -> bytes:
    start = rnd.randrange(len(data))
    number = rnd.choice((b"0", b"-1", b"1", b"65536", b"4294967295", b"99999999999999999999"))
    return data[:start] + re.sub(rb"\d+", number, data[start:], count=rnd.choice((1, 1, 5)))


BYTES: tuple[Mutation, ...] = (
    _flip, _truncate, _delete, _duplicate, _swap, _insert, _insert, _insert_noise, _overwrite,
    _change_number,
)  # fmt: skip


def damage_bytes(rnd: random.Random, data: bytes) -> bytes:
    """Return bytes after one to five changes."""
    for _ in range(rnd.choice((1, 1, 2, 3, 5))):
        if data:
            data = rnd.choice(BYTES)(rnd, data)
    return data


def damage_streams(rnd: random.Random, data: bytes) -> bytes:
    """Return a PDF of which some compressed streams are damaged inside."""
    streams = list(_FLATE.finditer(data))
    if not streams:
        return damage_bytes(rnd, data)
    for match in sorted(
        rnd.sample(streams, min(len(streams), rnd.choice((1, 2, 8)))), key=lambda m: -m.start()
    ):
        try:
            inflated = zlib.decompressobj().decompress(match[1], 1 << 22)
        except zlib.error:
            continue
        packed = zlib.compress(damage_bytes(rnd, inflated), 1)
        # What stands behind keeps its place where the stream did not grow.
        packed = packed.ljust(len(match[1]), b"\0")
        data = data[: match.start(1)] + packed + data[match.end(1) :]
    return data


def damage_members(rnd: random.Random, data: bytes) -> bytes:
    """Return an archive of which some members are damaged, renamed, repeated or gone."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = [[info.filename, archive.read(info)] for info in archive.infolist()]
    texts = [member for member in members if member[0].endswith(("ml", ".rels", ".opf", ".ncx"))]
    for member in rnd.sample(texts, min(len(texts), rnd.choice((1, 1, 3)))):
        kind = rnd.random()
        if kind < 0.8:
            member[1] = damage_bytes(rnd, member[1]) if member[1] else b"<"
        elif kind < 0.85:
            member[0] = rnd.choice(("../../etc/passwd", "/abs", "x" * 300, "", member[0].upper()))
        elif kind < 0.9:
            members.append([member[0], rnd.choice(texts)[1]])
        elif kind < 0.95:
            member[1] = rnd.choice(texts)[1]
        else:
            members.remove(member)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(str(name)), content)
    return stream.getvalue()


def damage(rnd: random.Random, data: bytes) -> bytes:
    """Return the content of a file with damage."""
    if data.startswith(b"%PDF") and rnd.random() < 0.6:
        return damage_streams(rnd, data)
    if data.startswith(b"PK") and rnd.random() < 0.8:
        return damage_members(rnd, data)
    return damage_bytes(rnd, data)


@dataclass(frozen=True)
class Outcome:
    """How a file was read.

    Attributes:
        kind: "read", "refused" or "failed".
        failure: What failed; "" if nothing did.
        seconds: Of the processor.
    """

    kind: str
    failure: str
    seconds: float


def read_apart(data: bytes, name: str) -> Outcome:
    """Return how a file is read in a copy of this process, under the limits of the sandbox."""
    receiver, sender = Pipe(duplex=False)
    process = os.fork()
    if not process:
        receiver.close()
        _read_and_send(data, name, sender)
    sender.close()
    message = b""
    with receiver:
        try:
            if receiver.poll(MAX_WALL_SECONDS):
                message = receiver.recv_bytes()
            else:
                os.kill(process, signal.SIGKILL)
        except EOFError:
            pass
    _, status, usage = os.wait4(process, 0)
    seconds = usage.ru_utime + usage.ru_stime
    if not message:
        is_full = os.waitstatus_to_exitcode(status) == OUT_OF_MEMORY_STATUS
        cause = "out of memory" if is_full else f"ended with {os.waitstatus_to_exitcode(status)}"
        return Outcome("failed", f"{cause} after {seconds:.0f} s", seconds)
    reply = msgspec.msgpack.decode(message, type=ReadReply)
    if reply.error is None:
        return Outcome("failed" if reply.failure else "read", reply.failure, seconds)
    line = reply.error.en
    is_line = "\n" not in line and len(line) <= 600
    return Outcome("refused" if is_line else "failed", "" if is_line else line, seconds)


def _read_and_send(data: bytes, name: str, sender: Connection) -> None:
    """Read a file, send the reply without the publication, and end this process."""
    status = 1
    try:
        confine_process(MEMORY)
        limit_processor_time(MAX_SECONDS)
        reply = read_request(ReadRequest(name, data))
        msgspec.msgpack.encode(reply)  # as the sandbox does
        sender.send_bytes(
            msgspec.msgpack.encode(ReadReply(error=reply.error, failure=reply.failure))
        )
        status = 0
    except MemoryError:
        status = OUT_OF_MEMORY_STATUS
    finally:
        os._exit(status)


def write_line(text: str) -> None:
    """Write a line that is seen at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


class Search:
    """A search through damaged files, which can be interrupted."""

    def __init__(self, files: Sequence[Path], seed: int, folder: Path) -> None:
        """Load what was done before."""
        self.contents = {file: file.read_bytes() for file in files}
        self.seed = seed
        self.folder = folder
        self.state = folder / f"{seed}.json"
        self.done = 0
        self.outcomes: dict[str, Counter[str]] = defaultdict(Counter)
        self.slowest = (0.0, "")
        if self.state.exists():
            saved = json.loads(self.state.read_text())
            self.done, self.slowest = saved["done"], tuple(saved["slowest"])
            for suffix, counts in saved["outcomes"].items():
                self.outcomes[suffix].update(counts)
        self.weights: dict[str, dict[Path, float]] = defaultdict(dict)
        for file, data in self.contents.items():
            self.weights[file.suffix][file] = 1 / (0.1 + read_apart(data, file.name).seconds)

    def run(self, count: int) -> None:
        """Read damaged files until there are so many."""
        while self.done < count:
            self.read_one(self.done)
            self.done += 1
            if self.done % REPORT_EVERY == 0 or self.done == count:
                self.save()
                write_line(self.describe())

    def read_one(self, number: int) -> None:
        """Read a damaged file; print and keep it if the reader fails."""
        rnd = random.Random(f"{self.seed}-{number}")
        weights = self.weights[rnd.choice(sorted(self.weights))]
        (file,) = rnd.choices(list(weights), list(weights.values()))
        data = damage(rnd, self.contents[file])[:MAX_FILE_BYTES]
        outcome = read_apart(data, file.name)
        self.outcomes[file.suffix][outcome.kind] += 1
        name = f"{self.seed}-{number}-{file.name}"
        self.slowest = max(self.slowest, (round(outcome.seconds, 1), name))
        if outcome.failure:
            (self.folder / name).write_bytes(data)
            write_line(f"--- {self.folder / name}\n{outcome.failure}")

    def save(self) -> None:
        """Store how far the search has come."""
        saved = {"done": self.done, "outcomes": self.outcomes, "slowest": self.slowest}
        self.state.write_text(json.dumps(saved))

    def describe(self) -> str:
        """Return how many files of each kind were read, and how."""
        kinds = "; ".join(
            f"{suffix[1:]} {counts.total()} ({', '.join(f'{n} {k}' for k, n in counts.items())})"
            for suffix, counts in sorted(self.outcomes.items())
        )
        return f"{self.done} damaged files: {kinds}; slowest {self.slowest[0]} s, {self.slowest[1]}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; return 1 if a file failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, default=Path("failed-mutations"))
    parser.add_argument("paths", type=Path, nargs="*", default=[SHARED / "real" / "files"])
    options = parser.parse_args(arguments)
    files = [
        file
        for path in options.paths
        for file in (sorted(path.iterdir()) if path.is_dir() else [path])
        if file.is_file()
    ]
    options.keep.mkdir(parents=True, exist_ok=True)
    search = Search(files, options.seed, options.keep)
    try:
        search.run(options.count)
    finally:
        search.save()
    return 1 if any(counts["failed"] for counts in search.outcomes.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
