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
_PAIRS = dict(zip("）)］]〕】」』》〉”", "（(［[〔【「『《〈“", strict=True))
_QUOTES = '「『“"'
_PAIR_SIGN = re.compile(rf"[{re.escape(''.join([*_PAIRS, *_PAIRS.values()]))}\n]")
_TITLE = re.compile(r"\"[^\"\n]{1,150},\"")  # how English notes quote a title: "Why?," Journal
_LONGEST_PAIR = 150  # what is longer than that may be cut inside, in characters
_DEEPEST = 8  # how many open brackets one may close

_WORDY = re.compile(r"[^\W_]")

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

    A line break always ends a sentence. Brackets, quotations and titles of ordinary length are
    never cut, and what closes them stays with them; an English abbreviation, an initial or a
    decimal point does not end a sentence, nor does a semicolon.

    Args:
        text: A passage, a note, or any other text.

    Returns:
        Spans in order, without white space at their ends, that hold every non-blank character.
    """
    spans: list[Span] = []
    start = 0
    for end in [*_ends(text), len(text)]:
        piece = text[start:end]
        if stripped := piece.strip():
            left = start + len(piece) - len(piece.lstrip())
            right = left + len(stripped)
            if spans and not _WORDY.search(stripped) and "\n" not in text[spans[-1].end : left]:
                left = spans.pop().start  # signs alone belong to what stands before them
            spans.append(Span(left, right))
        start = end
    return spans


def _ends(text: str) -> Iterator[int]:
    """The offsets at which sentences end, blank ones included, in order."""
    wholes = _wholes(text)
    held, begin = 0, 0
    for found in _END.finditer(text):
        while held < len(wholes) and wholes[held].end <= found.start():
            held += 1
        if found["line"]:
            yield (begin := found.end())
            continue
        whole = wholes[held] if held < len(wholes) else None
        if whole and whole.start < found.start() and not _closes(text, begin, whole, found.end()):
            continue
        if found["full"]:
            ends = not _GOES_ON.match(text, found.end()) and (
                not found["full"].startswith("…") or _STARTS.match(text, found.end()) is not None
            )
        else:
            ends = _ends_in_ascii(text, begin, found)
        if ends:
            yield (begin := found.end())


def _closes(text: str, begin: int, whole: Span, end: int) -> bool:
    """Whether what ends at `end` closes `whole`, and may with it end the sentence from `begin`.

    A quotation may; a bracket only if the whole sentence stands in it; a title may not.
    """
    if end < whole.end or text[whole.start] in "《〈":
        return False
    return text[whole.start] in _QUOTES or not text[begin : whole.start].strip()


def _wholes(text: str) -> list[Span]:
    """Outermost brackets, quotations and titles of ordinary length on one line, in order."""
    pairs = [Span(*found.span()) for found in _TITLE.finditer(text)]
    opened: list[int] = []
    for found in _PAIR_SIGN.finditer(text):
        sign, end = found.group(), found.end()
        if sign == "\n":
            opened.clear()
        elif sign not in _PAIRS:
            opened.append(found.start())
        elif any(text[start] == _PAIRS[sign] for start in opened[-_DEEPEST:]):
            while text[start := opened.pop()] != _PAIRS[sign]:
                pass  # was never closed
            if end - start <= _LONGEST_PAIR:
                pairs.append(Span(start, end))
    outermost: list[Span] = []
    for pair in sorted(pairs, key=lambda pair: (pair.start, -pair.end)):
        if not outermost or pair.start >= outermost[-1].end:
            outermost.append(pair)
    return outermost


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
