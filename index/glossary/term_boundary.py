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

from index.glossary.brackets import HAN, is_chinese, is_short
from index.glossary.overlap import Meaning
from index.glossary.phonetics import likeness
from index.text.dictionary import LONGEST_WORD, Lexicon, Translations, segments
from index.text.scripts import fold
from index.text.terms import words

_PIECE = re.compile(rf"[{HAN}]|[A-Za-z\d·‧-]+")
_MOST_PIECES = 16

_NUMERALS = "一二两三四五六七八九十百千万亿几数多"
_OFFICES = "长席统理者授员任家官师相裁"  # how what somebody is ends, before the name
_SUFFIXES = frozenset("型式性化率者们")
_IDLE = frozenset(  # folded; what is no part of terms, and verbs that terms often follow
    "的 了 是 在 和 与 及 或 被 把 由 有 以 对 于 从 到 这 那 其 之 而 也 都 就 会 可 能 要 将 为 "
    "即 并 且 但 若 该 此 各 每 当 向 使 让 令 所 称 名 叫 个 位 座 架 艘 设 另 因为 由于 包括 "
    "根据 依据 按照 占 例如 以及 透过 通过 成立 完成 进行 所谓 称为 其中 如 采用 使用 推出 提出 "
    "发表 设置 东部 南部 西部 北部 中部".split()
)

_BREAKS = frozenset(  # what no term has within it
    "是 了 在 于 从 到 被 把 将 对 会 向 因为 由于 所谓 但 若".split()
)

_BOUNDARY = 0.15  # where a word begins
_INSIDE = -0.4  # within one, or within a number
_AFTER_IDLE = 0.15  # after a word that is no part of terms
_AFTER_OFFICE = 0.3
_IDLE_FIRST = -0.5  # with a word that is no part of terms
_REPEATED = 0.15
_ALONE = 0.1  # the whole run
_UNIT = 3  # signs that are no chance to stand elsewhere too

