"""A question word by word in the other language, to be compared with passages token by token.

No translation that anyone would read: each word becomes one that the dictionary or the library's
own glossary has for it and that the library's texts use. Set beside the question itself, its tokens
rank passages of the other language much better than those alone, for tokens of one language find
each other more surely than across.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
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
from rag.query.translation import STOP_WORDS_ZH

_MAX_PHRASE_WORDS = 4  # English words
_SINGLE_CHARACTER_PENALTY = (
    2  # ranks that a single sign is behind a word of several: it says too many things
)

_ENGLISH_WORD = re.compile(r"[^\W_]+(?:[.'’-][^\W_]+)*")
_CHINESE_RUN = re.compile(rf"(?P<han>[{FOLDED_HAN}]+)|[^\W_]+")
_QUESTION_WORDS_TO_ZH = {
    "who": "谁", "whom": "谁", "whose": "谁的", "when": "何时", "where": "哪里", "why": "为什么",
    "which": "哪个", "what": "什么", "how": "如何", "how many": "多少", "how much": "多少",
    "how long": "多久",
}  # fmt: skip
_QUESTION_WORDS_TO_EN = {
    "谁": "who", "何人": "who", "哪位": "who", "何时": "when", "什么时候": "when", "哪里": "where",
    "何地": "where", "为什么": "why", "为何": "why", "多少": "how many", "几": "how many",
    "哪个": "which", "哪些": "which", "哪": "which", "什么": "what", "如何": "how", "怎么": "how",
    "怎样": "how", "多久": "how long",
}  # fmt: skip


class IdfLookup(NamedTuple):
    """How rare terms are in a library.

    Attributes:
        idf: What a term weighs.
        max_idf: What one weighs that no text has.
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
    """The question in the words of the other language, in the order of its own.

    Names and whatever the dictionary does not know stay as they are; words without a meaning of
    their own are left out.

    Args:
        question: As asked.
        language: What it is in.
        dictionary: The dictionary.
        glossary_matches: What the library's glossary says of the question.
        idf_lookup: Of terms in the library.
    """
    matches_by_form = {match.folded: match for match in glossary_matches} | {
        " ".join(match.terms): match for match in glossary_matches
    }
    if language == "en":
        return "".join(
            _translate_to_chinese(
                question, dictionary.translate_to_chinese, matches_by_form, idf_lookup
            )
        )
    return " ".join(
        _translate_to_english(
            question, dictionary.translate_to_english, matches_by_form, idf_lookup
        )
    )


def _translate_to_chinese(
    question: str,
    look_up_chinese: Callable[[list[str]], Translations],
    matches_by_form: dict[str, GlossaryMatch],
    idf_lookup: IdfLookup,
) -> Iterator[str]:
    question_words = _ENGLISH_WORD.findall(question)
    word_terms = [analyze(word) for word in question_words]
    spans = {
        (start, end): " ".join(term for terms in word_terms[start:end] for term in terms)
        for start in range(len(question_words))
        for end in range(start + 1, min(start + _MAX_PHRASE_WORDS, len(question_words)) + 1)
        if word_terms[start] and word_terms[end - 1]
    }
    translations = look_up_chinese(list(dict.fromkeys(spans.values())))
    start = 0
    while start < len(question_words):
        for end in range(min(start + _MAX_PHRASE_WORDS, len(question_words)), start, -1):
            question_word = _QUESTION_WORDS_TO_ZH.get(" ".join(question_words[start:end]).lower())
            translation = question_word or _choose_translation(
                spans.get((start, end), ""), translations, matches_by_form, idf_lookup
            )
            if translation:
                yield translation
                start = end
                break
        else:
            if word_terms[start]:
                yield question_words[start]
            start += 1


def _translate_to_english(
    question: str,
    look_up_english: Callable[[list[str]], Translations],
    matches_by_form: dict[str, GlossaryMatch],
    idf_lookup: IdfLookup,
) -> Iterator[str]:
    for run in _CHINESE_RUN.finditer(fold(question)):
        if not run["han"]:
            yield run[0]
            continue
        parts = {
            run[0][start:end]
            for start in range(len(run[0]))
            for end in range(start + 1, min(start + MAX_WORD_LENGTH, len(run[0])) + 1)
        }
        translations = look_up_english(list(parts))
        for word in segment_words(
            run[0],
            translations.keys()
            | STOP_WORDS_ZH
            | matches_by_form.keys()
            | _QUESTION_WORDS_TO_EN.keys(),
        ):
            translation = _QUESTION_WORDS_TO_EN.get(word)
            if translation is None and word not in STOP_WORDS_ZH:
                translation = _choose_translation(word, translations, matches_by_form, idf_lookup)
            if translation:
                yield translation.removeprefix("to ")


def _choose_translation(
    word: str,
    translations: Translations,
    matches_by_form: dict[str, GlossaryMatch],
    idf_lookup: IdfLookup,
) -> str | None:
    """What the library says for a word; None where it says nothing that stands for it."""
    for variant in matches_by_form[word].variants if word in matches_by_form else ():
        if variant.terms[0].isascii() != word.isascii():
            return join_terms(variant.terms)
    translations_by_idf = [
        (_max_term_idf(translation, idf_lookup), translation)
        for translation in translations.get(word, ())
    ]
    library_translations = [
        (weight, translation)
        for weight, translation in translations_by_idf
        if weight < idf_lookup.max_idf
    ]
    if not library_translations:
        return None
    return min(library_translations, key=lambda pair: (_adjusted_rank(pair[1]), pair[0]))[1].text


def _adjusted_rank(translation: Translation) -> int:
    is_single_character = len(translation.text) == 1
    return translation.rank + (_SINGLE_CHARACTER_PENALTY if is_single_character else 0)


def _max_term_idf(translation: Translation, idf_lookup: IdfLookup) -> float:
    """What its rarest term weighs."""
    (first, *_) = translation.terms
    return max(map(idf_lookup.idf, translation.terms if first.isascii() else split_bigrams(first)))
