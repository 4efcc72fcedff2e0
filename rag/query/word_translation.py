"""Word-by-word translation of a question, to be compared with passages token by token (MaxSim).

It is not meant to be read: each word becomes a translation of the dictionary or of the library's
own glossary that the texts of the library use. Token similarities within one language are more
reliable than across languages, so the translation ranks passages of the other language much better
than the question itself does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from functools import partial
from operator import itemgetter
from typing import NamedTuple

from index.text.characters import FOLDED_HAN, join_terms, split_bigrams
from index.text.dictionary import (
    MAX_WORD_LENGTH,
    Dictionary,
    Translation,
    Translations,
    segment_words,
)
from index.text.scripts import Language, fold
from index.text.terms import analyze
from rag.query.glossary import GlossaryMatch
from rag.query.translation import STOP_WORDS_ZH, list_spans
from rag.query.words import load_question_words
from rag.ranking.parameters import load_parameters

_ENGLISH_WORD = re.compile(r"[^\W_]+(?:[.'’-][^\W_]+)*")
_CHINESE_RUN = re.compile(rf"(?P<han>[{FOLDED_HAN}]+)|[^\W_]+")


class IdfLookup(NamedTuple):
    """The idf of terms in a library.

    Attributes:
        idf: Returns the idf of a term.
        max_idf: The idf of a term that no text has.
    """

    idf: Callable[[str], float]
    max_idf: float


def translate_word_by_word(
    question: str,
    language: Language,
    dictionary: Dictionary,
    glossary_matches: Sequence[GlossaryMatch],
    idf_lookup: IdfLookup,
) -> str:
    """Return a question in words of the other language, in the order of its own.

    Names and other words that the dictionary lacks stay as they are; stop words are left out.

    Args:
        question: The question.
        language: The language of the question.
        dictionary: The dictionary.
        glossary_matches: The forms of the library's glossary in the question.
        idf_lookup: The idf of terms in the library.
    """
    matches_by_form = {match.folded: match for match in glossary_matches} | {
        " ".join(match.terms): match for match in glossary_matches
    }
    choose = partial(_choose_translation, matches_by_form=matches_by_form, idf_lookup=idf_lookup)
    if language == "en":
        return "".join(_translate_to_chinese(question, dictionary.translate_to_chinese, choose))
    known_words = matches_by_form.keys()
    return " ".join(
        _translate_to_english(question, dictionary.translate_to_english, known_words, choose)
    )


def _translate_to_chinese(
    question: str,
    look_up_chinese: Callable[[list[str]], Translations],
    choose: Callable[[str, Translations], str | None],
) -> Iterator[str]:
    """Yield the translations of the longest phrases from left to right, other words as they are."""
    max_words = load_parameters().translation.max_phrase_words
    words = _ENGLISH_WORD.findall(question)
    word_terms = [analyze(word) for word in words]
    phrases = {
        (start, end): " ".join(term for terms in word_terms[start:end] for term in terms)
        for start, end in list_spans(len(words), max_words)
        if word_terms[start] and word_terms[end - 1]
    }
    translations = look_up_chinese(list(dict.fromkeys(phrases.values())))
    question_words = load_question_words("zh")
    start = 0
    while start < len(words):
        for end in range(min(start + max_words, len(words)), start, -1):
            translation = question_words.get(" ".join(words[start:end]).lower()) or choose(
                phrases.get((start, end), ""), translations
            )
            if translation:
                yield translation
                start = end
                break
        else:
            if word_terms[start]:
                yield words[start]
            start += 1


def _translate_to_english(
    question: str,
    look_up_english: Callable[[list[str]], Translations],
    known_words: Set[str],
    choose: Callable[[str, Translations], str | None],
) -> Iterator[str]:
    """Yield the translations of Chinese words, and the words and numbers in other scripts."""
    question_words = load_question_words("en")
    for run in _CHINESE_RUN.finditer(fold(question)):
        if not run["han"]:
            yield run[0]
            continue
        parts = {run[0][start:end] for start, end in list_spans(len(run[0]), MAX_WORD_LENGTH)}
        translations = look_up_english(list(parts))
        vocabulary = translations.keys() | STOP_WORDS_ZH | known_words | question_words.keys()
        for word in segment_words(run[0], vocabulary):
            translation = question_words.get(word)
            if translation is None and word not in STOP_WORDS_ZH:
                translation = choose(word, translations)
            if translation:
                yield translation.removeprefix("to ")


def _choose_translation(
    word: str,
    translations: Translations,
    *,
    matches_by_form: Mapping[str, GlossaryMatch],
    idf_lookup: IdfLookup,
) -> str | None:
    """Return the best translation that texts of the library use; None if there is none.

    The glossary comes first, then the dictionary by rank, frequent words of the library first.
    """
    for variant in matches_by_form[word].variants if word in matches_by_form else ():
        if variant.terms[0].isascii() != word.isascii():
            return join_terms(variant.terms)
    candidates = [
        (_adjusted_rank(translation), idf, translation.text)
        for translation in translations.get(word, ())
        if (idf := _max_term_idf(translation, idf_lookup)) < idf_lookup.max_idf
    ]
    return min(candidates, key=itemgetter(0, 1))[2] if candidates else None


def _adjusted_rank(translation: Translation) -> int:
    penalty = load_parameters().translation.single_character_rank_penalty
    return translation.rank + (penalty if len(translation.text) == 1 else 0)


def _max_term_idf(translation: Translation, idf_lookup: IdfLookup) -> float:
    """Return the idf of the rarest term of a translation."""
    (first, *_) = translation.terms
    return max(map(idf_lookup.idf, translation.terms if first.isascii() else split_bigrams(first)))
