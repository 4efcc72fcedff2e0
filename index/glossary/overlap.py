"""How well Chinese signs and English words agree in meaning, by the dictionary's translations."""

from __future__ import annotations

import re

from index.glossary.brackets import is_short
from index.text.dictionary import Lexicon, Translation, Translations
from index.text.terms import words

_ACRONYM = re.compile(r"[a-z]{2,}")


class Meaning:
    """How well the ends of a run of Chinese signs agree with an English gloss."""

    def __init__(self, folded: str, gloss: str, known: Translations) -> None:
        """Takes what is compared.

        Args:
            folded: The run, folded sign by sign.
            gloss: The English form.
            known: The translations of its parts.
        """
        self._folded = folded
        self._terms = frozenset(gloss.lower() if is_short(gloss) else words(gloss))
        self._said = [*self._acronyms(gloss)]
        if is_short(gloss):
            known = {word: _initials(each) for word, each in known.items() if len(word) > 1}
        for i in range(len(folded)):
            for word, translations in known.items():
                if folded.startswith(word, i):
                    terms = {term for each in translations for term in each.terms}
                    self._said.append((i, i + len(word), self._terms & terms))

    def of(self, start: int) -> float:
        """The Dice coefficient for the end of the run that begins there, in [0, 1]."""
        signs: set[int] = set()
        terms: set[str] = set()
        for i, j, shared in self._said:
            if i >= start and shared:
                signs.update(range(i, j))
                terms |= shared
        size = sum(sign != " " for sign in self._folded[start:])
        return _dice(len(signs) / size, len(terms) / max(len(self._terms), 1))

    def _acronyms(self, gloss: str) -> list[tuple[int, int, frozenset[str]]]:
        """The Latin words of the run, with the words of the gloss that they may be short for."""
        initials = [(term[0], term) for term in words(gloss)]
        found = []
        for word in _ACRONYM.finditer(self._folded):
            meant = frozenset(term for initial, term in initials if initial in word[0])
            spelled = set(word[0]) <= {initial for initial, _ in initials}
            shared = meant if spelled else self._terms & frozenset(words(word[0]))
            found.append((*word.span(), shared))
        return found


def _initials(translations: list[Translation]) -> list[Translation]:
    """The first letters of the nearest translation, as an acronym has them."""
    return [
        each._replace(terms=tuple(term[0] for term in each.terms))
        for each in translations
        if not each.rank
    ]


def covered(phrase: str, signs: str, lexicon: Lexicon) -> float:
    """How well English words agree with folded Chinese signs: the Dice coefficient, in [0, 1]."""
    terms = words(phrase)
    spans = {(i, j) for i in range(len(terms)) for j in range(i + 1, min(i + 4, len(terms)) + 1)}
    known = lexicon.chinese({" ".join(terms[i:j]) for i, j in spans})
    theirs: set[int] = set()
    ours: set[int] = set()
    for i, j in spans:
        for (word,), *_ in known.get(" ".join(terms[i:j]), ()):
            at = signs.find(word)
            if at >= 0:
                theirs.update(range(at, at + len(word)))
                ours.update(range(i, j))
    return _dice(len(theirs) / len(signs), len(ours) / max(len(terms), 1))


def _dice(one: float, other: float) -> float:
    return 2 * one * other / (one + other) if one and other else 0.0
