"""Phonetic similarity of Chinese characters and names, and recognition of romanised names.

Chinese writes foreign names by their sounds, a character for each consonant with its vowel: 裴洛西,
pei-luo-xi, Pelosi. So consonants are compared by their place of articulation, as in Soundex
(Russell, US patent 1,261,167, 1918), with an edit distance that counts what is left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import product

_INITIAL_CLASSES_ZH = {
    "b": "P", "p": "P", "m": "M", "f": "F", "w": "FA", "d": "T", "t": "T", "n": "N", "l": "L",
    "r": "LS", "g": "KH", "k": "K", "h": "HK", "j": "SKT", "q": "SKT", "x": "SHK", "y": "A",
    "zh": "ST", "ch": "ST", "sh": "S", "z": "ST", "c": "ST", "s": "S",
}  # fmt: skip
_INITIAL = re.compile(r"[zcs]h|[bpmfdtnlgkhjqxrzcsyw]|(?=[aeo])")
_LATIN_CONSONANT = re.compile(
    r"(?P<S>sch|tch|[scz]h|[szj]|c(?=[eiy])|g(?=[ei]))|(?P<F>ph|[fvw])|(?P<P>[bp]+)|(?P<T>th|[dt]+)"
    r"|(?P<K>ck|[kqgcx]+)|(?P<M>m+)|(?P<N>n+)|(?P<L>[lr]+)|(?P<H>h)|(?P<A>\b[aeiouy])"
)
# Chinese often omits these after a vowel. Set by hand; no measurement is recorded.
_DELETION_COSTS = {"N": 0.3, "H": 0.3, "L": 0.5}

_WADE_INITIALS = {
    "zh": "ch", "ch": "ch", "sh": "sh", "b": "p", "d": "t", "g": "k", "j": "ch", "q": "ch",
    "x": "hs", "r": "j", "z": "ts", "c": "ts",
}  # fmt: skip
_WADE_SYLLABLES = {
    "zhi": "chih", "chi": "chih", "shi": "shih", "ri": "jih", "zi": "tzu", "ci": "tzu",
    "si": "ssu", "ge": "ko", "ke": "ko", "he": "ho", "e": "o", "er": "erh", "you": "yu",
    "yan": "yen", "ye": "yeh", "yue": "yueh", "yong": "yung", "gui": "kuei", "kui": "kuei",
    "yi": "i", "duo": "to", "tuo": "to", "nuo": "no", "luo": "lo", "zuo": "tso", "cuo": "tso",
    "suo": "so", "zhuo": "cho", "chuo": "cho", "ruo": "jo", "lv": "lu", "nv": "nu",
}  # fmt: skip
_WADE_FINALS = (("ian", "ien"), ("ie", "ieh"), ("ve", "ueh"), ("ong", "ung"))


def phonetic_similarity(readings: Sequence[frozenset[str]], name: str) -> float:
    """Return how similar the sounds of characters and a name are, from 0 to 1.

    It is 1 less the share of sounds on either side that have no counterpart.

    Args:
        readings: The readings of each character, in Hanyu Pinyin without tones.
        name: A name in Latin letters.
    """
    consonants = _latin_consonant_classes(name.lower())
    if not consonants or not readings:
        return 0.0
    classes = [frozenset("".join(map(_consonant_classes, syllables))) for syllables in readings]
    costs = [0.0]
    for consonant in consonants:
        costs.append(costs[-1] + _DELETION_COSTS.get(consonant, 1.0))
    for character_classes in classes:
        row = [costs[0] + 1]
        for column, consonant in enumerate(consonants, 1):
            substitution = costs[column - 1] if consonant in character_classes else float("inf")
            row.append(
                min(
                    substitution,
                    costs[column] + 1,
                    row[column - 1] + _DELETION_COSTS.get(consonant, 1.0),
                )
            )
        costs = row
    return 1 - costs[-1] / (len(classes) + len(consonants))


def is_romanisation(name: str, readings: Sequence[frozenset[str]]) -> bool:
    """Return whether a name spells characters in Hanyu Pinyin or Wade-Giles.

    Args:
        name: A name in Latin letters; hyphens, blanks and apostrophes do not count.
        readings: The readings of each character, in Hanyu Pinyin without tones.
    """
    letters = re.sub(r"[^a-z]", "", name.lower())
    return any(
        letters == "".join(syllables)
        for system in (_to_pinyin, to_wade_giles)
        for syllables in product(
            *({system(syllable) for syllable in alternatives} for alternatives in readings)
        )
    )


@lru_cache(maxsize=512)
def to_wade_giles(syllable: str) -> str:
    """Return a syllable in Wade-Giles, without apostrophes, ü as u.

    Args:
        syllable: A syllable of Hanyu Pinyin without tone, ü as v.

    >>> to_wade_giles("zhou")
    'chou'
    """
    if irregular := _WADE_SYLLABLES.get(syllable):
        return irregular
    match = _INITIAL.match(syllable)
    initial = match[0] if match else ""
    final = syllable[len(initial) :]
    for pinyin_final, wade_final in _WADE_FINALS:
        if final == pinyin_final:
            final = wade_final
    return (_WADE_INITIALS.get(initial, initial) + final).replace("v", "u")


def _to_pinyin(syllable: str) -> str:
    return syllable.replace("v", "u")


def _consonant_classes(syllable: str) -> str:
    match = _INITIAL.match(syllable)
    return _INITIAL_CLASSES_ZH.get(match[0], "A") if match else "A"


def _latin_consonant_classes(name: str) -> str:
    return "".join(str(match.lastgroup) for match in _LATIN_CONSONANT.finditer(name))
