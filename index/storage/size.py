"""The room that a library takes on the disk, part by part."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from index.storage.library import Library
from index.storage.manifest import MANIFEST_FILE, SEGMENTS_FOLDER, segment_folder
from index.storage.originals import ORIGINALS_FOLDER, get_original_name
from index.storage.segment import DOCUMENTS_FILE, Segment
from index.storage.term_index import TERM_INDEX_FOLDER
from index.storage.token_vectors import OFFSETS_FILE, TOKENS_FILE
from index.storage.vectors import PASSAGE_INDEX_FILE, SENTENCE_OFFSETS_FILE, SENTENCES_FILE

_PART_OF_NAME = {
    DOCUMENTS_FILE: "documents",
    PASSAGE_INDEX_FILE: "passage_vectors",
    SENTENCES_FILE: "sentence_vectors",
    SENTENCE_OFFSETS_FILE: "sentence_vectors",
    TOKENS_FILE: "tokens",
    OFFSETS_FILE: "tokens",
    TERM_INDEX_FOLDER: "terms",
    ORIGINALS_FOLDER: "originals",
}
_PARTS = (*dict.fromkeys(_PART_OF_NAME.values()), "other")


@dataclass(frozen=True, slots=True)
class LibrarySize:
    """The room that a library takes.

    Attributes:
        parts: The bytes of each part of all segments: documents, passage_vectors,
            sentence_vectors, tokens, terms, originals (PDF files), other (manifests).
        passages: The number of passages in the library.
        dropped_passages: Those that are not in it any more, but still stored.
        segments: The number of segments.
        dropped_bytes: About what of the parts belongs to publications that are not in the library
            any more.
        superseded_bytes: What only the generation before the current one needs.
    """

    parts: dict[str, int]
    passages: int
    dropped_passages: int
    segments: int
    dropped_bytes: int
    superseded_bytes: int

    @property
    def total(self) -> int:
        """All bytes on the disk."""
        return sum(self.parts.values()) + self.superseded_bytes

    @property
    def savings(self) -> int:
        """About the bytes that `index.update.compact.compact_library` would save."""
        return self.dropped_bytes + self.superseded_bytes


def measure_library(library: Library) -> LibrarySize:
    """Return the room that a library takes on the disk.

    Args:
        library: A library of the current format.

    Raises:
        OSError: If a file cannot be looked at.
    """
    parts = dict.fromkeys(_PARTS, 0)
    for segment in library.segments:
        for name, record in segment.files.records.items():
            parts[_PART_OF_NAME.get(name.partition("/")[0], "other")] += record.size
        parts["other"] += (segment.folder / MANIFEST_FILE).stat().st_size
    parts["other"] += (library.folder / MANIFEST_FILE).stat().st_size
    records = [segment.record for segment in library.segments]
    current = {segment_folder(library.path, record.number) for record in records}
    folders = [
        folder for folder in (library.path / SEGMENTS_FOLDER).iterdir() if folder not in current
    ]
    return LibrarySize(
        parts,
        library.counts.passages,
        sum(record.dropped_passages for record in records),
        len(records),
        sum(map(_estimate_dropped_bytes, library.segments)),
        sum(map(_sum_sizes, folders)),
    )


def _estimate_dropped_bytes(segment: Segment) -> int:
    """Return about how many bytes of a segment belong to what is dropped."""
    live = {
        get_original_name(stored.source_file)
        for stored in segment.stored
        if stored.id not in segment.dropped_ids
    }
    originals, others = 0, 0
    for name, record in segment.files.records.items():
        if not name.startswith(f"{ORIGINALS_FOLDER}/"):
            others += record.size
        elif name not in live:
            originals += record.size
    return originals + others * segment.record.dropped_passages // max(segment.record.passages, 1)


def _sum_sizes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
