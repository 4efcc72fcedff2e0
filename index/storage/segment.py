"""A segment of a library: publications in a folder that never changes once it is written."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from index.storage.documents import Documents
from index.storage.manifest import (
    MANIFEST_FILE,
    SegmentRecord,
    read_segment_manifest,
    segment_folder,
)
from index.storage.segment_vectors import SegmentVectors
from index.storage.verified_files import DamageReporter, GenerationFiles, VerifiedFile

DOCUMENTS_FILE = "documents.sqlite"


class Segment:
    """A segment whose files are opened, and verified, when they are first used.

    Attributes:
        record: The segment as the generation has it.
        folder: Its folder.
        files: Its files.
        stored: All publications in it, dropped ones too, in the order of their passages.
        dropped_ids: The ids of those that are not in the library any more.
        format_version: The format that it is written in.
    """

    def __init__(
        self, path: Path, record: SegmentRecord, reporter: DamageReporter, token_bits: int
    ) -> None:
        """Read the manifest.

        Args:
            path: The library's folder.
            record: The segment as the generation has it.
            reporter: Makes the errors.
            token_bits: The bits of a number of a token.

        Raises:
            LibraryError: If it is damaged or cannot be read.
        """
        self.record = record
        self.folder = segment_folder(path, record.number)
        manifest = read_segment_manifest(path, record)
        self.files = GenerationFiles(path, self.folder, manifest.files, reporter)
        self.stored = manifest.publications
        self.format_version = manifest.format_version
        self.dropped_ids = frozenset(record.dropped_ids)
        self._token_bits = token_bits

    @cached_property
    def documents_file(self) -> VerifiedFile:
        """The file of the documents."""
        return self.files.open(DOCUMENTS_FILE)

    @cached_property
    def documents(self) -> Documents:
        """The documents, without those that are dropped."""
        path = self.documents_file.path
        with self.files.reporter.report(DOCUMENTS_FILE):
            return Documents(path, self.record.dropped_ids)

    @cached_property
    def vectors(self) -> SegmentVectors:
        """The vectors, with those of passages that are dropped."""
        vectors = SegmentVectors(self.files, self._token_bits)
        if vectors.size != self.record.passages:
            raise self.files.reporter.damaged(
                MANIFEST_FILE, f"{vectors.size} passages, not {self.record.passages}"
            )
        return vectors

    def open(self) -> None:
        """Open and verify the documents and the vectors, unless they are open.

        Raises:
            LibraryError: If they are damaged or cannot be read.
        """
        _ = self.documents, self.vectors

    def close(self) -> None:
        """Close the documents, if they are open."""
        if "documents" in self.__dict__:
            self.documents.close()

    def verify_documents_if_changed(self) -> None:
        """Verify the documents, if they are open and were written to since they were verified."""
        if "documents_file" in self.__dict__:
            self.documents_file.verify_if_changed()

    def verify(self) -> None:
        """Compare every file with its checksum.

        Raises:
            LibraryError: If one differs or is missing.
        """
        self.files.verify()
