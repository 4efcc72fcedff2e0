"""The files of the next generation: what stays of the current one, then what comes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from index.catalogue import Entry
from index.engine import Vectors
from index.engines.local import TERMS, LocalEngine
from index.engines.terms import TermEntry, write_terms
from index.engines.vectors import PASSAGES, write_passage_vectors, write_sentence_vectors
from index.library import DOCUMENTS, Library
from index.passages import encoder_text
from index.store import write_documents
from index.writing.encoded import EncodedTexts
from index.writing.entries import notes_of, passage_texts, sentence_text, sentence_texts
from index.writing.progress import Progress, Step

if TYPE_CHECKING:
    from index.encoder import Encoder

_BATCH = 256  # texts: the most whose encoding a crash can lose
_BLOCK = 4096  # passages whose vectors are held in memory at once


class Builder:
    """Builds the next generation of a library."""

    def __init__(
        self,
        library: Library | None,
        dropped: Sequence[str],
        entries: Sequence[Entry],
        cache: EncodedTexts,
    ) -> None:
        """Takes what is to be changed.

        Args:
            library: The current generation; None if there is none.
            dropped: The ids of publications that are not carried over.
            entries: What comes.
            cache: Where vectors of what comes are kept until they are written.
        """
        self._library = library
        self._dropped = dropped
        self._entries = entries
        self._cache = cache

    def encode(self, encoder: Encoder, tell: Progress) -> tuple[int, int]:
        """Sees to it that the cache has the vectors of everything that comes.

        Vectors of texts that stand in what is dropped are taken over; only the rest is encoded.

        Returns:
            How many texts were encoded, and how many were known.

        Raises:
            OSError: If the cache cannot be written.
            ModelError: If the model cannot be loaded.
        """
        # Passages and sentences of each publication together, so that the rate stays even.
        texts = dict.fromkeys(
            text
            for entry in self._entries
            for text in (*passage_texts(entry), *sentence_texts(entry))
        )
        if self._library:
            for publication in self._dropped:
                self._take_over(self._library, publication, frozenset(texts))
        missing = self._cache.missing(texts)
        for start in range(0, len(missing), _BATCH):
            batch = missing[start : start + _BATCH]

            def told(done: int, start: int = start) -> None:
                tell(Step("encoding", start + done, len(missing)))

            told(0)
            self._cache.add(batch, encoder.encode_passages(batch, told))
        tell(Step("encoding", len(missing), len(missing)))
        return len(missing), len(texts) - len(missing)

    def write(self, folder: Path, dimension: int, tell: Progress) -> None:
        """Writes the parts of the generation into its folder.

        Raises:
            OSError: If they cannot be written.
        """
        kept = self._library if self._library and not self._library.older else None
        old = kept.folder if kept else None
        total = 2 + len(self._entries)
        tell(Step("writing", 0, total))
        documents = old / DOCUMENTS if old else None
        write_documents(folder / DOCUMENTS, documents, self._dropped, self._entries)
        tell(Step("writing", 1, total))
        write_passage_vectors(folder / PASSAGES, dimension, self._passage_vectors())
        write_sentence_vectors(
            folder, dimension, list(self._sentence_counts()), self._sentence_vectors()
        )
        terms = old / TERMS if old else None
        write_terms(folder / TERMS, terms, self._dropped, self._terms(tell))
        tell(Step("writing", total, total))

    def _take_over(self, library: Library, publication: str, wanted: frozenset[str]) -> None:
        rows = library.rows_of(publication)
        articles = library.publication(publication).articles
        passages = library.passages(rows)
        sentences = [
            sentence_text(passage, articles[passage.article], ref)
            for row, passage in zip(rows, passages, strict=True)
            for ref in library.sentences(row)
        ]
        engine = library.local
        for texts, vectors in (
            ([encoder_text(passage) for passage in passages], engine.passages),
            (sentences, engine.sentences),
        ):
            places = {text: place for place, text in enumerate(texts) if text in wanted}
            found = self._cache.missing(places)
            kept = vectors.part(rows.start, rows.stop)[[places[text] for text in found]]
            self._cache.add(found, kept)

    def _kept(self) -> Iterator[tuple[LocalEngine, int, int]]:
        """The engine and the ranges of rows that are carried over, in pieces."""
        if self._library:
            for rows in self._library.rows_without(self._dropped):
                for start in range(rows.start, rows.stop, _BLOCK):
                    yield self._library.local, start, min(start + _BLOCK, rows.stop)

    def _passage_vectors(self) -> Iterator[Vectors]:
        for engine, start, stop in self._kept():
            yield engine.passages.part(start, stop)
        for entry in self._entries:
            yield self._cache.vectors(passage_texts(entry))

    def _sentence_vectors(self) -> Iterator[Vectors]:
        for engine, start, stop in self._kept():
            yield engine.sentences.part(start, stop)
        for entry in self._entries:
            yield self._cache.vectors(sentence_texts(entry))

    def _sentence_counts(self) -> Iterator[int]:
        for engine, start, stop in self._kept():
            yield from engine.sentences.counts(start, stop)
        for entry in self._entries:
            yield from (len(own) for own in entry.sentences)

    def _terms(self, tell: Progress) -> Iterator[TermEntry]:
        for done, entry in enumerate(self._entries, 2):
            tell(Step("writing", done, 2 + len(self._entries)))
            articles = entry.publication.articles
            for key, passage in enumerate(entry.passages, entry.first):
                notes = notes_of(passage, articles[passage.article])
                yield TermEntry(
                    key,
                    passage.publication,
                    passage.text,
                    passage.context,
                    "\n".join(note.text for note in notes),
                )
