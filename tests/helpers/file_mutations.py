"""Files with random damage, and the search for those on which the reader fails.

`python -m tests.helpers.file_mutations --count 20000 [--keep FOLDER] [PATH...]` reads so many
damaged files as uploads are read, and prints each that ends the reader, makes it raise anything
but a `ReadError`, or takes 30 seconds of the processor; those are kept in the folder. Bytes,
inflated PDF streams and members of archives are damaged. Small files are read more often than
large ones.
"""

from __future__ import annotations

import argparse
import io
import random
import re
import sys
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from index.errors import ReadError
from index.input_files import MAX_FILE_BYTES
from index.sandbox.client import ReadLimits, SandboxedReader
from tests.helpers.paths import SHARED

MAX_SECONDS = 30
LIMITS = ReadLimits(MAX_SECONDS, 1 << 30, plain_text=0)
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


def describe_failure(reader: SandboxedReader, file: Path) -> tuple[str, str]:
    """Return how a file was read, and what failed; "" if nothing did."""
    try:
        reader.read(file, shown_as=file.name)
        outcome, failure = "read", ""
    except ReadError as error:
        line = error.message.en
        outcome = "refused"
        failure = "\n".join(getattr(error, "__notes__", ()))
        if any(words in line for words in ("reader failed", "given up", "ends the program")):
            outcome, failure = "failed", failure or line
        elif "\n" in line or len(line) > 600:
            outcome, failure = "failed", f"no line: {line}"
    return outcome, failure


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
    contents = {file: file.read_bytes() for file in files}
    weights = [1 / (50_000 + len(contents[file])) for file in files]
    options.keep.mkdir(parents=True, exist_ok=True)
    outcomes: Counter[str] = Counter()
    with SandboxedReader(LIMITS) as reader:
        for number in range(options.count):
            rnd = random.Random(f"{options.seed}-{number}")
            (file,) = rnd.choices(files, weights)
            damaged = options.keep / f"{options.seed}-{number}-{file.name}"
            damaged.write_bytes(damage(rnd, contents[file])[:MAX_FILE_BYTES])
            outcome, failure = describe_failure(reader, damaged)
            outcomes["failed" if failure else outcome] += 1
            if failure:
                sys.stdout.write(f"--- {damaged}\n{failure}\n")
                sys.stdout.flush()
            else:
                damaged.unlink()
            if number % 500 == 499:
                sys.stdout.write(f"{number + 1}: {dict(outcomes)}\n")
                sys.stdout.flush()
    sys.stdout.write(f"of {options.count} damaged files: {dict(outcomes)}\n")
    return 1 if outcomes["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
