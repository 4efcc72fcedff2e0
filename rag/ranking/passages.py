"""Passages as they are read to answer: what they say as terms, and their sentences and notes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Literal, TypeAlias

from index.document import Note, Passage
from index.storage.passage_terms import PassageTerms
from index.storage.records import SentenceRef
from index.text.scripts import Language, fold

if TYPE_CHECKING:
    from index.storage.library import Library

SentenceKind = Literal["text", "explanation", "source"]

ArticleKey: TypeAlias = tuple[str, int]
"""An article: the id of its publication, and its index there."""

_MAX_CACHED_PASSAGES = 1024
_MAX_CACHED_ARTICLES = 64


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
    kind: SentenceKind

    @cached_property
    def folded(self) -> str:
        """As compared."""
        return fold(self.text)


@dataclass(frozen=True)
class LoadedPassage:
    """A passage with all that is looked at to rank it.

    Most of those that a question is held against are not cited, so texts are read when they are
    asked for.

    Attributes:
        row: Its row in the library.
        language: What it is mainly in.
        terms: Its terms.
        loader: What reads it.
    """

    row: int
    language: Language
    terms: PassageTerms
    loader: PassageLoader

    @cached_property
    def passage(self) -> Passage:
        """As the library has it."""
        return self.loader.library.passage(self.row)

    @cached_property
    def sentence_refs(self) -> tuple[SentenceRef, ...]:
        """Its sentences, then those of its notes, as `Library.sentences` orders them."""
        return self.loader.library.sentences(self.row)

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """The texts of `refs`."""
        return tuple(map(self.load_sentence, range(len(self.sentence_refs))))

    def load_sentence(self, index: int) -> Sentence:
        """The text of one of `refs`."""
        ref, passage = self.sentence_refs[index], self.passage
        article = self.loader.load_article(passage.publication_id, passage.article_index)
        text = ref.extract_text(passage, article)
        kind: SentenceKind = (
            "text"
            if ref.note is None
            else _classify_note_sentence(text, article.get_note(ref.note))
        )
        return Sentence(ref, text, kind)


class PassageLoader:
    """Reads passages of one library, and keeps those that were read last. Thread-safe."""

    def __init__(self, library: Library) -> None:
        self.load_article = lru_cache(_MAX_CACHED_ARTICLES)(library.article)
        self.load_summary = lru_cache(_MAX_CACHED_ARTICLES)(library.summary)
        self.library = library
        self._cache: OrderedDict[int, LoadedPassage] = OrderedDict()
        self._lock = threading.Lock()

    def load(self, rows: Sequence[int]) -> list[LoadedPassage]:
        """The passages of these rows, in their order."""
        with self._lock:
            loaded_passages = {row: self._cache[row] for row in rows if row in self._cache}
        missing = [row for row in rows if row not in loaded_passages]
        for row, (language, terms) in zip(
            missing, self.library.passage_terms(missing), strict=True
        ):
            loaded_passages[row] = LoadedPassage(row, language, terms, self)
        with self._lock:
            for row in rows:
                self._cache[row] = loaded_passages[row]
                self._cache.move_to_end(row)
            while len(self._cache) > _MAX_CACHED_PASSAGES:
                self._cache.popitem(last=False)
        return [loaded_passages[row] for row in rows]


def article_key(loaded_passage: LoadedPassage) -> ArticleKey:
    """Return the article that a passage belongs to."""
    return loaded_passage.passage.publication_id, loaded_passage.passage.article_index


def _classify_note_sentence(text: str, note: Note) -> SentenceKind:
    """Whether a sentence of a note explains or cites."""
    if not note.explanation:
        return "source"
    return "explanation" if text.strip(" 。.") in note.explanation else "source"
