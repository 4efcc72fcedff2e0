"""Plans an update: which files are new, changed, unchanged, or in conflict."""

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
from index.input_files import changed_message, read_file, resolve_path
from index.messages import Message, MessageCatalogue
from index.readers.series import IssueName, IssueNames
from index.storage.records import SourceFile
from index.update.stored_files import StoredFiles

_MESSAGES = MessageCatalogue("index", "library")
_OCR = " ocr"  # what the digest of a file ends with whose pictures were read


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be added, or not as it should, or an id that does not exist; why."""

    item: str
    message: Message


class IncomingPublication(NamedTuple):
    """A publication that is to be added.

    Attributes:
        publication: The publication.
        source_file: What is stored of the file that it was read from.
        replaced_ids: The ids of those that it replaces.
        file: Where that file is now; None for a publication of an older format.
    """

    publication: Publication
    source_file: SourceFile
    replaced_ids: tuple[str, ...]
    file: Path | None = None


@dataclass(slots=True)
class UpdatePlan:
    """What an update has to do.

    Attributes:
        incoming: The publications to be added, by id, in the order of the files.
        unchanged: Files that the library has already, by their bytes and the version of the
            readers, with the id of the publication.
        removed_ids: The ids of publications to be removed, and that nothing replaces.
        failures: What cannot be done.
    """

    incoming: dict[str, IncomingPublication] = field(default_factory=dict)
    unchanged: dict[Path, str] = field(default_factory=dict)
    removed_ids: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    @property
    def dropped_ids(self) -> list[str]:
        """The ids of the current generation that are not carried over."""
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
    """Makes a plan from files and ids, one by one."""

    def __init__(
        self,
        source_files: Mapping[str, SourceFile],
        read: Callable[[Path], Publication],
        recorded_paths: Mapping[Path, str],
        *,
        ocr: bool = False,
        metadata_digest: str = "",
    ) -> None:
        """Begin a plan.

        Args:
            source_files: The files that the library's publications were read from, by id.
            read: Reads a publication from a file.
            recorded_paths: The path to be stored of a file, if it is not its real path.
            ocr: Whether the text of pictures is recognised: PDF files that were read without are
                read again.
            metadata_digest: Identifies the metadata that `read` gives publications from elsewhere:
                files that were read with others are read again; "" for none.
        """
        self._plan = UpdatePlan()
        self._variant = f" metadata:{metadata_digest}" if metadata_digest else ""
        self._stored = StoredFiles(source_files)
        self._read = read
        self._recorded_paths = recorded_paths
        self._ocr = ocr
        self._issue_names = IssueNames()
        self._digests: dict[Path, str] = {}  # of files that may have been read already

    def remove(self, publication_id: str) -> None:
        """Plan the removal of a publication.

        Args:
            publication_id: The publication's id.
        """
        if self._stored.remove(publication_id):
            self._plan.removed_ids.append(publication_id)
        else:
            self._plan.failures.append(Failure(publication_id, _unknown_id_message(publication_id)))

    def has_to_read(self, file: Path) -> bool:
        """Return whether the library lacks a file, so that it will be read to be added.

        It can be read from now on: if it is another file when it is added, that is an error.

        Args:
            file: The file.
        """
        digest = self._digests[file] = self._digest(file)
        return bool(digest) and not self._find_stored(file, digest)

    def add(self, file: Path) -> None:
        """Plan the addition of a file; it is read unless the library has it unchanged.

        Args:
            file: The file.
        """
        digest = self._digests.pop(file, None) or self._digest(file)
        if publication_id := self._find_stored(file, digest):
            self._plan.unchanged[file] = publication_id
            return
        try:
            publication = self._read(file)
            if self._digest(file) != digest:
                raise ReadError(changed_message(file))
            recorded_path = self._recorded_paths.get(file) or resolve_path(file)
        except ReadError as error:
            self._plan.failures.append(Failure(str(file), error.message))
            return
        source_file = SourceFile(recorded_path, digest)
        existing = self._stored.get(publication.id)
        if existing and self._is_conflict(existing, source_file):
            self._plan.failures.append(Failure(str(file), _conflict_message(file, existing)))
            return
        self._accept(publication, source_file, file)

    def finish(self) -> UpdatePlan:
        """Return the plan."""
        # A file that was unchanged can have been replaced by a later one.
        while stale := [file for file in self._plan.unchanged if not self._is_stored(file)]:
            for file in stale:
                del self._plan.unchanged[file]
                self.add(file)
        return self._plan

    def _is_stored(self, file: Path) -> bool:
        return bool(self._find_stored(file, self._digest(file)))

    def _find_stored(self, file: Path, digest: str) -> str:
        """Return the id of the publication that was read from a file or from a copy; "" if none."""
        if not digest:
            return ""
        for publication_id, stored in self._stored.find_content(digest).items():
            if _is_same(stored.digest, digest) or self._is_kept_elsewhere(stored, file):
                return publication_id
        return ""

    def _is_kept_elsewhere(self, stored: SourceFile, file: Path) -> bool:
        """Return whether another file that still exists was read as stored; copies have names."""
        path = Path(stored.path)
        return os.path.realpath(file) != stored.path and self._digest(path) == stored.digest

    def _digest(self, file: Path) -> str:
        issue = None if file in self._recorded_paths else self._issue_names.get(file)
        digest = _digest_file(file, issue, ocr=self._ocr)
        return digest + self._variant if digest else ""

    def _is_conflict(self, existing: SourceFile, added: SourceFile) -> bool:
        """Return whether two files of one publication exist and differ."""
        digest = self._digest(Path(existing.path))
        is_same = not digest or digest.partition(" ")[0] == added.content_digest
        return existing.path != added.path and not is_same

    def _accept(self, publication: Publication, source_file: SourceFile, file: Path) -> None:
        superseded_ids = dict.fromkeys(
            [
                *([publication.id] if self._stored.get(publication.id) else []),
                *self._stored.find_path(source_file.path),
                *self._stored.find_content(source_file.digest),
            ]
        )
        replaced_ids: list[str] = []
        for publication_id in superseded_ids:
            self._stored.remove(publication_id)
            earlier = self._plan.incoming.pop(publication_id, None)
            replaced_ids += earlier.replaced_ids if earlier else [publication_id]
        self._stored.add(publication.id, source_file)
        incoming = IncomingPublication(publication, source_file, tuple(replaced_ids), file)
        self._plan.incoming[publication.id] = incoming


def _is_same(stored: str, digest: str) -> bool:
    """Return whether a file needs no other reading than the one stored; OCR replaces plain ones."""
    return set(digest.split()) <= set(stored.split())


def _digest_file(file: Path, issue: IssueName | None, *, ocr: bool) -> str:
    """Return the digest of a file and how it is read; "" if it cannot be read."""
    try:
        content = read_file(file)
    except ReadError:
        return ""
    variant = _OCR if ocr and content.lstrip()[:5] == b"%PDF-" else ""
    if issue:
        name = hashlib.sha256(f"{issue.number} {issue.date_printed}".encode()).hexdigest()
        variant += f" name:{name[:8]}"
    return f"{hashlib.sha256(content).hexdigest()} {readers.READER_VERSION}{variant}"


def _unknown_id_message(publication_id: str) -> Message:
    return _MESSAGES["unknown_publication"].format(id=publication_id)


def _conflict_message(file: Path, existing: SourceFile) -> Message:
    return _MESSAGES["conflict"].format(file=file, path=existing.path)
