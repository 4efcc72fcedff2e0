"""The conventions of note numbers, kept as a table, and what a text holds of each.

The table, `conventions.toml`, says of each convention what marks a note in a text, what a note
begins with, and what shows that such lines are notes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, get_args

from index.text.characters import (
    CAPITAL_LETTERS,
    LETTERS,
    SMALL_LETTERS,
    SUPERSCRIPT_LETTERS,
    parse_number,
)
from index.text.patterns import build_expression, build_fragments
from index.text.roman import parse_roman

Evidence = Literal["opening", "marks", "order", "heading"]

_LABEL = re.compile(
    rf"[A-Z][A-Za-z]{{1,9}}\+?[0-9]{{2}}[a-z]?|[0-9０-９]+|[⁰¹²³⁴-⁹]+|[①-⑳㉑-㉟㊱-㊿❶-❿➀-➓⓵-⓾⒈-⒛⑴-⒇㈠-㈩ⓐ-ⓩⒶ-Ⓩⅰ-ⅻ]|[A-Z{SUPERSCRIPT_LETTERS}]|\*{{1,3}}|＊{{1,3}}|※{{1,3}}|[†‡§¶‖]{{1,2}}|[ivxl]+|[a-z]|[一二三四五六七八九十]+|[甲乙丙丁戊己庚辛壬癸]|[註注]|[↑^+]"
)
_RANGE_SIGN = re.compile(r"[-–—－~～至⁻]")
UNCOUNTED_FORMS = frozenset({"key", "star", "unnumbered"})
"""The conventions whose labels do not count: keys, stars and daggers, 註 alone."""
UNPRINTED_FORMS = frozenset({"arrow"})
"""The conventions whose notes print no label: they count by their places."""
_ENUMERATING = frozenset({"circle", "parenthesized", "round"})
_ENCLOSED = frozenset({"annotation", "circle", "lenticular", "parenthesized", "square", "tortoise"})
_LABEL_SEPARATOR = re.compile(r"[,，、]\s?")
_MAX_JOINT_LABELS = 20
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_ITEM_SEPARATORS = tuple("；;，,、。和及與与或")
_MIN_ITEMS = 2
_MAX_ITEM = 400  # characters
_MAX_RANGE = 40  # notes
_OPENING_TAG = re.compile(r"<sup(?:\s[^<>]*)?>\s?\Z")
_CLOSING_TAG = re.compile(r"\s?</sup>")
_MAX_TAG = 80  # characters
_MAX_EMPHASIS = 300  # characters
_POWER_BASE = re.compile(r"(?:\d|(?<![A-Za-z])\d\s?[kcdmnµμ]?m|公里|公尺|公分)$")
_LENGTH_UNIT = re.compile(r"(?:[\d\s〇一二三四五六七八九十百千萬億每/])[kcdmnµμ]?m$")


@dataclass(frozen=True, slots=True)
class Convention:
    """A form of note numbers; see `conventions.toml`.

    Attributes:
        name: The name of its table.
        mark: What marks a note in a text; None where it has no marks of its own.
        note: What a note begins with.
        evidence: What shows that lines which begin so are notes.
        closing: What ends a note, or None.
        examples: The texts of `marks`, `notes`, `no_marks` and `no_notes`, for tests.
    """

    name: str
    mark: re.Pattern[str] | None
    note: re.Pattern[str]
    evidence: Evidence
    closing: re.Pattern[str] | None
    examples: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class MarkCandidate:
    """A place that may be the mark of a note.

    Attributes:
        start: Where it begins in its text.
        end: Where it ends.
        labels: The labels of the notes, digits in ASCII; more than one for a list or a range.
        form: The name of its convention.
        is_doubtful: Whether it may also be something else, such as a power (10³).
        markup: What is printed there besides the labels.
    """

    start: int
    end: int
    labels: tuple[str, ...]
    form: str
    is_doubtful: bool = False
    markup: str = ""


@dataclass(frozen=True, slots=True)
class NoteOpening:
    """How a note begins.

    Attributes:
        label: The label of the note, digits in ASCII.
        form: The name of its convention.
        text_start: Where the text of the note begins.
        has_space: Whether a blank stands between label and text.
        markup: What is printed there besides the labels.
        more_labels: Those of other notes that have the same text: [2][5] Merrow, Dry Harbour.
    """

    label: str
    form: str
    text_start: int
    has_space: bool
    markup: str = ""
    more_labels: tuple[str, ...] = ()


@cache
def load_conventions() -> dict[str, Convention]:
    """Return the conventions by name, in the order of the table."""
    import tomllib  # takes 15 ms to import

    path = Path(__file__).with_name("conventions.toml")
    tables: dict[str, dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))
    character_classes = {
        "superscript-letters": SUPERSCRIPT_LETTERS,
        "letters": LETTERS,
        "small-letters": SMALL_LETTERS,
        "capital-letters": CAPITAL_LETTERS,
    }
    fragments = build_fragments({**character_classes, **tables.pop("fragments")})
    return {name: _build_convention(name, table, fragments) for name, table in tables.items()}


def _build_convention(name: str, table: dict[str, Any], fragments: dict[str, str]) -> Convention:
    if table["evidence"] not in get_args(Evidence):
        raise ValueError(f"conventions.toml, [{name}]: no such evidence: {table['evidence']}")
    patterns = {
        key: re.compile(build_expression(table[key], fragments), re.MULTILINE)
        for key in ("mark", "note", "closing")
        if key in table
    }
    return Convention(
        name,
        patterns.get("mark"),
        patterns["note"],
        table["evidence"],
        patterns.get("closing"),
        {key: tuple(table[key]) for key in ("marks", "notes", "no_marks", "no_notes")},
    )


@cache
def names_by_evidence(*evidence: Evidence) -> tuple[str, ...]:
    """Return the names of the conventions with one of these kinds of evidence.

    Args:
        evidence: What shows that lines are notes.
    """
    return tuple(
        name for name, convention in load_conventions().items() if convention.evidence in evidence
    )


def parse_opening(text: str, forms: Iterable[str] | None = None) -> NoteOpening | None:
    """Return what a text begins with as a note does, if it does.

    Args:
        text: A line or a block, without blanks before it.
        forms: The names of the conventions; None for those that hardly number anything else.
    """
    conventions = load_conventions()
    for form in names_by_evidence("opening", "marks") if forms is None else forms:
        match = conventions[form].note.match(text)
        if match:
            start = match.end()
            rest = text[start:]
            blanks = len(rest) - len(rest.lstrip())
            if start + blanks == len(text) and form != "line":
                continue
            printed = match.lastindex or 0
            return NoteOpening(
                normalize_label(match[printed]),
                form,
                start + blanks,
                blanks > 0 or text[start - 1].isspace(),
                f"{text[: match.start(printed)]} {text[match.end(printed) : start]}".strip(),
            )
    return None


def add_more_labels(opening: NoteOpening, text: str) -> NoteOpening:
    """Return how a note begins with the labels that stand right after its first.

    Args:
        opening: How it begins with its first label.
        text: As `parse_opening` got it.
    """
    labels, markup, start = [opening.label], [opening.markup], opening.text_start
    has_space = opening.has_space
    while opening.form in _ENCLOSED and len(labels) <= _MAX_JOINT_LABELS:
        separator = _LABEL_SEPARATOR.match(text, start)
        begin = separator.end() if separator else start
        following = parse_opening(text[begin:], (opening.form,))
        if following is None or following.label in labels:
            break
        labels.append(following.label)
        markup += [text[start:begin].strip(), following.markup]
        start, has_space = begin + following.text_start, following.has_space
    if len(labels) == 1:
        return opening
    printed = " ".join(filter(None, markup))
    return NoteOpening(labels[0], opening.form, start, has_space, printed, tuple(labels[1:]))


def find_marks(text: str, forms: Iterable[str]) -> list[MarkCandidate]:
    """Return every place in a text that may be a mark of these conventions, in order.

    Squares and cubes of units of length (m²) are none.

    Args:
        text: A heading or a paragraph.
        forms: The names of the conventions.
    """
    conventions = load_conventions()
    result = [
        candidate
        for form in forms
        for match in _find_all(conventions[form].mark, text)
        if (candidate := _read_match(match, text, form))
    ]
    return _drop_enumerations(sorted(result, key=lambda candidate: candidate.start), text)


def _drop_enumerations(candidates: list[MarkCandidate], text: str) -> list[MarkCandidate]:
    """Return candidates without those that number items of a sentence: 包括①東港、②西港."""
    kept: list[MarkCandidate] = []
    items: list[MarkCandidate] = []  # that count up from one
    for candidate in [*candidates, None]:
        if candidate is None or candidate.form in _ENUMERATING:
            if candidate and items and _continues_items(items, candidate, text):
                items.append(candidate)
                continue
            kept += items if len(items) < _MIN_ITEMS else []
            items = []
            if candidate and _begins_items(candidate, text):
                items = [candidate]
                continue
        if candidate:
            kept.append(candidate)
    return sorted(kept, key=lambda candidate: candidate.start)


def _begins_items(candidate: MarkCandidate, text: str) -> bool:
    """Return whether a candidate may number the first item of a sentence."""
    before = text[max(candidate.start - 2, 0) : candidate.start].rstrip(" ")[-1:]
    after = text[candidate.end : candidate.end + 1]
    return (
        candidate.labels == ("1",)
        and after.isalpha()
        and (before in ("：", ":") or before.isalpha())
    )


def _continues_items(items: list[MarkCandidate], candidate: MarkCandidate, text: str) -> bool:
    """Return whether a candidate numbers the next item of a sentence."""
    last = items[-1]
    before = text[max(candidate.start - 2, 0) : candidate.start].rstrip(" ")[-1:]
    is_list = text[items[0].start - 1 : items[0].start] in ("：", ":")
    return (
        candidate.form == last.form
        and candidate.labels == (str(len(items) + 1),)
        and before in _ITEM_SEPARATORS
        and (text[candidate.end : candidate.end + 1].isalpha())
        and candidate.start - last.end <= _MAX_ITEM
        and (is_list or "。" not in text[last.end : candidate.start])
        and "\n\n" not in text[last.end : candidate.start]
    )


def _find_all(pattern: re.Pattern[str] | None, text: str) -> Iterator[re.Match[str]]:
    return pattern.finditer(text) if pattern else iter(())


def _read_match(match: re.Match[str], text: str, form: str) -> MarkCandidate | None:
    group = match.lastindex or 0
    printed = match[group]
    labels = _expand_labels(printed)
    is_doubtful = (match.lastgroup or "").endswith("doubtful")
    if form == "superscript":
        preceding = text[max(0, match.start() - 8) : match.start()]
        if _LENGTH_UNIT.search(preceding) and labels in (("2",), ("3",)):
            return None
        is_doubtful = bool(_POWER_BASE.search(preceding))
    if printed[0] == "*" and (
        _closes_emphasis(text, match.start(), printed)
        or _opens_emphasis(text, match.end(), printed)
    ):
        return None
    start, end = _include_tags(text, match.start(), match.end())
    before, after = text[start : match.start(group)], text[match.end(group) : end]
    markup = f"{before} {_LABEL.sub(' ', printed)} {after}".strip()
    if "0" in labels or (form == "half-letter" and _closes_parenthesis(text, match.start())):
        return None
    return MarkCandidate(start, end, labels, form, is_doubtful, markup)


def _include_tags(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where a mark begins and ends with the tags that set it as a superscript."""
    closing = _CLOSING_TAG.match(text, end)
    opening = _OPENING_TAG.search(text, max(start - _MAX_TAG, 0), start) if closing else None
    return (opening.start(), closing.end()) if closing and opening else (start, end)


