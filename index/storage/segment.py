"""A segment of a library: publications in a folder that never changes once it is written."""

from __future__ import annotations

from pathlib import Path

from index.storage.documents import Documents
from index.storage.manifest import (
    MANIFEST_FILE,
    SegmentRecord,
    read_segment_manifest,
    segment_folder,
)
from index.storage.segment_vectors import SegmentVectors
from index.storage.verified_files import DamageReporter, GenerationFiles

DOCUMENTS_FILE = "documents.sqlite"


class Segment:
    """An open segment.

    Attributes:
        record: The segment as the generation has it.
        folder: Its folder.
        files: Its files.
        documents, documents_file: Its documents, without those that are dropped, and their file.
        vectors: Its vectors, with those of passages that are dropped.
    """

    def __init__(
        self, path: Path, record: SegmentRecord, reporter: DamageReporter, token_bits: int
    ) -> None:
        """Open the files.

        Args:
            path: The library's folder.
            record: The segment as the generation has it.
            reporter: Makes the errors.
            token_bits: The bits of a number of a token.

        Raises:
            LibraryError: If they are damaged or cannot be read.
        """
        self.record = record
        self.folder = segment_folder(path, record.number)
        manifest = read_segment_manifest(path, record)
        self.files = GenerationFiles(path, self.folder, manifest.files, reporter)
        self.vectors = SegmentVectors(self.files, token_bits)
        if self.vectors.size != record.passages:
            raise reporter.damaged(
                MANIFEST_FILE, f"{self.vectors.size} passages, not {record.passages}"
            )
        self.documents_file = self.files.open(DOCUMENTS_FILE)
        with reporter.report(DOCUMENTS_FILE):
            self.documents = Documents(self.documents_file.path, record.dropped_ids)

    def verify(self) -> None:
        """Compare every file with its checksum.

        Raises:
            LibraryError: If one differs or is missing.
        """
        self.files.verify()
