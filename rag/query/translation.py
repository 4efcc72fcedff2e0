"""Dictionary-based translation of the terms of a question, Chinese to English and back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from index.text.characters import FOLDED_HAN, split_bigrams
from index.text.dictionary import MAX_WORD_LENGTH, Dictionary, Translations, segment_words
from index.text.numbers import MEASURE_WORDS, normalize_numbers
from index.text.scripts import Language, fold
from index.text.terms import analyze
from index.text.word_lists import load_stop_words
from rag.query.glossary import GlossaryMatch
from rag.query.terms import QueryTerm, TermVariant
from rag.ranking.parameters import load_parameters

_HAN = re.compile(f"[{FOLDED_HAN}]+")
# Numbers with what they count, which `_language_neutral_terms` returns.
_NUMBER = re.compile(rf"第?\d[\d.年月]*[{MEASURE_WORDS}]?")
_LATIN_OR_DIGIT = re.compile(r"[a-z\d]")
STOP_WORDS_ZH = load_stop_words("zh", "translation")


def translated_terms(
    question: str,
    language: Language,
    dictionary: Dictionary,
    glossary_matches: Sequence[GlossaryMatch] = (),
) -> tuple[QueryTerm, ...]:
    """Return the terms of a question in the forms that a text in the other language may have.

    Names, acronyms and numbers stay among the forms as they are: both languages write them.

    Args:
        question: The question.
        language: The language of the question.
        dictionary: The dictionary.
        glossary_matches: The forms of the library's glossary in the question.
    """
    if language == "zh":
        return _translate_chinese(question, dictionary.translate_to_english, glossary_matches)
    return _add_glossary_variants(
        _translate_english(analyze(question), dictionary.translate_to_chinese), glossary_matches
    )


def _add_glossary_variants(
    query_terms: Iterable[QueryTerm], glossary_matches: Sequence[GlossaryMatch]
) -> tuple[QueryTerm, ...]:
    """Return terms, those in a glossed form with its other forms first."""
    return tuple(
        QueryTerm(
            term.word,
            (*_find_other_variants(term.word, glossary_matches, term.variants), *term.variants),
        )
        for term in query_terms
    )


def add_synonyms(
    query_terms: Iterable[QueryTerm],
    glossary_matches: Sequence[GlossaryMatch],
    idf: Callable[[str], float],
) -> tuple[QueryTerm, ...]:
    """Return terms in a text of the question's language, with the other forms of the glossary.

    Other forms count a share of what the term itself counts, however rare they are.

    Args:
        query_terms: Terms of one variant each.
        glossary_matches: The forms of the library's glossary in the question.
        idf: Returns the idf of a term in the library.
    """
    share = load_parameters().translation.synonym_weight
    expanded = []
    for query_term in query_terms:
        synonym_weight = share * _variant_idf(query_term.variants[0], idf)
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
    """Return the idf of a variant as `rag.ranking.term_match` computes it, without its weight."""
    return float(sum(map(idf, variant.terms)) / len(variant.terms) ** 0.5)


def _find_other_variants(
    word: str, glossary_matches: Iterable[GlossaryMatch], variants: Iterable[TermVariant]
) -> list[TermVariant]:
    """Return the other forms of the glossed forms that a word belongs to."""
    known_terms = {variant.terms for variant in variants}
    return [
        variant
        for match in glossary_matches
        if word in match.terms or word == match.folded
        for variant in match.variants
        if variant.terms not in known_terms
    ]


def list_spans(length: int, max_length: int) -> list[tuple[int, int]]:
    """Return the half-open ranges of a sequence, by start and then by end.

    Args:
        length: Items of the sequence.
        max_length: Items of the longest range.

    >>> list_spans(3, 2)
    [(0, 1), (0, 2), (1, 2), (1, 3), (2, 3)]
    """
    return [
        (start, end)
        for start in range(length)
        for end in range(start + 1, min(start + max_length, length) + 1)
    ]


def _translate_chinese(
    question: str,
    look_up_english: Callable[[Iterable[str]], Translations],
    glossary_matches: Sequence[GlossaryMatch],
) -> tuple[QueryTerm, ...]:
    glossary_variants = {match.folded: match.variants for match in glossary_matches}
    han_runs = _HAN.findall(_NUMBER.sub(" ", normalize_numbers(fold(question))))
    translations = look_up_english(
        {run[i:j] for run in han_runs for i, j in list_spans(len(run), MAX_WORD_LENGTH)}
    )
    vocabulary = translations.keys() | STOP_WORDS_ZH | glossary_variants.keys()
    words = dict.fromkeys(word for run in han_runs for word in segment_words(run, vocabulary))
    query_terms = []
    for word in words:
        variants = {variant.terms: variant.weight for variant in glossary_variants.get(word, ())}
        for terms, weight in _weigh_translations(word, translations):
            variants[terms] = max(weight, variants.get(terms, 0.0))
        if variants and word not in STOP_WORDS_ZH:
            query_terms.append(_build_query_term(word, variants))
    return (
        *query_terms,
        *_add_glossary_variants(_language_neutral_terms(question), glossary_matches),
    )


def _weigh_translations(
    word: str, translations: Translations
) -> Iterator[tuple[tuple[str, ...], float]]:
    """Yield the English terms for a Chinese word and for the words within it, with weights."""
    parameters = load_parameters().translation
    for subword in _split_subwords(word):
        if subword in STOP_WORDS_ZH:
            continue
        share = parameters.subword_weight * len(subword) / len(word)
        subword_weight = 1.0 if subword == word else share
        for terms, rank, _ in translations.get(subword, ()):
            if len(subword) == 1 and len(terms) > 1:
                continue  # an explanation of the character rather than a translation
            yield terms, _translation_weight(subword, rank, subword_weight)


def _translation_weight(chinese: str, rank: int, scale: float = 1.0) -> float:
    """Return the weight of a translation from or to a Chinese word, by its rank."""
    parameters = load_parameters().translation
    length_weight = parameters.single_character_weight if len(chinese) == 1 else 1.0
    return scale * length_weight / (1 + parameters.rank_discount * rank)


def _translate_english(
    terms: list[str], look_up_chinese: Callable[[Iterable[str]], Translations]
) -> tuple[QueryTerm, ...]:
    parameters = load_parameters().translation
    spans = list_spans(len(terms), parameters.max_phrase_words)
    translations = look_up_chinese({" ".join(terms[i:j]) for i, j in spans})
    variants: list[dict[tuple[str, ...], float]] = [{(term,): 1.0} for term in terms]
    for i, j in spans:
        scale = parameters.phrase_weight if j - i > 1 else 1.0
        for (word,), rank, _ in translations.get(" ".join(terms[i:j]), ()):
            weight = _translation_weight(word, rank) * scale
            word_bigrams = split_bigrams(word)
            for term_variants in variants[i:j]:
                term_variants[word_bigrams] = max(weight, term_variants.get(word_bigrams, 0.0))
    merged: dict[str, dict[tuple[str, ...], float]] = {}
    for term, term_variants in zip(terms, variants, strict=True):
        merged.setdefault(term, {}).update(term_variants)
    return tuple(_build_query_term(term, term_variants) for term, term_variants in merged.items())


def _build_query_term(word: str, variants: dict[tuple[str, ...], float]) -> QueryTerm:
    max_variants = load_parameters().translation.max_variants
    best = sorted(variants.items(), key=lambda variant: -variant[1])[:max_variants]
    return QueryTerm(word, tuple(TermVariant(terms, weight) for terms, weight in best))


def _language_neutral_terms(question: str) -> tuple[QueryTerm, ...]:
    """Return the Latin words, the numbers and the dates of a Chinese question."""
    terms = dict.fromkeys(term for term in analyze(question) if _LATIN_OR_DIGIT.search(term))
    return tuple(QueryTerm(term, (TermVariant((term,)),)) for term in terms)


def _split_subwords(word: str) -> list[str]:
    """Return a word, and its parts of at least two characters."""
    spans = list_spans(len(word), len(word))
    return [word, *(word[i:j] for i, j in spans if j - i > 1 and word[i:j] != word)]
