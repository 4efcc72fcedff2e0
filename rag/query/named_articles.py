"""Articles that a question asks about by their places: article 3, 第一篇和第三篇."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from index.text.numbers import normalize_numbers
from index.text.patterns import load_patterns
from index.text.scripts import Language, fold
from rag.query.ordinal import parse_position

_PATTERNS = {"zh": load_patterns("rag.query", "zh"), "en": load_patterns("rag.query", "en")}
_NUMBER = re.compile(r"\d+")
_PLACEHOLDERS: dict[Language, str] = {"zh": "文章", "en": "the article"}


class NamedArticles(NamedTuple):
    """Articles that a question names by their places.

    Attributes:
        positions: Their places, from 0; from the end, -1 is the last one.
        question: The question without these places, which are said of no passage.
        may_be_of_law: Whether they are named as articles of a law are, too: Article 3.
    """

    positions: tuple[int, ...]
    question: str
    may_be_of_law: bool


class _Mention(NamedTuple):
    start: int
    end: int
    positions: tuple[int, ...]


def parse_named_articles(question: str) -> NamedArticles | None:
    """Return the articles that a question names by their places; None if it names none.

    Args:
        question: The question.

    >>> parse_named_articles("What do articles 1 and 3 say of fish?").positions
    (0, 2)
    """
    folded = fold(question)
    for language, placeholder in _PLACEHOLDERS.items():
        # English is read as it is: normalised, "Article 3" is one of a law.
        text = normalize_numbers(folded) if language == "zh" else folded
        numbered = list(_find_numbered(text, language))
        mentions = sorted([*numbered, *_find_ordinals(text, language)])
        if mentions:
            positions = (position for mention in mentions for position in mention.positions)
            return NamedArticles(
                tuple(dict.fromkeys(positions)),
                _replace(question, text, mentions, placeholder),
                language == "en" and bool(numbered),
            )
    return None


def _find_numbered(text: str, language: Language) -> Iterator[_Mention]:
    for match in _PATTERNS[language]["numbered-articles"].finditer(text):
        numbers = map(int, _NUMBER.findall(match[1]))
        yield _Mention(match.start(), match.end(), tuple(number - 1 for number in numbers))


def _find_ordinals(text: str, language: Language) -> Iterator[_Mention]:
    for match in _PATTERNS[language]["ordinal-article"].finditer(text):
        position = parse_position(match)
        if position is not None:
            yield _Mention(match.start(), match.end(), (position,))


def _replace(question: str, text: str, mentions: list[_Mention], placeholder: str) -> str:
    """Return a question with a placeholder for each mention; as it is if letters were joined."""
    if len(text) != len(question):
        return question
    parts, end = [], 0
    for mention in mentions:
        if mention.start >= end:
            parts += [question[end : mention.start], placeholder]
            end = mention.end
    return "".join((*parts, question[end:]))
