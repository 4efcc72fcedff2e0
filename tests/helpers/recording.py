"""The files of a generation that a test writes without a library around it."""

from __future__ import annotations

from pathlib import Path

from index.storage.manifest import record_file
from index.storage.verified_files import GenerationFiles


def record_generation(folder: Path) -> GenerationFiles:
    """Return the files in a folder as the files of a generation."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    return GenerationFiles(
        folder, folder, {file.relative_to(folder).as_posix(): record_file(file) for file in files}
    )
