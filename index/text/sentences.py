"""Sentence segmentation of Chinese, English and mixed text, notes included."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.document import Span
from index.text.characters import FULL_WIDTH, SENTENCE_BRACKETS
from index.text.patterns import load_patterns
from index.text.word_lists import load_abbreviations

_PATTERNS = load_patterns("index.text")

_CLOSING_PUNCTUATION = "」』）)】］]》〉”’\"'〕｝}"

# Where a sentence may end: its last punctuation, and the brackets and quotes closed after it.
_SENTENCE_END = re.compile(
    rf"(?P<line>\n+)|(?P<full>[。！？｡‼⁇⁈⁉]+[。！？｡!?…]*|…+)(?P<c1>[{re.escape(_CLOSING_PUNCTUATION)}]*)"
    rf"|(?P<half>[.!?]+)(?P<c2>[{re.escape(_CLOSING_PUNCTUATION)}]*)"
)
_OPENING_BRACKETS = {right: left for left, right in SENTENCE_BRACKETS.items()}
_OPENING_QUOTES = '「『“"'
_BRACKET_OR_NEWLINE = re.compile(
    rf"[{re.escape(''.join([*SENTENCE_BRACKETS, *_OPENING_BRACKETS]))}\n]"
)
_QUOTED_TITLE = re.compile(r"\"[^\"\n]{1,150},\"")  # as English notes quote it: "Why?," Journal
_MAX_BRACKETED_LENGTH = 150  # characters; longer brackets may be cut inside
_MAX_BRACKET_DEPTH = 8  # open brackets among which the one to close is searched

_LINE = re.compile(r".+")
_FIELD_SIGN = re.compile(r"[:：/／]|IS[SB]N")
_MIN_FIELDS = 3  # of an imprint in one line: fewer are words of a sentence

_MIN_LEADER = 7  # dots: an ellipsis has up to six

_WORD_CHARACTER = re.compile(r"[^\W_]")

# What continues the sentence whose quotation has just ended.
_CONTINUATION = re.compile(rf"\s*[，、；：,;:的之地得等{re.escape(_CLOSING_PUNCTUATION)}]")
_SENTENCE_START = re.compile(
    rf"\s+[A-Z\d“‘\"'「『《〈（(\[*À-ÞΑ-ΩА-Я{FULL_WIDTH}]|\s*$|\s*[{FULL_WIDTH}]"
)
_PRECEDING_WORD = re.compile(r"[^\s（(\[“‘\"'「『《〈,，;；:：/]*$")

_NEVER_FINAL = frozenset(map(str.casefold, load_abbreviations("never-final")))
_FINAL_UNLESS_BEFORE_NUMBER = frozenset(map(str.casefold, load_abbreviations("before-number")))
_MAYBE_FINAL = frozenset(map(str.casefold, load_abbreviations("maybe-final")))
_ACRONYM = re.compile(r"(?:[A-Za-z]\.)*[A-Za-z]")
# Words that open a sentence and hardly ever follow an abbreviation within one.
_SENTENCE_OPENERS = re.compile(
    r"\s+[“‘\"'(]?(?:The|This|That|These|Those|It|Its|He|She|They|We|You|In|On|At|As|By|But|And|Or"
    r"|If|When|While|Since|After|Before|Although|However|For|From|To|With|There|Here|A|An|One|Some"
    r"|Many|Most|Both|Another|Such|His|Her|Their|Our|Yet|So|Moreover|Meanwhile|Thus|Nevertheless"
    r"|See|What|Why|How|Who|Where)\b"
)


def split_sentences(text: str) -> list[Span]:
    """Return the spans of the sentences of a text, in linear time.

    A line break always ends a sentence; of an imprint in one line, each field is one. Brackets,
    quotations and titles of ordinary length are never cut, and what closes them stays with them;
    an English abbreviation, an initial or a decimal point does not end a sentence, nor does a
    semicolon.

    Args:
        text: A passage, a note, or any other text.

    Returns:
        Spans in order, without white space at their ends, that hold every non-blank character.
    """
    spans: list[Span] = []
    start = 0
    for end in [*sorted({*_find_sentence_ends(text), *_find_field_starts(text)}), len(text)]:
        piece = text[start:end]
        if stripped := piece.strip():
            span_start = start + len(piece) - len(piece.lstrip())
            span_end = span_start + len(stripped)
            if (
                spans
                and not _WORD_CHARACTER.search(stripped)
                and "\n" not in text[spans[-1].end : span_start]
            ):
                span_start = (
                    spans.pop().start
                )  # punctuation alone belongs to the sentence before it
            spans.append(Span(span_start, span_end))
        start = end
    return spans


def _find_field_starts(text: str) -> Iterator[int]:
    """Yield where the fields of an imprint begin, in lines that have several."""
    if len(_FIELD_SIGN.findall(text)) < _MIN_FIELDS:
        return
    for line in _LINE.finditer(text):
        fields = [field.start() for field in _PATTERNS["imprint-field"].finditer(line[0])]
        if len(fields) >= _MIN_FIELDS:
            yield from (line.start() + start for start in fields)


def _find_sentence_ends(text: str) -> Iterator[int]:
    """Yield the offsets at which sentences end, blank ones included, in order."""
    protected_spans = _find_protected_spans(text)
    span_index, sentence_start = 0, 0
    for match in _SENTENCE_END.finditer(text):
        while (
            span_index < len(protected_spans) and protected_spans[span_index].end <= match.start()
        ):
            span_index += 1
        if match["line"]:
            yield (sentence_start := match.end())
            continue
        protected = protected_spans[span_index] if span_index < len(protected_spans) else None
        if (
            protected
            and protected.start < match.start()
            and not _can_end_sentence(text, sentence_start, protected, match.end())
        ):
            continue
        if match["full"]:
            is_sentence_end = not _CONTINUATION.match(text, match.end()) and (
                not match["full"].startswith("…")
                or _SENTENCE_START.match(text, match.end()) is not None
            )
        else:
            is_sentence_end = _is_ascii_sentence_end(text, sentence_start, match)
        if is_sentence_end:
            yield (sentence_start := match.end())


def _can_end_sentence(text: str, sentence_start: int, protected: Span, end: int) -> bool:
    """Return whether a sentence may end at `end`, which lies in or closes a protected span.

    A quotation may end it; a bracket only if it holds the whole sentence; a title may not.
    """
    if end < protected.end or text[protected.start] in "《〈":
        return False
    return (
        text[protected.start] in _OPENING_QUOTES
        or not text[sentence_start : protected.start].strip()
    )


def _find_protected_spans(text: str) -> list[Span]:
    """Return outermost brackets, quotations and titles of ordinary length, in order."""
    spans = [Span(*match.span()) for match in _QUOTED_TITLE.finditer(text)]
    open_starts: list[int] = []
    for match in _BRACKET_OR_NEWLINE.finditer(text):
        character, end = match.group(), match.end()
        if character == "\n":
            open_starts.clear()
        elif character not in _OPENING_BRACKETS:
            open_starts.append(match.start())
        elif any(
            text[start] == _OPENING_BRACKETS[character]
            for start in open_starts[-_MAX_BRACKET_DEPTH:]
        ):
            while text[start := open_starts.pop()] != _OPENING_BRACKETS[character]:
                pass  # was never closed
            if end - start <= _MAX_BRACKETED_LENGTH:
                spans.append(Span(start, end))
    outermost: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if not outermost or span.start >= outermost[-1].end:
            outermost.append(span)
    return outermost


def _is_ascii_sentence_end(text: str, sentence_start: int, match: re.Match[str]) -> bool:
    """Return whether `.`, `!` or `?` ends the sentence that began at `sentence_start`."""
    end = match.end()
    if not _SENTENCE_START.match(text, end) or _CONTINUATION.match(text, end):
        return False
    if match["half"] != ".":
        return not _is_leader(text, match)
    word_match = _PRECEDING_WORD.search(
        text[max(sentence_start, match.start() - 40) : match.start()]
    )
    word = word_match.group().lstrip("*_") if word_match else ""
    folded = word.casefold()
    if folded in _NEVER_FINAL or (
        folded in _FINAL_UNLESS_BEFORE_NUMBER and re.match(r"\s*\d", text[end : end + 9])
    ):
        return False
    if word.isdigit() and not text[sentence_start : match.start() - len(word)].strip():
        return False  # the number of an item in a list
    if folded in _MAYBE_FINAL or _ACRONYM.fullmatch(word):
        return _SENTENCE_OPENERS.match(text, end) is not None or not text[end : end + 80].strip()
    return True


def _is_leader(text: str, match: re.Match[str]) -> bool:
    """Return whether dots lead to the next cell of a table, or stand for words left out."""
    dots = match["half"]
    if dots.strip("."):
        return False
    return len(dots) >= _MIN_LEADER or text[match.start() - 1 : match.start()].isspace()
