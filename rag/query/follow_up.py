"""Follow-ups: whether a question depends on the ones before it, and its text with them."""

from __future__ import annotations

from collections.abc import Sequence

from index.text.patterns import load_patterns
from index.text.scripts import fold
from index.text.terms import analyze
from rag.query import limits

_PATTERNS = load_patterns("rag.query")

# A question with at most so many content words is taken to leave something out.
_MAX_ELLIPTIC_WORDS_EN = 2
_MAX_ELLIPTIC_CHARACTERS_ZH = 5
# After so many content words a pronoun refers to something within the question.
_MIN_ANTECEDENT_WORDS_EN = 3
_MIN_ANTECEDENT_CHARACTERS_ZH = 4


def is_follow_up(question: str, history: Sequence[str]) -> bool:
    """Return whether the words of a question show that it depends on the ones before it.

    Args:
        question: The question.
        history: The questions before it, oldest first.
    """
    folded = fold(question).strip()
    if not history or changes_topic(question):
        return False
    text = _PATTERNS["no-anaphor"].sub(" ", folded)
    if _PATTERNS["follow-up-opening"].search(text) or _has_at_most(
        text, _MAX_ELLIPTIC_CHARACTERS_ZH, _MAX_ELLIPTIC_WORDS_EN
    ):
        return True
    anaphor = _PATTERNS["anaphor"].search(text)
    return anaphor is not None and _has_at_most(
        text[: anaphor.start()], _MIN_ANTECEDENT_CHARACTERS_ZH - 1, _MIN_ANTECEDENT_WORDS_EN - 1
    )


def changes_topic(question: str) -> bool:
    """Return whether a question announces another topic.

    Args:
        question: The question.
    """
    return _PATTERNS["changes-topic"].search(fold(question)) is not None


def asks_for_more(question: str) -> bool:
    """Return whether a question asks only for whatever else there is (還有呢？, "what else?").

    Args:
        question: The question.
    """
    return _PATTERNS["asks-for-more"].fullmatch(fold(question).strip()) is not None


def with_history(question: str, history: Sequence[str]) -> str:
    """Return a question after the beginnings of those that it depends on, a line each.

    These are the first question of the topic and the last one; where the last one begins a topic,
    it and the one before it.

    Args:
        question: The question.
        history: The questions before it, oldest first.
    """
    last, first = len(history) - 1, topic_start(history)
    if first == last:
        first = last - 1
    context_lines = [
        history[index][: limits.MAX_CONTEXT_CHARACTERS] for index in (first, last) if index >= 0
    ]
    return "\n".join([*context_lines, question])


def topic_start(history: Sequence[str]) -> int:
    """Return the index of the question that began the topic of the last one; -1 without history.

    Args:
        history: Questions, oldest first.
    """
    index = len(history) - 1
    while index > 0 and is_follow_up(history[index], history[:index]):
        index -= 1
    return index


def without_history(text: str) -> str:
    """Return the question alone from the text that `with_history` returned.

    Args:
        text: Lines, the question last.
    """
    return text.rsplit("\n", 1)[-1]


def _has_at_most(text: str, max_characters_zh: int, max_words_en: int) -> bool:
    """Return whether a text has no more Chinese characters and English words but stop words."""
    terms = analyze(text)
    characters_zh = sum(len(term) == 1 and not term.isascii() for term in terms)
    return (
        characters_zh <= max_characters_zh and sum(term.isascii() for term in terms) <= max_words_en
    )
