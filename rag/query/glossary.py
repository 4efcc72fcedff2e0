"""The glossary of a library, as questions are held against it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from index.glossary.brackets import is_chinese
from index.glossary.gloss import Gloss
from index.text.scripts import fold
from index.text.terms import words
from rag.query.terms import Way

_GLOSSED = 1.5
"""What the other form of a glossed term counts: more than translations of its words, and than the
dictionary's of the whole, for it is what the publication itself says."""


class Meant(NamedTuple):
    """A form that stands in a question, and the others that stand for the same.

    Attributes:
        folded: The form as compared, without blanks.
        terms: Its terms.
        ways: The other forms.
    """

    folded: str
    terms: tuple[str, ...]
    ways: tuple[Way, ...]


class Glossary:
    """Looks up glossed forms in questions. Safe to use from many threads."""

    def __init__(self, glosses: Iterable[Gloss] = ()) -> None:
        """Takes the glosses of a library.

        Titles are left out: both of them stand among what is searched of an article anyway.
        """
        self._by_signs: dict[str, dict[str, None]] = defaultdict(dict)
        self._by_terms: dict[tuple[str, ...], dict[str, None]] = defaultdict(dict)
        for gloss in glosses:
            if gloss.kind == "title":
                continue
            for form in gloss.forms:
                others = dict.fromkeys(other for other in gloss.forms if other != form)
                if is_chinese(form):
                    self._by_signs[_bare(form)].update(others)
                elif terms := tuple(words(form)):
                    self._by_terms[terms].update(others)
        self._sizes = sorted({len(signs) for signs in self._by_signs}, reverse=True)
        self._lengths = sorted({len(terms) for terms in self._by_terms}, reverse=True)

    def meant(self, question: str) -> tuple[Meant, ...]:
        """The glossed forms in a question; the longest of those that overlap."""
        return (*self._chinese(_bare(question)), *self._latin(words(question)))

    def _chinese(self, signs: str) -> Iterator[Meant]:
        at = 0
        while at < len(signs):
            size = next((n for n in self._sizes if signs[at : at + n] in self._by_signs), 0)
            if size:
                form = signs[at : at + size]
                yield Meant(form, tuple(words(form)), _ways(self._by_signs[form]))
            at += size or 1

    def _latin(self, terms: list[str]) -> Iterator[Meant]:
        at = 0
        while at < len(terms):
            found = (tuple(terms[at : at + n]) for n in self._lengths)
            form = next((each for each in found if each in self._by_terms), ())
            if form:
                yield Meant(" ".join(form), form, _ways(self._by_terms[form]))
            at += len(form) or 1


def _bare(form: str) -> str:
    return fold(form).replace(" ", "")


def _ways(forms: Iterable[str]) -> tuple[Way, ...]:
    found = dict.fromkeys(as_terms(form) for form in forms)
    return tuple(Way(terms, _GLOSSED) for terms in found if terms)


def as_terms(form: str) -> tuple[str, ...]:
    """A form as the terms that a text has which holds it: pairs of signs, or words."""
    terms = dict.fromkeys(words(form))
    pairs = tuple(term for term in terms if len(term) > 1 or not is_chinese(term))
    return pairs or tuple(terms)
