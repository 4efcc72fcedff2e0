"""Parse references to other notes: *Ibid.*, 同註 3, *supra* note 3, 前揭書, *op. cit.*, 參見註 3.

Each stands at the beginning of a part of a note, after the name of an author at most.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from index.readers.notes.evidence import find_evidence
from index.readers.notes.masking import MaskedText, hide_parentheses
from index.text.characters import BASIC_HAN, parse_number
from index.text.patterns import load_patterns

_PATTERNS = load_patterns("index.readers.notes")
_PATTERNS_ZH = load_patterns("index.readers.notes", "zh")
_ONE_LABEL = r"(?:\d{1,4}|[一二三四五六七八九十百]{1,4}|[①-⑳㉑-㉟])"
_LABELS = re.compile(rf"({_ONE_LABEL})(?:[\]〕)】]?\s?[-–至~]\s?[\[〔(【]?({_ONE_LABEL}))?")
_MAX_RANGE = 30  # notes that "notes 4–9" names one by one
_BOOK = re.compile("书|著|책|서")
_ARTICLE = re.compile("文|稿|글|논문")
_FAR = re.compile("前[引揭掲]|앞의")  # cited before, though maybe not right above
_NAME_AFTER = re.compile(
    rf"[,、\s]*(?!所引|前[引揭掲])([{BASIC_HAN}·]{{2,8}})(?:书|文|论文)(?=[,、第。.;]|$)"
)
_LOCATOR_BEGIN = re.compile(
    r"(?:[,:]\s*|(?<![,:\s])\s*)(?:[(\d]|pp?\.|at\b|S\.|第|页)"
    r"|(?:书|文)[,:]|(?<![ ,])[ ,]+[ivxl]+\b"
)
_AUTHOR_AND_TITLE = re.compile(
    rf"[{BASIC_HAN}·]{{0,8}}(?:《[^》]*》|〈[^〉]*〉|『[^』]*』|「[^」]*」)"
    rf"|[{BASIC_HAN}]{{2,12}}院[^,。;]{{2,40}}(?:判决|裁定|决定|解释|号)"
)
_NAME_BEFORE = re.compile(
    rf"(?:^|[,、;。:\sぁ-ん]|[见参据依从在如引])(?:氏著|([{BASIC_HAN}·]{{2,4}}?))(?:的|之|氏)?[,、]?\s?$"
)
_IN_PARENTHESES = re.compile(r"\(([^()]{2,80})\)\.?")
_YEAR = re.compile(r"[,(\s]*((?:1[0-9]|20)\d\d)")
_FULL_REFERENCE = frozenset(
    ("year", "imprint", "address", "date", "volume-and-number", "issue", "document-type")
)
_MAX_NAME_LENGTH = 120
_SHORT_NAME_LENGTH = 5  # characters: a Chinese name may have any

Kind = Literal["number", "previous", "name", "pointer"]
Form = Literal["", "book", "article"]


@dataclass(frozen=True, slots=True)
class BackReference:
    """A reference to another note, or to a work that a note before has cited.

    Attributes:
        kind: Whether it repeats a note by its number, the note before, a work by its author or
            title, or only points to notes.
        remainder: What follows it: pages, or anything else.
        numbers: The numbers that it names.
        name: What stands before it, or the author's name in it: an author, a title or both.
        form: What it calls the work: a book (前揭書) or an article (前揭文); "" if neither.
        year: The year that stands with the author's name.
    """

    kind: Kind
    remainder: MaskedText
    numbers: tuple[str, ...] = ()
    name: str = ""
    form: Form = ""
    year: str = ""


def parse_back_reference(content: MaskedText) -> BackReference | None:
    """Return the reference to another note with which a part of a note begins, or None.

    Args:
        content: A part of a note.
    """
    whole = content.cut(len(content.text) - len(content.text.lstrip()), len(content.text))
    signal = _PATTERNS["back-reference-signal"].match(whole.folded)
    signal = signal or _PATTERNS["introductory-signal"].match(whole.folded)
    clause = whole.cut(signal.end(), len(whole.text)) if signal else whole
    return (
        _parse_pointer(whole)
        or _parse_pointer(clause)
        or _parse_number(clause, has_signal=signal is not None and "引" not in signal[0])
        or _parse_previous(clause)
        or _parse_name(clause)
    )


def parse_author_and_pages(content: MaskedText) -> BackReference | None:
    """Return the reference to a work that names its author and pages alone (Merrow, 14), or None.

    Args:
        content: A part of a note.
    """
    end = len(content.text.rstrip(" ;；"))
    clause = content.cut(len(content.text) - len(content.text.lstrip()), end)
    signal = _PATTERNS["introductory-signal"].match(clause.folded)
    clause = clause.cut(signal.end(), len(clause.text)) if signal else clause
    whole = _IN_PARENTHESES.fullmatch(clause.folded)
    clause = clause.cut(*whole.span(1)) if whole else clause
    if not _PATTERNS["author-and-pages"].fullmatch(clause.folded):
        return None
    begin = _LOCATOR_BEGIN.search(clause.folded)
    end = begin.start() if begin else len(clause.text)
    year = _YEAR.match(clause.folded, end)
    rest = clause.cut(end, len(clause.text))
    return BackReference("name", rest, name=clause.text[:end], year=year[1] if year else "")


def find_pointers(content: MaskedText) -> tuple[str, ...]:
    """Return the numbers of the notes that a sentence points to (…，詳見註 3。).

    Args:
        content: A sentence that explains.
    """
    numbers: list[str] = []
    for match in _PATTERNS["pointer"].finditer(content.folded):
        numbers += _read_labels(match[0])
    return tuple(numbers)


def find_named_works(content: MaskedText) -> Iterator[BackReference]:
    """Yield the references inside a sentence to works cited before (…，見林知遠前揭文，頁4).

    Args:
        content: A sentence that explains.
    """
    for match in _PATTERNS_ZH["work-by-name"].finditer(content.folded):
        if not any(map(str.isalnum, content.folded[: match.start()])):
            continue  # what follows the number of a note
        before = _NAME_BEFORE.search(content.folded, 0, match.start())
        name = content.text[slice(*before.span(1))] if before else ""
        title = _AUTHOR_AND_TITLE.match(content.folded, match.end()) if name else None
        end = title.end() if title else match.end()
        name += content.text[match.end() : end]
        rest = content.cut(end, len(content.text))
        yield BackReference("name", rest, name=name, form=_read_form(match[0]))


def is_locator(content: MaskedText) -> bool:
    """Return whether a text is nothing but pages and the like, beside what is in parentheses.

    Args:
        content: What follows a reference to another note.
    """
    text = _remove_parentheses(content)
    return not text.strip(" ,.;:。、*") or bool(_PATTERNS["reference-fragment"].match(text))


def is_accompanying_text(content: MaskedText) -> bool:
    """Return whether a text is nothing but "and accompanying text" or the like.

    Args:
        content: What follows the number of a note.
    """
    return bool(_PATTERNS["accompanying-text"].match(content.folded))


def _remove_parentheses(content: MaskedText) -> str:
    return re.sub(r"\(\ue000*\)", "", hide_parentheses(content.masked))


def _parse_pointer(clause: MaskedText) -> BackReference | None:
    later = _PATTERNS["later-note-by-number"].match(clause.folded)
    match = later or _PATTERNS["pointer"].match(clause.folded)
    if match is None:
        return None
    rest = clause.cut(match.end(), len(clause.text))
    name = "" if later else _find_name_after(rest)
    is_cited = not later and not is_accompanying_text(rest) and (bool(name) or is_locator(rest))
    kind: Kind = "number" if is_cited else "pointer"
    return BackReference(kind, rest, _read_labels(match[0]), name)


def _parse_number(clause: MaskedText, *, has_signal: bool) -> BackReference | None:
    head = clause.folded[: _MAX_NAME_LENGTH + 40]
    match = _PATTERNS["note-by-number"].search(head)
    if match is None or not _is_name(clause.cut(0, match.start())):
        return None
    name, rest = _cut_around(clause, match)
    if not name and not has_signal and rest.folded[:1] == " " and find_evidence(rest).prose:
        return None
    numbers = _read_labels(match[0])
    is_pointer = not name and is_accompanying_text(rest)
    is_pointer = is_pointer and (has_signal or bool(rest.folded.strip(" .,;。")))
    name = name or _find_name_after(rest)
    return BackReference("pointer" if is_pointer else "number", rest, numbers, name)


def _find_name_after(rest: MaskedText) -> str:
    """Return the author's name that follows the number of a note (註3，林知遠書), or nothing."""
    match = _NAME_AFTER.match(rest.folded)
    return match[1] if match else ""


