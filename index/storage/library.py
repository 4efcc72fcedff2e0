"""Reads a library: a snapshot of one generation, unaffected by what writers do meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from index.arrays import Rows
from index.document import Article, Passage, Publication
from index.encoders.protocol import DEFAULT_MODEL
from index.errors import LibraryError, ModelError
from index.glossary.gloss import Gloss, StoredGloss
from index.messages import MessageCatalogue
from index.storage.document_set import DocumentSet, OutdatedDocuments
from index.storage.documents import Documents
from index.storage.engine import Engine
from index.storage.engine_setting import read_engine_setting
from index.storage.linked_terms import TERM_META_NAME, list_linked_files
from index.storage.local_engine import LocalEngine
from index.storage.manifest import (
    OLDEST_FORMAT_VERSION,
    Manifest,
    Pointer,
    check_file_sizes,
    generation_folder,
    read_manifest,
    read_pointer,
)
from index.storage.originals import get_original_name
from index.storage.passage_terms import PassageTerms
from index.storage.qdrant.engine import open_engine
from index.storage.records import (
    ArticleHeader,
    Counts,
    Filters,
    Model,
    SentenceRef,
    SourceFile,
    StoredRange,
    Summary,
)
from index.storage.row_map import RowMap
from index.storage.segment import DOCUMENTS_FILE, Segment
from index.storage.verified_files import DamageReporter, GenerationFiles
from index.text.scripts import Language

if TYPE_CHECKING:
    from index.encoders.protocol import Encoder

_MESSAGES = MessageCatalogue("index", "library")

_P = ParamSpec("_P")
_T = TypeVar("_T")


class Library:
    """A read-only snapshot of a library. Safe to use from many threads; `open` makes one.

    Every method raises `LibraryError` where a file turns out to be damaged.

    Attributes:
        path: The library's folder.
        generation: The number of the snapshot's generation, from 1.
        model: The model that made the embeddings.
        counts: How much the library contains of each kind.
        created_by: The version of Tongzhu that wrote the generation.
        engine_setting: Names the engine that searches the passages; None for the local one.
        folder, pointer, manifest, segments, row_map: For the writer, which carries over what does
            not change; an outdated library has no segments.
    """

    def __init__(
        self, path: Path, pointer: Pointer, manifest: Manifest, *, for_writing: bool = False
    ) -> None:
        """Open a generation; use `open` instead.

        Args:
            path: The library's folder.
            pointer: Names the generation.
            manifest: The generation's manifest.
            for_writing: Whether files are opened only when they are needed.
        """
        self.path = path
        self.pointer = pointer
        self.manifest = manifest
        self.generation = pointer.generation
        self.model: Model = manifest.model
        self.counts: Counts = manifest.counts
        self.created_by = manifest.created_by
        self._reporter = DamageReporter(path)
        self.folder = generation_folder(path, pointer.generation)
        self.segments = tuple(
            Segment(path, record, self._reporter, self.model.token_bits)
            for record in manifest.segments
        )
        self._files = self._list_files()
        self.engine_setting = read_engine_setting(self._files)
        self._outdated = self._open_outdated() if self.is_outdated else None
        self._documents = DocumentSet([self._outdated] if self._outdated else self.segments)
        self.row_map = RowMap(self._documents.ranges())
        if not for_writing and not self.is_outdated:
            self._open_all()

    def _open_all(self) -> None:
        try:
            for segment in self.segments:
                segment.open()
            _ = self.local_engine
        except BaseException:
            self.close()
            raise

    def _open_outdated(self) -> OutdatedDocuments:
        file = self._files.open(DOCUMENTS_FILE)
        with self._reporter.report(DOCUMENTS_FILE):
            documents = Documents(file.path, is_outdated=True)
        return OutdatedDocuments(documents, documents.stored, documents.dropped_ids)

    @cached_property
    def local_engine(self) -> LocalEngine:
        """The generation's own files, for the writer; an outdated library has none."""
        return LocalEngine(
            [segment.vectors for segment in self.segments],
            self._files,
            self.row_map,
            self.model.token_bits,
        )

    def _list_files(self) -> GenerationFiles:
        """Return the files in the folder of the generation, those that segments have too."""
        own = GenerationFiles(self.path, self.folder, self.manifest.files, self._reporter)
        if self.is_outdated:
            return own
        meta = own.read(TERM_META_NAME)
        linked = list_linked_files(meta, [segment.files.records for segment in self.segments])
        check_file_sizes(self.path, self.folder, linked)
        return GenerationFiles(self.path, self.folder, {**linked, **own.records}, self._reporter)

    @classmethod
    def open(
        cls, path: Path | str, *, allow_outdated: bool = False, for_writing: bool = False
    ) -> Library:
        """Return the library in a folder, as it is now.

        Args:
            path: The library's folder.
            allow_outdated: Whether it may be of an older format: then it can be read, but not
                searched.
            for_writing: Whether files are opened, and verified, only when they are needed: for the
                writer, which needs few of them. Not for several threads.

        Raises:
            LibraryError: If there is none, or if it is damaged or of a format that cannot be read.

        Example:
            >>> from pathlib import Path
            >>> from tempfile import TemporaryDirectory
            >>> from index.storage.library import Library
            >>> from index.update.update import update_library
            >>> with TemporaryDirectory() as folder:
            ...     file = Path(folder) / "news.md"
            ...     _ = file.write_text("The harbour was opened in 1900.")
            ...     report = update_library(Path(folder) / "library", add=[file])
            ...     with Library.open(Path(folder) / "library") as library:
            ...         print(library.counts.publications, library.passage(0).text)
            1 The harbour was opened in 1900.
        """
        path = Path(path)
        pointer = read_pointer(path, allow_outdated=allow_outdated)
        while True:
            try:
                manifest = read_manifest(path, pointer)
                return cls(path, pointer, manifest, for_writing=for_writing)
            except LibraryError:
                # A writer may have published and removed the generation while it was opened.
                latest = read_pointer(path, allow_outdated=allow_outdated)
                if latest == pointer:
                    raise
                pointer = latest

    def refreshed(self) -> Library:
        """Return the library as it is now: this snapshot if nothing was published since.

        Where this one turned out to be damaged, it is opened anew once all of it is intact again.
        This snapshot stays open.

        Raises:
            LibraryError: As `open`.
        """
        has_changed = read_pointer(self.path) != self.pointer
        if not has_changed and self.damage is None:
            return self
        newest = Library.open(self.path)
        if not has_changed:
            newest.verify()
        return newest

    @cached_property
    def engine(self) -> Engine:
        """What searches the passages; an outdated library has none.

        Raises:
            LibraryError: If it is elsewhere, and does not answer or lacks this generation.
        """
        if self.engine_setting is None:
            return self.local_engine
        return open_engine(self.engine_setting, self.pointer, self.row_map)

    @property
    def damage(self) -> LibraryError | None:
        """The error of the first damage that was met while reading; None if there was none."""
        return self._reporter.first_error

    def verify_changed_files(self) -> None:
        """Verify every file in use that was written to since it was verified.

        Large arrays are verified only when they are read.

        Raises:
            LibraryError: If one is not what was written, or cannot be read.
        """
        for files in (self._files, *(segment.files for segment in self.segments)):
            files.verify_if_changed()

    def verify(self) -> None:
        """Compare every file with its checksum.

        Raises:
            LibraryError: If one differs, or if the generation has been removed.
        """
        read_manifest(self.path, self.pointer)
        for files in (self._files, *(segment.files for segment in self.segments)):
            files.verify()

    def close(self) -> None:
        """Close the documents; other files are closed with the last reference to them."""
        for segment in self.segments:
            segment.close()
        if self._outdated:
            self._outdated.documents.close()

    def __enter__(self) -> Library:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def check_encoder(self, encoder: Encoder) -> None:
        """Check that the vectors of an encoder can be compared with those of the library.

        Args:
            encoder: Any encoder.

        Raises:
            ModelError: If another model made them.
        """
        if encoder.fingerprint != self.model.fingerprint:
            is_older = encoder.name == self.model.name == DEFAULT_MODEL
            raise ModelError(
                _MESSAGES["older_bundled_model" if is_older else "other_model"].format(
                    path=self.path, model=self.model.name, other_model=encoder.name
                )
            )

    def publications(self) -> tuple[Summary, ...]:
        """Return all publications, by date (undated ones last), title and number."""
        return self._read(self._documents.summaries)

    def summary(self, publication_id: str) -> Summary:
        """Return one publication as a list shows it.

        Args:
            publication_id: The publication's id.

        Raises:
            KeyError: If there is no such publication.
        """
        return self._read(self._documents.summary, publication_id)

    def publication(self, publication_id: str) -> Publication:
        """Return a whole publication, equal to what the reader returned.

        Args:
            publication_id: The publication's id.

        Raises:
            KeyError: If there is no such publication.
        """
        return self._read(self._documents.publication, publication_id)

    def article(self, publication_id: str, index: int) -> Article:
        """Return one article of a publication, without reading the others.

        Args:
            publication_id: The publication's id.
            index: The article's index in `Publication.articles`.

        Raises:
            KeyError: If there is no such article.
        """
        return self._read(self._documents.article, publication_id, index)

    def publication_metadata(self, publication_id: str) -> Publication:
        """Return a publication without its articles.

        Args:
            publication_id: The publication's id.

        Raises:
            KeyError: If there is no such publication.
        """
        return self._read(self._documents.publication_metadata, publication_id)

    def article_headers(self) -> list[ArticleHeader]:
        """Return the titles and labels of each article that has passages, in reading order."""
        return self._read(self._documents.article_headers)

    def first_row(self, header: ArticleHeader) -> int:
        """Return the row of an article's first passage.

        Args:
            header: The article.
        """
        return int(self.row_map.rows_of((header.first_key,))[0])

    def authors(self) -> tuple[str, ...]:
        """Return all authors as printed, each once, sorted."""
        return self._read(self._documents.labels, "author")

    def topics(self) -> tuple[str, ...]:
        """Return all topics as printed, each once, sorted."""
        return self._read(self._documents.labels, "topic")

    def glosses(self) -> list[StoredGloss]:
        """Return all glosses: the user's own, then those of each publication."""
        of_user = [StoredGloss("", gloss) for gloss in self.manifest.user_glosses]
        return of_user + self._read(self._documents.glosses)

    def user_glosses(self) -> tuple[Gloss, ...]:
        """Return the user's own glosses."""
        if not self._outdated:
            return self.manifest.user_glosses
        return tuple(stored.gloss for stored in self.glosses() if not stored.publication_id)

    def has_language(self, language: Language) -> bool:
        """Return whether a language is the main one of any passage.

        Args:
            language: "en" or "zh".
        """
        return self._read(self._documents.has_language, language)

    def passage(self, row: int) -> Passage:
        """Return the passage of a row.

        Args:
            row: A row.

        Raises:
            IndexError: If there is no such row.
        """
        return self.passages((row,))[0]

    def passages(self, rows: Sequence[int] | Rows) -> list[Passage]:
        """Return the passages of rows, in their order.

        Args:
            rows: Rows in any order.

        Raises:
            IndexError: If there is no such row.
        """
        return self._read(self._documents.passages, self.row_map.keys_of(rows).tolist())

    def passage_terms(self, rows: Sequence[int]) -> list[tuple[Language, PassageTerms]]:
        """Return the main language and the terms of each passage, in the order of the rows.

        Args:
            rows: Rows in any order.

        Raises:
            IndexError: If there is no such row.
        """
        return self._read(self._documents.passage_terms, self.row_map.keys_of(rows).tolist())

    def row(self, passage_id: str) -> int:
        """Return the row of a passage.

        Args:
            passage_id: The passage's id.

        Raises:
            KeyError: If there is no such passage.
        """
        return int(self.row_map.rows_of((self._read(self._documents.passage_key, passage_id),))[0])

    def sentences(self, rows: Sequence[int] | Rows) -> list[tuple[SentenceRef, ...]]:
        """Return the sentences of each passage: its own, then those of its notes.

        Args:
            rows: Rows in any order.

        Raises:
            IndexError: If there is no such row.
        """
        return self._read(self._documents.sentences, self.row_map.keys_of(rows).tolist())

    def filter_rows(
        self,
        *,
        publication: str | None = None,
        article: str | None = None,
        author: str | None = None,
        topic: str | None = None,
        after: date | None = None,
        before: date | None = None,
    ) -> Rows | None:
        """Return the rows of the articles that meet all filters; None if there is no filter.

        Texts match in both Chinese scripts, in full or half width, in upper or lower case.

        Args:
            publication: An id, or part of the title or number.
            article: Part of the title, in either language.
            author: Part of an author's name, as printed or romanised.
            topic: Part of a topic.
            after: The first day; undated publications are left out.
            before: The last day; undated publications are left out.
        """
        filters = Filters(publication, article, author, topic, after, before)
        if filters == Filters():
            return None
        key_ranges = self._read(self._documents.filter_articles, filters)
        return self.row_map.rows_of_ranges(key_ranges)

    def rows_of(self, publication_id: str) -> range:
        """Return the rows of a publication, in reading order.

        Args:
            publication_id: The publication's id.

        Raises:
            KeyError: If there is no such publication.
        """
        stored = self._documents.stored_range(publication_id)
        start = int(self.row_map.rows_of((stored.first_key,))[0]) if stored.size else 0
        return range(start, start + stored.size)

    def stored_range(self, publication_id: str) -> StoredRange:
        """Return where the passages of a publication are stored, for the writer.

        Args:
            publication_id: The publication's id.

        Raises:
            KeyError: If there is no such publication.
        """
        return self._documents.stored_range(publication_id)

    @property
    def is_outdated(self) -> bool:
        """Whether it is of an older format and has to be rebuilt."""
        return self.pointer.format_version < OLDEST_FORMAT_VERSION

    @property
    def next_key(self) -> int:
        """The smallest key that a new passage may have."""
        return self.manifest.next_key

    def source_files(self) -> dict[str, SourceFile]:
        """Return the file that each publication was read from, by id, in the order of the rows."""
        return self._read(self._documents.source_files)

    def read_original(self, publication_id: str) -> bytes | None:
        """Return the PDF file that a publication was read from; None if the library has no copy.

        Args:
            publication_id: The publication's id.

        Raises:
            KeyError: If there is no such publication.
        """
        name = get_original_name(self.source_files()[publication_id])
        files = self.segments[self.stored_range(publication_id).segment].files
        return files.read(name) if files.has(name) else None

    def _read(self, method: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        for segment in self.segments:
            segment.verify_documents_if_changed()
        with self._reporter.report(DOCUMENTS_FILE):
            return method(*args, **kwargs)
