"""What a note says: the sources it cites, what it explains, and what 同註 or Ibid. stands for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from index.document import Note, Source
from index.readers.notes import references

_N = r"([0-9０-９]{1,4}|[一二三四五六七八九十]{1,3})"
_AND = r"(?:、|及|與|和|，|,|and|&|至|-|–)"
_MORE = rf"((?:\s?{_AND}\s?(?:[註注]|notes?|nn?\.)?\s?{_N}(?!\s?[年月日頁]))*)"
_SAME = re.compile(rf"同(?:前揭|前|上|本文)?[註注]釋?\s?{_N}{_MORE}")
_SAME_AS_BEFORE = re.compile(
    r"同[前上](?:揭|引)?[註注註書文]?(?=[，。,.；;：\s、]|$)|"
    r"\*?(?:Ibid|ibid|IBID|Idem|idem|Id|Loc\. ?[Cc]it|loc\. ?cit)\b\.?\*?\.?(?=[\s,.;，。；]|$)"
)
_SUPRA = re.compile(
    rf"(?:[^;；。]{{0,120}}?[，,]\s?)?"
    rf"(?:前揭[註注]\s?{_N}|\*?[Ss]upra\*?,? (?:note|n\.) ([0-9]{{1,4}}))"
)
_CITED_BEFORE = re.compile(
    r"([^;；。]{1,120}?)[，,]?\s?(?:同?前[揭引](?:書|文|[註注](?!\s?\d))|"
    r"\*?[Oo]p\. ?[Cc]it\b\.?\*?)(?=[\s,.;，。；]|$)"
)
_SEE = re.compile(
    rf"(?:參見|參閱|參照|參考|詳見|請見|另見|並見|見|參|参见|参阅|详见|见)(?:本文|前揭|前|上|後|后)?[註注]\s?{_N}{_MORE}"
)
_SEE_ENGLISH = re.compile(
    r"\b(?:[Ss]ee|[Cc]f\.)(?: also)?,? (?:\*?(?:supra|infra|above|below)\*?,? )?"
    rf"(?:notes?|nn?\.) {_N}{_MORE}(?: (?:above|below))?"
)
_ONLY_WHERE = re.compile(
    r"[，,、\s]*(?:(?:第|頁|页|pp?\.|at|art\.|para\.|§)?\s?[\d０-９一二三四五六七八九十ivxl]+"
    r"(?:\s?[-–—至~]\s?[\d０-９]+)?\s?[章節頁条條]?[，,、\s]*)*[。.；;\s*]*$"
)
_HAN = {char: value for value, char in enumerate("〇一二三四五六七八九")}
_WIDE = str.maketrans("０１２３４５６７８９", "0123456789")


@dataclass(frozen=True, slots=True)
class Understood:
    """The notes of an article, understood, and those of them that point where nothing is."""

    notes: tuple[Note, ...]
    unresolved: tuple[Note, ...] = ()


@dataclass(slots=True)
class _Reading:
    """One note as read by itself: what it cites, explains, and in which words it points."""

    sources: list[Source] = field(default_factory=list)
    explanation: list[str] = field(default_factory=list)
    same_as: str = ""  # a number
    as_before: bool = False
    cited_before: str = ""  # a name
    see: list[str] = field(default_factory=list)

    @property
    def points(self) -> bool:
        return bool(self.same_as or self.as_before or self.cited_before)


def understand(notes: Sequence[Note]) -> Understood:
    """Fill in what the notes of one article say: sources, explanation, stands_for and see.

    Args:
        notes: In order, with number, text and line.

    Returns:
        The same notes with the rest of their fields, and those whose 同註, *Ibid.*, *op. cit.* or
        參見註 leads to no note.
    """
    readings = [_read(note.text) for note in notes]
    numbers = {note.number: index for index, note in enumerate(notes)}
    direct = [_target(index, notes, readings, numbers) for index in range(len(notes))]
    result: list[Note] = []
    unresolved: list[Note] = []
    # A chain ends at a note that cites something itself: what it adds must not be lost.
    finals = _finals(direct, [bool(reading.sources) for reading in readings])
    for index, (note, reading) in enumerate(zip(notes, readings, strict=True)):
        final = finals[index]
        see = [number for number in dict.fromkeys(reading.see) if number in numbers]
        see = [number for number in see if number != note.number]
        understood = replace(
            note,
            sources=tuple(reading.sources),
            explanation=_joined(reading.explanation),
            stands_for=notes[final].number if final is not None else None,
            see=tuple(see),
        )
        result.append(understood)
        if (reading.points and final is None) or len(see) < len(set(reading.see)):
            unresolved.append(understood)
    return Understood(tuple(result), tuple(unresolved))


def _read(text: str) -> _Reading:
    reading = _Reading()
    for paragraph in text.split("\n"):
        for sentence in references.sentences(paragraph):
            pieces = [piece for piece in references.pieces(sentence) if piece.strip()]
            said: list[str] = []
            for piece in pieces:
                said += _piece(piece.strip(), reading)
            if said:
                whole = len(said) == len(pieces) and all(
                    one == piece.strip() for one, piece in zip(said, pieces, strict=True)
                )
                reading.explanation.append(sentence.strip() if whole else _joined(said))
    return reading


def _piece(piece: str, reading: _Reading) -> list[str]:
    """Read one piece of a sentence into `reading`; returns what of it explains."""
    see = _SEE.match(piece) or _SEE_ENGLISH.match(piece)
    if see:
        reading.see += _numbers(see)
        return _remainder(piece[see.end() :])
    bare = references.without_lead(piece)
    rest = _pointer(bare, reading, follows_see=bare != piece)
    if rest is not None:
        return _remainder(rest)
    for match in (*_SEE.finditer(piece), *_SEE_ENGLISH.finditer(piece)):
        reading.see += _numbers(match)
    if references.is_citation(bare):
        reading.sources.append(references.source(bare))
        return []
    return [piece]


def _pointer(piece: str, reading: _Reading, *, follows_see: bool) -> str | None:
    """Read a pointer to another note at the start of a piece; what follows it, None if none."""
    same = _SAME.match(piece)
    if same:
        first, *others = _numbers(same)
        reading.same_as = reading.same_as or first
        reading.see += others
        return piece[same.end() :]
    before = _SAME_AS_BEFORE.match(piece)
    if before:
        reading.as_before = True
        return piece[before.end() :]
    supra = _SUPRA.match(piece)
    if supra:
        number = _number(supra[1] or supra[2])
        if follows_see:
            reading.see.append(number)
        else:
            reading.same_as = reading.same_as or number
        return piece[supra.end() :]
    cited = _CITED_BEFORE.match(piece)
    if cited and not follows_see:
        reading.cited_before = reading.cited_before or cited[1]
        return piece[cited.end() :]
    return None


def _remainder(rest: str) -> list[str]:
    """What a pointer is followed by, if it says more than a page."""
    if _ONLY_WHERE.match(rest):
        return []
    return [rest.lstrip("，,、；;。. ").strip()]


def _joined(parts: Sequence[str]) -> str:
    """Sentences put together again: a space only between those of an alphabet."""
    text = ""
    for part in parts:
        wide = not text or ord(text[-1]) > 0x2E80 or ord(part[0]) > 0x2E80
        text += part if wide else f" {part}"
    return text


def _numbers(match: re.Match[str]) -> list[str]:
    return [_number(match[1]), *(_number(found) for found in re.findall(_N, match[2]))]


def _number(text: str) -> str:
    """A note's number in ASCII digits."""
    text = text.translate(_WIDE)
    if text.isdecimal():
        return text.lstrip("0") or "0"
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return str(_HAN.get(text[-1], 0))
    return str((_HAN.get(tens, 1) if tens else 1) * 10 + (_HAN.get(ones, 0) if ones else 0))


