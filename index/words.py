"""The terms of a text, by one analysis for Chinese and English."""

from __future__ import annotations

import re

from index.folding import fold

_TOKEN = re.compile(
    r"(?P<han>[\u3005\u3007\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+)|(?P<word>[^\W_]+)"
)


def words(text: str) -> list[str]:
    """The terms of a text, in order, repeated as often as they stand in it.

    Args:
        text: A passage or a question.

    Returns:
        Terms: for Chinese single characters and pairs of them, for English folded words.
    """
    terms: list[str] = []
    for found in _TOKEN.finditer(fold(text)):
        if found["han"]:
            run = found["han"]
            terms += run
            terms += [run[i : i + 2] for i in range(len(run) - 1)]
        else:
            terms.append(found["word"])
    return terms
