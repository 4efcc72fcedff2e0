"""Files under a second name, which take no more room."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def link_or_copy(source: Path, target: Path) -> None:
    """Make a file appear under a second name; copy it where the disk knows no such links.

    Args:
        source: The file; it is never written to.
        target: The new name.

    Raises:
        OSError: If neither is possible.
    """
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
