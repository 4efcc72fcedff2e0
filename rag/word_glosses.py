"""What the words of a quotation mean, for readers of the other language.

Chinese words are explained in English, English words in Chinese, both from CC-CEDICT; names and
terms of the library's own glossary by their other forms, whatever the reader's language.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice

from index.glossary.gloss import Gloss
from index.messages import Language, is_chinese
from index.text.characters import FOLDED_HAN
from index.text.dictionary import (
    MAX_WORD_LENGTH,
    Dictionary,
    DictionaryEntry,
    Translation,
    load_dictionary,
    segment_words,
)
from index.text.scripts import fold
from index.text.terms import analyze
from rag.query import limits
from rag.query.translation import list_spans
from rag.ranking.parameters import load_parameters

_HAN_RUN = re.compile(f"[{FOLDED_HAN}]+")
_ENGLISH_WORD = re.compile(r"[^\W\d_\u3005-\uffff]+(?:[.'’-][^\W\d_\u3005-\uffff]+)*")


@dataclass(frozen=True, slots=True)
class WordMeaning:
    """One meaning of a word in the reader's language.

    Attributes:
        reading: Hanyu Pinyin; "" of English words.
        meanings: English senses of a Chinese word, or Chinese words for an English one.
    """

    reading: str
    meanings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExplainedWord:
    """A word of a text, or what stands between two.

    Attributes:
        text: As printed.
        entries: What it means; () for what is not explained.
        other_forms: How else the library's publications call it, in either language.
    """

    text: str
    entries: tuple[WordMeaning, ...] = ()
    other_forms: tuple[str, ...] = ()


class WordExplainer:
    """Explains the words of texts. Thread-safe.

    Args:
        glosses: The glosses of a library; titles are no words.
    """

    def __init__(self, glosses: Iterable[Gloss] = ()) -> None:
        self._other_forms: dict[str, dict[str, None]] = defaultdict(dict)
        for gloss in glosses:
            if gloss.kind != "title":
                for form in gloss.forms:
                    others = (other for other in gloss.forms if fold(other) != fold(form))
                    self._other_forms[_fold_characters(form)].update(dict.fromkeys(others))
        self._lengths: dict[str, set[int]] = defaultdict(set)
        for form in self._other_forms:
            if len(form) > 1:  # a single character is part of too many words
                self._lengths[form[0]].add(len(form))

    def explain(self, text: str, language: Language) -> tuple[ExplainedWord, ...]:
        """Return a text as words in order, whose texts together are the text.

        Args:
            text: A sentence or two.
            language: The reader's.
        """
        look_up = _explain_english if is_chinese(language) else _explain_chinese
        dictionary = load_dictionary()
        words: list[ExplainedWord] = []
        folded = _fold_characters(text)
        start = begin = 0  # of the form that may begin here, and of the text before it
        while start <= len(text):
            length = self._find_form(folded, start)
            if length or start == len(text):
                words += look_up(text[begin:start], language, dictionary)
                begin = start + length
            if length:
                words.append(self._explain_form(text[start:begin], language, dictionary))
            start += length or 1
        return tuple(words)

    def _find_form(self, folded: str, start: int) -> int:
        """Return the length of the longest glossed form at a place; 0 if there is none."""
        for length in sorted(self._lengths.get(folded[start : start + 1], ()), reverse=True):
            end = start + length
            if folded[start:end] in self._other_forms and not (
                _is_inside_word(folded, start) or _is_inside_word(folded, end)
            ):
                return length
        return 0

    def _explain_form(self, form: str, language: Language, dictionary: Dictionary) -> ExplainedWord:
        """Return a glossed form, with what the dictionary has for the whole of it."""
        look_up = _explain_english if is_chinese(language) else _explain_chinese
        words = tuple(look_up(form, language, dictionary))
        entries = words[0].entries if len(words) == 1 else ()
        return ExplainedWord(form, entries, tuple(self._other_forms[_fold_characters(form)]))


def _explain_chinese(text: str, _: Language, dictionary: Dictionary) -> Iterator[ExplainedWord]:
    """Yield the Chinese words of a text with their English meanings, the rest as it is."""
    end = 0
    for run in _HAN_RUN.finditer(_fold_characters(text)):
        if end < run.start():
            yield ExplainedWord(text[end : run.start()])
        parts = {run[0][start:stop] for start, stop in list_spans(len(run[0]), MAX_WORD_LENGTH)}
        entries = dictionary.find_entries(parts)
        end = run.start()
        for word in segment_words(run[0], entries):
            printed = text[end : end + len(word)]
            yield ExplainedWord(printed, _choose_entries(printed, entries.get(word, ())))
            end += len(word)
    if end < len(text):
        yield ExplainedWord(text[end:])


def _choose_entries(printed: str, entries: Sequence[DictionaryEntry]) -> tuple[WordMeaning, ...]:
    """Return the entries of a word as it is printed: 發 is not 髮, but 发 may be either."""
    as_printed = [entry for entry in entries if entry.traditional == printed]
    simplified = [entry for entry in entries if entry.simplified == printed]
    chosen = as_printed or simplified or entries
    return tuple(
        WordMeaning(entry.pinyin, entry.meanings[: limits.MAX_MEANINGS])
        for entry in chosen[: limits.MAX_READINGS]
    )


def _explain_english(
    text: str, language: Language, dictionary: Dictionary
) -> Iterator[ExplainedWord]:
    """Yield the longest English phrases of a text that the dictionary has, and the rest."""
    matches = list(_ENGLISH_WORD.finditer(text))
    phrases = _list_phrases(text, matches)
    translations = dictionary.translate_to_chinese(dict.fromkeys(phrases.values()))
    stops = {
        start: stop  # the longest, as phrases are in the order of their ends
        for (start, stop), phrase in phrases.items()
        if phrase in translations
    }
    end = index = 0
    while index < len(matches):
        stop = stops.get(index, 0)
        if stop:
            start_offset, end_offset = matches[index].start(), matches[stop - 1].end()
            if end < start_offset:
                yield ExplainedWord(text[end:start_offset])
            meanings = _write_words(translations[phrases[index, stop]], language, dictionary)
            meaning = WordMeaning("", meanings)
            yield ExplainedWord(text[start_offset:end_offset], (meaning,))
            end = end_offset
        index = max(stop, index + 1)
    if end < len(text):
        yield ExplainedWord(text[end:])


def _list_phrases(text: str, matches: Sequence[re.Match[str]]) -> dict[tuple[int, int], str]:
    """Return the terms of each phrase of words that nothing but blanks stands between, by range."""
    terms = [analyze(match[0]) for match in matches]
    return {
        (start, stop): " ".join(chain.from_iterable(terms[start:stop]))
        for start, stop in list_spans(len(matches), load_parameters().translation.max_phrase_words)
        if terms[start] and terms[stop - 1] and _is_joined(text, matches[start:stop])
    }


def _is_joined(text: str, matches: Sequence[re.Match[str]]) -> bool:
    """Return whether nothing but blanks stands between words."""
    between = text[matches[0].start() : matches[-1].end()]
    return not re.search(r"[^\w\s.'’-]", between)


def _write_words(
    translations: Sequence[Translation], language: Language, dictionary: Dictionary
) -> tuple[str, ...]:
    """Return Chinese translations in the reader's script: first meanings first, then common words.

    Args:
        translations: Translations of an English word or phrase.
        language: The reader's.
        dictionary: The dictionary.
    """
    entries = dictionary.find_entries(item.terms[0] for item in translations)
    ranked = [
        (item.rank, entry) for item in translations for entry in entries.get(item.terms[0], ())[:1]
    ]
    ranked.sort(key=lambda pair: (pair[0], -pair[1].compounds))
    written = (entry.traditional if language == "zh" else entry.simplified for _, entry in ranked)
    return tuple(islice(dict.fromkeys(written), limits.MAX_MEANINGS))


def _is_inside_word(folded: str, offset: int) -> bool:
    """Return whether Latin letters or digits stand on both sides of an offset."""
    sides = folded[max(0, offset - 1) : offset + 1]
    return len(sides) == 2 and offset > 0 and sides.isascii() and sides.isalnum()


def _fold_characters(text: str) -> str:
    """Return a text folded character by character, so that offsets hold."""
    return "".join(map(_fold_character, text))


@lru_cache(maxsize=20_000)
def _fold_character(character: str) -> str:
    folded = fold(character)
    return folded if len(folded) == 1 else character
