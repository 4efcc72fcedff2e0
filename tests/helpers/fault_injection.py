"""Errors at chosen steps of what a test runs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class FaultInjector:
    """Raises an error once, at the nth audit event that names a path in a folder."""

    def __init__(self) -> None:
        self.folder = ""
        self.left = 0
        self.error: BaseException = OSError()
        sys.addaudithook(self._on_audit_event)

    def _on_audit_event(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.left and any(self.folder in str(argument) for argument in arguments):
            self.left -= 1
            if not self.left:
                raise self.error

    @contextmanager
    def inject(self, event: int, folder: Path, error: BaseException) -> Iterator[None]:
        self.folder, self.left, self.error = str(folder), event, error
        try:
            yield
        finally:
            self.left = 0
