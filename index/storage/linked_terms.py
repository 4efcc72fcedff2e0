"""The term index of a generation: links to the terms of all its segments, searched as one index.

tantivy keeps an index as parts that never change and `meta.json`, which lists them with the files
that say what is deleted. So the index of a generation is made of links to the parts of its segments
and a list of its own, and BM25 counts over all of them.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tantivy import Index

from index.errors import is_native_panic
from index.storage.links import link_or_copy
from index.storage.manifest import FileRecord
from index.storage.records import KeyRange
from index.storage.term_index import TERM_INDEX_FOLDER, build_range_query

META_FILE = "meta.json"
TERM_META_NAME = f"{TERM_INDEX_FOLDER}/{META_FILE}"
"""The list of an index, by its path in the folder of a generation."""

_DRAFT_FOLDER = "terms-draft"
_WRITER_MEMORY_BYTES = 15_000_000  # the least that tantivy takes; nothing is added


class SegmentTerms(NamedTuple):
    """The terms of a segment.

    Attributes:
        folder: The folder of its terms.
        dropped: The keys of its passages that the generation is the first to drop.
    """

    folder: Path
    dropped: Sequence[KeyRange] = ()


def link_term_indexes(
    folder: Path, segments: Sequence[SegmentTerms], previous: Path | None
) -> frozenset[str]:
    """Make the term index of a generation out of those of its segments.

    Args:
        folder: The folder of the generation; the index is made in a folder in it.
        segments: The terms of each segment.
        previous: The folder of the generation before, which knows what is dropped already; None if
            there is none.

    Returns:
        The files in the folder of the generation that segments have.

    Raises:
        OSError: If it cannot be written.
    """
    terms = folder / TERM_INDEX_FOLDER
    terms.mkdir()
    former = previous / TERM_INDEX_FOLDER if previous else None
    known = {part["segment_id"]: part for part in _read_meta(former)[1]} if former else {}
    meta: dict[str, Any] = {}
    parts: list[dict[str, Any]] = []
    for segment in segments:
        meta, own_parts = _read_meta(segment.folder)
        source = segment.folder
        if former and any(part["segment_id"] in known for part in own_parts):
            # One that is missing from the generation before has nothing left in it.
            ids = [part["segment_id"] for part in own_parts if part["segment_id"] in known]
            source, own_parts = former, [known[part_id] for part_id in ids]
        parts += _link_parts(source, folder, meta, own_parts, segment.dropped)
    _write_meta(terms, meta, parts)
    return frozenset(
        f"{TERM_INDEX_FOLDER}/{file.name}"
        for file in terms.iterdir()
        if file.suffix != ".del" and file.name != META_FILE
    )


def _link_parts(
    source: Path,
    folder: Path,
    meta: Mapping[str, Any],
    parts: Sequence[dict[str, Any]],
    dropped: Collection[KeyRange],
) -> list[dict[str, Any]]:
    """Return the parts that a generation has of a segment, their files in its term index."""
    if dropped:
        changed = [_drop_passages(source, folder, meta, part, dropped) for part in parts]
        return [part for part in changed if part]
    for part in parts:
        _link_part(source, folder / TERM_INDEX_FOLDER, part)
    return list(parts)


def list_linked_files(
    meta: bytes, segment_records: Iterable[Mapping[str, FileRecord]]
) -> dict[str, FileRecord]:
    """Return the files in a generation's term index that its segments have, with their checksums.

    Args:
        meta: The content of the index's `META_FILE`.
        segment_records: The files of each segment.
    """
    prefixes = {_get_prefix(part) for part in json.loads(meta)["segments"]}
    return {
        name: record
        for records in segment_records
        for name, record in records.items()
        if Path(name).parent.name == TERM_INDEX_FOLDER and Path(name).name[:32] in prefixes
    }


def _drop_passages(
    source: Path,
    folder: Path,
    meta: Mapping[str, Any],
    part: dict[str, Any],
    dropped: Collection[KeyRange],
) -> dict[str, Any] | None:
    """Return a part with passages deleted, its files in the term index; None if none is left.

    tantivy writes down what is deleted. Of a part by itself it cannot merge anything.
    """
    draft, terms = folder / _DRAFT_FOLDER, folder / TERM_INDEX_FOLDER
    draft.mkdir()
    _link_part(source, draft, part)
    _write_meta(draft, {**meta, "opstamp": _find_last_operation(meta, part)}, [part])
    try:
        index = Index.open(str(draft))
        writer = index.writer(_WRITER_MEMORY_BYTES, 1)
        for key_range in dropped:
            writer.delete_documents_by_query(build_range_query(index.schema, key_range))
        writer.commit()
        writer.wait_merging_threads()
    except BaseException as error:  # as in `write_term_index`
        if not isinstance(error, ValueError) and not is_native_panic(error):
            raise
        raise OSError(f"{draft}: {error}") from error
    _, remaining = _read_meta(draft)
    for left in remaining:
        _link_part(draft, terms, left)
    shutil.rmtree(draft)
    return remaining[0] if remaining else None


def _read_meta(folder: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the content of an index's list, and the parts in it."""
    meta = json.loads((folder / META_FILE).read_bytes())
    return meta, meta["segments"]


def _write_meta(folder: Path, meta: Mapping[str, Any], parts: Sequence[Mapping[str, Any]]) -> None:
    content = json.dumps({**meta, "segments": parts})
    (folder / META_FILE).write_text(content, encoding="utf-8")


def _find_last_operation(meta: Mapping[str, Any], part: Mapping[str, Any]) -> int:
    """Return the number of the last operation on a part: tantivy skips what is not after it."""
    return max(int(meta["opstamp"]), int(part["deletes"]["opstamp"]) if part["deletes"] else 0)


def _get_prefix(part: Mapping[str, Any]) -> str:
    """Return what the names of the files of a part begin with."""
    return str(part["segment_id"]).replace("-", "")


def _link_part(source: Path, target: Path, part: Mapping[str, Any]) -> None:
    prefix, deletes = _get_prefix(part), part["deletes"]
    deletions = f"{prefix}.{deletes['opstamp']}.del" if deletes else ""
    for file in source.glob(f"{prefix}.*"):
        if file.suffix != ".del" or file.name == deletions:
            link_or_copy(file, target / file.name)
