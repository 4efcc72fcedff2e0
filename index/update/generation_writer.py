"""Writes the next generation: a new segment at most, and which of the others stay.

What a library answers depends on the publications in it alone, not on the updates that led to it:
they stand in an order of their own, and what is counted is counted over all segments.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from index.glossary.gloss import Gloss
from index.storage.generation import seal_segment
from index.storage.library import Library
from index.storage.linked_terms import SegmentTerms, link_term_indexes
from index.storage.manifest import (
    Manifest,
    Pointer,
    SegmentRecord,
    generation_folder,
    segment_folder,
)
from index.storage.records import Counts, KeyRange, Model, PublicationEntry
from index.storage.term_index import TERM_INDEX_FOLDER
from index.update.merging import SegmentSize, choose_merged_at_once
from index.update.progress import ProgressCallback
from index.update.segment_writer import CodeReader, SegmentWriter


@dataclass(frozen=True, slots=True)
class Change:
    """What the next generation has, and how it differs from the current one.

    Attributes:
        model: The model that made the embeddings.
        counts: How much the library contains of each kind afterwards.
        user_glosses: The user's own glosses.
        dropped_ids: The ids of the publications that are not carried over.
        entries: The publications that are added.
        read_codes: Returns the embeddings of those.
        added_files: Where their files stand, by id.
        former_originals: A folder of a library of an older format with their PDF files.
        merges_all: Whether all segments become one.
    """

    model: Model
    counts: Counts
    user_glosses: tuple[Gloss, ...] = ()
    dropped_ids: Collection[str] = ()
    entries: Sequence[PublicationEntry] = ()
    read_codes: CodeReader = lambda _: ()
    added_files: Mapping[str, Path] = field(default_factory=dict)
    former_originals: Path | None = None
    merges_all: bool = False


class Draft(NamedTuple):
    """A generation that is written, to be published by `index.storage.generation`.

    Attributes:
        manifest: What it consists of.
        linked_names: The files in its folder that segments have.
    """

    manifest: Manifest
    linked_names: frozenset[str]


def write_generation(
    path: Path,
    pointer: Pointer | None,
    library: Library | None,
    change: Change,
    report_progress: ProgressCallback,
) -> Draft:
    """Return the next generation, written into its folder, which is there already.

    Args:
        path: The library's folder.
        pointer: The library's pointer; None if there is no library yet.
        library: The current generation; None if nothing of it is carried over.
        change: What the next generation has.
        report_progress: Called at every step of writing a segment.

    Raises:
        OSError: If something cannot be written.
        LibraryError: If a segment that is to be written anew is damaged.
    """
    number = pointer.generation + 1 if pointer else 1
    segments = library.segments if library else ()
    dropped = _group_by_segment(library, change.dropped_ids)
    records = [
        _drop_publications(segment.record, dropped[index]) for index, segment in enumerate(segments)
    ]
    merged = _choose_merged(records, change)
    kept = [index for index in range(len(segments)) if index not in merged]
    kept_records = [records[index] for index in kept]
    terms = [
        SegmentTerms(segments[index].folder / TERM_INDEX_FOLDER, list(dropped[index].values()))
        for index in kept
    ]
    carried = {index: _list_live_ids(library, index, dropped[index]) for index in merged}
    if change.entries or any(carried.values()) or not kept:
        record = _write_segment(path, number, library, carried, change, report_progress)
        kept_records.append(record)
        terms.append(SegmentTerms(segment_folder(path, number) / TERM_INDEX_FOLDER))
    linked_names = link_term_indexes(
        generation_folder(path, number),
        terms,
        generation_folder(path, library.generation) if library else None,
    )
    manifest = Manifest(
        "",
        change.model,
        change.counts,
        {},
        tuple(kept_records),
        _find_next_key(library, change.entries),
        change.user_glosses,
    )
    return Draft(manifest, linked_names)


def _write_segment(
    path: Path,
    number: int,
    library: Library | None,
    carried: Mapping[int, Sequence[str]],
    change: Change,
    report_progress: ProgressCallback,
) -> SegmentRecord:
    """Return the new segment, with what is added and what is carried over."""
    for index, publication_ids in carried.items():
        if library and publication_ids:
            library.segments[index].verify()
    folder = segment_folder(path, number)
    folder.mkdir(parents=True)
    writer = SegmentWriter(library, carried, change.entries, change.read_codes, change.model)
    stored = writer.write(folder, change.added_files, change.former_originals, report_progress)
    passages = sum(publication.key_range.size for publication in stored)
    return SegmentRecord(number, seal_segment(folder, stored), passages)


def _choose_merged(records: Sequence[SegmentRecord], change: Change) -> list[int]:
    if change.merges_all:
        return list(range(len(records)))
    added = sum(len(entry.passages) for entry in change.entries)
    return choose_merged_at_once([*map(measure_segment, records)], added)


def measure_segment(record: SegmentRecord) -> SegmentSize:
    """Return the size of a segment.

    Args:
        record: The segment as a generation has it.
    """
    return SegmentSize(record.passages - record.dropped_passages, record.dropped_passages)


def _group_by_segment(
    library: Library | None, publication_ids: Collection[str]
) -> list[dict[str, KeyRange]]:
    """Return for each segment the keys of the passages of those of some publications it has."""
    if not library:
        return []
    groups: list[dict[str, KeyRange]] = [{} for _ in library.segments]
    for publication_id in publication_ids:
        stored = library.stored_range(publication_id)
        groups[stored.segment][publication_id] = KeyRange(stored.first_key, stored.size)
    return groups


def _drop_publications(record: SegmentRecord, dropped: Mapping[str, KeyRange]) -> SegmentRecord:
    return replace(
        record,
        dropped_passages=record.dropped_passages + sum(keys.size for keys in dropped.values()),
        dropped_ids=(*record.dropped_ids, *dropped),
    )


def _list_live_ids(library: Library | None, index: int, dropped: Collection[str]) -> list[str]:
    """Return the publications of a segment that stay in the library."""
    if not library:
        return []
    segment = library.segments[index]
    gone = {*segment.dropped_ids, *dropped}
    return [stored.id for stored in segment.stored if stored.id not in gone]


def _find_next_key(library: Library | None, entries: Sequence[PublicationEntry]) -> int:
    ends = [entry.first_key + len(entry.passages) for entry in entries]
    return max([library.next_key if library else 0, *ends])
