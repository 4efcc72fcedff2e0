"""Passages: the units that are indexed and cited."""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Protocol

from index.chunking import split_section
from index.document import (
    Article,
    Note,
    NoteMark,
    Passage,
    Publication,
    Section,
    Span,
    TextPosition,
)
from index.encoders.protocol import load_encoder
from index.text.scripts import convert_to_simplified
from index.text.sentences import split_sentences


class TokenCounter(Protocol):
    """The part of an encoder that limits the length of passages."""

    @property
    def max_tokens(self) -> int:
        """The most tokens that it reads, prefix and special tokens included."""

    def count_tokens(self, text: str) -> int:
        """Return the tokens of a text as a passage, prefix and special tokens included.

        Args:
            text: A text of any length.
        """


def split_publication(
    publication: Publication, encoder: TokenCounter | None = None
) -> list[Passage]:
    """Return the passages of a publication, in reading order.

    Every non-blank character of the sections' paragraphs is in exactly one passage. A note mark is
    in the passage whose text it follows; one that opens a paragraph, in the passage that starts
    there. A mark in a heading is at offset 0 of the first passage under it, one in a title at
    offset 0 of the article's first passage.

    Args:
        publication: As a reader returned it.
        encoder: The encoder that will read the passages; the bundled model if None.

    Returns:
        Passages whose `build_encoder_input` has at most `encoder.max_tokens` tokens.
    """
    token_counter = encoder or load_encoder()
    occurrences: Counter[tuple[str, ...]] = Counter()
    passages: list[Passage] = []
    for article_index, article in enumerate(publication.articles):
        first_passage = len(passages)
        pending_marks = list(article.marks)
        for section_index, section in enumerate(article.sections):
            pending_marks += section.marks
            for passage in _build_passages(
                publication.id, article, (article_index, section_index), token_counter
            ):
                identity_key = (publication.id, article.title, *section.path, passage.text)
                occurrences[identity_key] += 1
                identified = replace(
                    passage, id=_hash_parts(*identity_key, str(occurrences[identity_key]))
                )
                passages.append(_prepend_marks(identified, pending_marks))
                pending_marks = []
        if pending_marks and len(passages) > first_passage:
            passages[first_passage] = _prepend_marks(passages[first_passage], pending_marks)
    return passages


def build_encoder_input(passage: Passage) -> str:
    """Return the text of a passage as the encoder reads it, without the model's prefix.

    Args:
        passage: The passage; its context precedes its text.
    """
    return _build_encoder_input(passage.context, passage.text)


def find_passage_notes(passage: Passage, article: Article) -> list[Note]:
    """Return the notes that the marks in a passage refer to; marks without a note are left out.

    Args:
        passage: The passage.
        article: The article of the passage.
    """
    notes = {note.number: note for note in article.notes}
    return [notes[number] for number in passage.note_numbers if number in notes]


def _build_encoder_input(context: str, text: str) -> str:
    return convert_to_simplified(f"{context}\n{text}" if context else text)


def _hash_parts(*parts: str) -> str:
    joined = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(joined).hexdigest()[:16]


def _prepend_marks(passage: Passage, marks: Sequence[NoteMark]) -> Passage:
    """Return the passage with the marks of the title and headings above it."""
    prepended = tuple(NoteMark(0, mark.note) for mark in marks)
    return replace(passage, marks=prepended + passage.marks)


def _build_context(article: Article, section: Section, token_counter: TokenCounter) -> str:
    """Return title and headings on one line, at most a quarter of the encoder's limit."""
    context = " › ".join(" ".join(part.split()) for part in (article.title, *section.path) if part)
    while (
        count := token_counter.count_tokens(context)
    ) > token_counter.max_tokens // 4 and context:
        context = context[
            : min(len(context) - 2, len(context) * token_counter.max_tokens // 4 // count)
        ]
        context = context and f"{context}…"
    return context


def _build_passages(
    publication_id: str, article: Article, indexes: tuple[int, int], token_counter: TokenCounter
) -> Iterator[Passage]:
    section = article.sections[indexes[1]]
    context = _build_context(article, section, token_counter)

    def fits_encoder(text: str) -> bool:
        return (
            token_counter.count_tokens(_build_encoder_input(context, text))
            <= token_counter.max_tokens
        )

    text = "\n".join(paragraph.text for paragraph in section.paragraphs)
    paragraph_ends = accumulate(len(paragraph.text) + 1 for paragraph in section.paragraphs)
    paragraph_starts = [0, *paragraph_ends][:-1]
    spans = split_section(section.paragraphs, fits_encoder)
    marks_by_span = _assign_marks(section, paragraph_starts, spans)
    for span, span_marks in zip(spans, marks_by_span, strict=True):
        paragraph_index = bisect_right(paragraph_starts, span.start) - 1
        passage_text = text[span.start : span.end]
        yield Passage(
            id="",
            publication_id=publication_id,
            article_index=indexes[0],
            section_index=indexes[1],
            start=TextPosition(paragraph_index, span.start - paragraph_starts[paragraph_index]),
            text=passage_text,
            marks=tuple(span_marks),
            sentences=tuple(split_sentences(passage_text)),
            context=context,
        )


def _assign_marks(
    section: Section, paragraph_starts: Sequence[int], spans: Sequence[Span]
) -> list[list[NoteMark]]:
    """Return the marks of each span, with offsets into it."""
    marks_by_span: list[list[NoteMark]] = [[] for _ in spans]
    span_starts = [span.start for span in spans]
    for paragraph_start, paragraph in zip(paragraph_starts, section.paragraphs, strict=True):
        for mark in paragraph.marks if spans else ():
            offset = paragraph_start + mark.offset
            span_index = bisect_left(span_starts, offset) - 1  # the last span before the mark
            if span_index < 0 or spans[span_index].end <= paragraph_start:
                # It opens the paragraph, so it belongs to the span that starts there.
                span_index = min(span_index + 1, len(spans) - 1)
            span = spans[span_index]
            marks_by_span[span_index].append(
                NoteMark(min(max(offset, span.start), span.end) - span.start, mark.note)
            )
    return marks_by_span
