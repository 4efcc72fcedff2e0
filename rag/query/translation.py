"""Chinese ↔ English: the words of a question as a text in the other language may have them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from index.text.characters import FOLDED_HAN, split_bigrams
from index.text.dictionary import MAX_WORD_LENGTH, Dictionary, Translations, segment_words
from index.text.numbers import MEASURE_WORDS, normalize_numbers
from index.text.scripts import Language, fold
from index.text.terms import analyze
from index.text.word_lists import load_stop_words
from rag.query.glossary import GlossaryMatch
from rag.query.terms import QueryTerm, TermVariant

_RANK_DISCOUNT = (
    0.25  # how much less each further translation of a word counts: 1 / (1 + 0.25 rank)
)
_SINGLE_CHARACTER_WEIGHT = 0.35  # what a single Chinese sign counts, against a word of two or more
_SUBWORD_WEIGHT = (
    0.5  # what the translation of a part of a word counts, times its share of the word
)
_PHRASE_WEIGHT = 1.2  # what the translation of several English words together counts
_SYNONYM_WEIGHT = 0.7  # what another form counts in the same language, against the one asked for
_MAX_PHRASE_WORDS = 4  # English words
_MAX_VARIANTS = 24  # for one clue

_HAN = re.compile(f"[{FOLDED_HAN}]+")
_NUMBER = re.compile(
    rf"第?\d[\d.年月]*[{MEASURE_WORDS}]?"
)  # what `_shared` gives, with what it counts
_LATIN_OR_DIGIT = re.compile(r"[a-z\d]")
STOP_WORDS_ZH = load_stop_words("zh", "translation")


def translated_terms(
    question: str,
    language: Language,
    dictionary: Dictionary,
    glossary_matches: Sequence[GlossaryMatch] = (),
) -> tuple[QueryTerm, ...]:
    """The question's words as a text in the other language may have them.

    Names, acronyms and numbers stay among the ways as they are: both languages write them.

    Args:
        question: As asked.
        language: The question's.
        dictionary: The dictionary.
        glossary_matches: What the library's glossary says of the question.
    """
    if language == "zh":
        return _translate_chinese(question, dictionary.translate_to_english, glossary_matches)
    return _add_glossary_variants(
        _translate_english(analyze(question), dictionary.translate_to_chinese), glossary_matches
    )


def _add_glossary_variants(
    query_terms: Iterable[QueryTerm], glossary_matches: Sequence[GlossaryMatch]
) -> tuple[QueryTerm, ...]:
    """Clues, of which those that stand in a glossed form may also be said by its other forms."""
    return tuple(
        QueryTerm(query_term.word, (*other_variants, *query_term.variants))
        if (
            other_variants := _find_other_variants(
                query_term.word, glossary_matches, query_term.variants
            )
        )
        else query_term
        for query_term in query_terms
    )


def add_synonyms(
    query_terms: Iterable[QueryTerm],
    glossary_matches: Sequence[GlossaryMatch],
    idf: Callable[[str], float],
) -> tuple[QueryTerm, ...]:
    """Own words of a question, of which those in a glossed form may also be said by other forms.

    Unlike across languages, the word itself is what is looked for. What stands for it counts a
    share of what it counts, however rare that is.

    Args:
        query_terms: Of one way each.
        glossary_matches: What the library's glossary says of the question.
        idf: What a term weighs, by its rarity.
    """
    expanded = []
    for query_term in query_terms:
        synonym_weight = _SYNONYM_WEIGHT * _variant_idf(query_term.variants[0], idf)
        synonyms = (
            TermVariant(
                variant.terms, min(1.0, synonym_weight / max(_variant_idf(variant, idf), 1e-9))
            )
            for variant in _find_other_variants(
                query_term.word, glossary_matches, query_term.variants
            )
        )
        expanded.append(QueryTerm(query_term.word, (*query_term.variants, *synonyms)))
    return tuple(expanded)


def _variant_idf(variant: TermVariant, idf: Callable[[str], float]) -> float:
    """As `rag.ranking.term_match` has it, without the way's weight."""
    return float(sum(map(idf, variant.terms)) / len(variant.terms) ** 0.5)


