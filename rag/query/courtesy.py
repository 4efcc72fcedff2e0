"""Greetings, thanks and questions of what can be asked: nothing that a library could answer."""

from __future__ import annotations

from index.text.patterns import load_patterns
from index.text.scripts import fold

_PATTERNS = load_patterns("rag.query")


def is_courtesy(question: str) -> bool:
    """Return whether a question only greets, thanks, or asks what can be asked.

    Args:
        question: The question.

    >>> is_courtesy("Thanks!"), is_courtesy("你會什麼？"), is_courtesy("Whom do they thank?")
    (True, True, False)
    """
    return _PATTERNS["courtesy"].fullmatch(fold(question).strip()) is not None