def _target(
    index: int, notes: Sequence[Note], readings: Sequence[_Reading], numbers: dict[str, int]
) -> int | None:
    """The index of the note that a note points to directly; None if it points to none."""
    reading = readings[index]
    if reading.same_as:
        return numbers.get(reading.same_as)
    earlier = range(index - 1, -1, -1)
    if reading.as_before:
        return next((one for one in earlier if readings[one].sources or readings[one].points), None)
    if reading.cited_before:
        name = _folded(re.split(r"[，,]", reading.cited_before)[0])
        citing = [one for one in earlier if readings[one].sources]
        for wanted in (name, name.split(" ")[-1]):
            for one in citing:
                if wanted and wanted in _folded(notes[one].text):
                    return one
    return None


def _folded(text: str) -> str:
    return text.replace("’", "'").strip(" *").casefold()


def _finals(direct: Sequence[int | None], cites: Sequence[bool]) -> list[int | None]:
    """Where each chain of pointers ends; None for no pointer and for chains that run in a ring."""
    ends = [after is None or cites[index] for index, after in enumerate(direct)]
    finals: list[int | None] = [None] * len(direct)
    known = [False] * len(direct)
    for start, first in enumerate(direct):
        way: list[int] = []
        on_way: set[int] = set()
        current = first
        while current is not None and not ends[current] and not known[current]:
            if current in on_way:
                break
            way.append(current)
            on_way.add(current)
            current = direct[current]
        if current is None or current in on_way:
            final = None
        else:
            final = current if ends[current] else finals[current]
        for one in (*way, start):
            finals[one] = final if final != one else None
            known[one] = True
    return finals
