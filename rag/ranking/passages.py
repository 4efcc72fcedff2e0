"""Passages read from a library to be ranked and cited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Literal, TypeAlias

from index.document import Note, Passage
from index.storage.passage_terms import PassageTerms
from index.storage.records import SentenceRef
from index.text.scripts import Language, fold
from rag.ranking.row_cache import RowCache

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
        text: The sentence as printed.
        kind: Whether it is in the text, or in a note that explains or cites there.
        is_cross_reference: Whether it only refers to another note (同註, *op. cit.*).
    """

    ref: SentenceRef
    text: str
    kind: SentenceKind
    is_cross_reference: bool = False

    @cached_property
    def folded(self) -> str:
        """The text as it is compared."""
        return fold(self.text)


@dataclass(frozen=True)
class LoadedPassage:
    """A passage with what ranking reads of it.

    Attributes:
        row: Its row in the library.
        language: The language it is mainly in.
        terms: The ids of its terms, by sentence.
    """

    row: int
    language: Language
    terms: PassageTerms
    _passages: RowCache[Passage] = field(repr=False, compare=False)

    @property
    def passage(self) -> Passage:
        """The passage, read when it is first asked for: most candidates are ranked without it."""
        (passage,) = self._passages.load((self.row,))
        return passage

    @property
    def article(self) -> ArticleKey:
        """The article that it belongs to."""
        return self.passage.publication_id, self.passage.article_index


class PassageLoader:
    """Reads passages, sentences and articles of one library, and caches them. Thread-safe.

    Args:
        library: An open library.
    """

    def __init__(self, library: Library) -> None:
        self.load_article = lru_cache(_MAX_CACHED_ARTICLES)(library.article)
        self.load_summary = lru_cache(_MAX_CACHED_ARTICLES)(library.summary)
        self._library = library
        self._loaded = RowCache(_MAX_CACHED_PASSAGES, self._read_terms)
        self._passages = RowCache(_MAX_CACHED_PASSAGES, library.passages)
        self._sentences = RowCache(_MAX_CACHED_PASSAGES, self._read_sentences)

    def load(self, rows: Sequence[int]) -> list[LoadedPassage]:
        """Return the passages of rows, in their order.

        Args:
            rows: Rows of the library.
        """
        return self._loaded.load(rows)

    def load_sentences(self, loaded_passage: LoadedPassage) -> tuple[Sentence, ...]:
        """Return the sentences of a passage, then those of its notes.

        They are read apart from the passage because most candidates are ranked without them.

        Args:
            loaded_passage: A passage of the library.
        """
        return self.load_all_sentences((loaded_passage,))[0]

    def load_all_sentences(
        self, loaded_passages: Sequence[LoadedPassage]
    ) -> list[tuple[Sentence, ...]]:
        """Return the sentences of each passage, read at once, as `load_sentences` does.

        Args:
            loaded_passages: Passages of the library.
        """
        return self._sentences.load([loaded_passage.row for loaded_passage in loaded_passages])

    def _read_terms(self, rows: Sequence[int]) -> list[LoadedPassage]:
        return [
            LoadedPassage(row, language, terms, self._passages)
            for row, (language, terms) in zip(rows, self._library.passage_terms(rows), strict=True)
        ]

    def _read_sentences(self, rows: Sequence[int]) -> list[tuple[Sentence, ...]]:
        return [
            self._build_sentences(passage, refs)
            for passage, refs in zip(
                self._passages.load(rows), self._library.sentences(rows), strict=True
            )
        ]

    def _build_sentences(
        self, passage: Passage, refs: Sequence[SentenceRef]
    ) -> tuple[Sentence, ...]:
        article = self.load_article(passage.publication_id, passage.article_index)
        sentences = []
        for ref in refs:
            text = ref.extract_text(passage, article)
            if ref.note is None:
                sentences.append(Sentence(ref, text, "text"))
                continue
            note = article.get_note(ref.note)
            kind = _classify_note_sentence(text, note)
            sentences.append(Sentence(ref, text, kind, _is_cross_reference(kind, note)))
        return tuple(sentences)


def _is_cross_reference(kind: SentenceKind, note: Note) -> bool:
    """Return whether a sentence of a note only refers to another one, be that there or not."""
    refers = note.resolves_to is not None or (note.is_unresolved and not note.sources)
    return kind == "source" and refers


def _classify_note_sentence(text: str, note: Note) -> SentenceKind:
    """Return whether a sentence of a note explains or cites."""
    if not note.explanation:
        return "source"
    return "explanation" if text.strip(" 。.") in note.explanation else "source"