_AGREES = 0.4  # agreement that is enough by itself
_SOUNDS = 0.7
_SURE = 0.85  # likeness with which an end may begin within a word or a number
_COMMON = 0.05  # what each sign of common words but two takes from the likeness to a name
_NAME, _LONG_NAME = 5, 0.05  # signs of an ordinary name, and how much more each further one takes
_MEANS_NOTHING = 0.4  # agreement in meaning below which a gloss may be a name
_FEW = 6  # pieces of a run, or of what follows 的, that are a term as a whole
_RENAMED = 12  # the same before a bracket that says 又稱 or the like


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What helps to tell where a term begins.

    Attributes:
        lexicon: The dictionary.
        text: All of the publication, folded sign by sign.
    """

    lexicon: Lexicon
    text: str


@dataclass(frozen=True, slots=True)
class _End:
    """An end of a run that may be the term.

    Attributes:
        start: Where it begins in the run.
        pieces: Its Chinese signs and Latin words.
        before: The word before it, folded; "" if none ends there.
        first: Its first word; "" if it begins within one or within a number.
        common: How many of its signs stand in dictionary words of two or more.
        meaning: How well it agrees with the gloss in meaning.
        repeated: Whether it is the longest end that stands elsewhere in the publication.
        alone: Whether it is the whole run.
    """

    start: int
    pieces: int
    before: str
    first: str
    common: int
    meaning: float
    repeated: bool
    alone: bool


def folded_by_sign(text: str) -> str:
    """A text folded sign by sign: as long as it was."""
    return "".join(folded if len(folded := fold(sign)) == 1 else sign for sign in text)


def best_end(run: str, gloss: str, around: Surroundings, *, whole: bool) -> str:
    """The end of a run that a gloss stands for; "" if there is little to tell it by.

    Args:
        run: What stands before the bracket, without signs that part clauses.
        gloss: The form in the bracket.
        around: What helps to tell.
        whole: Whether the run begins where it seems to.
    """
    folded = folded_by_sign(run)
    ends = list(_ends(run, folded, gloss, around, whole=whole))
    nothing = max((end.meaning for end in ends), default=0.0) < _MEANS_NOTHING
    named = gloss[0].isupper() and (nothing or is_short(gloss))
    described = not named or _has_meaning(gloss, around.lexicon)
    likely = named or not nothing or is_chinese(gloss)
    scored = []
    for end in ends:
        sound = _sound(folded[end.start :], end, gloss, around.lexicon) if named else 0.0
        office = named and len(end.before) > 1 and end.before[-1] in _OFFICES
        short = end.pieces <= (_RENAMED if is_chinese(gloss) else _FEW)
        if (
            end.meaning >= _AGREES
            or sound >= _SOUNDS + _LONG_NAME * max(0, end.pieces - _NAME)
            or (office or end.repeated or (end.alone and short and likely))
            or (short and end.before in ("的", "之") and (described or not end.common))
        ) and (end.first or max(sound, end.meaning) >= _SURE):
            scored.append((_score(end, sound, office=office), end.start))
    return run[max(scored)[1] :] if scored else ""


def _score(end: _End, sound: float, *, office: bool) -> float:
    return (
        max(end.meaning, sound)
        + (_BOUNDARY if end.first and end.first not in _SUFFIXES else _INSIDE)
        + (_AFTER_IDLE if end.before in _IDLE else 0.0)
        + (_AFTER_OFFICE if office else 0.0)
        + (_IDLE_FIRST if end.first in _IDLE else 0.0)
        + (_REPEATED if end.repeated else 0.0)
        + (_ALONE if end.alone else 0.0)
    )


def _ends(
    run: str, folded: str, gloss: str, around: Surroundings, *, whole: bool
) -> Iterator[_End]:
    known = around.lexicon.english(_parts(folded))
    words_ = list(_words(folded, known))
    begins = dict(words_)
    ends = {at + len(word): word for at, word in words_}
    meaning = Meaning(folded, gloss, known)
    starts = [piece.start() for piece in _PIECE.finditer(run)][-_MOST_PIECES:]
    repeated = next((at for at in starts if _repeated(folded[at:], around.text)), None)
    for number, at in enumerate(starts):
        end = run[at:]
        if len(end) < 2 or not is_chinese(end):
            continue
        if any(place > at and word in _BREAKS for place, word in words_):
            continue
        counted = folded[:at].rstrip()[-1:] in tuple(_NUMERALS)
        yield _End(
            at,
            len(starts) - number,
            ends.get(at, ""),
            "" if counted else begins.get(at, ""),
            sum(len(word) for place, word in words_ if place >= at and len(word) > 1),
            meaning.of(at),
            at == repeated,
            whole and not at,
        )


def _parts(folded: str) -> set[str]:
    return {
        folded[i:j]
        for i in range(len(folded))
        for j in range(i + 1, min(i + LONGEST_WORD, len(folded)) + 1)
    }


def _words(folded: str, known: Translations) -> Iterator[tuple[int, str]]:
    """The words of a run, with where they begin."""
    at = 0
    for word in segments(folded, known.keys() | _IDLE):
        yield at, word
        at += len(word)


def _repeated(end: str, text: str) -> bool:
    return len(end) >= _UNIT and text.count(end) > 1


def _has_meaning(gloss: str, lexicon: Lexicon) -> bool:
    """Whether the dictionary has all words of a gloss of two or more."""
    terms = set(words(gloss))
    return len(terms) > 1 and len(lexicon.chinese(terms)) == len(terms)


def _sound(folded: str, end: _End, gloss: str, lexicon: Lexicon) -> float:
    """How much an end of a run sounds like the gloss or a word of it."""
    signs = [sign for sign in folded if sign not in "·‧ -"]
    readings = lexicon.readings(set(signs))
    if any(sign not in readings for sign in signs) or (
        is_short(gloss) and end.common == len(signs)
    ):
        return 0.0
    heard = [readings[sign] for sign in signs]
    alike = max(likeness(heard, name) for name in (gloss, *gloss.split()))
    return alike - _COMMON * max(0, end.common - 2)
