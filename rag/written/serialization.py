"""A written answer as plain JSON values."""

from __future__ import annotations

from typing import Any

from rag.written.model import WrittenAnswer


def written_to_dict(written: WrittenAnswer) -> dict[str, Any]:
    """Return a written answer as plain JSON values.

    Args:
        written: The written answer.
    """
    return {
        "task": written.task,
        "model": written.model,
        "host": written.host,
        "usable": written.is_usable,
        "sentences": [
            {
                "text": sentence.text,
                "supported": sentence.verdict.is_supported,
                "coverage": sentence.verdict.coverage,
                "problems": [
                    {"kind": problem.kind, "detail": problem.detail}
                    for problem in sentence.verdict.problems
                ],
                "cites": [
                    {
                        "citation": item.citation,
                        "note": item.note,
                        "start": item.span.start,
                        "end": item.span.end,
                        "text": item.text,
                    }
                    for item in written.get_cited(sentence)
                ],
            }
            for sentence in written.sentences
        ],
    }
