"""What a change of a library has to do: which files are new, changed, known, or in conflict."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from index import readers
from index.document import Publication
from index.errors import ReadError
from index.messages import Message
from index.storage.records import SourceFile


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be taken, or an id that could not be removed, and why."""

    item: str
    message: Message


class IncomingPublication(NamedTuple):
    """A publication that was read and goes into the library; `replaces` are ids that it ousts."""

    publication: Publication
    source_file: SourceFile
    replaced_ids: tuple[str, ...]


@dataclass(slots=True)
class UpdatePlan:
    """What will be done, as it becomes clear.

    Attributes:
        incoming: By publication id, in the order of the files.
        unchanged: Files whose very bytes the library holds as they are read now, with their
            publication's id.
        removed_ids: Ids of publications that go, and that nothing replaces.
        failures: What cannot be done.
    """

    incoming: dict[str, IncomingPublication] = field(default_factory=dict)
    unchanged: dict[Path, str] = field(default_factory=dict)
    removed_ids: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    @property
    def dropped_ids(self) -> list[str]:
        """All ids of the current generation that are not carried over."""
        replaced = (
            publication_id
            for incoming in self.incoming.values()
            for publication_id in incoming.replaced_ids
        )
        return list(dict.fromkeys([*self.removed_ids, *replaced]))

    @property
    def has_changes(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.incoming or self.removed_ids)


class Planner:
    """Takes files and ids one by one, and keeps account of what the library will hold."""

    def __init__(
        self,
        source_files: Mapping[str, SourceFile],
        read: Callable[[Path], Publication],
        recorded_paths: Mapping[Path, str],
    ) -> None:
        self._plan = UpdatePlan()
        self._source_files = dict(source_files)
        self._read = read
        self._recorded_paths = recorded_paths

    def remove(self, publication_id: str) -> None:
        """Takes the id of a publication that has to go."""
        if self._source_files.pop(publication_id, None) is None:
            self._plan.failures.append(Failure(publication_id, _unknown_id_message(publication_id)))
        else:
            self._plan.removed_ids.append(publication_id)

    def add(self, file: Path) -> None:
        """Takes a file: reads it if the library does not hold its very bytes."""
        source_file = SourceFile(
            self._recorded_paths.get(file) or os.path.realpath(file), _digest_file(file)
        )
        for publication_id, stored in self._source_files.items():
            if stored.digest == source_file.digest:
                self._plan.unchanged[file] = publication_id
                return
        try:
            publication = self._read(file)
        except ReadError as error:
            self._plan.failures.append(Failure(str(file), error.message))
            return
        existing = self._source_files.get(publication.id)
        if (
            existing
            and existing.path != source_file.path
            and _digest_file(Path(existing.path))
            not in {
                "",
                source_file.digest,
            }
        ):
            self._plan.failures.append(Failure(str(file), _conflict_message(file, existing)))
            return
        self._accept(publication, source_file)

    def finish(self) -> UpdatePlan:
        """The plan."""
        # A file that was known can be so no more: another one has replaced what it was known by.
        while stale := [file for file in self._plan.unchanged if not self._is_stored(file)]:
            for file in stale:
                del self._plan.unchanged[file]
                self.add(file)
        return self._plan

    def _is_stored(self, file: Path) -> bool:
        digest = _digest_file(file)
        return any(stored.digest == digest for stored in self._source_files.values())

    def _accept(self, publication: Publication, source_file: SourceFile) -> None:
        superseded_ids = [
            publication_id
            for publication_id, stored in self._source_files.items()
            if publication_id == publication.id or stored.path == source_file.path
        ]
        replaced_ids: list[str] = []
        for publication_id in superseded_ids:
            del self._source_files[publication_id]
            earlier = self._plan.incoming.pop(publication_id, None)
            replaced_ids += earlier.replaced_ids if earlier else [publication_id]
        self._source_files[publication.id] = source_file
        incoming = IncomingPublication(publication, source_file, tuple(replaced_ids))
        self._plan.incoming[publication.id] = incoming


def _digest_file(file: Path) -> str:
    """The digest of a file's bytes and of what reads them; "" where no file can be read."""
    try:
        with file.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest() if file.is_file() else ""
    except OSError:
        return ""
    return digest and f"{digest} {readers.READER_VERSION}"


def _unknown_id_message(publication_id: str) -> Message:
    return Message(
        f"{publication_id}: the library has no publication of this id; `tongzhu list` shows them.",
        f"{publication_id}：館藏中沒有這個編號的刊物；可用 `tongzhu list` 查看。",
    )


def _conflict_message(file: Path, existing: SourceFile) -> Message:
    return Message(
        f"{file}: the same publication as {existing.path}, with other contents. "
        "Keep one of the two files, or give them different titles, numbers or dates.",
        f"{file}：與 {existing.path} 為同一刊物，內容卻不同。"
        "請只保留其中一份，或使兩者的刊名、期數或日期有別。",
    )
