"""Plans: which files are read again."""

from __future__ import annotations

from pathlib import Path

import pytest

from index import readers
from index.document import Publication
from index.storage.records import SourceFile
from index.update.plan import Planner

DATA = {"a.pdf": b"%PDF-1.4 a scan", "b.md": b"# Quay\n\nIt rained."}


@pytest.mark.parametrize(
    ("name", "earlier", "later", "is_read"),
    [
        ("a.pdf", False, True, True),
        ("a.pdf", True, True, False),
        ("a.pdf", True, False, False),
        ("b.md", False, True, False),
    ],
)
def test_recognition_reads_pdf_files_again_that_were_read_without(
    tmp_path: Path, name: str, earlier: bool, later: bool, is_read: bool
) -> None:
    file = tmp_path / name
    file.write_bytes(DATA[name])
    publication = readers.read_data(DATA["b.md"], Path("b.md")).publication
    source_files: dict[str, SourceFile] = {}
    counts = []
    for ocr in (earlier, later):
        paths: list[Path] = []

        def read(path: Path, paths: list[Path] = paths) -> Publication:
            paths.append(path)
            return publication

        planner = Planner(source_files, read, {}, ocr=ocr)
        planner.add(file)
        for incoming in planner.finish().incoming.values():
            source_files = {incoming.publication.id: incoming.source_file}
        counts.append(len(paths))
    assert counts == [1, int(is_read)]
