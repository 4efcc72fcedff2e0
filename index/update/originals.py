"""Keeps the PDF files that publications were read from, so that their pages can be shown.

They stand in a folder of the generation under the digests of their bytes. What a generation carries
over has a link to the same file on the disk, so it takes no more room; with the last generation
that lists a publication its file goes.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from index.errors import ReadError
from index.input_files import read_file
from index.readers.formats import detect_binary_format
from index.storage.originals import get_original_name
from index.storage.records import SourceFile


def write_originals(
    folder: Path,
    previous: Path | None,
    source_files: Mapping[str, SourceFile],
    added: Mapping[str, Path],
) -> None:
    """Put the PDF files of the publications of a generation into its folder.

    Args:
        folder: The folder of the generation.
        previous: The folder of the current generation; None if there is none.
        source_files: What each publication of the new generation was read from, by id.
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


def link_or_copy(source: Path, target: Path) -> None:
    """Make a file appear under a second name; copy it where the disk knows no such links.

    Args:
        source: The file; it is never written to.
        target: The new name.

    Raises:
        OSError: If neither is possible.
    """
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _read_pdf(path: Path, source_file: SourceFile) -> bytes | None:
    """Return the content of a PDF; None of another file, and of one that has changed or gone."""
    try:
        content = read_file(path)
    except ReadError:
        return None
    is_same = hashlib.sha256(content).hexdigest() == source_file.content_digest
    is_pdf = detect_binary_format(content, path.suffix.lower()) == "pdf"
    return content if is_same and is_pdf else None
