"""Follow-ups: whether a question depends on the ones before it, and its text with them."""

from __future__ import annotations

from collections.abc import Sequence

from index.text.patterns import load_patterns
from index.text.scripts import Language, fold
from index.text.terms import analyze
from rag.query import limits
from rag.ranking.parameters import load_parameters

_PATTERNS = load_patterns("rag.query")


def is_follow_up(question: str, history: Sequence[str]) -> bool:
    """Return whether the words of a question show that it depends on the ones before it.

    Args:
        question: The question.
        history: The questions before it, oldest first.
    """
    folded = fold(question).strip()
    if not history or changes_topic(question):
        return False
    parameters = load_parameters().follow_up
    text = _PATTERNS["no-anaphor"].sub(" ", folded)
    counts, maximum = _count_content_terms(text), parameters.max_elliptic_terms
    if _PATTERNS["follow-up-opening"].search(text) or all(
        counts[language] <= maximum[language] for language in counts
    ):
        return True
    anaphor = _PATTERNS["anaphor"].search(text)
    if anaphor is None:
        return False
    counts, minimum = _count_content_terms(text[: anaphor.start()]), parameters.min_antecedent_terms
    return all(counts[language] < minimum[language] for language in counts)


def counts_as_whole(question: str) -> bool:
    """Return whether a question says so much that it can be understood without those before it.

    Args:
        question: The question.
    """
    counts, minimum = (
        _count_content_terms(fold(question)),
        load_parameters().follow_up.min_whole_terms,
    )
    return any(counts[language] >= minimum[language] for language in counts)


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


def asks_for_claim_source(question: str) -> bool:
    """Return whether a follow-up asks only where the last answer comes from (這個說法的出處？).

    Args:
        question: The question.
    """
    return _PATTERNS["claim-source"].fullmatch(fold(question).strip()) is not None


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


def _count_content_terms(text: str) -> dict[Language, int]:
    """Return how many Chinese characters and English words a text has without its stop words."""
    terms = analyze(text)
    return {
        "zh": sum(len(term) == 1 and not term.isascii() for term in terms),
        "en": sum(term.isascii() for term in terms),
    }
