"""Score a text as a reference, by signs such as an author, a year, pages, a law report's number.

The signs are tables of `index/readers/notes/patterns/{zh,en}.toml`, each with the number that it
adds to the score. A text is a reference where the sum, less the words that only prose has, is above
zero: no sign alone decides but those that nothing but references have.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from functools import cache

from index.readers.notes.masking import MaskedText, hide_parentheses, mask
from index.text.characters import BASIC_HAN
from index.text.patterns import LANGUAGES, load_patterns, read_entries

_PACKAGE = "index.readers.notes"
_PATTERNS = load_patterns(_PACKAGE)

# Set by hand on the development half of the labelled references: see eval/benchmarks/sources.py.
_THRESHOLD = 4.0  # what the signs of a reference have to exceed
_PROSE_COST = 2.0  # for each word of prose
_LOWER_CASE_COST = 0.5  # for each further word in lower case
_MAX_PROSE = 4
_HAN_COST = 5.0
_MAX_HAN = 22  # characters beside titles in a reference without pages, a publisher or the like
_MAX_HAN_OF_SENTENCE = 7  # the same, of a part that ends as sentences do
_MAX_HAN_ALONE = 4  # the same, of a part that has no sign at all
_HAN_CHARACTER = re.compile(f"[{BASIC_HAN}]")
COMPLETE = frozenset(
    ("page", "pages", "issue", "publisher-and-year", "edition-and-year", "document-type",
     "address", "case-number", "thesis", "archive", "newspaper", "article-of-law", "issued",
     "interview", "unpublished", "film", "visited", "online-channel",
     "place-and-publisher", "name-and-year", "judgment", "part", "standard", "legislative-paper")
)  # fmt: skip
"""Signs of which one stands in most Chinese references."""
_SECOND_AUTHOR_COST = 2.0
_AUTHORS = frozenset(("author", "author-before-title"))
_AUTHORS_ALONE = frozenset(("author-and-year", "name-and-year", "author-with-initials"))
_TITLES = frozenset(
    ("title-italic", "title-quoted", "title-in-brackets", "title-in-capitals", "author-and-year")
)
_ENDS = frozenset(("year", "pages", "page", "address", "imprint", "volume-and-number"))
_MAX_LENGTH = 1_200  # characters: no reference is longer


@dataclass(frozen=True, slots=True)
class Evidence:
    """The signs in a text.

    Attributes:
        weights: What each sign that it has adds to its score, by name.
        prose: What its words of prose take away.
        is_joined: Whether it is that of several texts.
    """

    weights: Mapping[str, float]
    prose: float
    is_joined: bool = False

    @property
    def score(self) -> float:
        """The score of the text as one reference: above zero if it is one."""
        return sum(self.weights.values()) - self.prose - _THRESHOLD


def find_evidence(text: str | MaskedText) -> Evidence:
    """Return the signs in a text that speak for and against its being a reference.

    Args:
        text: A note or a part of one.

    >>> find_evidence("Ada Merrow, *Dry Harbour* (Port Sel: Foghorn, 2019), 14.").score > 0
    True
    >>> find_evidence("In 2019 the *Dry Harbour* was not closed.").score > 0
    False
    """
    masked = mask(text) if isinstance(text, str) else text
    if len(masked.text) > _MAX_LENGTH:
        return Evidence({}, 0)
    weights = find_signs(masked)
    return Evidence(weights, max(_count_prose(masked.masked), _weigh_han(masked.masked, weights)))


def find_signs(masked: MaskedText, names: Container[str] | None = None) -> dict[str, float]:
    """Return what each sign of a reference that a text has adds to its score, by name.

    Args:
        masked: The text; one that is too long for a reference has none.
        names: The signs that are looked for; None for all.
    """
    if len(masked.text) > _MAX_LENGTH:
        return {}
    return {
        name: weight
        for name, weight, pattern in _load_signs()
        if (names is None or name in names) and pattern.search(masked.masked)
    }


def join_evidence(first: Evidence, second: Evidence, cost: float) -> Evidence:
    """Return the evidence of a text and the text that follows it, taken as one reference.

    A sign counts once, and a second author speaks against it; what follows an author and a year is
    a title, whatever words it has.

    Args:
        first: The evidence of the text.
        second: The evidence of the text that follows.
        cost: What parts the two.
    """
    is_after_author = bool(first.weights.keys() & _AUTHORS_ALONE)
    prose = 0 if is_after_author and not first.is_joined else second.prose
    begins = second.weights.keys() & _AUTHORS and second.weights.keys() & _TITLES
    if begins and first.weights.keys() & _ENDS:
        cost += _SECOND_AUTHOR_COST
    return Evidence({**second.weights, **first.weights}, first.prose + prose + cost, is_joined=True)


@cache
def _load_signs() -> tuple[tuple[str, float, re.Pattern[str]], ...]:
    return tuple(
        (name, entry.evidence, re.compile(entry.expression))
        for language in LANGUAGES
        for name, entry in read_entries(_PACKAGE, language).items()
        if entry.evidence
    )


def _weigh_han(masked: str, weights: Mapping[str, float]) -> float:
    """Return what Han outside titles and parentheses takes away where nothing else is a sign.

    Sentences need no word that only prose has; but references with so much beside titles have a
    page, a publisher or the like.
    """
    if weights.keys() & COMPLETE:
        return 0
    count = len(_HAN_CHARACTER.findall(hide_parentheses(masked)))
    limit = _MAX_HAN
    has_title = "title-in-brackets" in weights
    ending = masked.rstrip()[-1:]
    if ending in ("。", "!", "?"):
        limit = _MAX_HAN_OF_SENTENCE if has_title and ending == "。" else _MAX_HAN_ALONE
    return _HAN_COST if count > limit else 0


def _count_prose(masked: str) -> float:
    text = hide_parentheses(masked)
    words = min(sum(1 for _ in _PATTERNS["prose"].finditer(text)), _MAX_PROSE)
    lower_case = sum(1 for _ in _PATTERNS["lower-case-word"].finditer(text))
    return words * _PROSE_COST + max(0, min(lower_case, 12) - 1) * _LOWER_CASE_COST
