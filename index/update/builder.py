"""The files of the next generation: what stays of the current one, then what comes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.encoders.language_bias import Centre, centres
from index.passages import encoder_text
from index.storage.documents import write_documents
from index.storage.engine import Vectors
from index.storage.library import DOCUMENTS, Library
from index.storage.local_engine import TERMS, LocalEngine
from index.storage.records import Entry
from index.storage.term_index import TermEntry, write_terms
from index.storage.token_vectors import Codes, packed, write_token_vectors
from index.storage.vectors import PASSAGES, write_passage_vectors, write_sentence_vectors
from index.text.scripts import Language, script
from index.update.embedding_cache import EncodedTexts
from index.update.entries import (
    heading_text,
    notes_of,
    passage_texts,
    sentence_text,
    sentence_texts,
    token_texts,
)
from index.update.progress import Progress, Step

if TYPE_CHECKING:
    from index.encoders.protocol import Encoder

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
            text for entry in self._entries for text in (*passage_texts(entry), *token_texts(entry))
        )
        vectored = {
            text
            for entry in self._entries
            for text in (*passage_texts(entry), *sentence_texts(entry))
        }
        if self._library and not self._library.older:
            for publication in self._dropped:
                self._take_over(self._library, publication, texts.keys(), vectored)
        said = {text for entry in self._entries for text in token_texts(entry)}
        missing = self._cache.missing(texts)
        of_language = centres(encoder) if missing else {}
        for start in range(0, len(missing), _BATCH):
            batch = missing[start : start + _BATCH]

            def told(done: int, start: int = start) -> None:
                tell(Step("encoding", start + done, len(missing)))

            told(0)
            encoded = encoder.encode_passages(batch, told)
            tokens = [
                _packed(text, own if text in said else own[:0], of_language)
                for text, own in zip(batch, encoded.tokens, strict=True)
            ]
            self._cache.add(batch, encoded.vectors, tokens)
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
        write_token_vectors(folder, dimension, list(self._token_counts()), self._tokens())
        terms = old / TERMS if old else None
        write_terms(folder / TERMS, terms, self._dropped, self._terms(tell))
        tell(Step("writing", total, total))

    def _take_over(
        self, library: Library, publication: str, wanted: Set[str], vectored: Set[str]
    ) -> None:
        rows = library.rows_of(publication)
        articles = library.publication(publication).articles
        passages = library.passages(rows)
        engine = library.local
        tokens = iter(engine.tokens.part(*engine.texts(rows.start, rows.stop)))
        vectors = iter(engine.sentences.part(rows.start, rows.stop))
        own = engine.passages.part(rows.start, rows.stop)
        known: dict[str, tuple[Vectors, Codes]] = {}
        headings: dict[str, tuple[Vectors, Codes]] = {}  # whose vectors nobody asks for
        for row, passage, vector in zip(rows, passages, own, strict=True):
            above = next(tokens)
            known.setdefault(encoder_text(passage), (vector, above[:0]))
            article = articles[passage.article]
            headings[heading_text(passage, article)] = np.zeros_like(vector), above
            for ref in library.sentences(row):
                known[sentence_text(passage, article, ref)] = next(vectors), next(tokens)
        known |= {text: of for text, of in headings.items() if text not in vectored}
        found = self._cache.missing(text for text in known if text in wanted)
        if found:
            kept = [known[text] for text in found]
            self._cache.add(found, np.stack([pair[0] for pair in kept]), [pair[1] for pair in kept])

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

    def _tokens(self) -> Iterator[Codes]:
        for engine, start, stop in self._kept():
            yield from engine.tokens.part(*engine.texts(start, stop))
        for entry in self._entries:
            yield from map(self._cache.tokens, token_texts(entry))

    def _token_counts(self) -> Iterator[int]:
        for engine, start, stop in self._kept():
            yield from engine.tokens.counts(*engine.texts(start, stop))
        for entry in self._entries:
            yield from self._cache.sizes(token_texts(entry))

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


def _packed(text: str, tokens: Vectors, of_language: Mapping[Language, Centre]) -> Codes:
    """The tokens of a text as they are kept."""
    return packed(of_language[script(text)].tokens(tokens))
