"""Plans: which files are read again."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

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


def plan_files(
    files: Sequence[Path], stored: dict[str, SourceFile]
) -> tuple[dict[str, SourceFile], int]:
    """Return the files of the publications that are planned to be added, and the calls it took."""

    def read(path: Path) -> Publication:
        return Publication(id=path.stem, title=path.name)

    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    planner = Planner(stored, read, {file: str(file) for file in files})
    sys.setprofile(count)
    try:
        for file in files:
            planner.add(file)
        plan = planner.finish()
    finally:
        sys.setprofile(None)
    assert not plan.failures
    return {name: incoming.source_file for name, incoming in plan.incoming.items()}, calls


def test_a_file_costs_the_same_however_many_there_are(tmp_path: Path) -> None:
    files = []
    for number in range(400):
        files.append(tmp_path / f"n{number}.md")
        files[-1].write_text(f"It rained {number} times.")
    few, calls_of_few = plan_files(files[:100], {})
    many, calls_of_many = plan_files(files, {})
    assert list(many) == [file.stem for file in files]
    assert calls_of_many < 4.2 * calls_of_few
    no_file, calls_of_few = plan_files(files[:100], few)
    assert not no_file
    assert not plan_files(files, many)[0]
    assert plan_files(files[:100], many)[1] < 1.1 * calls_of_few


def test_a_file_replaces_what_was_read_from_its_path_and_from_the_same_bytes(
    tmp_path: Path,
) -> None:
    file, other = tmp_path / "a.md", tmp_path / "b.md"
    file.write_text("It rained.")
    other.write_text("It snowed.")
    stored, _ = plan_files([file, other], {})
    other.rename(file)
    earlier = SourceFile(str(other), f"{stored['b'].content_digest} 0")
    planner = Planner(
        stored | {"b": earlier}, lambda _: Publication(id="c", title=""), {file: str(file)}
    )
    planner.add(file)
    incoming = planner.finish().incoming["c"]
    assert set(incoming.replaced_ids) == {"a", "b"}


def test_file_that_changes_after_it_was_read_ahead_is_not_added(tmp_path: Path) -> None:
    file = tmp_path / "b.md"
    file.write_bytes(DATA["b.md"])
    read_ahead = readers.read(file)
    planner = Planner({}, lambda _: read_ahead, {})
    assert planner.has_to_read(file)
    file.write_bytes(DATA["b.md"] + b" It snowed.")
    planner.add(file)
    plan = planner.finish()
    assert not plan.incoming
    assert [failure.item for failure in plan.failures] == [str(file)]


def test_only_what_the_library_lacks_has_to_be_read(tmp_path: Path) -> None:
    file = tmp_path / "b.md"
    file.write_bytes(DATA["b.md"])
    planner = Planner({}, readers.read, {})
    planner.add(file)
    source_files = {
        name: incoming.source_file for name, incoming in planner.finish().incoming.items()
    }
    assert not Planner(source_files, readers.read, {}).has_to_read(file)
    assert not Planner({}, readers.read, {}).has_to_read(tmp_path / "missing.md")
