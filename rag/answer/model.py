"""The words of an answer: what a question gets back.

Everything here is frozen and holds plain values only, so that an answer can be kept, compared,
pickled, and shown by any surface without the library it came from.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from index.document import Author, NoteMark, PageRef, Source, Span


@dataclass(frozen=True, slots=True)
class CitedNote:
    """A note of a citation.

    Attributes:
        number: As printed.
        text: The whole note as printed.
        sources: The works that it cites itself.
        explanation: Its text beside references, or "".
        resolves_to: The note that it stands for (同註, *Ibid.*), through chains; None if none.
        see_also: The numbers of other notes that it refers to.
        is_unresolved: Whether it refers to a note or a work that is not there or cannot be known.
    """

    number: str
    text: str
    sources: tuple[Source, ...] = ()
    explanation: str = ""
    resolves_to: CitedNote | None = None
    see_also: tuple[str, ...] = ()
    is_unresolved: bool = False

    @property
    def all_sources(self) -> tuple[Source, ...]:
        """Its own sources, then those of the note that it resolves to."""
        inherited = self.resolves_to.all_sources if self.resolves_to else ()
        return self.sources + inherited


@dataclass(frozen=True, slots=True)
class PublicationRef:
    """A publication as a citation names it."""

    id: str
    title: str
    number: str = ""
    date: datetime.date | None = None
    publisher: str = ""


@dataclass(frozen=True, slots=True)
class ArticleRef:
    """An article as a citation names it; `index` counts within the publication."""

    index: int
    title: str
    title_translated: str = ""
    authors: tuple[Author, ...] = ()
    institute: str = ""
    topics: tuple[str, ...] = ()
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that answers.

    Attributes:
        span: A span of the citation's text, or of the text of the note `note`.
        note: The number of the note with the sentence; None for the passage itself.
        score: Comparable within one answer only.
    """

    span: Span
    note: str | None = None
    score: float = 0.0


MetadataField = Literal[
    "title", "author", "institute", "topics", "page", "number", "date", "publisher", "imprint",
    "articles", "article_count", "publications",
]  # fmt: skip
"""What can be asked about an article or a publication."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A field of the metadata that answers a question about a publication or an article.

    Attributes:
        field: The field; "imprint" for an office and its holders, "articles" and "publications"
            for a list of titles, "article_count" for how many articles several publications have.
        values: As printed, in order.
        translated: The translations of the values, as printed; "" for each that has none.
        label: The name of the office in the imprint (總編輯); "" for every other field.
        of_publication: Whether it is about the publication; else about the citation's article.
    """

    field: MetadataField
    values: tuple[str, ...]
    translated: tuple[str, ...] = ()
    label: str = ""
    of_publication: bool = False


@dataclass(frozen=True, slots=True)
class ScoreComponent:
    """The contribution of one feature to a score or to the log-odds of a confidence."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class Citation:
    """A passage as cited.

    Attributes:
        passage_id: The id of the passage.
        publication: Its publication.
        article: Its article.
        section: The index of its section in the article.
        path: The headings from the article down to the section.
        text: The passage as printed, without the marks of its notes.
        marks: The positions of the marks in `text`.
        notes: The notes whose marks are in the passage, in order.
        evidence: The sentences that answer, best first; empty where none does.
        score: Comparable within one answer only.
        score_parts: The contributions to the score.
        statements: The answer of the metadata; empty for a question that the text has to answer.
        page: The page of the best evidence, else of the passage's beginning; None where the file
            has no pages.
    """

    passage_id: str
    publication: PublicationRef
    article: ArticleRef
    section: int
    path: tuple[str, ...]
    text: str
    marks: tuple[NoteMark, ...] = ()
    notes: tuple[CitedNote, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    score: float = 0.0
    score_parts: tuple[ScoreComponent, ...] = ()
    statements: tuple[Statement, ...] = ()
    page: PageRef | None = None

    @property
    def printed_page(self) -> str:
        """The printed number of its page; "" if not known."""
        return self.page.label if self.page else ""

    @property
    def first_page(self) -> str:
        """The printed number of the article's first page, where its own is not known, else ""."""
        if self.printed_page or self.article.page is None:
            return ""
        return str(self.article.page)

    def get_note(self, number: str) -> CitedNote:
        """Return a note by its number.

        Args:
            number: As printed.

        Raises:
            KeyError: If the citation has no such note.
        """
        for note in self.notes:
            if note.number == number:
                return note
        raise KeyError(number)

    def get_evidence_text(self, evidence: Evidence) -> str:
        """Return the text of a piece of evidence, as printed.

        Args:
            evidence: One of its evidence.
        """
        text = self.text if evidence.note is None else self.get_note(evidence.note).text
        return text[evidence.span.start : evidence.span.end]

    @property
    def evidence_text(self) -> str:
        """The best evidence as printed, or ""."""
        return self.get_evidence_text(self.evidence[0]) if self.evidence else ""