def _find_other_variants(
    word: str, glossary_matches: Iterable[GlossaryMatch], variants: Iterable[TermVariant]
) -> list[TermVariant]:
    known_terms = {variant.terms for variant in variants}
    return [
        variant
        for match in glossary_matches
        if word in match.terms or word == match.folded
        for variant in match.variants
        if variant.terms not in known_terms
    ]


def _translate_chinese(
    question: str,
    look_up_english: Callable[[Iterable[str]], Translations],
    glossary_matches: Sequence[GlossaryMatch],
) -> tuple[QueryTerm, ...]:
    glossary_variants = {match.folded: match.variants for match in glossary_matches}
    han_runs = _HAN.findall(_NUMBER.sub(" ", normalize_numbers(fold(question))))
    translations = look_up_english(
        {
            han_run[i:j]
            for han_run in han_runs
            for i in range(len(han_run))
            for j in range(i + 1, min(i + MAX_WORD_LENGTH, len(han_run)) + 1)
        }
    )
    query_terms = []
    vocabulary = translations.keys() | STOP_WORDS_ZH | glossary_variants.keys()
    for word in dict.fromkeys(
        word for han_run in han_runs for word in segment_words(han_run, vocabulary)
    ):
        variants = {variant.terms: variant.weight for variant in glossary_variants.get(word, ())}
        for subword in _split_subwords(word):
            subword_weight = 1.0 if subword == word else _SUBWORD_WEIGHT * len(subword) / len(word)
            for terms, rank, _ in (
                translations.get(subword, ()) if subword not in STOP_WORDS_ZH else ()
            ):
                if len(subword) == 1 and len(terms) > 1:
                    continue  # an explanation of the sign rather than a translation
                weight = (
                    subword_weight
                    * (_SINGLE_CHARACTER_WEIGHT if len(subword) == 1 else 1.0)
                    / (1 + _RANK_DISCOUNT * rank)
                )
                variants[terms] = max(weight, variants.get(terms, 0.0))
        if variants and word not in STOP_WORDS_ZH:
            query_terms.append(_build_query_term(word, variants))
    return (
        *query_terms,
        *_add_glossary_variants(_language_neutral_terms(question), glossary_matches),
    )


def _translate_english(
    terms: list[str], look_up_chinese: Callable[[Iterable[str]], Translations]
) -> tuple[QueryTerm, ...]:
    spans = [
        (i, j)
        for i in range(len(terms))
        for j in range(i + 1, min(i + _MAX_PHRASE_WORDS, len(terms)) + 1)
    ]
    translations = look_up_chinese({" ".join(terms[i:j]) for i, j in spans})
    variants: list[dict[tuple[str, ...], float]] = [{(term,): 1.0} for term in terms]
    for i, j in spans:
        for (word,), rank, _ in translations.get(" ".join(terms[i:j]), ()):
            weight = (_SINGLE_CHARACTER_WEIGHT if len(word) == 1 else 1.0) / (
                1 + _RANK_DISCOUNT * rank
            )
            weight *= _PHRASE_WEIGHT if j - i > 1 else 1.0
            word_bigrams = split_bigrams(word)
            for index in range(i, j):
                variants[index][word_bigrams] = max(weight, variants[index].get(word_bigrams, 0.0))
    merged: dict[str, dict[tuple[str, ...], float]] = {}
    for term, term_variants in zip(terms, variants, strict=True):
        merged.setdefault(term, {}).update(term_variants)
    return tuple(_build_query_term(term, term_variants) for term, term_variants in merged.items())


def _build_query_term(word: str, variants: dict[tuple[str, ...], float]) -> QueryTerm:
    best = sorted(variants.items(), key=lambda variant: -variant[1])[:_MAX_VARIANTS]
    return QueryTerm(word, tuple(TermVariant(terms, weight) for terms, weight in best))


def _language_neutral_terms(question: str) -> tuple[QueryTerm, ...]:
    """The Latin words, the numbers and the dates of a Chinese question."""
    terms = dict.fromkeys(term for term in analyze(question) if _LATIN_OR_DIGIT.search(term))
    return tuple(QueryTerm(term, (TermVariant((term,)),)) for term in terms)


def _split_subwords(word: str) -> list[str]:
    """The word, and the words of at least two signs that may stand in it."""
    subwords = [word[i:j] for i in range(len(word)) for j in range(i + 2, len(word) + 1)]
    return [word, *(subword for subword in subwords if subword != word)]
