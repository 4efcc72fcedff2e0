"""The content words of a sentence, and how far other sentences have them, in either language.

Words of both languages are compared by their English terms: those of a Chinese word are all of its
translations in the dictionary, so that two Chinese words with a common translation also match.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from index.glossary.phonetics import is_romanisation, phonetic_similarity
from index.text.characters import FOLDED_HAN
from index.text.dictionary import MAX_WORD_LENGTH, Dictionary, segment_words
from index.text.scripts import fold
from index.text.terms import analyze
from index.text.word_lists import load_stop_words
from rag.query.translation import list_spans
from rag.ranking.parameters import load_parameters

_TOKEN = re.compile(rf"(?P<han>[{FOLDED_HAN}]+)|(?P<latin>[^\W\d_]+(?:['’.-][^\W\d_]+)*)")
_CURRENCY = re.compile("[$£€¥]")  # after the letters of one: NT$
_HAN_CHARACTER = re.compile(f"[{FOLDED_HAN}]")
_HAN_RUN = re.compile(f"[{FOLDED_HAN}]+")
_TIMES = frozenset(
    term
    for name in "January February March April May June July August September October November"
    " December Monday Tuesday Wednesday Thursday Friday Saturday Sunday Article".split()
    for term in analyze(name)
)
"""What is written with a capital letter and is no name; dates are compared as facts."""

_SHORT = 3  # letters of words that a title may have in lower case
_MAX_SPOKEN = 6  # characters that a name in Latin letters may stand for
_STOP_WORDS_ZH = load_stop_words("zh", "translation")
_fold_word = lru_cache(maxsize=4_096)(fold)


@dataclass(frozen=True, slots=True)
class ContentWord:
    """A word that says something.

    Attributes:
        text: Folded.
        printed: As printed, for a word in Latin letters; else as `text`.
        english: The English terms that it may mean, with their strength: 1 for its own.
        is_name: Whether it is a name.
    """

    text: str
    printed: str
    english: Mapping[tuple[str, ...], float]
    is_name: bool


@dataclass(frozen=True, eq=False)
class Content:
    """What a sentence, or several, say.

    Attributes:
        folded: The folded text.
        words: The content words, in order.
    """

    folded: str
    words: tuple[ContentWord, ...]

    @cached_property
    def strengths(self) -> Mapping[str, float]:
        """The strength of each English term that the words may mean."""
        strengths: dict[str, float] = {}
        for word in self.words:
            for terms, strength in word.english.items():
                for term in terms:
                    strengths[term] = max(strength, strengths.get(term, 0))
        return strengths


@lru_cache(maxsize=4_096)
def analyze_word(word: str) -> tuple[str, ...]:
    """Return the terms of a word in Latin letters, as `index.text.terms.analyze` gives them.

    Args:
        word: The word; words of a sentence come back in its clauses and in what it cites.
    """
    return tuple(analyze(word))


@lru_cache(maxsize=1_024)
def read_content(text: str, dictionary: Dictionary) -> Content:
    """Return the content words of a text.

    Args:
        text: A sentence, or several.
        dictionary: CC-CEDICT.
    """
    tokens = [
        (match[0], bool(match["han"]))
        for match in _TOKEN.finditer(text)
        if not _CURRENCY.match(text, match.end())
    ]
    words: list[ContentWord] = []
    for place, (token, is_han) in enumerate(tokens):
        if is_han:
            words += _read_chinese(fold(token), dictionary)
        elif terms := analyze_word(token):
            is_name = token[0].isupper() and terms[0] not in _TIMES
            if place == 0:  # any first word has a capital letter
                is_name = is_name and any(following[0].isupper() for following, _ in tokens[1:2])
                is_name = is_name and not dictionary.translate_to_chinese(terms)
            words.append(ContentWord(_fold_word(token), token, {terms: 1.0}, is_name))
    return Content(fold(text), tuple(words))


@lru_cache(maxsize=4_096)  # a run stands in a sentence and in a clause of it
def _read_chinese(run: str, dictionary: Dictionary) -> tuple[ContentWord, ...]:
    """Return the content words of a run of Han."""
    return tuple(_list_chinese(run, dictionary))


def _list_chinese(run: str, dictionary: Dictionary) -> Iterator[ContentWord]:
    discount = load_parameters().verification.rank_discount
    parts = {run[i:j] for i, j in list_spans(len(run), MAX_WORD_LENGTH)}
    translations = dictionary.translate_to_english(parts)
    for word in segment_words(run, translations.keys() | _STOP_WORDS_ZH):
        if word not in _STOP_WORDS_ZH:
            entries = translations.get(word, [])
            english = {terms: 1 / (1 + discount * rank) for terms, rank, _ in reversed(entries)}
            is_name = len(word) > 1 and bool(entries) and _is_title(entries[0].text)
            yield ContentWord(word, word, english, is_name)


def _is_title(text: str) -> bool:
    words = text.split()
    return text[:1].isupper() and all(word[0].isupper() for word in words if len(word) > _SHORT)


def is_latin_name(word: ContentWord) -> bool:
    """Return whether a word is a name in Latin letters.

    Args:
        word: The word.
    """
    return word.is_name and not _HAN_CHARACTER.match(word.text)


def measure_coverage(written: Content, cited: Content, dictionary: Dictionary) -> list[float]:
    """Return how far the cited text has each content word of a written sentence, from 0 to 1.

    Args:
        written: The written sentence.
        cited: What it cites.
        dictionary: CC-CEDICT, for the readings of names.
    """
    scores = list(match_words(written, cited))
    names = [k for k, word in enumerate(written.words) if scores[k] < 1 and is_latin_name(word)]
    if names:
        sounds = _SoundIndex(cited.folded, dictionary)
        for index in names:
            sound = sounds.find(written.words[index].printed)
            if sound == 1 or not scores[index]:  # parts of a name may be words: Wei-shui
                scores[index] = sound
    return scores


def is_common_word(word: ContentWord, dictionary: Dictionary) -> bool:
    """Return whether a word in Latin letters is in the dictionary with a small letter: Bureau.

    Args:
        word: The word.
        dictionary: CC-CEDICT.
    """
    terms = " ".join(analyze_word(word.printed))
    chinese = [entry.terms[0] for entry in dictionary.translate_to_chinese([terms]).get(terms, [])]
    return any(
        entry.terms == tuple(terms.split()) and entry.text.islower()
        for entries in dictionary.translate_to_english(chinese).values()
        for entry in entries
    )


def match_words(written: Content, cited: Content) -> Iterator[float]:
    """Yield how far the cited text has each content word, where names are not compared by sound.

    Args:
        written: The written sentence.
        cited: What it cites.
    """
    return (_find_word(word, cited) for word in written.words)


def _find_word(word: ContentWord, cited: Content) -> float:
    """Return how far a text has a word: as it is, in parts, or by its translations."""
    is_han = bool(_HAN_CHARACTER.match(word.text))
    if is_han and word.text in cited.folded:
        return 1.0
    score = 0.0
    for terms, strength in word.english.items():
        known = [cited.strengths.get(term, 0.0) for term in terms]
        score = max(score, strength * sum(known) / len(known))
    if is_han and len(word.text) > 1:
        score = max(
            score, sum(character in cited.folded for character in word.text) / len(word.text)
        )
    return score


class _SoundIndex:
    """Finds the Han of a text that a name in Latin letters spells or sounds like."""

    def __init__(self, folded: str, dictionary: Dictionary) -> None:
        self._runs = _HAN_RUN.findall(folded)
        self._readings = dictionary.readings(set("".join(self._runs)))

    def find(self, name: str) -> float:
        """Return 1 if some characters are spelt like a name, else how alike they sound."""
        best = 0.0
        for run in self._runs:
            readings = [self._readings.get(character, frozenset()) for character in run]
            for start, end in list_spans(len(run), _MAX_SPOKEN):
                part = readings[start:end]
                if not all(part):
                    continue
                if is_romanisation(name, part):
                    return 1.0
                if end - start > 1:
                    best = max(best, phonetic_similarity(part, name))
        return best
