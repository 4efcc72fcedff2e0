"""Names of files as visitors send them: nothing in them that a system or a screen would obey."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from pathlib import PurePosixPath

from ui.service.limits import FILE_NAME

_BYTES = 200  # of a name in UTF-8; file systems take 255
_UNNAMED = "publication"


def safe_name(given: str) -> str:
    """The name of a file without folders, control characters and marks of direction; never "".

    The ending stays, and what is too long loses the end of its stem.
    """
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", given)[-1])
    kept = (" " if sign.isspace() else sign for sign in name)
    name = "".join(sign for sign in kept if unicodedata.category(sign)[0] != "C")
    path = PurePosixPath(" ".join(name.split()).lstrip(". ") or _UNNAMED)
    return _cut(path.stem, path.suffix[:FILE_NAME])


def distinct(name: str, taken: Container[str]) -> str:
    """The name, numbered if it is taken."""
    path = PurePosixPath(name)
    found, number = name, 2
    while found in taken:
        found = _cut(path.stem, f" ({number}){path.suffix}")
        number += 1
    return found


def _cut(stem: str, ending: str) -> str:
    ending = ending.encode()[: _BYTES // 2].decode(errors="ignore")
    stem = stem[: max(FILE_NAME - len(ending), 1)]
    stem = stem.encode()[: _BYTES - len(ending.encode())].decode(errors="ignore")
    return stem.strip() + ending
