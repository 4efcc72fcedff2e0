"""Passages as they are read to answer: what they say as terms, and their sentences and notes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Literal

from index.document import Note, Passage
from index.storage.passage_terms import Said
from index.storage.records import SentenceRef
from index.text.scripts import Language, fold

if TYPE_CHECKING:
    from index.storage.library import Library

Kind = Literal["text", "explanation", "source"]

_KEPT_PASSAGES = 1024
_KEPT_ARTICLES = 64


@dataclass(frozen=True)
class Sentence:
    """A sentence of a passage, or of a note whose mark stands in it.

    Attributes:
        ref: Where it stands.
        text: As printed.
        kind: Whether the passage says it, a note that explains, or a note that cites.
    """

    ref: SentenceRef
    text: str
    kind: Kind

    @cached_property
    def folded(self) -> str:
        """As compared."""
        return fold(self.text)


@dataclass(frozen=True)
class Read:
    """A passage with all that is looked at to rank it.

    Most of those that a question is held against are not cited, so texts are read when they are
    asked for.

    Attributes:
        row: Its row in the library.
        language: What it is mainly in.
        said: Its terms.
        reader: What reads it.
    """

    row: int
    language: Language
    said: Said
    reader: Reader

    @cached_property
    def passage(self) -> Passage:
        """As the library has it."""
        return self.reader.library.passage(self.row)

    @cached_property
    def refs(self) -> tuple[SentenceRef, ...]:
        """Its sentences, then those of its notes, as `Library.sentences` orders them."""
        return self.reader.library.sentences(self.row)

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """The texts of `refs`."""
        return tuple(map(self.sentence, range(len(self.refs))))

    def sentence(self, at: int) -> Sentence:
        """The text of one of `refs`."""
        ref, passage = self.refs[at], self.passage
        article = self.reader.article(passage.publication, passage.article)
        text = ref.text_in(passage, article)
        kind: Kind = "text" if ref.note is None else _kind(text, article.note(ref.note))
        return Sentence(ref, text, kind)


class Reader:
    """Reads passages of one library, and keeps those that were read last. Thread-safe."""

    def __init__(self, library: Library) -> None:
        self.article = lru_cache(_KEPT_ARTICLES)(library.article)
        self.summary = lru_cache(_KEPT_ARTICLES)(library.summary)
        self.library = library
        self._kept: OrderedDict[int, Read] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, rows: Sequence[int]) -> list[Read]:
        """The passages of these rows, in their order."""
        with self._lock:
            known = {row: self._kept[row] for row in rows if row in self._kept}
        missing = [row for row in rows if row not in known]
        for row, (language, said) in zip(missing, self.library.said(missing), strict=True):
            known[row] = Read(row, language, said, self)
        with self._lock:
            for row in rows:
                self._kept[row] = known[row]
                self._kept.move_to_end(row)
            while len(self._kept) > _KEPT_PASSAGES:
                self._kept.popitem(last=False)
        return [known[row] for row in rows]


def _kind(text: str, note: Note) -> Kind:
    """Whether a sentence of a note explains or cites."""
    if not note.explanation:
        return "source"
    return "explanation" if text.strip(" 。.") in note.explanation else "source"
