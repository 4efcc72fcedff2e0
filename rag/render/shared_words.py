"""Words of a question in a passage, for people to read: as in the question, and as printed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate

from index.text.characters import FOLDED_HAN, join_bigrams
from index.text.scripts import detect_language, fold
from index.text.terms import analyze
from rag.answer.model import Answer, Citation

_LATIN = re.compile(r"[^\W\d_\u3005-\uffff]+(?:['’][^\W\d_\u3005-\uffff]+)*")
_URL = re.compile(r"https?://\S+")
_HAN = re.compile(f"[{FOLDED_HAN}]+")
_MAX_QUESTION_CHARACTERS = 200  # of a question; the rest of an overlong one is not looked for
_MIN_RUN_CHARACTERS = 2  # Chinese signs; a single one stands in almost every passage


class _FoldedText:
    """A text that is searched in its folded form and gives back the printed one."""

    def __init__(self, text: str) -> None:
        folded_characters = [_fold_character(character) for character in text]
        self.folded = "".join(folded_characters)
        # For each folded character, the place of the sign that it comes from.
        self._offsets = [
            offset for offset, character in enumerate(folded_characters) for _ in character
        ]
        self._text = text
        self._latin_words = {
            term: match.group()
            for match in reversed(list(_LATIN.finditer(text)))
            for term in _analyze_word(match.group())
        }

    def find_printed(self, folded: str) -> str | None:
        """Return the printed form of a folded text where it first occurs; None if it does not.

        Args:
            folded: A folded text.
        """
        start = self.folded.find(folded)
        if start < 0 or not folded:
            return None
        return self._text[self._offsets[start] : self._offsets[start + len(folded) - 1] + 1]

    def find_latin(self, terms: Sequence[str]) -> str | None:
        """Return the printed English words that have all of some terms; None if one is missing.

        Args:
            terms: Terms of English words.
        """
        printed_words = [self._latin_words.get(term) for term in terms]
        return (
            " ".join(filter(None, printed_words)) if printed_words and all(printed_words) else None
        )


def find_shared_words(answer: Answer, citation: Citation) -> tuple[str, ...]:
    """Return the words of a question in a passage, as printed there, in the question's order.

    Words of a passage in the other language that are translations are left out.

    Args:
        answer: The answer with the question.
        citation: A citation of the answer.
    """
    question, text = _fold_text(answer.question), _fold_text(_join_texts(citation))
    translated_terms = {
        term for word, _ in find_translations(answer, citation) for term in _analyze_word(word)
    }
    shared_words = [
        text.find_printed(run)
        for run in _find_common_runs(question.folded[:_MAX_QUESTION_CHARACTERS], text.folded)
    ]
    for word in _LATIN.findall(answer.question):
        terms = _analyze_word(word)
        if not translated_terms.intersection(terms):
            shared_words.append(text.find_latin(terms))
    return tuple(dict.fromkeys(filter(None, shared_words)))


def find_translations(answer: Answer, citation: Citation) -> tuple[tuple[str, str], ...]:
    """Return words of a question with their translations in a passage.

    Args:
        answer: The answer with the question.
        citation: A citation of the answer; none are found in the question's language.
    """
    if detect_language(citation.text) == detect_language(answer.question):
        return ()
    question, text = _fold_text(answer.question), _fold_text(_join_texts(citation))
    pairs = (
        (
            question.find_latin([word]) or question.find_printed(word) or word,
            _find_variant(word, variants, text),
        )
        for word, variants in answer.translations
    )
    return tuple((word, translation) for word, translation in pairs if translation)


def _find_variant(word: str, variants: tuple[str, ...], text: _FoldedText) -> str | None:
    """Return the first variant of a word that a text has, as printed; None if it has none."""
    for variant in variants:
        if variant == word:
            continue  # a name or a number that both languages write
        terms = variant.split()
        if (
            printed := text.find_latin(terms)
            if variant.isascii()
            else text.find_printed(join_bigrams(terms))
        ):
            return printed
    return None


def _find_common_runs(question: str, text: str) -> list[str]:
    """Return the longest runs of Han characters in both texts, in the first one's order."""
    common_runs = []
    for run in _HAN.findall(question):
        start = 0
        while start < len(run):
            prefixes = accumulate(run[start:])
            longest = next(
                (n for n, prefix in enumerate(prefixes) if prefix not in text), len(run) - start
            )
            word = _strip_stop_characters(run[start : start + longest])
            if len(word) >= _MIN_RUN_CHARACTERS:
                common_runs.append(word)
            start += max(longest, 1)
    return common_runs


def _strip_stop_characters(run: str) -> str:
    """Return a run without the stop characters (的, 是) at its ends."""
    return run.strip("".join(character for character in set(run) if not _analyze_word(character)))


@lru_cache(maxsize=20_000)
def _fold_character(character: str) -> str:
    return fold(character)


@lru_cache(maxsize=20_000)
def _analyze_word(word: str) -> tuple[str, ...]:
    return tuple(analyze(word))


@lru_cache(maxsize=1024)
def _fold_text(text: str) -> _FoldedText:
    return _FoldedText(text)


def _join_texts(citation: Citation) -> str:
    """Return everything in which words are looked for: text, notes, headings and titles."""
    article = citation.article
    texts = [citation.text, *(note.text for note in citation.notes), *citation.path]
    return _URL.sub(" ", "\n".join([*texts, article.title, article.title_translated]))
