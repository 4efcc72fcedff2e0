"""Where marks may stand in random texts, and their order."""

from __future__ import annotations

from collections.abc import Iterable

from index.document import NoteMark


def sort_marks(marks: Iterable[NoteMark]) -> tuple[NoteMark, ...]:
    return tuple(sorted(marks, key=lambda mark: (mark.offset, int(mark.note))))


def mark_places(text: str) -> list[int]:
    """Where a mark may stand: before or after a sign, not behind a digit."""
    return [
        offset
        for offset in range(1, len(text) + 1)
        if (text[offset - 1] in "，。！？.,?!" or text[offset : offset + 1] in ("，", "。"))
        and not text[offset - 1].isdigit()
        and text[offset - 1] not in "³²"
        and not (text[offset - 1] in ",." and text[offset : offset + 1] not in ("", " "))
        and text[offset : offset + 1] not in ("」", "）")
    ]
