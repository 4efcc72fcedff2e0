"""Passages as they are read to answer: their sentences and notes, with the terms of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from index.catalogue import SentenceRef
from index.document import Article, Note, Passage
from index.language import Language, fold, script, words

if TYPE_CHECKING:
    from index.library import Library

Kind = Literal["text", "explanation", "source"]

_KEPT_PASSAGES = 1024
_KEPT_ARTICLES = 64


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a passage, or of a note whose mark stands in it.

    Attributes:
        ref: Where it stands.
        text: As printed.
        folded: As compared.
        terms: What can be matched in it.
        kind: Whether the passage says it, a note that explains, or a note that cites.
    """

    ref: SentenceRef
    text: str
    folded: str
    terms: frozenset[str]
    kind: Kind


@dataclass(frozen=True, slots=True)
class Read:
    """A passage with all that is looked at to rank it.

    Attributes:
        row: Its row in the library.
        passage: As the library has it.
        language: What it is mainly in.
        heading: The terms of the titles, in both languages, and headings above it.
        sentences: Its own, then those of its notes, as `Library.sentences` orders them.
    """

    row: int
    passage: Passage
    language: Language
    heading: frozenset[str]
    sentences: tuple[Sentence, ...]


class Reader:
    """Reads passages of one library, and keeps those that were read last. Thread-safe."""

    def __init__(self, library: Library) -> None:
        self.article = lru_cache(_KEPT_ARTICLES)(library.article)
        self.summary = lru_cache(_KEPT_ARTICLES)(library.summary)
        self._library = library
        self._read = lru_cache(_KEPT_PASSAGES)(self._read_one)

    def read(self, rows: Sequence[int]) -> list[Read]:
        """The passages of these rows, in their order."""
        return [self._read(row) for row in rows]

    def _read_one(self, row: int) -> Read:
        passage = self._library.passage(row)
        article = self.article(passage.publication, passage.article)
        return Read(
            row,
            passage,
            script(passage.text),
            frozenset(words(f"{passage.context}\n{article.title_translated}")),
            tuple(_sentence(ref, passage, article) for ref in self._library.sentences(row)),
        )


def _sentence(ref: SentenceRef, passage: Passage, article: Article) -> Sentence:
    note = None if ref.note is None else article.note(ref.note)
    text = (passage.text if note is None else note.text)[ref.span.start : ref.span.end]
    kind = "text" if note is None else _kind(text, note)
    return Sentence(ref, text, fold(text), frozenset(words(text)), kind)


def _kind(text: str, note: Note) -> Kind:
    """Whether a sentence of a note explains or cites."""
    if not note.explanation:
        return "source"
    return "explanation" if text.strip(" 。.") in note.explanation else "source"
