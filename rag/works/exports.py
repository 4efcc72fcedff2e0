"""Passages, and the sources of their notes, in the formats of works."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final, Literal, Protocol

from index.references.model import Reference
from rag.answer.model import Citation
from rag.render.labels import collapse_whitespace
from rag.render.text import line_to_text
from rag.works.articles import build_article_reference, identify_article
from rag.works.formats import FORMATS, WorkFormat, export
from rag.works.shared import collect_answer_works

ExportedContent = Literal["passages", "sources"]
"""What is exported of citations: the passages themselves, or the works that their notes cite."""


NO_REMARKS: Final[Mapping[str, str]] = MappingProxyType({})


def export_passages(
    citations: Sequence[Citation], name: WorkFormat, remarks: Mapping[str, str] = NO_REMARKS
) -> str:
    """Return passages in a format.

    For a reference manager that is one item for each article, with the passages as its notes; in a
    style of notes or lists, a line for each page cited.

    Args:
        citations: The passages.
        name: The format.
        remarks: What a reader wrote on passages, by their ids; a note of an item, too.
    """
    if FORMATS[name].is_printed:
        return export(dict.fromkeys(_list_cited_pages(citations)), name)
    items: dict[str, Reference] = {}
    notes: dict[str, list[str]] = {}
    for citation in citations:
        identifier = identify_article(citation.publication.id, citation.article.index)
        items[identifier] = build_article_reference(citation.publication, citation.article)
        remark = collapse_whitespace(remarks.get(citation.passage_id, ""))
        notes.setdefault(identifier, []).extend(filter(None, (_format_note(citation), remark)))
    return export(items.items(), name, notes)


def export_sources(
    citations: Sequence[Citation], name: WorkFormat, _remarks: Mapping[str, str] = NO_REMARKS
) -> str:
    """Return the works that the notes of passages cite in a format, each once.

    Args:
        citations: The passages.
        name: The format.
        _remarks: Not used: they are on the passages.
    """
    return export([(work.id, work.reference) for work in collect_answer_works(citations)], name)


class _Export(Protocol):
    def __call__(
        self, citations: Sequence[Citation], name: WorkFormat, _remarks: Mapping[str, str] = ..., /
    ) -> str: ...


EXPORTS: Final[dict[ExportedContent, _Export]] = {
    "passages": export_passages,
    "sources": export_sources,
}
"""What returns each content in a format."""


def _list_cited_pages(citations: Iterable[Citation]) -> Iterator[tuple[str, Reference]]:
    for citation in citations:
        reference = build_article_reference(citation.publication, citation.article)
        identifier = identify_article(citation.publication.id, citation.article.index)
        yield identifier, replace(reference, pages=citation.printed_page or reference.pages)


def _format_note(citation: Citation) -> str:
    text = collapse_whitespace(line_to_text(citation.text))
    return f"{text} ({citation.printed_page})" if citation.printed_page else text
