"""Where a generation keeps the PDF files that its publications were read from."""

from __future__ import annotations

from index.storage.records import SourceFile

ORIGINALS_FOLDER = "originals"


def get_original_name(source_file: SourceFile) -> str:
    """Return the path of the copy of a file, relative to a generation's folder.

    Args:
        source_file: The file; it has a copy only if it is a PDF.
    """
    return f"{ORIGINALS_FOLDER}/{source_file.content_digest}.pdf"
