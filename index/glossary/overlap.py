"""Overlap in meaning of Chinese characters and English words, by dictionary translations."""

from __future__ import annotations

import re

from index.glossary.brackets import is_acronym
from index.text.dictionary import Dictionary, Translation, Translations
from index.text.terms import analyze

_ACRONYM = re.compile(r"[a-z]{2,}")


class TranslationOverlap:
    """The overlap of the suffixes of a Chinese run with an English gloss."""

    def __init__(self, folded_run: str, gloss: str, translations_by_word: Translations) -> None:
        """Match the words of the run with those of the gloss.

        Args:
            folded_run: The run, folded character by character.
            gloss: The English form.
            translations_by_word: The translations of the words in the run.
        """
        self._folded_run = folded_run
        self._gloss_terms = frozenset(gloss.lower() if is_acronym(gloss) else analyze(gloss))
        self._matches = [*self._match_acronyms(gloss)]
        if is_acronym(gloss):
            translations_by_word = {
                word: _reduce_to_initials(translation)
                for word, translation in translations_by_word.items()
                if len(word) > 1
            }
        for i in range(len(folded_run)):
            for word, translations in translations_by_word.items():
                if folded_run.startswith(word, i):
                    terms = {term for translation in translations for term in translation.terms}
                    self._matches.append((i, i + len(word), self._gloss_terms & terms))

    def score(self, start: int) -> float:
        """Return the Dice coefficient of a suffix of the run and the gloss, from 0 to 1.

        Args:
            start: The offset of the suffix in the run.
        """
        covered_characters: set[int] = set()
        covered_terms: set[str] = set()
        for i, j, shared in self._matches:
            if i >= start and shared:
                covered_characters.update(range(i, j))
                covered_terms |= shared
        size = sum(character != " " for character in self._folded_run[start:])
        return _dice_coefficient(
            len(covered_characters) / size, len(covered_terms) / max(len(self._gloss_terms), 1)
        )

    def _match_acronyms(self, gloss: str) -> list[tuple[int, int, frozenset[str]]]:
        """Return the Latin words of the run with the gloss words they may abbreviate."""
        initials = [(term[0], term) for term in analyze(gloss)]
        matches = []
        for match in _ACRONYM.finditer(self._folded_run):
            abbreviated_terms = frozenset(term for initial, term in initials if initial in match[0])
            is_spelled_out = set(match[0]) <= {initial for initial, _ in initials}
            shared = (
                abbreviated_terms
                if is_spelled_out
                else self._gloss_terms & frozenset(analyze(match[0]))
            )
            matches.append((*match.span(), shared))
        return matches


def _reduce_to_initials(translations: list[Translation]) -> list[Translation]:
    """Return the initials of the first translation, as an acronym has them."""
    return [
        translation._replace(terms=tuple(term[0] for term in translation.terms))
        for translation in translations
        if not translation.rank
    ]


def translation_overlap(phrase: str, characters: str, dictionary: Dictionary) -> float:
    """Return the Dice coefficient of English words and Chinese characters, from 0 to 1.

    Args:
        phrase: The English words.
        characters: The Chinese characters, folded.
        dictionary: The dictionary.
    """
    terms = analyze(phrase)
    spans = {(i, j) for i in range(len(terms)) for j in range(i + 1, min(i + 4, len(terms)) + 1)}
    translations = dictionary.translate_to_chinese({" ".join(terms[i:j]) for i, j in spans})
    covered_characters: set[int] = set()
    covered_terms: set[int] = set()
    for i, j in spans:
        for (word,), *_ in translations.get(" ".join(terms[i:j]), ()):
            position = characters.find(word)
            if position >= 0:
                covered_characters.update(range(position, position + len(word)))
                covered_terms.update(range(i, j))
    return _dice_coefficient(
        len(covered_characters) / len(characters), len(covered_terms) / max(len(terms), 1)
    )


def _dice_coefficient(first_share: float, second_share: float) -> float:
    return (
        2 * first_share * second_share / (first_share + second_share)
        if first_share and second_share
        else 0.0
    )
