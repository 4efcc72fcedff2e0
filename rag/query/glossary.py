"""The forms of a library's glossary in questions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from index.glossary.brackets import contains_chinese
from index.glossary.gloss import Gloss
from index.text.scripts import fold
from index.text.terms import analyze
from rag.query.terms import TermVariant
from rag.ranking.parameters import load_parameters


class GlossaryMatch(NamedTuple):
    """A glossed form in a question, with the other forms of the same term.

    Attributes:
        folded: The form, folded, without blanks if it is Chinese.
        terms: Its terms.
        variants: The other forms.
    """

    folded: str
    terms: tuple[str, ...]
    variants: tuple[TermVariant, ...]


class Glossary:
    """Finds glossed forms in questions. Thread-safe.

    Args:
        glosses: The glosses of a library. Those of titles are left out: both titles of an article
            are searched anyway.
    """

    def __init__(self, glosses: Iterable[Gloss] = ()) -> None:
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
        """Return the glossed forms in a question; the longest of those that overlap.

        Args:
            question: The question.
        """
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
    weight = load_parameters().translation.glossary_weight
    unique_terms = dict.fromkeys(analyze_form(form) for form in forms)
    return tuple(TermVariant(terms, weight) for terms in unique_terms if terms)


def analyze_form(form: str) -> tuple[str, ...]:
    """Return the distinct terms of a form, single Chinese characters only if it has no others.

    Args:
        form: A form of a glossed term.
    """
    terms = dict.fromkeys(analyze(form))
    longer_terms = tuple(term for term in terms if len(term) > 1 or not contains_chinese(term))
    return longer_terms or tuple(terms)
