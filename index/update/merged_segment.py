"""Merges segments after an update is published, while others read and change the library.

The merged segment is written beside those of the library, without the writer's lock. Then it takes
their place, by a generation for which only lists have to be written; what was dropped of them
meanwhile is dropped of it. If one of them is gone by then, it is thrown away.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from index import errors
from index.errors import LibraryError, LockedLibraryError
from index.storage.generation import (
    draft_generation,
    merger_lock,
    merging_folder,
    seal_segment,
    writer_lock,
)
from index.storage.library import Library
from index.storage.linked_terms import SegmentTerms, link_term_indexes
from index.storage.manifest import SegmentRecord, generation_folder, segment_folder
from index.storage.records import KeyRange
from index.storage.segment import Segment
from index.storage.term_index import TERM_INDEX_FOLDER
from index.update.generation_writer import Draft, measure_segment
from index.update.merging import choose_merged
from index.update.progress import ProgressCallback
from index.update.publication import publish
from index.update.segment_writer import SegmentWriter

_WAITING_SECONDS = 10.0  # for another writer to end, before the merged segment is thrown away


def merge_segments(path: Path | str, progress: ProgressCallback | None = None) -> bool:
    """Return whether segments were merged: those that updates have left to this.

    Readers and other writers go on meanwhile; where another process merges, or a writer does not
    end in time, nothing is merged. What the library contains stays the same, whatever ends this.
    Meanwhile it takes the room of what is merged once more.

    Args:
        path: The library's folder.
        progress: Called at every step.

    Raises:
        LibraryError: If there is no library, if a segment that is to be merged is damaged, or if
            the library cannot be written.
        KeyboardInterrupt: If the user interrupts it.
    """
    path = Path(path)
    with Library.open(path, allow_outdated=True, for_writing=True) as library:
        indices = _choose_indices(library)
        if not indices:
            return False
        try:
            with merger_lock(path) as is_alone:
                return is_alone and _merge(library, indices, progress or (lambda _: None))
        except OSError as error:
            raise errors.unwritable_library_error(path, error) from error


def _merge(library: Library, indices: Sequence[int], report_progress: ProgressCallback) -> bool:
    """Return whether some segments were merged, as the one process that merges."""
    path = library.path
    merged = [library.segments[index] for index in indices]
    try:
        record = _write_merged(library, indices, report_progress)
        return _replace_segments(path, merged, record)
    except LockedLibraryError:
        return False
    except (OSError, LibraryError):
        with Library.open(path, allow_outdated=True, for_writing=True) as current:
            if _has_segments(current, merged):
                raise
        return False  # another writer has removed them while they were read
    finally:
        if merging_folder(path).exists():
            shutil.rmtree(merging_folder(path), ignore_errors=True)


def _choose_indices(library: Library) -> list[int]:
    if library.is_outdated:
        return []
    return choose_merged([measure_segment(segment.record) for segment in library.segments], 0)


def _write_merged(
    library: Library, indices: Sequence[int], report_progress: ProgressCallback
) -> SegmentRecord:
    """Return the merged segment, which has no number yet."""
    folder = merging_folder(library.path)
    shutil.rmtree(folder, ignore_errors=True)  # of one that was killed
    folder.mkdir(parents=True)
    carried = {}
    for index in indices:
        segment = library.segments[index]
        segment.verify()
        carried[index] = [item.id for item in segment.stored if item.id not in segment.dropped_ids]
    writer = SegmentWriter(library, carried, (), lambda _: (), library.model)
    stored = writer.write(
        folder, {}, None, lambda event: report_progress(event._replace(stage="merging"))
    )
    passages = sum(publication.key_range.size for publication in stored)
    return SegmentRecord(0, seal_segment(folder, stored), passages)


def _replace_segments(path: Path, merged: Sequence[Segment], record: SegmentRecord) -> bool:
    """Return whether the merged segment could take the place of its parts."""
    former = {segment.record.number: segment.dropped_ids for segment in merged}
    with (
        writer_lock(path, _WAITING_SECONDS) as pointer,
        Library.open(path, allow_outdated=True, for_writing=True) as library,
    ):
        if not _has_segments(library, merged):
            return False
        dropped: dict[str, KeyRange] = {}
        kept = []
        for segment in library.segments:
            if segment.record.number in former:
                dropped |= _list_dropped(segment, former[segment.record.number])
            else:
                kept.append(segment)
        record = replace(
            record,
            number=library.generation + 1,
            dropped_passages=sum(keys.size for keys in dropped.values()),
            dropped_ids=tuple(dropped),
        )
        with draft_generation(path, pointer):
            merging_folder(path).rename(segment_folder(path, record.number))
            draft = _write_lists(library, kept, record, list(dropped.values()))
            publish(path, library, draft, library.engine_setting)
    return True


def _has_segments(library: Library, segments: Sequence[Segment]) -> bool:
    present = {(record.number, record.checksum) for record in library.manifest.segments}
    return all((item.record.number, item.record.checksum) in present for item in segments)


def _list_dropped(segment: Segment, former_ids: Collection[str]) -> dict[str, KeyRange]:
    """Return the keys of the publications that were dropped of a segment since it was merged."""
    since = segment.dropped_ids.difference(former_ids)
    return {item.id: item.key_range for item in segment.stored if item.id in since}


def _write_lists(
    library: Library, kept: Sequence[Segment], record: SegmentRecord, dropped: Sequence[KeyRange]
) -> Draft:
    """Return the next generation: the segments that are kept, and the merged one."""
    folder = segment_folder(library.path, record.number)
    linked_names = link_term_indexes(
        generation_folder(library.path, record.number),
        [
            *(SegmentTerms(segment.folder / TERM_INDEX_FOLDER) for segment in kept),
            SegmentTerms(folder / TERM_INDEX_FOLDER, dropped),
        ],
        library.folder,
    )
    records = (*(segment.record for segment in kept), record)
    manifest = replace(library.manifest, created_by="", files={}, segments=records)
    return Draft(manifest, linked_names)
