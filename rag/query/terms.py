"""The terms of a question, and the forms in which a text may have them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from index.text.terms import analyze


class TermVariant(NamedTuple):
    """One form of a term of a question.

    Attributes:
        terms: As `index.text.terms.analyze` returns them; a text has the form if it has them all.
        weight: How surely the form means the same.
    """

    terms: tuple[str, ...]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class QueryTerm:
    """A term of a question.

    Attributes:
        word: The term for people to read, folded.
        variants: The forms in which a text may have it; at least one.
    """

    word: str
    variants: tuple[TermVariant, ...]


def query_terms(question: str) -> tuple[QueryTerm, ...]:
    """Return the distinct terms of a question, as a text in its own language has them.

    Args:
        question: The question.

    >>> [term.word for term in query_terms("Which station produced power?")]
    ['station', 'produc', 'power']
    """
    return tuple(
        QueryTerm(term, (TermVariant((term,)),)) for term in dict.fromkeys(analyze(question))
    )
