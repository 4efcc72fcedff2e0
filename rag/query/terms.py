"""What in a question a text can be checked for: its words, and other ways to say them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from index.text.terms import analyze


class TermVariant(NamedTuple):
    """One way to say a word of a question.

    Attributes:
        terms: As `index.language.words` gives them; a text says it that holds them all.
        weight: How surely it says the same, in (0, 1].
    """

    terms: tuple[str, ...]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class QueryTerm:
    """A word of a question, and the ways in which a text may say it.

    Attributes:
        word: As folded, for people to read.
        variants: At least one.
    """

    word: str
    variants: tuple[TermVariant, ...]


def query_terms(question: str) -> tuple[QueryTerm, ...]:
    """The question's terms, each once, as a text in the same language would have them."""
    return tuple(
        QueryTerm(term, (TermVariant((term,)),)) for term in dict.fromkeys(analyze(question))
    )
