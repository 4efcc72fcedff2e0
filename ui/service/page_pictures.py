"""Pictures of the pages of PDF files, drawn in a process apart."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from index.errors import ReadError
from index.page_numbers import MarkedPage
from ui.service import limits
from ui.service.errors import not_drawn_error

if TYPE_CHECKING:
    from index.sandbox.client import SandboxedReader

_log = logging.getLogger("tongzhu.service")


class PagePainter:
    """Draws pages, one picture at a time. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    @cached_property
    def _reader(self) -> SandboxedReader:
        # It imports all readers, which `tongzhu ask` need not wait for.
        from index.sandbox.client import ReadLimits, SandboxedReader

        return SandboxedReader(
            ReadLimits(limits.DRAW_TIMEOUT_SECONDS, limits.MAX_READ_MEMORY_BYTES)
        )

    def draw(self, content: bytes, pages: Sequence[MarkedPage], name: str) -> bytes:
        """Return a PNG picture of pages of a PDF.

        Args:
            content: The file.
            pages: The pages, with what is marked on them.
            name: What the log calls the file.

        Raises:
            RequestError: If they cannot be drawn.
        """
        try:
            with self._lock:
                return self._reader.draw_pages(content, pages, name)
        except ReadError as error:
            notes = "\n".join(getattr(error, "__notes__", ()))
            _log.error("%s\n%s", error, notes)
            raise not_drawn_error() from None

    def close(self) -> None:
        """End the process that draws."""
        with self._lock:
            if "_reader" in vars(self):
                self._reader.close()
