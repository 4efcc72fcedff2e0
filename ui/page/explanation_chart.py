"""Why an answer's passages were found, as the picture on the page: a bar for each of them."""

from __future__ import annotations

from dataclasses import dataclass

from index.document import Message
from rag.answer.model import Answer, Citation
from rag.render.explanation import (
    BRIDGED_WORDS,
    FAMILIES,
    Contribution,
    Explanation,
    Family,
    Why,
    chance,
    explain,
    tenths,
)
from ui.messages import page
from ui.messages.cli import Language, say

_FROM_EVERYWHERE = "bias"  # what every answer starts from: it says nothing of this one


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a bar, in percent of the room that all bars have."""

    family: Family
    percent: float


@dataclass(frozen=True, slots=True)
class Bar:
    """What speaks for one passage.

    Attributes:
        rank: From 1.
        name: The heading that it stands under.
        speaks: What speaks for it, in order.
        against: How much speaks against it, in percent.
        said: The bar in words.
        shared: Words of the question that it has too.
        bridged: Words of the question, and what it says for them in the other language.
    """

    rank: int
    name: str
    speaks: tuple[Segment, ...]
    against: float
    said: str
    shared: tuple[str, ...]
    bridged: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """Why an answer is what it is.

    Attributes:
        legend: The families that there are, each in words.
        bars: Best first.
        room: How much room is left of the line that the bars start from, in percent.
        tenths: The confidence, of ten.
        chance: The same in words.
        raises: What raises it, in words.
        lowers: What lowers it.
    """

    legend: tuple[tuple[Family, str], ...]
    bars: tuple[Bar, ...]
    room: float
    tenths: int
    chance: str
    raises: tuple[str, ...]
    lowers: tuple[str, ...]


def picture(answer: Answer, language: Language) -> Picture:
    """An answer's explanation as it is drawn."""
    explanation = explain(answer)
    sides = [_sides(why) for why in explanation.passages]
    left = max((against for _, against in sides), default=0.0)
    whole = left + max((speaks for speaks, _ in sides), default=0.0) or 1.0
    names = {family: say(message, language) for family, message in _families(explanation).items()}
    bars = tuple(
        _bar(rank, citation, why, 100 / whole, names, language)
        for rank, (citation, why) in enumerate(
            zip(answer.citations, explanation.passages, strict=True), 1
        )
    )
    parts = [each for each in explanation.confidence if each.name != _FROM_EVERYWHERE]
    return Picture(
        tuple(names.items()),
        bars,
        100 * left / whole,
        tenths(answer.confidence),
        chance(answer.confidence, language),
        tuple(say(each.label, language) for each in parts if each.value > 0),
        tuple(say(each.label, language) for each in parts if each.value < 0),
    )


def _bar(
    rank: int,
    citation: Citation,
    why: Why,
    scale: float,
    names: dict[Family, str],
    language: Language,
) -> Bar:
    speaks = tuple(Segment(f, value * scale) for f, value in why.families() if value > 0)
    gap = "、" if language == "zh" else ", "
    total = sum(each.percent for each in speaks) or 1.0
    parts = [f"{names[each.family]} {each.percent / total:.0%}" for each in speaks]
    lacks = gap.join(names[family] for family, value in why.families() if value < 0)
    if lacks:
        parts.append(say(page.AGAINST, language, what=lacks))
    return Bar(
        rank,
        citation.path[-1] if citation.path else citation.article.title,
        speaks,
        _sides(why)[1] * scale,
        gap.join(parts),
        why.shared,
        why.bridged,
    )


def _sides(why: Why) -> tuple[float, float]:
    """How much speaks for a passage, and how much against it."""
    values = [value for _, value in why.families()]
    return sum(v for v in values if v > 0), -sum(v for v in values if v < 0)


def _families(explanation: Explanation) -> dict[Family, Message]:
    """The families that there are, in order, with their words."""
    found: dict[Family, list[Contribution]] = {family: [] for family in FAMILIES}
    for why in explanation.passages:
        for each in why.contributions:
            found[each.family].append(each)
    bridges = bool(explanation.passages) and all(why.bridged for why in explanation.passages)
    words: dict[Family, Message] = {"words": BRIDGED_WORDS} if bridges else {}
    other = {each.label for each in found["other"]}
    if len(other) == 1:
        words["other"] = other.pop()
    return {family: words.get(family, FAMILIES[family]) for family, those in found.items() if those}
