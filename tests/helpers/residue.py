"""Search for remains of deleted texts on the disk."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from pathlib import Path

PATIENCE = 20.0  # seconds


def find_residue(folder: Path, texts: Iterable[str]) -> list[str]:
    """The texts of which the bytes of a file contain any spelling, with the file's name."""
    contents = {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return [
        f"{text} in {name}"
        for text in texts
        for name, content in contents.items()
        if any(
            spelling in content
            for spelling in (
                text.encode(),
                json.dumps(text)[1:-1].encode(),
                text.encode("utf-16-le"),
                text.encode("utf-16-be"),
            )
        )
    ]


def wait_until_erased(folder: Path, texts: Iterable[str], patience: float = PATIENCE) -> None:
    """Wait until nothing of the texts is left; fail after a time limit."""
    deadline = time.monotonic() + patience
    texts = tuple(texts)
    while residue := find_residue(folder, texts):
        assert time.monotonic() < deadline, residue
        time.sleep(0.05)
