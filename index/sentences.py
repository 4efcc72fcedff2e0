"""Sentences of Chinese, English and mixed text, note texts included."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.document import Span

_CLOSERS = "」』）)】］]》〉”’\"'〕｝}"
_CJK = "\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef"

# A place where a sentence may end: the signs that end it, and the brackets and quotes they close.
_END = re.compile(
    rf"(?P<line>\n+)|(?P<full>[。！？｡‼⁇⁈⁉]+[。！？｡!?…]*|…+)(?P<c1>[{re.escape(_CLOSERS)}]*)"
    rf"|(?P<half>[.!?]+)(?P<c2>[{re.escape(_CLOSERS)}]*)"
)
_OPEN, _CLOSE = "（(［[〔【", "）)］]〕】"
_PARENTHESIS = 200  # the longest that is kept in one sentence, in characters

# What goes on with the sentence whose quotation has just ended.
_GOES_ON = re.compile(rf"\s*[，、；：,;:的之地得等{re.escape(_CLOSERS)}]")
_STARTS = re.compile(rf"\s+[A-Z\d“‘\"'「『《〈（(\[*À-ÞΑ-ΩА-Я{_CJK}]|\s*$|\s*[{_CJK}]")
_WORD_BEFORE = re.compile(r"[^\s（(\[“‘\"'「『《〈,，;；:：/]*$")

_NEVER_END = re.compile(
    "mr|mrs|ms|dr|prof|gen|lt|col|maj|capt|cmdr|adm|sgt|sen|rep|gov|pres|hon|rev|fr|st|mt|ft|messrs"
    r"|vs|cf|e\.g|i\.e|viz|eds|trans|vol|vols|pp|p|fig|figs|ch|chap|sec|para|art|nn|n"
)
_BEFORE_NUMBER = re.compile("nos?|nr|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|ed")
_MAY_END = re.compile(r"inc|co|ltd|corp|jr|sr|etc|al|a\.m|p\.m|b\.c|a\.d|ph\.d|ibid|op|cit")
_ACRONYM = re.compile(r"(?:[A-Za-z]\.)*[A-Za-z]")
# Words that open a sentence and hardly ever go on after an abbreviation.
_OPENERS = re.compile(
    r"\s+[“‘\"'(]?(?:The|This|That|These|Those|It|Its|He|She|They|We|You|In|On|At|As|By|But|And|Or"
    r"|If|When|While|Since|After|Before|Although|However|For|From|To|With|There|Here|A|An|One|Some"
    r"|Many|Most|Both|Another|Such|His|Her|Their|Our|Yet|So|Moreover|Meanwhile|Thus|Nevertheless"
    r"|See|What|Why|How|Who|Where)\b"
)


def sentences(text: str) -> list[Span]:
    """The sentences of a text, in linear time.

    A line break always ends a sentence; brackets of ordinary length are never cut; closing quotes
    and brackets stay with what they close; an English abbreviation, an initial or a decimal point
    does not end a sentence.

    Args:
        text: A passage, a note, or any other text.

    Returns:
        Spans in order, without white space at their ends, that hold every non-blank character.
    """
    spans = []
    start = 0
    for end in [*_ends(text), len(text)]:
        piece = text[start:end]
        if stripped := piece.strip():
            left = start + len(piece) - len(piece.lstrip())
            spans.append(Span(left, left + len(stripped)))
        start = end
    return spans


def _ends(text: str) -> Iterator[int]:
    """The offsets at which sentences end, blank ones included, in order."""
    brackets = _brackets(text)
    held, begin = 0, 0
    for found in _END.finditer(text):
        while held < len(brackets) and brackets[held].end <= found.start():
            held += 1
        if found["line"]:
            yield (begin := found.end())
            continue
        if held < len(brackets) and brackets[held].start < found.start():
            continue
        if found["full"]:
            ends = not _GOES_ON.match(text, found.end()) and (
                not found["full"].startswith("…") or _STARTS.match(text, found.end()) is not None
            )
        else:
            ends = _ends_in_ascii(text, begin, found)
        if ends:
            yield (begin := found.end())


def _brackets(text: str) -> list[Span]:
    """Outermost pairs of brackets of ordinary length on one line, in order."""
    pairs: list[Span] = []
    open_at: list[int] = []
    for found in re.finditer(rf"[{re.escape(_OPEN + _CLOSE)}\n]", text):
        sign = found.group()
        if sign == "\n":
            open_at.clear()
        elif sign in _OPEN:
            open_at.append(found.start())
        elif open_at:
            opened = open_at.pop()
            if found.end() - opened <= _PARENTHESIS:
                while pairs and pairs[-1].start > opened:
                    pairs.pop()
                pairs.append(Span(opened, found.end()))
    return pairs


def _ends_in_ascii(text: str, begin: int, found: re.Match[str]) -> bool:
    """Whether `.`, `!` or `?` ends the sentence that began at `begin`."""
    after = found.end()
    if not _STARTS.match(text, after) or _GOES_ON.match(text, after):
        return False
    if found["half"] != ".":
        return True
    before = _WORD_BEFORE.search(text[max(begin, found.start() - 40) : found.start()])
    word = before.group().lstrip("*_") if before else ""
    low = word.casefold()
    if _NEVER_END.fullmatch(low) or (
        _BEFORE_NUMBER.fullmatch(low) and re.match(r"\s*\d", text[after : after + 9])
    ):
        return False
    if word.isdigit() and not text[begin : found.start() - len(word)].strip():
        return False  # the number of an item in a list
    if _MAY_END.fullmatch(low) or _ACRONYM.fullmatch(word):
        return _OPENERS.match(text, after) is not None or not text[after : after + 80].strip()
    return True
