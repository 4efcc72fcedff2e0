"""Keeps the PDF files that publications were read from, so that their pages can be shown.

They stand in a folder of the segment under the digests of their bytes. What is carried over to
another segment has a link to the same file on the disk, so it takes no more room; with the last
segment that has a publication its file goes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from index.errors import ReadError
from index.input_files import read_file
from index.readers.formats import detect_binary_format
from index.storage.library import Library
from index.storage.links import link_or_copy
from index.storage.originals import get_original_name
from index.storage.records import SourceFile


def write_originals(
    folder: Path,
    previous: Path | None,
    source_files: Mapping[str, SourceFile],
    added: Mapping[str, Path],
) -> None:
    """Put the PDF files of publications into the folder of a segment.

    Args:
        folder: The folder of the segment.
        previous: The folder that has the files of those that are carried over; None if there is
            none.
        source_files: What each publication was read from, by id.
        added: Where the files of those that are added stand, by id.

    Raises:
        OSError: If they cannot be written.
    """
    for publication_id, source_file in source_files.items():
        target = folder / get_original_name(source_file)
        if publication_id in added:
            content = _read_pdf(added[publication_id], source_file)
            if content is not None:
                target.parent.mkdir(exist_ok=True)
                target.write_bytes(content)
        elif previous and (previous / get_original_name(source_file)).is_file():
            target.parent.mkdir(exist_ok=True)
            link_or_copy(previous / get_original_name(source_file), target)


def find_original(library: Library, publication_id: str, source_file: SourceFile) -> Path | None:
    """Return where a library has the PDF file of a publication; None if it has none.

    Args:
        library: A library; one of an older format has its files elsewhere.
        publication_id: The publication's id.
        source_file: What the publication was read from.
    """
    if library.is_outdated:
        return None
    segment = library.segments[library.stored_range(publication_id).segment]
    path = segment.folder / get_original_name(source_file)
    return path if path.is_file() else None


def _read_pdf(path: Path, source_file: SourceFile) -> bytes | None:
    """Return the content of a PDF; None of another file, and of one that has changed or gone."""
    try:
        content = read_file(path)
    except ReadError:
        return None
    is_same = hashlib.sha256(content).hexdigest() == source_file.content_digest
    is_pdf = detect_binary_format(content, path.suffix.lower()) == "pdf"
    return content if is_same and is_pdf else None
