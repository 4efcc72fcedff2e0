"""What is in a library, as programs get it: plain values, independent of any server.

An Answer is not here: `rag.answer.serialization` turns it into JSON.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from index.document import Article, NoteMark, ParagraphKind, Section
from index.storage.records import Summary
from rag.answer.build import build_cited_note
from rag.answer.model import ArticleRef, CitedNote, PublicationRef
from rag.works.formats.csl import reference_to_csl
from rag.works.model import RestingSentence, Work


@dataclass(frozen=True, slots=True)
class PublicationView:
    """A publication in a list."""

    id: str
    title: str
    title_translated: str
    number: str
    date: datetime.date | None
    publisher: str
    articles: int
    passages: int
    notes: int


@dataclass(frozen=True, slots=True)
class PublicationContents:
    """A publication and its articles."""

    publication: PublicationView
    articles: tuple[ArticleRef, ...]


@dataclass(frozen=True, slots=True)
class ParagraphView:
    """A paragraph as printed, with the positions of its note marks."""

    text: str
    marks: tuple[NoteMark, ...]
    kind: ParagraphKind


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section of an article: the text under one heading, and the notes whose marks stand in it.

    Attributes:
        index: The index of the section in the article, from 0.
        path: The headings from the article down; empty for text before the first heading.
        paragraphs: The paragraphs in order.
        notes: The notes whose marks stand in the section, in order, each once.
    """

    index: int
    path: tuple[str, ...]
    paragraphs: tuple[ParagraphView, ...]
    notes: tuple[CitedNote, ...]


@dataclass(frozen=True, slots=True)
class ArticleView:
    """A whole article."""

    publication: PublicationRef
    article: ArticleRef
    sections: tuple[SectionView, ...]
    notes: tuple[CitedNote, ...]


@dataclass(frozen=True, slots=True)
class SectionInArticle:
    """A section, with its article and publication."""

    publication: PublicationRef
    article: ArticleRef
    section: SectionView


@dataclass(frozen=True, slots=True)
class NoteInArticle:
    """A note, with its article and publication; `resolves_to` is the note that 同註 stands for."""

    publication: PublicationRef
    article: ArticleRef
    note: CitedNote


@dataclass(frozen=True, slots=True)
class WorkView:
    """A work that notes cite.

    Attributes:
        id: Its id.
        item: Its fields, as an item of CSL-JSON.
        text: The fullest reference to it, as printed.
        notes: How many notes cite it.
        articles: How many articles.
        unsure: The fields that were read by their place alone, or not recognised.
    """

    id: str
    item: dict[str, Any]
    text: str
    notes: int
    articles: int
    unsure: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WorkCitationView:
    """A note that cites a work.

    Attributes:
        publication: The publication of the note.
        article: Its article.
        note: Its number, as printed.
        repeats: The number of the note that it repeats (同註), or "".
        text: The reference as printed, there or in the note that it repeats.
        locator: The pages cited, or "".
        is_quoted: Whether the work is named as the place where another is quoted (轉引自).
    """

    publication: PublicationRef
    article: ArticleRef
    note: str
    repeats: str
    text: str
    locator: str
    is_quoted: bool


@dataclass(frozen=True, slots=True)
class WorkInLibrary:
    """A work with the notes that cite it and the sentences that rest on it."""

    work: WorkView
    citations: tuple[WorkCitationView, ...]
    sentences: tuple[RestingSentence, ...]


def build_work_view(work: Work) -> WorkView:
    """Return a work with its fields and counts."""
    return WorkView(
        work.id,
        reference_to_csl(work.id, work.reference),
        work.reference.text,
        len(work.notes),
        len(work.articles),
        work.reference.unsure,
    )


def build_publication_view(summary: Summary) -> PublicationView:
    """Return a publication without the path that it was read from."""
    return PublicationView(
        id=summary.id,
        title=summary.title,
        title_translated=summary.title_translated,
        number=summary.number,
        date=summary.date,
        publisher=summary.publisher,
        articles=summary.counts.articles,
        passages=summary.counts.passages,
        notes=summary.counts.notes,
    )


def build_section_view(index: int, section: Section, article: Article) -> SectionView:
    """Return a section with its notes."""
    marks = [
        *section.marks,
        *(mark for paragraph in section.paragraphs for mark in paragraph.marks),
    ]
    marked_numbers = dict.fromkeys(mark.note for mark in marks)
    return SectionView(
        index=index,
        path=section.path,
        paragraphs=tuple(
            ParagraphView(paragraph.text, paragraph.marks, paragraph.kind)
            for paragraph in section.paragraphs
        ),
        notes=tuple(
            build_cited_note(article, note.number)
            for note in article.notes
            if note.number in marked_numbers
        ),
    )
