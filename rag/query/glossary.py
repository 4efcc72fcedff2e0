"""The glossary of a library, as questions are held against it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from index.glossary.brackets import contains_chinese
from index.glossary.gloss import Gloss
from index.text.scripts import fold
from index.text.terms import analyze
from rag.query.terms import TermVariant

_GLOSSARY_VARIANT_WEIGHT = 1.5
"""What the other form of a glossed term counts: more than translations of its words, and than the
dictionary's of the whole, for it is what the publication itself says."""


class GlossaryMatch(NamedTuple):
    """A form that stands in a question, and the others that stand for the same.

    Attributes:
        folded: The form as compared, without blanks.
        terms: Its terms.
        variants: The other forms.
    """

    folded: str
    terms: tuple[str, ...]
    variants: tuple[TermVariant, ...]


class Glossary:
    """Looks up glossed forms in questions. Safe to use from many threads."""

    def __init__(self, glosses: Iterable[Gloss] = ()) -> None:
        """Takes the glosses of a library.

        Titles are left out: both of them stand among what is searched of an article anyway.
        """
        self._chinese_forms: dict[str, dict[str, None]] = defaultdict(dict)
        self._latin_forms: dict[tuple[str, ...], dict[str, None]] = defaultdict(dict)
        for gloss in glosses:
            if gloss.kind == "title":
                continue
            for form in gloss.forms:
                other_forms = dict.fromkeys(
                    other_form for other_form in gloss.forms if other_form != form
                )
                if contains_chinese(form):
                    self._chinese_forms[_fold_without_spaces(form)].update(other_forms)
                elif terms := tuple(analyze(form)):
                    self._latin_forms[terms].update(other_forms)
        self._chinese_lengths = sorted(
            {len(characters) for characters in self._chinese_forms}, reverse=True
        )
        self._latin_lengths = sorted({len(terms) for terms in self._latin_forms}, reverse=True)

    def find(self, question: str) -> tuple[GlossaryMatch, ...]:
        """The glossed forms in a question; the longest of those that overlap."""
        return (
            *self._find_chinese(_fold_without_spaces(question)),
            *self._find_latin(analyze(question)),
        )

    def _find_chinese(self, characters: str) -> Iterator[GlossaryMatch]:
        start = 0
        while start < len(characters):
            length = next(
                (
                    n
                    for n in self._chinese_lengths
                    if characters[start : start + n] in self._chinese_forms
                ),
                0,
            )
            if length:
                form = characters[start : start + length]
                yield GlossaryMatch(
                    form, tuple(analyze(form)), _build_variants(self._chinese_forms[form])
                )
            start += length or 1

    def _find_latin(self, terms: list[str]) -> Iterator[GlossaryMatch]:
        start = 0
        while start < len(terms):
            possible_forms = (tuple(terms[start : start + n]) for n in self._latin_lengths)
            form = next(
                (
                    possible_form
                    for possible_form in possible_forms
                    if possible_form in self._latin_forms
                ),
                (),
            )
            if form:
                yield GlossaryMatch(" ".join(form), form, _build_variants(self._latin_forms[form]))
            start += len(form) or 1


def _fold_without_spaces(form: str) -> str:
    return fold(form).replace(" ", "")


def _build_variants(forms: Iterable[str]) -> tuple[TermVariant, ...]:
    unique_terms = dict.fromkeys(analyze_form(form) for form in forms)
    return tuple(TermVariant(terms, _GLOSSARY_VARIANT_WEIGHT) for terms in unique_terms if terms)


def analyze_form(form: str) -> tuple[str, ...]:
    """A form as the terms that a text has which holds it: pairs of signs, or words."""
    terms = dict.fromkeys(analyze(form))
    bigrams = tuple(term for term in terms if len(term) > 1 or not contains_chinese(term))
    return bigrams or tuple(terms)
