"""Quantities that a question asks for, and whether a sentence gives one of the same kind.

"How many shells were shipped?" is not answered by a passage about shells that counts none, however
similar it is otherwise. The patterns (`patterns/{zh,en}.toml`) miss some on public question sets;
`eval/training/fit.py` measures how many and weighs them accordingly.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal

from index.text.characters import join_terms, split_bigrams
from index.text.patterns import load_patterns
from index.text.scripts import Language, fold
from index.text.terms import analyze
from index.text.word_lists import load_stop_words
from rag.query.terms import QueryTerm
from rag.query.words import load_count_words
from rag.ranking.parameters import load_parameters

QuantityKind = Literal["count", "money", "share", "duration"]

_PATTERNS = load_patterns("rag.query")
_QUESTION_PATTERNS: dict[QuantityKind, str] = {  # the first that matches decides
    "share": "share-question",
    "money": "money-question",
    "duration": "duration-question",
}
_ANSWER_PATTERNS: dict[QuantityKind, str] = {
    "share": "share-answer",
    "money": "money-answer",
    "duration": "duration-answer",
}
_CLAUSE_END = re.compile(r"[，。；、,;]")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity that a question asks for.

    Attributes:
        kind: Its kind.
        counted_words: What is counted, in the forms in which a text may have it, folded; empty
            where any number will do, and for every kind but "count".
    """

    kind: QuantityKind
    counted_words: tuple[str, ...] = ()


def parse_quantity(
    question: str, query_terms: Sequence[QueryTerm], language: Language
) -> Quantity | None:
    """Return the quantity that a question asks for; None if it asks for none of these kinds.

    Args:
        question: The question, without its history.
        query_terms: Its terms as a text in `language` may have them.
        language: The language of the text that may answer.
    """
    folded = fold(question)
    for kind, name in _QUESTION_PATTERNS.items():
        if _PATTERNS[name].search(folded):
            return Quantity(kind)
    match = _PATTERNS["count-question"].search(folded)
    if match is None or _PATTERNS["other-question-word"].search(folded):
        return None
    if match["en"]:
        return Quantity("count", _counted_words_en(match["en"], query_terms))
    return Quantity(
        "count", _counted_words_zh(match["zh"].removeprefix("个"), query_terms, language)
    )


def contains_quantity(quantity: Quantity, sentence: str, language: Language) -> bool:
    """Return whether a sentence has a number that may be a quantity.

    Args:
        quantity: The quantity.
        sentence: The sentence, folded.
        language: The language of the sentence.
    """
    if quantity.kind != "count":
        return _PATTERNS[_ANSWER_PATTERNS[quantity.kind]].search(sentence) is not None
    text = _PATTERNS["date-or-ordinal"].sub(";", sentence)
    for number in _PATTERNS["number"].finditer(text):
        contexts = _find_contexts(number, language)
        if not quantity.counted_words or any(
            word in context for word in quantity.counted_words for context in contexts
        ):
            return True
    return False


def _find_contexts(number: re.Match[str], language: Language) -> list[str]:
    """Return the parts of a sentence in which the name of what a number counts may stand."""
    parameters = load_parameters().quantity
    text, size = number.string, parameters.context_characters[language]
    after = _CLAUSE_END.split(text[number.end() : number.end() + size])[0]
    before = _CLAUSE_END.split(text[max(0, number.start() - size) : number.start()])[-1]
    contexts = [number[0], after, before]  # the number itself may be "six-time"
    if language == "zh" and len(after) <= parameters.max_measure_word_characters:
        contexts.append(text)  # what is counted is named in an earlier clause: 布放錄音器，共十六具
    return contexts


def _counted_words_zh(
    phrase: str, query_terms: Sequence[QueryTerm], language: Language
) -> tuple[str, ...]:
    """Return the forms of what a Chinese question counts, in a text of a language."""
    counted_words: Iterable[str] = ()
    if language == "zh":
        counted_words = dict.fromkeys((phrase[:1], *split_bigrams(phrase))) if phrase else ()
    elif phrase:
        counted_words = _list_variants(
            term for term in query_terms if term.word in phrase or phrase[:2] in term.word
        )
    return _add_count_synonyms(counted_words, phrase[:1])


def _counted_words_en(phrase: str, query_terms: Sequence[QueryTerm]) -> tuple[str, ...]:
    """Return the forms of what an English question counts, in the language of the terms."""
    stop_words = load_stop_words("en", "noun-phrase")
    nouns = list(takewhile(lambda word: word not in stop_words, phrase.split()))
    terms = set(analyze(" ".join(nouns)))
    return _add_count_synonyms(
        _list_variants(term for term in query_terms if term.word in terms), *nouns
    )


def _list_variants(query_terms: Iterable[QueryTerm]) -> list[str]:
    return [join_terms(variant.terms) for term in query_terms for variant in term.variants]


def _add_count_synonyms(counted_words: Iterable[str], *nouns: str) -> tuple[str, ...]:
    synonyms = (
        form
        for counted_nouns, forms in load_count_words()
        if counted_nouns.intersection(nouns)
        for form in forms
    )
    return tuple(dict.fromkeys([*counted_words, *synonyms]))