ListingForm = Literal["notes", "works", "mentions", "outline", "comparison", "definition"]
"""What an answer from the library's structure is: a list, a count, an outline, …."""

ListingRemark = Literal[
    "", "only-publication", "own-words", "no-agreement", "stated-count", "mentioned-only",
    "most-cited", "claim-without-note", "not-all", "too-many-notes", "numbered-note",
]  # fmt: skip
"""What a listing says of itself beside its count."""


@dataclass(frozen=True, slots=True)
class ListedItem:
    """A sentence or a note of a listing.

    Attributes:
        citation: The index of its citation in the answer.
        evidence: The index of its evidence in that citation.
        page: The printed number of its page, or "".
    """

    citation: int
    evidence: int
    page: str = ""


@dataclass(frozen=True, slots=True)
class ListingGroup:
    """Items of a listing under one heading.

    Attributes:
        title: The article, author, work, outlet or term, as printed.
        count: How many notes, occurrences or sentences it has, shown or not; 0 where what is shown
            is only the nearest.
        items: Those that are shown, in order.
    """

    title: str
    count: int
    items: tuple[ListedItem, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """The answer of the library's structure to a question that no single sentence answers.

    Attributes:
        form: What it is.
        subject: What was looked for, as asked or as printed; "" where nothing is.
        count: How many notes, works, occurrences, sentences or terms there are.
        groups: The items, by article, author, work, outlet or term.
        words: The forms that were looked for: the subject, and what the glossary has for it.
        remark: What has to be said beside the count.
        counted: What the groups are, "work", "outlet" or "author", where works are counted; or "".
    """

    form: ListingForm
    subject: str
    count: int
    groups: tuple[ListingGroup, ...] = ()
    words: tuple[str, ...] = ()
    remark: ListingRemark = ""
    counted: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a question.

    Attributes:
        question: The question.
        citations: Best first. Where `is_answered` is false they are only the nearest passages.
        confidence: The probability in [0, 1] that the first citation answers the question.
        threshold: The confidence below which the question counts as not answered.
        translations: Terms of the question, and the forms searched for in the other language.
        confidence_parts: The contributions to the log-odds of the confidence.
        filters_match_nothing: Whether no article of the library meets the filters, so that nothing
            was searched.
        listing: What the citations are together, for a question that no single sentence answers;
            None for others. Then all of them are cited, not the best alone; where its count is 0
            they are only the nearest.
    """

    question: str
    citations: tuple[Citation, ...]
    confidence: float
    threshold: float
    translations: tuple[tuple[str, tuple[str, ...]], ...] = ()
    confidence_parts: tuple[ScoreComponent, ...] = ()
    filters_match_nothing: bool = False
    listing: Listing | None = None

    @property
    def is_answered(self) -> bool:
        """Whether the library answers the question."""
        is_empty = self.listing is not None and not self.listing.count
        return bool(self.citations) and self.confidence >= self.threshold and not is_empty

    @property
    def lists_titles(self) -> bool:
        """Whether it lists the publications or articles that there are, which no passage says."""
        stated = self.citations[0].statements if self.is_answered else ()
        return any(statement.field in ("articles", "publications") for statement in stated)

    @property
    def has_empty_library(self) -> bool:
        """Whether the library has no passage at all, so that not even nearest ones are cited."""
        is_bare = not self.citations and not self.filters_match_nothing and self.listing is None
        return is_bare and not self.confidence_parts

    @property
    def names_missing_publication(self) -> bool:
        """Whether it is asked of a publication that the library does not have."""
        return not self.citations and any(part.name == "metadata" for part in self.confidence_parts)

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain JSON values, as `answer.schema.json` describes them."""
        from rag.answer.serialization import (
            to_dict,  # the form is known there alone, and needs these types
        )

        return to_dict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Answer:
        """Return the answer that `to_dict` made values from.

        Args:
            values: The values.

        Raises:
            ValueError: If they are of another version, or not an answer.
        """
        from rag.answer.serialization import from_dict

        return from_dict(values)
