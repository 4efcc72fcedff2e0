"""Have several files read at the same time, each in a separate process."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from index.document import Publication
from index.sandbox.client import SandboxedReader
from index.sandbox.worker import count_processors


class ParallelReader:
    """Reads files that are known beforehand, in as many processes as there are processors.

    Use it as a context manager.
    """

    def __init__(self, *, ocr: bool = False) -> None:
        """Start no process yet.

        Args:
            ocr: Whether the text of pages that are pictures is recognised. Then files are read one
                after the other, since their pages are recognised at the same time.
        """
        count = 1 if ocr else count_processors()
        self._readers = [SandboxedReader(check=self._check, ocr=ocr) for _ in range(count)]
        self._idle: SimpleQueue[SandboxedReader] = SimpleQueue()
        for reader in self._readers:
            self._idle.put(reader)
        self._executor = ThreadPoolExecutor(count)
        self._readings: dict[Path, Future[Publication]] = {}
        self._is_closed = threading.Event()

    def __enter__(self) -> ParallelReader:
        return self

    def __exit__(self, *exception: object) -> None:
        self._is_closed.set()
        self._executor.shutdown(cancel_futures=True)
        for reader in self._readers:
            reader.close()

    def prepare(self, files: Iterable[Path]) -> None:
        """Begin to read files, in this order; what is asked for last stays in memory until then.

        Args:
            files: Those that `read_publication` will be asked for.
        """
        for file in files:
            self._readings[file] = self._executor.submit(self._read, file)

    def read_publication(self, path: Path) -> Publication:
        """Return the publication in a file; see `SandboxedReader.read`.

        Args:
            path: The file.
        """
        reading = self._readings.pop(path, None)
        return reading.result() if reading else self._read(path)

    def _read(self, path: Path) -> Publication:
        reader = self._idle.get()
        try:
            return reader.read_publication(path)
        finally:
            self._idle.put(reader)

    def _check(self) -> None:
        if self._is_closed.is_set():
            raise CancelledError
