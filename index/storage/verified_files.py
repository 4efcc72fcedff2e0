"""The files of a generation or a segment, each verified against its checksums before it is used.

What native code reads, and what is small, is verified whole when it is opened, unless it is large,
was verified within a week, and is as it was then. A large array is verified block by block, each
block when something in it is first read, so that a large library opens quickly. A file that is
written to while it is open is verified anew before it is used again.
"""

from __future__ import annotations

import os
import sqlite3
import weakref
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec

from index import errors
from index.errors import LibraryError
from index.storage.manifest import BLOCK_BYTES, FileRecord, record_file
from index.storage.verified_stamps import VerifiedStamp

_DAMAGE_ERRORS = (RuntimeError, ValueError, sqlite3.DatabaseError, msgspec.MsgspecError)
_NOT_VERIFIED, _VERIFIED = 0, 1


class DamageReporter:
    """Makes the errors of a library's damage.

    Attributes:
        first_error: The first error that was made; None if there was none.
    """

    def __init__(self, path: Path) -> None:
        """Take the library's folder, which the errors name.

        Args:
            path: The folder.
        """
        self._path = path
        self.first_error: LibraryError | None = None

    def damaged(self, part: str, reason: str = "") -> LibraryError:
        """Return the error of a file that is not what was written.

        Args:
            part: The file or folder that is damaged.
            reason: What is wrong with it, if more is known.
        """
        return self._keep(errors.damaged_library_error(self._path, part, reason))

    @contextmanager
    def report(self, part: str) -> Iterator[None]:
        """Yield nothing; what the block raises that reads a part becomes a `LibraryError`.

        Args:
            part: The file or folder that the block reads.
        """
        try:
            yield
        except (LibraryError, sqlite3.ProgrammingError):  # the latter: it was closed
            raise
        except FileNotFoundError as error:
            name = Path(str(error.filename)).name
            raise self.damaged(name, "missing") from error
        except OSError as error:
            raise self._keep(errors.unreadable_library_error(self._path, error)) from error
        except BaseException as error:
            if not isinstance(error, _DAMAGE_ERRORS) and not errors.is_native_panic(error):
                raise
            reason = (str(error).splitlines() or [type(error).__name__])[0]
            raise self.damaged(part, reason) from error

    def _keep(self, error: LibraryError) -> LibraryError:
        self.first_error = self.first_error or error
        return error