def _closes_parenthesis(text: str, offset: int) -> bool:
    """Return whether a parenthesis is open at an offset, so that one after it is no mark."""
    start = max(offset - _MAX_EMPHASIS, 0)
    return text.rfind("(", start, offset) > text.rfind(")", start, offset)


def _closes_emphasis(text: str, offset: int, stars: str) -> bool:
    """Return whether stars at an offset end words in italics or in bold, as in Markdown."""
    start = max(offset - _MAX_EMPHASIS, 0)
    line = text[max(text.rfind("\n", start, offset) + 1, start) : offset]
    opening = line[: line.rfind("*") + 1]
    before = opening.rstrip("*")
    if opening == before or line[len(opening) : len(opening) + 1].isspace():
        return False
    is_same = len(opening) - len(before) == len(stars)
    is_after_sign = is_same and before[-1:] in "，。；：！？"
    return not before or before[-1].isspace() or before[-1] in "([（「“‘\"'" or is_after_sign


def _opens_emphasis(text: str, offset: int, stars: str) -> bool:
    """Return whether words that as many stars close follow stars that end at an offset."""
    if not text[offset : offset + 1].isalnum():
        return False
    line = text[offset : offset + _MAX_EMPHASIS].partition("\n")[0]
    closing = line.find(stars)
    return closing > 0 and line[closing - 1].isalnum()


