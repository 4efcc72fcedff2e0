"""A library, open to be read: one generation of it, whole, whatever a writer does meanwhile."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import msgspec
import numpy as np

from index import faults
from index.document import Article, Passage, Publication
from index.errors import LibraryError, ModelError
from index.glossary.gloss import Held
from index.storage.documents import Documents
from index.storage.engine import Engine, Rows
from index.storage.local_engine import LocalEngine
from index.storage.manifest import FORMAT, Manifest, Pointer, folder_of, read_manifest, read_pointer
from index.storage.passage_terms import Said
from index.storage.records import Counts, Criteria, Head, Model, Origin, Run, SentenceRef, Summary
from index.storage.row_map import RowMap
from index.text.scripts import Language

if TYPE_CHECKING:
    from types import TracebackType

    from index.encoders.protocol import Encoder

DOCUMENTS = "documents.sqlite"

_P = ParamSpec("_P")
_T = TypeVar("_T")


class Library:
    """A read-only snapshot of a library. Safe to use from many threads; open it with `open`.

    Every method raises `LibraryError` where a file turns out to be damaged.

    Attributes:
        path: The library's folder.
        generation: The number of the snapshot's generation, from 1.
        model: What made the vectors.
        counts: How much it holds.
        created_by: The version of Tongzhu that wrote the generation.
        folder, pointer, local: For the writer, which carries over what stays.
    """

    def __init__(self, path: Path, pointer: Pointer, manifest: Manifest) -> None:
        self.path = path
        self.folder = folder = folder_of(path, pointer.generation)
        self.pointer = pointer
        self.generation = pointer.generation
        self.model: Model = manifest.model
        self.counts: Counts = manifest.counts
        self.created_by = manifest.created_by
        self._documents = Documents(folder / DOCUMENTS)
        try:
            self._map = RowMap(self._documents.runs())
            if not self.older:  # those cannot be searched
                self.local = LocalEngine(folder, self._map)
        except BaseException:
            self._documents.close()
            raise

    @classmethod
    def open(cls, path: Path | str, *, older: bool = False) -> Library:
        """The library in a folder, as it is now.

        Args:
            path: The folder.
            older: Whether it may be of an older format: then it can be read, but not be searched.

        Raises:
            LibraryError: If there is none, or it is damaged, or of a format that is not read.
        """
        path = Path(path)
        pointer = read_pointer(path, older=older)
        while True:
            try:
                return cls._open(path, pointer)
            except LibraryError:
                # A writer may have published and removed the generation while it was opened.
                latest = read_pointer(path, older=older)
                if latest == pointer:
                    raise
                pointer = latest

    @classmethod
    def _open(cls, path: Path, pointer: Pointer) -> Library:
        manifest = read_manifest(path, pointer, thorough=False)
        try:
            return cls(path, pointer, manifest)
        except OSError as error:
            raise faults.unreadable(path, error) from error
        except (RuntimeError, ValueError, sqlite3.DatabaseError) as error:
            what = str(error).splitlines()[0]
            raise faults.damaged(path, what) from error

    def refreshed(self) -> Library:
        """The library as it is now: this snapshot, if nothing was published since it was opened.

        This snapshot stays open.

        Raises:
            LibraryError: As `open`.
        """
        return self if read_pointer(self.path) == self.pointer else Library.open(self.path)

    def verify(self) -> None:
        """Compares every file with its checksum.

        Raises:
            LibraryError: If one differs, or if the generation is not kept any more.
        """
        read_manifest(self.path, self.pointer, thorough=True)

    def close(self) -> None:
        """Closes the documents; what else is open goes with the last reference to it."""
        self._documents.close()

    def __enter__(self) -> Library:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def engine(self) -> Engine:
        """What searches its passages."""
        return self.local

    def check_encoder(self, encoder: Encoder) -> None:
        """Makes sure that an encoder's vectors can be compared with the library's.

        Raises:
            ModelError: If another model made them.
        """
        if encoder.fingerprint != self.model.fingerprint:
            raise ModelError(
                f"{self.path}: made with the model {self.model.name}, not {encoder.name}; "
                "name that model, or index the files into another folder.",
                f"{self.path}：這個館藏以模型 {self.model.name} 建立，而非 {encoder.name}；"
                "請指定該模型，或另建資料夾重新建立索引。",
            )

    def publications(self) -> tuple[Summary, ...]:
        """All publications, by date (undated ones last), title and number."""
        return self._read(self._documents.summaries)

    def summary(self, publication: str) -> Summary:
        """One publication as a list shows it.

        Raises:
            KeyError: If there is none of that id.
        """
        return self._read(self._documents.summary, publication)

    def publication(self, publication: str) -> Publication:
        """A whole publication, equal to what the reader gave.

        Raises:
            KeyError: If there is none of that id.
        """
        return self._read(self._documents.publication, publication)

    def article(self, publication: str, index: int) -> Article:
        """The article of that index in `Publication.articles`, without reading the others.

        Raises:
            KeyError: If there is none.
        """
        return self._read(self._documents.article, publication, index)

    def front(self, publication: str) -> Publication:
        """A publication without its articles.

        Raises:
            KeyError: If there is none of that id.
        """
        return self._read(self._documents.front, publication)

    def heads(self) -> list[Head]:
        """What stands over each article that has passages, in reading order."""
        return self._read(self._documents.heads)

    def first_row(self, head: Head) -> int:
        """The row of an article's first passage."""
        return int(self._map.rows((head.first,))[0])

    def authors(self) -> tuple[str, ...]:
        """All authors as printed, each once, sorted."""
        return self._read(self._documents.labels, "author")

    def topics(self) -> tuple[str, ...]:
        """All topics as printed, each once, sorted."""
        return self._read(self._documents.labels, "topic")

    def glosses(self) -> list[Held]:
        """What stands for what: by the user's own glossary, then by each publication."""
        return self._read(self._documents.glosses)

    def holds(self, language: Language) -> bool:
        """Whether any passage is mainly in a language."""
        return self._read(self._documents.holds, language)

    def passage(self, row: int) -> Passage:
        """The passage of a row.

        Raises:
            IndexError: If there is no such row.
        """
        return self.passages((row,))[0]

    def passages(self, rows: Sequence[int] | Rows) -> list[Passage]:
        """The passages of rows, in their order.

        Raises:
            IndexError: If there is no such row.
        """
        keys = [self._map.key(int(row)) for row in rows]
        return self._read(self._documents.passages, keys)

    def said(self, rows: Sequence[int]) -> list[tuple[Language, Said]]:
        """What each passage is mainly in, and its terms, in the order of the rows.

        Raises:
            IndexError: If there is no such row.
        """
        return self._read(self._documents.said, [self._map.key(row) for row in rows])

    def row(self, passage: str) -> int:
        """The row of the passage of that id.

        Raises:
            KeyError: If there is none.
        """
        return int(self._map.rows((self._read(self._documents.key, passage),))[0])

    def sentences(self, row: int) -> tuple[SentenceRef, ...]:
        """The sentences of a passage: its own, then those of the notes whose marks stand in it.

        Raises:
            IndexError: If there is no such row.
        """
        return self._read(self._documents.sentences, self._map.key(row))

    def rows(
        self,
        *,
        publication: str | None = None,
        article: str | None = None,
        author: str | None = None,
        topic: str | None = None,
        after: date | None = None,
        before: date | None = None,
    ) -> Rows | None:
        """The rows of the articles that meet all criteria given; None if none is given.

        Texts match in either script, wide or narrow, capital or small.

        Args:
            publication: An id, or part of the title or number.
            article: Part of the title, in either language.
            author: Part of an author's name, as printed or romanised.
            topic: Part of a topic.
            after: The first day; what has no date is left out.
            before: The last day; what has no date is left out.
        """
        criteria = Criteria(publication, article, author, topic, after, before)
        if criteria == Criteria():
            return None
        found = self._read(self._documents.matching, criteria)
        return self._rows_of(found)

    def rows_of(self, publication: str) -> range:
        """The rows of a publication, in reading order.

        Raises:
            KeyError: If there is none of that id.
        """
        run = self._read(self._documents.run, publication)
        start = int(self._map.rows((run.first,))[0]) if run.passages else 0
        return range(start, start + run.passages)

    def rows_without(self, publications: Collection[str]) -> list[range]:
        """The rows of all publications but some, each publication's in reading order."""
        return [
            self.rows_of(identity) for identity in self.origins() if identity not in publications
        ]

    @property
    def older(self) -> bool:
        """Whether it is of an older format, and has to be made anew."""
        return self.pointer.tongzhu < FORMAT

    @property
    def end(self) -> int:
        """The first key that a new passage may have."""
        return self._map.end

    def origins(self) -> dict[str, Origin]:
        """What each publication was read from, by its id."""
        return self._read(self._documents.origins)

    def _rows_of(self, runs: Sequence[Run]) -> Rows:
        parts = [np.arange(run.first, run.first + run.passages) for run in runs]
        keys = np.concatenate([np.empty(0, dtype=np.int64), *parts])
        return self._map.rows(keys)

    def _read(self, method: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        try:
            return method(*args, **kwargs)
        except sqlite3.ProgrammingError:  # it was closed: no fault of the files
            raise
        except (sqlite3.DatabaseError, msgspec.MsgspecError, ValueError) as error:
            raise faults.damaged(self.path, f"{DOCUMENTS}: {error}") from error
