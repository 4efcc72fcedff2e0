"""Safe names for the files that visitors send."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from pathlib import PurePosixPath

from ui.service.limits import MAX_FILE_NAME_LENGTH

_MAX_NAME_BYTES = 200  # of a name in UTF-8; file systems take 255
_DEFAULT_NAME = "publication"


def sanitize_file_name(raw_name: str) -> str:
    """Return a file's name without folders, control characters and direction marks; never "".

    A name that is too long loses the end of its stem; the suffix stays.
    """
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", raw_name)[-1])
    characters = (" " if character.isspace() else character for character in name)
    name = "".join(
        character for character in characters if unicodedata.category(character)[0] != "C"
    )
    path = PurePosixPath(" ".join(name.split()).lstrip(". ") or _DEFAULT_NAME)
    return _truncate_name(path.stem, path.suffix[:MAX_FILE_NAME_LENGTH])


def make_unique_name(name: str, taken: Container[str]) -> str:
    """Return the name, with a number if it is taken."""
    path = PurePosixPath(name)
    candidate, number = name, 2
    while candidate in taken:
        candidate = _truncate_name(path.stem, f" ({number}){path.suffix}")
        number += 1
    return candidate


def _truncate_name(stem: str, suffix: str) -> str:
    suffix = suffix.encode()[: _MAX_NAME_BYTES // 2].decode(errors="ignore")
    stem = stem[: max(MAX_FILE_NAME_LENGTH - len(suffix), 1)]
    stem = stem.encode()[: _MAX_NAME_BYTES - len(suffix.encode())].decode(errors="ignore")
    return stem.strip() + suffix
