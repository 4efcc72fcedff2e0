"""Sections into passages: the units that are indexed and cited."""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Protocol

from index.chunking import cut
from index.document import Article, Mark, Passage, Place, Publication, Section, Span
from index.encoders.protocol import load_encoder
from index.text.scripts import simplified
from index.text.sentences import sentences


class TokenCounter(Protocol):
    """What an encoder says about how much it reads."""

    @property
    def max_tokens(self) -> int:
        """The most tokens that it reads, prefix and special tokens included."""

    def count_tokens(self, text: str) -> int:
        """The tokens of a text as a passage, prefix and special tokens included."""


def split(publication: Publication, encoder: TokenCounter | None = None) -> list[Passage]:
    """The passages of a publication, in reading order.

    Every non-blank character of the sections' paragraphs stands in exactly one passage. A mark
    stands in the passage whose text it follows; one that opens a paragraph, in the passage that
    begins there. A mark in a heading stands at offset 0 of the first passage under it, one in a
    title at offset 0 of the article's first passage.

    Args:
        publication: As a reader made it.
        encoder: What will read the passages; the bundled model if None.

    Returns:
        Passages of which `encoder_text` has at most `encoder.max_tokens` tokens.
    """
    counter = encoder or load_encoder()
    seen: Counter[tuple[str, ...]] = Counter()
    passages: list[Passage] = []
    for number, article in enumerate(publication.articles):
        first = len(passages)
        waiting = list(article.marks)
        for index, section in enumerate(article.sections):
            waiting += section.marks
            for passage in _split_section(publication.id, article, (number, index), counter):
                key = (publication.id, article.title, *section.path, passage.text)
                seen[key] += 1
                identified = replace(passage, id=_digest(*key, str(seen[key])))
                passages.append(_opened_by(identified, waiting))
                waiting = []
        if waiting and len(passages) > first:
            passages[first] = _opened_by(passages[first], waiting)
    return passages


def encoder_text(passage: Passage) -> str:
    """What the encoder reads of a passage, without the model's prefix: context, then text."""
    return _encoder_text(passage.context, passage.text)


def _encoder_text(context: str, text: str) -> str:
    return simplified(f"{context}\n{text}" if context else text)


def _digest(*parts: str) -> str:
    joined = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(joined).hexdigest()[:16]


def _opened_by(passage: Passage, marks: Sequence[Mark]) -> Passage:
    """The passage with marks of what stands above it."""
    moved = tuple(Mark(0, mark.note) for mark in marks)
    return replace(passage, marks=moved + passage.marks)


def _context(article: Article, section: Section, counter: TokenCounter) -> str:
    """Title and headings on one line, cut where they would take more than a quarter of the room."""
    context = " › ".join(" ".join(part.split()) for part in (article.title, *section.path) if part)
    while (count := counter.count_tokens(context)) > counter.max_tokens // 4 and context:
        context = context[: min(len(context) - 2, len(context) * counter.max_tokens // 4 // count)]
        context = context and f"{context}…"
    return context


def _split_section(
    publication: str, article: Article, place: tuple[int, int], counter: TokenCounter
) -> Iterator[Passage]:
    section = article.sections[place[1]]
    context = _context(article, section, counter)

    def fits(text: str) -> bool:
        return counter.count_tokens(_encoder_text(context, text)) <= counter.max_tokens

    text = "\n".join(paragraph.text for paragraph in section.paragraphs)
    ends = accumulate(len(paragraph.text) + 1 for paragraph in section.paragraphs)
    starts = [0, *ends][:-1]
    spans = cut(section.paragraphs, fits)
    marks = _distributed(section, starts, spans)
    for span, own in zip(spans, marks, strict=True):
        first = bisect_right(starts, span.start) - 1
        inside = text[span.start : span.end]
        yield Passage(
            id="",
            publication=publication,
            article=place[0],
            section=place[1],
            start=Place(first, span.start - starts[first]),
            text=inside,
            marks=tuple(own),
            sentences=tuple(sentences(inside)),
            context=context,
        )


def _distributed(
    section: Section, starts: Sequence[int], spans: Sequence[Span]
) -> list[list[Mark]]:
    """The marks of each span, with offsets into it."""
    marks: list[list[Mark]] = [[] for _ in spans]
    begins = [span.start for span in spans]
    for start, paragraph in zip(starts, section.paragraphs, strict=True):
        for mark in paragraph.marks if spans else ():
            offset = start + mark.offset
            at = bisect_left(begins, offset) - 1  # the last span with text before the mark
            if at < 0 or spans[at].end <= start:
                at = min(at + 1, len(spans) - 1)  # nothing of its paragraph stands before it
            span = spans[at]
            marks[at].append(Mark(min(max(offset, span.start), span.end) - span.start, mark.note))
    return marks
