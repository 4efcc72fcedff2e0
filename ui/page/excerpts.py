"""What an answer shows of a passage: the sentence that answers, and a few sentences around it."""

from __future__ import annotations

from collections.abc import Sequence

from index.document import NoteMark, Span
from index.text.sentences import split_sentences
from rag.answer.model import Citation
from rag.render.labels import get_evidence_spans
from rag.render.rich_text import TextRun, split_paragraphs

_SENTENCES_AROUND = 1  # before and after those that answer
_MAX_DISTANCE = 2  # sentences between two that answer and are shown together
_SENTENCES_WITHOUT = 2  # of a passage without one that answers
_ELLIPSIS = "…"


def build_excerpt(citation: Citation) -> tuple[tuple[TextRun, ...], ...]:
    """Return an excerpt of a passage as paragraphs of runs, with an ellipsis where it is cut.

    Args:
        citation: The passage. The excerpt is about its evidence, which is marked; where that is in
            notes alone, about their marks.
    """
    text, spans = citation.text, get_evidence_spans(citation)
    start, end = cut_excerpt(text, spans or _locate_evidence_marks(citation))
    marks = [
        NoteMark(mark.offset - start, mark.note)
        for mark in citation.marks
        if (start < mark.offset or start == mark.offset == 0) and mark.offset <= end
    ]
    shifted = [Span(span.start - start, span.end - start) for span in spans if span.start < end]
    paragraphs = list(split_paragraphs(text[start:end], marks, shifted))
    if start and paragraphs:
        paragraphs[0] = (TextRun(f"{_ELLIPSIS} "), *paragraphs[0])
    if end < len(text.rstrip()) and paragraphs:
        paragraphs[-1] = (*paragraphs[-1], TextRun(f" {_ELLIPSIS}"))
    return tuple(paragraphs)


def cut_excerpt(text: str, spans: Sequence[Span]) -> Span:
    """Return the part of a passage's text that is shown.

    Args:
        text: The text.
        spans: The sentences that answer, best first; those far from the first one are left out.
    """
    sentences = split_sentences(text)
    if not sentences:
        return Span(0, len(text))
    if not spans:
        return Span(0, sentences[min(_SENTENCES_WITHOUT, len(sentences)) - 1].end)
    first, last = _find_sentences(sentences, spans[0])
    for span in spans[1:]:
        begin, finish = _find_sentences(sentences, span)
        if begin - last <= _MAX_DISTANCE and first - finish <= _MAX_DISTANCE:
            first, last = min(first, begin), max(last, finish)
    first = max(0, first - _SENTENCES_AROUND)
    last = min(len(sentences) - 1, last + _SENTENCES_AROUND)
    start = sentences[first].start if first else 0
    return Span(start, sentences[last].end)


def _locate_evidence_marks(citation: Citation) -> list[Span]:
    """Return the characters before the marks of the notes that have evidence, best note first."""
    offsets = {mark.note: mark.offset for mark in citation.marks}
    notes = [evidence.note for evidence in citation.evidence if evidence.note in offsets]
    return [
        Span(max(0, offsets[note] - 1), max(1, offsets[note])) for note in notes if note is not None
    ]


def _find_sentences(sentences: Sequence[Span], span: Span) -> tuple[int, int]:
    """Return the indices of the first and the last sentence that a span overlaps."""
    indices = [
        index
        for index, sentence in enumerate(sentences)
        if sentence.start < span.end and span.start < sentence.end
    ]
    return (indices[0], indices[-1]) if indices else (0, 0)
