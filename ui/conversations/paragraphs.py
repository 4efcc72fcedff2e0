"""What a language model wrote of an answer, as plain JSON values."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rag.written.serialization import written_from_dict, written_to_dict
from ui.conversations.model import Paragraph


def paragraph_to_dict(paragraph: Paragraph) -> dict[str, Any]:
    """Return a paragraph as plain JSON values."""
    time = paragraph.written_at.isoformat(timespec="seconds")
    return {"written_at": time} | written_to_dict(paragraph.written)


def parse_paragraph(values: dict[str, Any]) -> Paragraph:
    """Return the paragraph that `paragraph_to_dict` gave.

    Raises:
        ValueError: If it has the form of another release.
    """
    written = written_from_dict(values)
    return Paragraph(written, datetime.fromisoformat(str(values.get("written_at"))))
