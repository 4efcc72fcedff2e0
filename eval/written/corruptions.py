"""Faults made in true sentences: the kinds that models make, by rule.

Each changes one thing and keeps the rest, so that what is found is the fault. A sentence that has
nothing to change gives none.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from eval.written.labelled import LabelledSentence

CorruptionKind = Literal["number", "date", "name", "negation", "passage", "stitched", "fabricated"]

Base = Literal["copy", "paraphrase", "translation"]

_NUMBER = re.compile(r"(?<![\[\d.,A-Za-z-])(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?![\d年月日])")
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_HAN_NUMBER = re.compile(
    r"[一二三四五六七八九][十百千][一二三四五六七八九]?|[二三四五六七八九](?=[名個个位年項项次處处])"
)
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{2,}(?:[ -][A-Z]?[a-z]{2,})?(?![a-z])")
_AUXILIARY = re.compile(
    r"\b(?:is|was|were|are|has|had|have|will|would|can|could|should|must|may)\b(?! not)"
)
_HAN_AUXILIARY = re.compile(r"[將将會会應应可能](?=[\u4e00-\u9fff]{2})")
_NOT = re.compile(r" not\b|並未|并未|沒有|没有|[未不](?=[\u4e00-\u9fff])")
_QUOTED_LENGTH = 12  # characters of the parts of a quotation that is made


class Corrupted(NamedTuple):
    """A sentence with a fault.

    Attributes:
        kind: Of the fault.
        sentence: The text.
        cited: What it cites.
        others: What the model was given beside that.
        base: What was true: a paraphrase in the language of what it cites, one in the other
            language, or a copy.
    """

    kind: CorruptionKind
    sentence: str
    cited: tuple[str, ...]
    others: tuple[str, ...]
    base: Base


def corrupt_all(sentences: Sequence[LabelledSentence], seed: int = 1) -> list[Corrupted]:
    """Return the faults that can be made in true sentences.

    Args:
        sentences: Labelled as supported; names are taken from one another.
        seed: Of the random choices.
    """
    chance = random.Random(seed)  # noqa: S311 - no secret
    names = find_names(item.sentence for item in sentences)
    by_group: dict[str, dict[str, None]] = {}
    for item in sentences:
        by_group.setdefault(item.group, {}).update(dict.fromkeys(item.cited))
    faults: list[Corrupted] = []
    for item in sentences:
        others = tuple(text for text in by_group[item.group] if text not in item.cited)
        base: Base = "translation" if item.is_cross_lingual else "paraphrase"
        sources: Mapping[Base, str] = {base: item.sentence, "copy": item.cited[0]}
        for name, true in sources.items():
            faults += [
                Corrupted(kind, text, item.cited, others, name)
                for kind, text in corrupt(true, names, chance).items()
            ]
        quotations: Mapping[CorruptionKind, str] = {
            "stitched": _stitch(item.cited[0], others),
            "fabricated": _fabricate(item.cited[0], chance),
        }
        faults += [
            Corrupted(kind, text, item.cited, others, "copy")
            for kind, text in quotations.items()
            if text
        ]
        if others:
            swapped = (chance.choice(others),)
            faults.append(Corrupted("passage", item.sentence, swapped, item.cited, base))
    return faults


def find_names(texts: Iterable[str]) -> list[str]:
    """Return the names in English texts, sorted.

    Args:
        texts: The texts.
    """
    return sorted({name for text in texts for name in _NAME.findall(text)})


def corrupt(text: str, names: Sequence[str], chance: random.Random) -> dict[CorruptionKind, str]:
    """Return the faults that can be made in a text, by kind.

    Args:
        text: The text.
        names: What takes the place of a name.
        chance: Makes the random choices.
    """
    changed: dict[CorruptionKind, str] = {
        "number": _change_number(text, chance),
        "date": _change(_YEAR, text, lambda year: _shift(year, chance)),
        "name": _change(_NAME, text, lambda _: chance.choice(names)),
        "negation": _negate(text),
    }
    return {kind: other for kind, other in changed.items() if other and other != text}


def _change(pattern: re.Pattern[str], text: str, replace: Callable[[str], str]) -> str:
    match = pattern.search(text)
    return text[: match.start()] + replace(match[0]) + text[match.end() :] if match else ""


def _change_number(text: str, chance: random.Random) -> str:
    spared = _YEAR.sub(lambda match: "x" * len(match[0]), text)
    match = _NUMBER.search(spared) or _HAN_NUMBER.search(text)
    if not match:
        return ""
    digits = [index for index in range(*match.span()) if text[index] not in ",.十百千"]
    index = digits[0] if len(digits) < 3 else chance.choice(digits[:2])  # a digit that counts
    alphabet = (
        "123456789" if text[index].isdecimal() and text[index].isascii() else "一二三四五六七八九"
    )
    other = chance.choice([digit for digit in alphabet if digit != text[index]])
    return text[:index] + other + text[index + 1 :]


def _shift(year: str, chance: random.Random) -> str:
    return str(int(year) + chance.choice((-9, -3, -1, 1, 2, 7)))


def _negate(text: str) -> str:
    if match := _NOT.search(text):
        return text[: match.start()] + text[match.end() :]
    if match := _AUXILIARY.search(text):
        return f"{text[: match.end()]} not{text[match.end() :]}"
    match = _HAN_AUXILIARY.search(text)
    return f"{text[: match.end()]}不{text[match.end() :]}" if match else ""


def _stitch(first: str, others: Sequence[str]) -> str:
    if not others:
        return ""
    return f"「{first[:_QUOTED_LENGTH]}{others[0][-_QUOTED_LENGTH:]}」"


def _fabricate(text: str, chance: random.Random) -> str:
    middle = len(text) // 2
    part = text[max(middle - _QUOTED_LENGTH, 0) : middle + _QUOTED_LENGTH]
    letters = [index for index, letter in enumerate(part) if letter.isalpha()][2:-2]
    if not letters:
        return ""
    index = chance.choice(letters)
    return f"「{part[:index]}{'某' if part[index] > 'z' else 'q'}{part[index + 1 :]}」"
