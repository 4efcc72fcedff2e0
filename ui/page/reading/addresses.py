"""The addresses of articles, their notes, passages and pages, relative to the page of questions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import quote, urlencode

from index.document import Span
from rag.answer.model import Citation
from rag.render.labels import get_evidence_spans

MAX_ADDRESS_SPANS = 10
"""Spans in an address."""

_SPANS_PATTERN = re.compile(
    rf"\d{{1,6}}-\d{{1,6}}(?:,\d{{1,6}}-\d{{1,6}}){{0,{MAX_ADDRESS_SPANS - 1}}}"
)
_SPACE = re.compile(r"\s")


def format_article_address(publication_id: str, article_index: int) -> str:
    """Return the address of an article; the first one of a publication is number 1."""
    return f"read/{quote(publication_id, safe='')}/{article_index + 1}"


def format_page_address(publication_id: str, page: int) -> str:
    """Return the address of the picture of a page of a publication, counted from 1 in its file."""
    return f"read/{quote(publication_id, safe='')}/pages/{page}.png"


def format_sentence_picture_address(
    passage_id: str, spans_text: str, note: str | None = None
) -> str:
    """Return the address of the picture of the printed page of a passage, its sentence marked."""
    parameters = {"passage": passage_id, "mark": spans_text, "note": note}
    query = urlencode({name: value for name, value in parameters.items() if value})
    return f"printed-page?{query}"


def format_note_anchor(number: str) -> str:
    """Return the id of a note in the page of its article."""
    return f"note-{_SPACE.sub('_', number)}"


def format_passage_address(citation: Citation) -> str:
    """Return the address of an article, opened at a passage with its evidence marked."""
    spans = get_evidence_spans(citation)[:MAX_ADDRESS_SPANS]
    parameters = {"passage": citation.passage_id, "mark": format_spans(spans)}
    query = urlencode({name: value for name, value in parameters.items() if value})
    in_note = citation.evidence[0].note if citation.evidence else None
    anchor = "passage" if in_note is None else quote(format_note_anchor(in_note))
    address = format_article_address(citation.publication.id, citation.article.index)
    return f"{address}?{query}#{anchor}"


def format_passages_query(citations: Iterable[Citation]) -> str:
    """Return the parameters of an address that exports passages: ids, each with its evidence."""
    return urlencode(
        [
            field
            for citation in citations
            for field in (
                ("passage", citation.passage_id),
                ("mark", format_spans(get_evidence_spans(citation)[:MAX_ADDRESS_SPANS])),
            )
        ]
    )


def format_publication_address(citation: Citation) -> str:
    """Return the address of the contents of a citation's publication."""
    return f"read/{quote(citation.publication.id, safe='')}"


def format_title_address(citation: Citation, title: str) -> str:
    """Return the address of the article of a title in the publication of a citation."""
    publication_id = quote(citation.publication.id, safe="")
    return f"read/{publication_id}?{urlencode({'title': title})}"


def format_spans(spans: Sequence[Span]) -> str:
    """Return spans as they stand in an address: 0-12,40-61."""
    return ",".join(f"{span.start}-{span.end}" for span in spans)


def parse_spans(text: str) -> tuple[Span, ...]:
    """Return the spans that `format_spans` wrote; none for any other text."""
    if not _SPANS_PATTERN.fullmatch(text):
        return ()
    pairs = (pair.split("-") for pair in text.split(","))
    return tuple(Span(int(start), int(end)) for start, end in pairs)