class VerifiedFile:
    """An open file that is verified before it is used. Safe to use from many threads.

    Every method raises `LibraryError` where the file is not what was written.

    Attributes:
        path: The file.
    """

    def __init__(
        self, path: Path, record: FileRecord, reporter: DamageReporter, *, by_block: bool
    ) -> None:
        """Open a file; verify it whole unless that is to be done by block.

        Args:
            path: The file.
            record: What was written.
            reporter: Makes the errors.
            by_block: Whether only `verify_range` verifies it.
        """
        self.path = path
        self._record = record
        self._reporter = reporter
        self._by_block = by_block and bool(record.blocks)
        with reporter.report(path.name):
            self._file = path.open("rb", buffering=0)
        weakref.finalize(self, self._file.close)
        self._verify()

    def verify_if_changed(self) -> None:
        """Verify the file anew if it was written to since it was last verified."""
        if self._read_state() != self._state:
            self._verify()
        elif self._is_damaged:
            raise self._reporter.damaged(self.path.name)

    def verify_range(self, start: int, stop: int) -> None:
        """Verify the blocks of a range that are not verified yet.

        Args:
            start: The first byte.
            stop: The byte after the last.
        """
        flags, block, end = self._flags, start // BLOCK_BYTES, -(-stop // BLOCK_BYTES)
        while (block := flags.find(_NOT_VERIFIED, block, end)) >= 0:
            if zlib.crc32(self._read_block(block)) != self._record.blocks[block]:
                raise self._reporter.damaged(self.path.name)
            flags[block] = _VERIFIED

    def read(self, start: int, stop: int) -> bytes:
        """Return the bytes of a range, whose blocks are verified before.

        Unlike a range of mapped memory, it brings no neighbouring pages into the process's memory,
        and where the disk fails or the file was cut short, it does not end the process.

        Args:
            start: The first byte.
            stop: The byte after the last.
        """
        self.verify_range(start, stop)
        content = self._read(start, stop - start)
        if len(content) != stop - start:
            raise self._reporter.damaged(self.path.name)
        return content

    def _verify(self) -> None:
        # Read first: whatever is written while the file is verified changes the state again.
        self._state = state = self._read_state()
        self._flags = bytearray(len(self._record.blocks) if self._by_block else 0)
        has_size = state[0] == self._record.size
        self._is_damaged = not (has_size and (self._by_block or self._has_checksum()))
        if self._is_damaged:
            raise self._reporter.damaged(self.path.name)

    def _has_checksum(self) -> bool:
        stamp = VerifiedStamp(self._file.fileno(), self._record.checksum)
        if stamp.is_there():
            return True
        checksum = 0
        for block in range(-(-self._record.size // BLOCK_BYTES)):
            checksum = zlib.crc32(self._read_block(block), checksum)
        if checksum != self._record.checksum:
            return False
        stamp.write()
        return True

    def _read_state(self) -> tuple[int, int]:
        """Return the size of the file and the time when it was last written to."""
        status = os.fstat(self._file.fileno())
        return status.st_size, status.st_mtime_ns

    def _read_block(self, block: int) -> bytes:
        return self._read(block * BLOCK_BYTES, BLOCK_BYTES)

    def _read(self, start: int, size: int) -> bytes:
        try:
            return os.pread(self._file.fileno(), size, start)
        except OSError:
            with self._reporter.report(self.path.name):
                raise


class GenerationFiles:
    """The files of a generation or of a segment, as the manifests list them.

    Attributes:
        folder: The folder of the generation or segment.
        records: The size and checksums of each file, by path relative to the folder.
        reporter: Makes the errors.
    """

    def __init__(
        self,
        path: Path,
        folder: Path,
        records: Mapping[str, FileRecord],
        reporter: DamageReporter | None = None,
    ) -> None:
        """Take the files that were written.

        Args:
            path: The library's folder.
            folder: The folder of the generation or segment.
            records: The size and checksums of each file, by path relative to the folder.
            reporter: Makes the errors; None for one of its own.
        """
        self.folder = folder
        self.reporter = reporter or DamageReporter(path)
        self.records = records
        self._opened: list[VerifiedFile] = []

    def open(self, name: str, *, by_block: bool = False) -> VerifiedFile:
        """Return a file, verified whole unless that is to be done by block.

        Args:
            name: Its path relative to the folder.
            by_block: Whether it is verified by `VerifiedFile.verify_range`.

        Raises:
            LibraryError: If it is missing or not what was written, or cannot be read.
        """
        if name not in self.records:
            raise self.reporter.damaged(name, "missing")
        file = VerifiedFile(
            self.folder / name, self.records[name], self.reporter, by_block=by_block
        )
        self._opened.append(file)
        return file

    def has(self, name: str) -> bool:
        """Return whether the manifest lists a file.

        Args:
            name: Its path relative to the folder.
        """
        return name in self.records

    def read(self, name: str) -> bytes:
        """Return the content of a file, verified.

        Args:
            name: Its path relative to the folder.

        Raises:
            LibraryError: As `open`.
        """
        with self.reporter.report(name):
            content = (self.folder / name).read_bytes()
        if zlib.crc32(content) != self.records[name].checksum:
            raise self.reporter.damaged(name)
        return content

    def open_folder(self, name: str) -> list[VerifiedFile]:
        """Return all files in a folder, verified whole.

        Args:
            name: The folder's path relative to the generation's.

        Raises:
            LibraryError: As `open`.
        """
        return [self.open(file) for file in self.records if file.startswith(f"{name}/")]

    def verify_if_changed(self) -> None:
        """Verify anew each open file that was written to since it was last verified.

        Raises:
            LibraryError: If one is not what was written, or cannot be read.
        """
        for file in self._opened:
            file.verify_if_changed()

    def verify(self) -> None:
        """Compare every file on the disk with its checksum.

        Raises:
            LibraryError: If one is missing or not what was written, or cannot be read.
        """
        for name, record in self.records.items():
            with self.reporter.report(name):
                checksum = record_file(self.folder / name).checksum
            if checksum != record.checksum:
                raise self.reporter.damaged(name)
