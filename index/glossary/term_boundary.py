"""The start of a Chinese term that a gloss follows, which no blank marks.

Every suffix of the run of characters before the gloss is a candidate. Candidates are scored by how
well the dictionary's translations of their words agree with the gloss (the Dice coefficient, as in
word alignment: Melamed, "Models of Translational Equivalence among Words", 2000), or their sound
with a name; by whether the publication repeats them; and by word boundaries. A candidate without
such evidence is rejected: no gloss is better than a wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from index.glossary.brackets import contains_chinese, is_acronym
from index.glossary.overlap import TranslationOverlap
from index.glossary.phonetics import phonetic_similarity
from index.text.characters import HAN
from index.text.dictionary import MAX_WORD_LENGTH, Dictionary, Translations, segment_words
from index.text.scripts import fold
from index.text.terms import analyze
from index.text.word_lists import load_stop_words

_PIECE = re.compile(rf"[{HAN}]|[A-Za-z\d·‧-]+")
_MAX_PIECES = 16
_CACHED_CHARACTERS = 1 << 14

_NUMERALS = "一二两三四五六七八九十百千万亿几数多"
_OFFICE_ENDINGS = "长席统理者授员任家官师相裁"  # last characters of titles before names: 部长
_SUFFIXES = frozenset("型式性化率者们")
_STOP_WORDS = load_stop_words("zh", "boundary")
_NEVER_INSIDE_TERMS = load_stop_words("zh", "never-inside")

# The numbers below were set by hand; no measurement is recorded.

_WORD_START_BONUS = 0.15
_INSIDE_WORD_PENALTY = -0.4  # for a start within a word or a number
_AFTER_STOP_WORD_BONUS = 0.15
_AFTER_OFFICE_BONUS = 0.3
_STARTS_WITH_STOP_WORD_PENALTY = -0.5
_REPEATED_BONUS = 0.15
_WHOLE_RUN_BONUS = 0.1
_MIN_REPEATED_LENGTH = 3  # characters; shorter strings are repeated by chance

MIN_OVERLAP = 0.4
"""The overlap in meaning from which a term and a gloss agree, without any other evidence."""

_MIN_PHONETIC_SIMILARITY = 0.7
_MIN_SCORE_INSIDE_WORD = 0.85  # similarity from which a term may start within a word or a number
_DICTIONARY_WORD_PENALTY = 0.05  # on phonetic similarity, for each character of common words but 2
_USUAL_NAME_LENGTH = 5  # characters
_LONG_NAME_PENALTY = 0.05  # added to the least similarity for each further character
_MAX_NAME_OVERLAP = 0.4  # overlap below which a gloss may be a name
_MAX_TERM_PIECES = 6  # of a whole run, or of what follows 的
_MAX_ALIASED_PIECES = 12  # the same where the bracket is Chinese (又稱)


@dataclass(frozen=True, slots=True)
class MiningContext:
    """The evidence that all brackets of a publication share.

    Attributes:
        dictionary: The dictionary.
        text: The text of the publication, folded character by character.
    """

    dictionary: Dictionary
    text: str


@dataclass(frozen=True, slots=True)
class _TermCandidate:
    """A suffix of the run that may be the term.

    Attributes:
        start: Its offset in the run.
        piece_count: Its Chinese characters and Latin words.
        previous_word: The word before it, folded; "" if none ends there.
        first_word: Its first word; "" if it starts within a word or a number.
        dictionary_word_characters: Its characters in dictionary words of two or more.
        overlap: Its overlap in meaning with the gloss, from 0 to 1.
        is_repeated: Whether it is the longest suffix that the publication repeats.
        is_whole_run: Whether it is the whole run.
    """

    start: int
    piece_count: int
    previous_word: str
    first_word: str
    dictionary_word_characters: int
    overlap: float
    is_repeated: bool
    is_whole_run: bool

    @property
    def follows_office(self) -> bool:
        """Whether an office or a profession stands before it, as before a name."""
        return len(self.previous_word) > 1 and self.previous_word[-1] in _OFFICE_ENDINGS


class _GlossTraits(NamedTuple):
    """What a gloss may be.

    Attributes:
        text: The gloss.
        may_be_name: Whether it may be a name: capitalised, and no candidate translates it.
        is_translatable: Whether it is no name, or the dictionary has all of its words.
        is_plausible: Whether a whole run before it is likely to be its term.
        max_pieces: The pieces of the longest term that is accepted without agreement.
    """

    text: str
    may_be_name: bool
    is_translatable: bool
    is_plausible: bool
    max_pieces: int


def fold_characters(text: str) -> str:
    """Return a text folded character by character, so that its length and offsets hold.

    Args:
        text: Any text.
    """
    return "".join(map(_fold_character, text))


@lru_cache(_CACHED_CHARACTERS)
def _fold_character(character: str) -> str:
    folded = fold(character)
    return folded if len(folded) == 1 else character


def choose_term(run: str, gloss: str, context: MiningContext, *, is_complete: bool) -> str:
    """Return the suffix of a run that a gloss stands for; "" if there is too little evidence.

    Args:
        run: The text before the bracket, without punctuation that separates clauses.
        gloss: The form in the bracket.
        context: The evidence of the publication.
        is_complete: Whether the run starts where a clause does, not where the window ends.
    """
    folded_run = fold_characters(run)
    candidates = list(_iter_candidates(run, folded_run, gloss, context, is_complete=is_complete))
    traits = _classify_gloss(gloss, candidates, context.dictionary)
    scored = []
    for candidate in candidates:
        sound_score = (
            _score_sound(folded_run[candidate.start :], candidate, gloss, context.dictionary)
            if traits.may_be_name
            else 0.0
        )
        if _is_acceptable(candidate, sound_score, traits):
            scored.append((_score_candidate(candidate, sound_score, traits), candidate.start))
    return run[max(scored)[1] :] if scored else ""


def _classify_gloss(
    gloss: str, candidates: Sequence[_TermCandidate], dictionary: Dictionary
) -> _GlossTraits:
    max_overlap = max((candidate.overlap for candidate in candidates), default=0.0)
    is_translated = max_overlap >= _MAX_NAME_OVERLAP
    may_be_name = gloss[0].isupper() and (not is_translated or is_acronym(gloss))
    is_chinese = contains_chinese(gloss)
    return _GlossTraits(
        gloss,
        may_be_name,
        not may_be_name or _is_in_dictionary(gloss, dictionary),
        may_be_name or is_translated or is_chinese,
        _MAX_ALIASED_PIECES if is_chinese else _MAX_TERM_PIECES,
    )


def _is_acceptable(candidate: _TermCandidate, sound_score: float, traits: _GlossTraits) -> bool:
    """Return whether there is evidence enough that a candidate is the term."""
    if not candidate.first_word and max(sound_score, candidate.overlap) < _MIN_SCORE_INSIDE_WORD:
        return False
    extra_length = max(0, candidate.piece_count - _USUAL_NAME_LENGTH)
    return (
        candidate.overlap >= MIN_OVERLAP
        or sound_score >= _MIN_PHONETIC_SIMILARITY + _LONG_NAME_PENALTY * extra_length
        or (traits.may_be_name and candidate.follows_office)
        or candidate.is_repeated
        or (candidate.piece_count <= traits.max_pieces and _is_delimited(candidate, traits))
    )


def _is_delimited(candidate: _TermCandidate, traits: _GlossTraits) -> bool:
    """Return whether a candidate is the whole run, or follows a particle (的, 之)."""
    if candidate.is_whole_run and traits.is_plausible:
        return True
    return candidate.previous_word in ("的", "之") and (
        traits.is_translatable or not candidate.dictionary_word_characters
    )


def _score_candidate(candidate: _TermCandidate, sound_score: float, traits: _GlossTraits) -> float:
    starts_word = candidate.first_word and candidate.first_word not in _SUFFIXES
    follows_office = traits.may_be_name and candidate.follows_office
    return (
        max(candidate.overlap, sound_score)
        + (_WORD_START_BONUS if starts_word else _INSIDE_WORD_PENALTY)
        + _AFTER_STOP_WORD_BONUS * (candidate.previous_word in _STOP_WORDS)
        + _AFTER_OFFICE_BONUS * follows_office
        + _STARTS_WITH_STOP_WORD_PENALTY * (candidate.first_word in _STOP_WORDS)
        + _REPEATED_BONUS * candidate.is_repeated
        + _WHOLE_RUN_BONUS * candidate.is_whole_run
    )


def _iter_candidates(
    run: str, folded_run: str, gloss: str, context: MiningContext, *, is_complete: bool
) -> Iterator[_TermCandidate]:
    translations = context.dictionary.translate_to_english(_substrings(folded_run))
    segmented = list(_iter_words(folded_run, translations))
    word_starting_at = dict(segmented)
    word_ending_at = {start + len(word): word for start, word in segmented}
    translation_overlap = TranslationOverlap(folded_run, gloss, translations)
    # No term has one of these words within it; its own first word may be one.
    first_start = max((i for i, word in segmented if word in _NEVER_INSIDE_TERMS), default=0)
    starts = [piece.start() for piece in _PIECE.finditer(run)][-_MAX_PIECES:]
    repeated_start = next(
        (start for start in starts if _is_repeated(folded_run[start:], context.text)), None
    )
    for index, start in enumerate(starts):
        suffix = run[start:]
        if start < first_start or len(suffix) < 2 or not contains_chinese(suffix):
            continue
        yield _TermCandidate(
            start,
            len(starts) - index,
            word_ending_at.get(start, ""),
            "" if _ends_with_numeral(folded_run[:start]) else word_starting_at.get(start, ""),
            _count_word_characters(segmented, start),
            translation_overlap.score(start),
            start == repeated_start,
            is_complete and not start,
        )


def _count_word_characters(segmented: Sequence[tuple[int, str]], start: int) -> int:
    """Return how many characters from `start` on stand in words of two or more."""
    return sum(len(word) for i, word in segmented if i >= start and len(word) > 1)


def _ends_with_numeral(folded: str) -> bool:
    return folded.rstrip().endswith(tuple(_NUMERALS))


def _substrings(folded_run: str) -> set[str]:
    return {
        folded_run[i:j]
        for i in range(len(folded_run))
        for j in range(i + 1, min(i + MAX_WORD_LENGTH, len(folded_run)) + 1)
    }


def _iter_words(folded_run: str, translations: Translations) -> Iterator[tuple[int, str]]:
    """Yield the words of a run with their offsets."""
    position = 0
    for word in segment_words(folded_run, translations.keys() | _STOP_WORDS):
        yield position, word
        position += len(word)


def _is_repeated(suffix: str, text: str) -> bool:
    return len(suffix) >= _MIN_REPEATED_LENGTH and text.count(suffix) > 1


def _is_in_dictionary(gloss: str, dictionary: Dictionary) -> bool:
    """Return whether the dictionary has all words of a gloss of two or more."""
    terms = set(analyze(gloss))
    return len(terms) > 1 and len(dictionary.translate_to_chinese(terms)) == len(terms)


def _score_sound(
    folded_suffix: str, candidate: _TermCandidate, gloss: str, dictionary: Dictionary
) -> float:
    """Return how much a suffix of a run sounds like the gloss or a word of it, at most 1."""
    characters = [character for character in folded_suffix if character not in "·‧ -"]
    readings = dictionary.readings(set(characters))
    if any(character not in readings for character in characters) or (
        is_acronym(gloss) and candidate.dictionary_word_characters == len(characters)
    ):
        return 0.0
    character_readings = [readings[character] for character in characters]
    similarity = max(
        phonetic_similarity(character_readings, name) for name in (gloss, *gloss.split())
    )
    return similarity - _DICTIONARY_WORD_PENALTY * max(0, candidate.dictionary_word_characters - 2)