def _expand_labels(printed: str) -> tuple[str, ...]:
    """Return the labels that a mark prints, those between the ends of a range included."""
    matches = list(_LABEL.finditer(printed))
    labels = [normalize_label(matches[0][0])]
    for left, right in pairwise(matches):
        label = normalize_label(right[0])
        if _RANGE_SIGN.search(printed, left.end(), right.start()):
            first, last = parse_ordinal(labels[-1]), parse_ordinal(label)
            if 0 < last - first <= _MAX_RANGE:
                labels += map(str, range(first + 1, last))
        labels.append(label)
    return tuple(labels)


def normalize_label(label: str) -> str:
    """Return a label with its digits in ASCII: ③, ⑶, ³ and ３ are 3.

    Args:
        label: As printed.
    """
    if len(label) == 1 and not label.isascii() and not "一" <= label <= "龥":
        value = unicodedata.numeric(label, 0)
        return str(int(value)) if value else unicodedata.normalize("NFKC", label)
    return unicodedata.normalize("NFKC", label)


def parse_ordinal(label: str) -> int:
    """Return the place of a label in the order of its convention; 0 for a sign that counts nothing.

    The letter i is the first roman numeral.

    Args:
        label: As `normalize_label` returns it.
    """
    if label.isdecimal():
        return int(label)
    if len(label) == 1 and "A" <= label <= "Z":
        return ord(label) - ord("A") + 1
    if label and set(label) <= set("ivxl"):
        return parse_roman(label.upper())
    if len(label) == 1 and "a" <= label <= "z":
        return ord(label) - ord("a") + 1
    if label and label in _STEMS:
        return _STEMS.index(label) + 1
    return int(parse_number(label)) if label[0] in "一二三四五六七八九十" else 0


def is_next_label(previous: str, label: str) -> bool:
    """Return whether a label is the one after another: 3 after 2, b after a, ii after i.

    Args:
        previous: The label before, as `normalize_label` returns it.
        label: The label.
    """
    if len(previous) == len(label) == 1 and label.isascii() and label.isalpha():
        return ord(label) == ord(previous) + 1
    return parse_ordinal(label) == parse_ordinal(previous) + 1 > 1
