"""Where a Chinese term begins that a gloss after it stands for: there are no blanks to tell.

What may be the term is every end of the run of signs before the gloss. Those are compared by how
well the dictionary's translations of their words agree with it (the Dice coefficient, as in word
alignment: Melamed, "Models of Translational Equivalence among Words", 2000), or their sounds with a
name; by whether the same signs stand elsewhere in the publication; and by where words begin. An end
with nothing of that to show is not taken: no gloss is better than a wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

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

_NUMERALS = "一二两三四五六七八九十百千万亿几数多"
_OFFICE_ENDINGS = "长席统理者授员任家官师相裁"  # how what somebody is ends, before the name
_SUFFIXES = frozenset("型式性化率者们")
_STOP_WORDS = load_stop_words("zh", "boundary")

_NEVER_INSIDE_TERMS = load_stop_words("zh", "never-inside")

_WORD_START_BONUS = 0.15  # where a word begins
_INSIDE_WORD_PENALTY = -0.4  # within one, or within a number
_AFTER_STOP_WORD_BONUS = 0.15  # after a word that is no part of terms
_AFTER_OFFICE_BONUS = 0.3
_STARTS_WITH_STOP_WORD_PENALTY = -0.5  # with a word that is no part of terms
_REPEATED_BONUS = 0.15
_WHOLE_RUN_BONUS = 0.1  # the whole run
_MIN_REPEATED_LENGTH = 3  # signs that are no chance to stand elsewhere too

_MIN_OVERLAP = 0.4  # agreement that is enough by itself
_MIN_PHONETIC_SIMILARITY = 0.7
_MIN_SCORE_INSIDE_WORD = 0.85  # likeness with which an end may begin within a word or a number
_DICTIONARY_WORD_PENALTY = (
    0.05  # what each sign of common words but two takes from the likeness to a name
)
_USUAL_NAME_LENGTH, _LONG_NAME_PENALTY = (
    5,
    0.05,
)  # signs of an ordinary name, and how much more each further one takes
_MAX_NAME_OVERLAP = 0.4  # agreement in meaning below which a gloss may be a name
_MAX_TERM_PIECES = 6  # pieces of a run, or of what follows 的, that are a term as a whole
_MAX_ALIASED_PIECES = 12  # the same before a bracket that says 又稱 or the like


@dataclass(frozen=True, slots=True)
class MiningContext:
    """What helps to tell where a term begins.

    Attributes:
        dictionary: The dictionary.
        text: All of the publication, folded sign by sign.
    """

    dictionary: Dictionary
    text: str


@dataclass(frozen=True, slots=True)
class _TermCandidate:
    """An end of a run that may be the term.

    Attributes:
        start: Where it begins in the run.
        piece_count: Its Chinese signs and Latin words.
        previous_word: The word before it, folded; "" if none ends there.
        first_word: Its first word; "" if it begins within one or within a number.
        dictionary_word_characters: How many of its signs stand in dictionary words of two or more.
        overlap: How well it agrees with the gloss in meaning.
        is_repeated: Whether it is the longest end that stands elsewhere in the publication.
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


def fold_characters(text: str) -> str:
    """A text folded sign by sign: as long as it was."""
    return "".join(
        folded if len(folded := fold(character)) == 1 else character for character in text
    )


def best_boundary(run: str, gloss: str, context: MiningContext, *, is_complete: bool) -> str:
    """The end of a run that a gloss stands for; "" if there is little to tell it by.

    Args:
        run: What stands before the bracket, without signs that part clauses.
        gloss: The form in the bracket.
        context: What helps to tell.
        is_complete: Whether the run begins where it seems to.
    """
    folded_run = fold_characters(run)
    candidates = list(_iter_candidates(run, folded_run, gloss, context, is_complete=is_complete))
    is_untranslated = (
        max((candidate.overlap for candidate in candidates), default=0.0) < _MAX_NAME_OVERLAP
    )
    may_be_name = gloss[0].isupper() and (is_untranslated or is_acronym(gloss))
    has_translation = not may_be_name or _is_in_dictionary(gloss, context.dictionary)
    is_plausible = may_be_name or not is_untranslated or contains_chinese(gloss)
    scored = []
    for candidate in candidates:
        sound_score = (
            _score_sound(folded_run[candidate.start :], candidate, gloss, context.dictionary)
            if may_be_name
            else 0.0
        )
        follows_office = (
            may_be_name
            and len(candidate.previous_word) > 1
            and candidate.previous_word[-1] in _OFFICE_ENDINGS
        )
        is_brief = candidate.piece_count <= (
            _MAX_ALIASED_PIECES if contains_chinese(gloss) else _MAX_TERM_PIECES
        )
        if (
            candidate.overlap >= _MIN_OVERLAP
            or sound_score
            >= _MIN_PHONETIC_SIMILARITY
            + _LONG_NAME_PENALTY * max(0, candidate.piece_count - _USUAL_NAME_LENGTH)
            or (
                follows_office
                or candidate.is_repeated
                or (candidate.is_whole_run and is_brief and is_plausible)
            )
            or (
                is_brief
                and candidate.previous_word in ("的", "之")
                and (has_translation or not candidate.dictionary_word_characters)
            )
        ) and (
            candidate.first_word or max(sound_score, candidate.overlap) >= _MIN_SCORE_INSIDE_WORD
        ):
            scored.append(
                (
                    _score_candidate(candidate, sound_score, follows_office=follows_office),
                    candidate.start,
                )
            )
    return run[max(scored)[1] :] if scored else ""


