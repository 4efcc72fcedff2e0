"""The words of an answer: what a question gets back.

Everything here is frozen and holds plain values only, so that an answer can be kept, compared,
pickled, and shown by any surface without the library it came from.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from index.document import Author, NoteMark, Source, Span


@dataclass(frozen=True, slots=True)
class CitedNote:
    """A note as shown with a citation.

    Attributes:
        number: As printed.
        text: The whole note as printed.
        sources: What it cites in its own words.
        explanation: What it says besides citing, or "".
        resolves_to: The note that it stands for (同註, *Ibid.*), through chains; None if none.
        see_also: The numbers of other notes that it points to.
    """

    number: str
    text: str
    sources: tuple[Source, ...] = ()
    explanation: str = ""
    resolves_to: CitedNote | None = None
    see_also: tuple[str, ...] = ()

    @property
    def all_sources(self) -> tuple[Source, ...]:
        """What it rests on: its own sources, then those of the note it stands for."""
        inherited = self.resolves_to.all_sources if self.resolves_to else ()
        return self.sources + inherited


@dataclass(frozen=True, slots=True)
class PublicationRef:
    """Which publication: enough to name it in a citation."""

    id: str
    title: str
    number: str = ""
    date: datetime.date | None = None
    publisher: str = ""


@dataclass(frozen=True, slots=True)
class ArticleRef:
    """Which article: enough to name it in a citation. `index` is its place in the publication."""

    index: int
    title: str
    title_translated: str = ""
    authors: tuple[Author, ...] = ()
    institute: str = ""
    topics: tuple[str, ...] = ()
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """The sentence that answers.

    Attributes:
        span: A range of the citation's text, or of the text of the note `note`.
        note: The number of the note that it stands in; None for the passage itself.
        score: How well it answers, comparable within one answer only.
    """

    span: Span
    note: str | None = None
    score: float = 0.0


MetadataField = Literal[
    "title", "author", "institute", "topics", "page", "number", "date", "publisher", "imprint",
    "articles",
]  # fmt: skip
"""What can be asked about an article or a publication."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What the metadata say, where a question asks about a publication and not of it.

    Attributes:
        field: What of it; "imprint" for who did what in making it, "articles" for their titles.
        values: As printed, in order.
        translated: The same in the other language, as printed; "" for each that is not.
        label: What the imprint calls it ("總編輯"); "" for every other field.
        of_publication: Whether it is said of the publication; else of the citation's article.
    """

    field: MetadataField
    values: tuple[str, ...]
    translated: tuple[str, ...] = ()
    label: str = ""
    of_publication: bool = False


@dataclass(frozen=True, slots=True)
class ScoreComponent:
    """What one leg of the ranking (vectors, terms, bridged terms, …) gave a citation."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class Citation:
    """A passage as cited: where it stands, what it says, and the notes that it rests on.

    Attributes:
        passage_id: The passage's id.
        publication: Where it was printed.
        article: In which article.
        section: The index of its section in the article.
        path: The headings from the article down.
        text: The passage as printed, without the marks of its notes.
        marks: Where the marks stand in `text`.
        notes: The notes whose marks stand in it, in order.
        evidence: The sentences that answer, best first; empty where nothing in it does.
        score: Its score, comparable within one answer only.
        score_parts: What the score is made of.
        statements: What the metadata of its article or publication answer; empty for a question
            that the text has to answer.
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

    def get_note(self, number: str) -> CitedNote:
        """The note of that number.

        Raises:
            KeyError: If no such note belongs to the citation.
        """
        for note in self.notes:
            if note.number == number:
                return note
        raise KeyError(number)

    @property
    def evidence_text(self) -> str:
        """The best evidence as printed, or ""."""
        if not self.evidence:
            return ""
        best = self.evidence[0]
        text = self.text if best.note is None else self.get_note(best.note).text
        return text[best.span.start : best.span.end]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question gets back.

    Attributes:
        question: As asked.
        citations: Best first. Where `found` is false they are only the nearest passages.
        confidence: In [0, 1]: how likely it is that the first citation answers the question.
        threshold: Below it the answer is "not in this library".
        translations: Question words and what they were translated to for the other language.
        confidence_parts: What the confidence is made of.
    """

    question: str
    citations: tuple[Citation, ...]
    confidence: float
    threshold: float
    translations: tuple[tuple[str, tuple[str, ...]], ...] = ()
    confidence_parts: tuple[ScoreComponent, ...] = ()

    @property
    def found(self) -> bool:
        """Whether the library answers the question."""
        return bool(self.citations) and self.confidence >= self.threshold

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain JSON values, in the form that `answer.schema.json` describes."""
        from rag.answer.serialization import (
            to_dict,  # the form is known there alone, and needs these types
        )

        return to_dict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Answer:
        """The answer that `to_dict` made these values from.

        Raises:
            ValueError: If they are of another version, or not an answer.
        """
        from rag.answer.serialization import from_dict

        return from_dict(values)