def _parse_previous(clause: MaskedText) -> BackReference | None:
    author = _PATTERNS_ZH["author-of-previous"].match(clause.folded)
    match = _PATTERNS["previous-note"].match(clause.folded, author.end() if author else 0)
    if match is None:
        return None
    rest = clause.cut(match.end(), len(clause.text))
    by_same_author = _PATTERNS["same-author"].match(clause.folded)
    if by_same_author and not is_locator(rest) and find_evidence(clause).score > 0:
        return None  # another work of the author
    form = _read_form(match[0]) if _FAR.match(match[0]) else ""
    return BackReference("previous", rest, name=clause.text[: match.start()], form=form)


def _parse_name(clause: MaskedText) -> BackReference | None:
    within = _PATTERNS_ZH["work-by-name-within"].match(clause.folded)
    if within:
        title = _AUTHOR_AND_TITLE.match(clause.folded, within.end())
        end = title.end() if title else within.end()
        start, stop = title.span() if title else within.span(1)
        rest = clause.cut(end, len(clause.text))
        return BackReference("name", rest, name=clause.text[start:stop], form=_read_form(within[0]))
    match = _PATTERNS["work-by-name"].search(clause.folded[: _MAX_NAME_LENGTH + 40])
    if match is None or not _is_name(clause.cut(0, match.start())):
        return None
    name, rest = _cut_around(clause, match)
    title = _AUTHOR_AND_TITLE.match(rest.folded) if name else None
    if title:
        name += title[0]
        rest = rest.cut(title.end(), len(rest.text))
    kind: Kind = "name" if name else "previous"
    return BackReference(kind, rest, name=name, form=_read_form(match[0]))