def _score_candidate(
    candidate: _TermCandidate, sound_score: float, *, follows_office: bool
) -> float:
    return (
        max(candidate.overlap, sound_score)
        + (
            _WORD_START_BONUS
            if candidate.first_word and candidate.first_word not in _SUFFIXES
            else _INSIDE_WORD_PENALTY
        )
        + (_AFTER_STOP_WORD_BONUS if candidate.previous_word in _STOP_WORDS else 0.0)
        + (_AFTER_OFFICE_BONUS if follows_office else 0.0)
        + (_STARTS_WITH_STOP_WORD_PENALTY if candidate.first_word in _STOP_WORDS else 0.0)
        + (_REPEATED_BONUS if candidate.is_repeated else 0.0)
        + (_WHOLE_RUN_BONUS if candidate.is_whole_run else 0.0)
    )


def _iter_candidates(
    run: str, folded_run: str, gloss: str, context: MiningContext, *, is_complete: bool
) -> Iterator[_TermCandidate]:
    translations = context.dictionary.translate_to_english(_substrings(folded_run))
    segmented = list(_iter_words(folded_run, translations))
    word_starting_at = dict(segmented)
    word_ending_at = {start + len(word): word for start, word in segmented}
    translation_overlap = TranslationOverlap(folded_run, gloss, translations)
    starts = [piece.start() for piece in _PIECE.finditer(run)][-_MAX_PIECES:]
    repeated_start = next(
        (start for start in starts if _occurs_repeatedly(folded_run[start:], context.text)), None
    )
    for index, start in enumerate(starts):
        suffix = run[start:]
        if len(suffix) < 2 or not contains_chinese(suffix):
            continue
        if any(position > start and word in _NEVER_INSIDE_TERMS for position, word in segmented):
            continue
        follows_numeral = folded_run[:start].rstrip()[-1:] in tuple(_NUMERALS)
        yield _TermCandidate(
            start,
            len(starts) - index,
            word_ending_at.get(start, ""),
            "" if follows_numeral else word_starting_at.get(start, ""),
            sum(len(word) for position, word in segmented if position >= start and len(word) > 1),
            translation_overlap.score(start),
            start == repeated_start,
            is_complete and not start,
        )


def _substrings(folded_run: str) -> set[str]:
    return {
        folded_run[i:j]
        for i in range(len(folded_run))
        for j in range(i + 1, min(i + MAX_WORD_LENGTH, len(folded_run)) + 1)
    }


def _iter_words(folded_run: str, translations: Translations) -> Iterator[tuple[int, str]]:
    """The words of a run, with where they begin."""
    position = 0
    for word in segment_words(folded_run, translations.keys() | _STOP_WORDS):
        yield position, word
        position += len(word)


def _occurs_repeatedly(suffix: str, text: str) -> bool:
    return len(suffix) >= _MIN_REPEATED_LENGTH and text.count(suffix) > 1


def _is_in_dictionary(gloss: str, dictionary: Dictionary) -> bool:
    """Whether the dictionary has all words of a gloss of two or more."""
    terms = set(analyze(gloss))
    return len(terms) > 1 and len(dictionary.translate_to_chinese(terms)) == len(terms)


def _score_sound(
    folded_suffix: str, candidate: _TermCandidate, gloss: str, dictionary: Dictionary
) -> float:
    """How much an end of a run sounds like the gloss or a word of it."""
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
