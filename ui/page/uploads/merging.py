"""Merges what changes of the page have left, after their results are told."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from index.errors import TongzhuError
from index.update.merged_segment import merge_segments


def merge_until_stopped(library: Path) -> None:
    """Merge what changes have left to be merged; SIGTERM stops it, and the library is unchanged.

    To be called in the main thread, when nothing else is left to do. An error goes to stderr: the
    changes were made all the same.

    Args:
        library: The library's folder.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        merge_segments(library)
    except KeyboardInterrupt:
        return
    except TongzhuError as error:
        sys.stderr.write(f"{error}\n")  # for the server's log
