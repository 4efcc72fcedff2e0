"""The term before a bracket that glosses it."""

from __future__ import annotations

import re

from index.glossary.brackets import contains_chinese
from index.glossary.overlap import translation_overlap
from index.glossary.phonetics import phonetic_similarity
from index.glossary.term_boundary import MIN_OVERLAP, MiningContext, choose_term, fold_characters
from index.text.characters import HAN
from index.text.terms import analyze

_QUOTED_TERM = re.compile(r"[「『《〈“]\**([^「」『』《》〈〉“”\n]{2,40})\**[」』》〉”]\s*$")
_TERM_RUN = re.compile(rf"[{HAN}A-Za-z\d·‧ -]+$")
_CHINESE_END = re.compile(rf"[{HAN}](?: ?[A-Za-z\d-]+)?$")  # 措施, 生成式 AI, 殲轟 17
_LATIN_RUN = re.compile(r"[A-Za-z\u00c0-\u024f][A-Za-z\u00c0-\u024f\d '’–-]*$")
_OPENING_QUOTES = "「『《〈“"
# Set by hand; no measurement is recorded.
_WINDOW_CHARACTERS = 40  # before a bracket, in which a term is searched
_MAX_WORDS = 6
_CAPITALIZED_BONUS = 0.15  # for a start at the first of several capitalised words


def find_chinese_term(before: str, gloss: str, context: MiningContext) -> str:
    """Return the Chinese term before a bracket that a foreign form in it glosses; "" if unclear.

    Args:
        before: The text before the bracket.
        gloss: The foreign form.
        context: The evidence of the publication.
    """
    before = before[-_WINDOW_CHARACTERS:].rstrip(" *")
    if quoted := _QUOTED_TERM.search(before):
        return quoted[1].strip(" *")
    match = _TERM_RUN.search(before)
    if not match or not re.search(f"[{HAN}]", match[0]):
        return ""
    run = match[0].lstrip()
    is_quoted = match.start() > 0 and before[match.start() - 1] in _OPENING_QUOTES
    if is_quoted and not any(character.isascii() for character in gloss):
        return run
    is_complete = match.start() > 0 or len(before) < _WINDOW_CHARACTERS
    return choose_term(run, gloss, context, is_complete=is_complete)


def ends_with_chinese(before: str) -> bool:
    """Return whether the words before a bracket are Chinese, if only in part: 生成式 AI.

    Args:
        before: The text before the bracket.
    """
    before = before[-_WINDOW_CHARACTERS:]
    if quoted := _QUOTED_TERM.search(before):
        return contains_chinese(quoted[1])
    return _CHINESE_END.search(before) is not None


def find_latin_term(before: str, chinese: str, context: MiningContext) -> str:
    """Return the words before a bracket that a Chinese form in it glosses; "" if unclear.

    Args:
        before: The text before the bracket.
        chinese: The Chinese form.
        context: The evidence of the publication.
    """
    match = _LATIN_RUN.search(before)
    if not match:
        return ""
    run = match[0]
    characters = fold_characters(chinese)
    readings = context.dictionary.readings(set(characters))
    character_readings = [readings.get(character, frozenset()) for character in characters]
    starts = [word.start() for word in re.finditer(r"\S+", run)][-_MAX_WORDS:]
    scored = []
    for start in starts:
        phrase = run[start:]
        if not analyze(phrase.split()[0]):
            continue  # of, the
        similarity = max(
            translation_overlap(phrase, characters, context.dictionary),
            phonetic_similarity(character_readings, phrase),
        )
        preceding_words = run[:start].split()
        is_capitalized = phrase[0].isupper() and not (
            preceding_words and preceding_words[-1][0].isupper()
        )
        scored.append((similarity + (_CAPITALIZED_BONUS if is_capitalized else 0.0), start))
    score, start = max(scored, default=(0.0, 0))
    return run[start:] if score >= MIN_OVERLAP else ""