def _is_name(content: MaskedText) -> bool:
    """Return whether a text may name a work: nothing, or an author, a title or both."""
    if len(content.text) > _MAX_NAME_LENGTH:
        return False
    if len(content.text) <= _SHORT_NAME_LENGTH:
        return True
    evidence = find_evidence(content)
    return evidence.prose < 1 and not (
        evidence.weights.keys() & _FULL_REFERENCE and evidence.score > 0
    )


def _cut_around(clause: MaskedText, match: re.Match[str]) -> tuple[str, MaskedText]:
    """Return the name before the words that refer to a note, and what stands after them."""
    name = clause.text[: match.start()].strip(" ,，:：、;；·・*_.。(（")
    return name, clause.cut(match.end(), len(clause.text))


def _read_form(words: str) -> Form:
    if _ARTICLE.search(words):
        return "article"
    return "book" if _BOOK.search(words) else ""


def _read_labels(text: str) -> tuple[str, ...]:
    """Return the numbers of the notes that a text names, those within ranges included."""
    numbers: list[int] = []
    for match in _LABELS.finditer(text):
        first = int(parse_number(match[1]))
        last = int(parse_number(match[2])) if match[2] else first
        is_range = 0 < last - first <= _MAX_RANGE
        numbers += range(first, last + 1) if is_range else dict.fromkeys((first, last))
    return tuple(map(str, numbers))
