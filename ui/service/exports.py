"""Files that take items of a library along: for reference managers, or as printed lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from index.document import Span
from index.messages import Language
from index.storage.records import Filters
from rag.answer.model import Evidence
from rag.render.word import MEDIA_TYPE, to_word
from rag.works.articles import Items
from rag.works.exports import EXPORTS, ExportedContent
from rag.works.formats import FORMATS, WorkFormat, export
from ui.service.catalogue import Catalogue

LibraryContent = Literal["articles", "works"]
"""What is exported of a library: its own articles, or the works that their notes cite."""


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A file to download.

    Attributes:
        name: Its name, in ASCII.
        media_type: Its media type, as Zotero takes it.
        content: Its bytes; text is in UTF-8.
    """

    name: str
    media_type: str
    content: bytes

    @property
    def headers(self) -> dict[str, str]:
        """The headers of a response with the file."""
        return {
            "content-disposition": f'attachment; filename="{self.name}"',
            "cache-control": "no-store",
        }


def export_citations(
    catalogue: Catalogue,
    passage_ids: Sequence[str],
    content: ExportedContent,
    format_name: WorkFormat,
) -> ExportFile:
    """Return passages, or the sources of their notes, as a file.

    Raises:
        RequestError: If there is no such passage.
    """
    citations = [catalogue.get_passage(passage_id) for passage_id in dict.fromkeys(passage_ids)]
    return _build_file(content, format_name, EXPORTS[content](citations, format_name))


def export_word(
    catalogue: Catalogue,
    passages: Mapping[str, Sequence[Span]],
    language: Language,
    title: str = "",
) -> ExportFile:
    """Return passages as a Word file, with their sources and notes as footnotes.

    Args:
        catalogue: The library.
        passages: The ids of the passages, each with the spans of its text that answer.
        language: The language of everything that is not quoted.
        title: The title of the document; "" for none.

    Raises:
        RequestError: If there is no such passage.
    """
    citations = [
        replace(
            catalogue.get_passage(passage_id),
            evidence=tuple(Evidence(span) for span in spans),
        )
        for passage_id, spans in passages.items()
    ]
    return ExportFile("passages.docx", MEDIA_TYPE, to_word(citations, language, title=title))


def export_library(
    catalogue: Catalogue,
    content: LibraryContent,
    format_name: WorkFormat,
    filters: Filters,
    text: str = "",
) -> ExportFile:
    """Return the articles of a library, or the works that their notes cite, as a file.

    Args:
        catalogue: The library.
        content: Articles or works.
        format_name: The format.
        filters: Which publications and articles.
        text: Words of the works.
    """
    if content == "articles":
        items = catalogue.list_article_items(filters)
    else:
        works = catalogue.list_works(filters, text)
        items = tuple((work.id, work.reference) for work in works)
    return _build_file(content, format_name, export(items, format_name))


def export_article(
    catalogue: Catalogue,
    content: LibraryContent,
    format_name: WorkFormat,
    publication_id: str,
    article_index: int,
) -> ExportFile:
    """Return an article, or the works that its notes cite in their order, as a file.

    Raises:
        RequestError: If there is no such article.
    """
    if content == "articles":
        items: Items = (catalogue.get_article_item(publication_id, article_index),)
    else:
        works = catalogue.list_article_works(publication_id, article_index)
        items = tuple((work.id, work.reference) for work in works)
    return _build_file(content, format_name, export(items, format_name))


def _build_file(name: str, format_name: WorkFormat, text: str) -> ExportFile:
    description = FORMATS[format_name]
    return ExportFile(f"{name}{description.suffix}", description.media_type, text.encode())
