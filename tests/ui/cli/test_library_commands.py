"""`tongzhu inspect`, `index`, `list` and `remove`."""

from __future__ import annotations

import json
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import ui.cli.outline
from index import sample
from index.messages import MessageCatalogue
from index.storage.library import Library
from index.storage.segment import Segment
from index.storage.verified_files import GenerationFiles, VerifiedFile
from rag.render.rich_text import escape_controls
from tests.helpers.hashing_encoder import HashingEncoder
from tests.index.update.test_formats import downgrade
from ui.asgi.options import ServerOptions
from ui.cli import batches
from ui.cli import main as cli
from ui.cli.commands.chat import ensure_library
from ui.page.chat_sessions import ChatSessions
from ui.page.examples import find_example_questions

_CLI_MESSAGES = MessageCatalogue("ui", "cli")
_NOUNS = MessageCatalogue("ui", "nouns")
_OUTLINE_MESSAGES = MessageCatalogue("ui", "outline")

MARKDOWN = """# A Small Report

## Tides

The tide was high.[^1] \x1b[31mRed\u202e.

[^1]: Tide tables, <https://example.org/tides>.
"""


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONGZHU_LANG", "en")
    for place in ("ui.cli.commands.index", "index.update.update", "ui.service.service"):
        monkeypatch.setattr(f"{place}.load_encoder", lambda *_, **__: HashingEncoder())


def call(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    status = cli.main([str(argument) for argument in arguments])
    shown = capsys.readouterr()
    return status, shown.out, shown.err


@pytest.mark.parametrize("language", ["en", "zh"])
def test_inspect_shows_the_outline(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, error = call(capsys, "inspect", sample.get_path(), "--lang", language)
    assert (status, error) == (0, "")
    tongue = "zh" if language == "zh" else "en"
    for part in (
        _OUTLINE_MESSAGES["read_report"],
        _OUTLINE_MESSAGES["set_aside"],
        _OUTLINE_MESSAGES["character_account"],
        _OUTLINE_MESSAGES["character_total"],
    ):
        assert part.in_language(tongue) in out
    assert _NOUNS.count("articles", 7).in_language(tongue) in out
    assert _NOUNS.count("notes", 66).in_language(tongue) in out


def test_inspect_prints_the_counts_of_the_real_issue(
    real_issue: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, _ = call(capsys, "inspect", real_issue)
    assert status == 0
    assert "7 articles · " in out
    assert " · 76 notes · 76 marks" in out
    assert "  date: 2025-05-22\n" in out
    assert "nowhere" not in out  # every character is accounted for


def test_inspect_json_validates_against_its_schema(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, _ = call(capsys, "inspect", sample.get_path(), "--json")
    assert status == 0
    values = json.loads(out)
    schema = Path(ui.cli.outline.__file__).with_name("inspect.schema.json")
    jsonschema.validate(values, json.loads(schema.read_text(encoding="utf-8")))
    (file,) = values["files"]
    assert values["version"] == 1
    assert len(file["articles"]) == 7
    assert sum(len(article["notes"]) for article in file["articles"]) == 66
    assert file["characters"]["missing"] == {}
    placed = sum(file["characters"]["places"].values())
    assert placed == file["characters"]["total"]


def test_unreadable_file_does_not_prevent_reading_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in (["inspect"], ["index", "--library", tmp_path / "library"]):
        status, out, error = call(capsys, *command, tmp_path / "none.txt", sample.get_path())
        assert status == 1
        assert "7 articles" in out
        assert error.startswith("Error: ")
        assert "none.txt" in error
        assert error.count("\n") == 1


def test_index_list_and_remove_commands_work_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    library, folder = tmp_path / "library", tmp_path / "issues"
    (folder / "deep").mkdir(parents=True)
    (folder / ".hidden").mkdir()
    report = folder / "deep" / "report.md"
    report.write_text(MARKDOWN, encoding="utf-8")
    shutil.copy(sample.get_path(), folder / "sample.txt")
    (folder / ".hidden" / "no.md").write_text(MARKDOWN, encoding="utf-8")
    (folder / "picture.png").write_bytes(b"\x89PNG")

    status, out, error = call(capsys, "index", folder, "--library", library)
    assert (status, error) == (0, f"passed over in {folder}: 1 .png (picture.png)\n")
    assert out.count("added  ") == 2
    assert "The library holds 2 publications, " in out

    status, out, _ = call(capsys, "index", folder, "--library", library)
    assert status == 0
    assert out.count("unchanged  ") == 2

    report.write_text(MARKDOWN.replace("high", "low"), encoding="utf-8")
    status, out, _ = call(capsys, "index", report, "--library", library)
    assert status == 0
    assert out.count("updated  ") == 1

    status, out, _ = call(capsys, "list", "--library", library)
    assert status == 0
    assert "deep/report.md" in out
    assert escape_controls(out) == out

    status, out, error = call(capsys, "remove", report, "nothing", "--library", library)
    assert status == 1
    assert out.count("removed  ") == 1
    assert error == "Error: nothing is not in the library; tongzhu list shows what is.\n"

    status, out, _ = call(capsys, "list", "--json", "--library", library)
    (left,) = json.loads(out)["publications"]
    status, out, _ = call(capsys, "remove", left["id"], "--library", library)
    assert status == 0
    status, out, _ = call(capsys, "list", "--library", library)
    assert status == 0
    assert out.startswith("The library is empty.")


def test_a_filter_that_nothing_meets_is_no_empty_library(
    sample_library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for options in ([], ["--json"], ["--format", "ris"]):
        arguments = ("list", "--library", sample_library, "--publication", "999", *options)
        status, out, err = call(capsys, *arguments)
        assert (status, out) == (1, "")
        assert err.startswith("Error: No article of the library meets these limits")


def test_question_to_an_empty_library_is_told_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, library = tmp_path / "one.md", tmp_path / "library"
    file.write_text("# Tides\n\nThe tide rose.\n", "utf-8")
    call(capsys, "index", file, "--library", library)
    assert call(capsys, "remove", file, "--library", library)[0] == 0
    status, shown, _ = call(capsys, "ask", "When did the tide rise?", "--library", library)
    assert status == 0
    assert shown == "There is nothing in this library to search yet. Add publications first.\n"


def test_compact_frees_the_room_that_stats_show(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    library, report = tmp_path / "library", tmp_path / "report.md"
    report.write_text(MARKDOWN, encoding="utf-8")
    call(capsys, "index", sample.get_path(), report, "--library", library)
    call(capsys, "remove", report, "--library", library)

    def read_stats() -> dict[str, Any]:
        status, out, error = call(capsys, "list", "--stats", "--json", "--library", library)
        assert (status, error) == (0, "")
        stats: dict[str, Any] = json.loads(out)
        return stats

    before = read_stats()
    parts = {name: count for name, count in before["bytes"].items() if name != "total"}
    assert sum(parts.values()) == before["bytes"]["total"]
    assert before["compacting_saves"] == parts["superseded"] > 0
    assert (before["segments"], before["dropped_passages"]) == (1, 0)
    for language, title in (("en", "tokens"), ("zh", "詞元")):
        status, out, _ = call(capsys, "list", "--stats", "--library", library, "--lang", language)
        assert status == 0
        assert title in out
        assert len(out.splitlines()) == len(before["bytes"]) + 2
    status, out, error = call(capsys, "compact", "--library", library)
    assert (status, error) == (0, "")
    assert out.startswith("The library took ")
    after = read_stats()
    assert after["compacting_saves"] == 0
    assert after["bytes"]["total"] == before["bytes"]["total"] - before["compacting_saves"]


def test_folder_without_readable_files_is_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, error = call(capsys, "index", tmp_path, "--library", tmp_path / "library")
    assert (status, out) == (1, "")
    assert error.startswith(f"Error: No file to read in {tmp_path}: .pdf, .docx")
    assert not (tmp_path / "library").exists()


def test_faults_of_many_files_are_counted_below_the_lines_that_name_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(22):
        (tmp_path / f"{number}.md").write_text(f"# Tide {number}\n\nThe tide rose.\n", "utf-8")
    (tmp_path / "empty.md").touch()
    (tmp_path / "marked.md").write_text("# Foam\n\nThe foam rose.[^7]\n", "utf-8")
    status, _, error = call(capsys, "index", tmp_path, "--library", tmp_path / "library")
    assert status == 1
    assert error.splitlines()[-1] == (
        "Files that could not be read: 1; with warnings: 1. The lines above name them."
    )


@pytest.mark.parametrize(
    ("options", "message", "values"),
    [
        (["--engine", "lucene"], "unknown_engine", {"name": "lucene"}),
        (["--engine", "qdrant"], "no_url", {}),
        (["--engine", "qdrant", "--url", "host:6333"], "invalid_url", {"url": "host:6333"}),
        (["--engine", "local", "--url", "x"], "url_without_engine", {"url": "x"}),
        (["--url", "x"], "url_without_engine", {"url": "x"}),
    ],
)
def test_options_that_name_no_engine_are_refused(
    options: list[str],
    message: str,
    values: dict[str, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    status, _, error = call(
        capsys, "index", "--library", tmp_path / "library", *options, sample.get_path()
    )
    assert status == 2
    assert _CLI_MESSAGES[message].in_language("en", **values) in error
    assert not (tmp_path / "library").exists()


def test_chat_on_a_fresh_machine_builds_the_library_of_the_sample(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    served: list[tuple[int, int]] = []

    def serve(room: ChatSessions, options: ServerOptions, ready: Callable[[str], None]) -> None:
        served.append(
            (
                len(room.service.catalogue.publications),
                len(find_example_questions(room.service, "zh")),
            )
        )
        ready(f"http://{options.host}:{options.port}")
        raise KeyboardInterrupt

    monkeypatch.setenv("TONGZHU_LIBRARY", str(tmp_path / "library"))
    monkeypatch.setenv("TONGZHU_DATA", str(tmp_path / "data"))
    monkeypatch.setattr("ui.service.service.load_encoder", lambda *_: HashingEncoder())
    monkeypatch.setattr("ui.page.server.serve", serve)
    before = signal.getsignal(signal.SIGTERM)
    try:
        for expected in (["There is no library yet", "Stopped."], ["Stopped."]):
            status, out, error = call(capsys, "chat", "--port", "17861")
            assert (status, out) == (0, "Open http://127.0.0.1:17861 in a browser; Ctrl-C stops.\n")
            assert [line.partition(":")[0] for line in error.splitlines()] == expected
    finally:
        signal.signal(signal.SIGTERM, before)
    publications, examples = served[0]
    assert publications == 1
    assert 1 <= examples <= 4  # of which only those are shown that this encoder's library answers
    # A library given by its path is not created.
    status, _, error = call(capsys, "chat", "--library", tmp_path / "typo", "--port", "17861")
    assert status == 1
    assert error.count("\n") == 1


@pytest.mark.parametrize("command", ["index", "remove", "chat"])
def test_library_of_an_older_format_is_migrated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    path, files = tmp_path / "library", [tmp_path / "one.md", tmp_path / "two.md"]
    for number, file in enumerate(files):
        file.write_text(MARKDOWN.replace("Small", f"Number {number}"), encoding="utf-8")
    assert call(capsys, "index", *files, "--library", path)[0] == 0
    downgrade(path)
    assert call(capsys, "ask", "How high was the tide?", "--library", path)[0] == 1
    if command == "chat":
        ensure_library(path, "en")
        ensure_library(path, "en")
        output = capsys.readouterr().err
        assert output.count(_CLI_MESSAGES["migrating_library"].in_language("en")) == 1
    else:
        assert call(capsys, command, files[0], "--library", path)[0] == 0
    with Library.open(path) as library:
        library.verify()
        assert library.counts.publications == (1 if command == "remove" else 2)


def test_index_and_remove_read_only_what_they_change(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [tmp_path / f"{name}.md" for name in ("first", "second", "third")]
    for file in files:
        file.write_text(MARKDOWN.replace("Report", file.stem), "utf-8")
    first, second, third = files
    library = tmp_path / "library"
    for file in (first, second):
        assert call(capsys, "index", "--library", library, file)[0] == 0
    opened: list[int] = []
    monkeypatch.setattr(Segment, "open", lambda self: opened.append(self.record.number))
    verified: set[str] = set()
    open_file = GenerationFiles.open

    def open_noted(self: GenerationFiles, name: str, **options: bool) -> VerifiedFile:
        verified.add(self.folder.name)
        return open_file(self, name, **options)

    monkeypatch.setattr(GenerationFiles, "open", open_noted)
    status, out, _ = call(capsys, "index", "--library", library, third)
    assert (status, "3 publications" in out) == (0, True)
    status, out, _ = call(capsys, "remove", "--library", library, second)
    assert (status, "2 publications" in out) == (0, True)
    assert opened == []
    assert verified <= {"000002"}  # the segment that `second` was in


def test_many_files_are_indexed_in_batches_that_an_interrupt_keeps(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class StoppingEncoder(HashingEncoder):
        def encode_passages(self, *arguments: Any) -> Any:
            if len(self.encoded) >= 4:
                raise KeyboardInterrupt
            return super().encode_passages(*arguments)

    monkeypatch.setattr(batches, "MAX_FILES", 2)
    files = [tmp_path / f"{number}.md" for number in range(5)]
    for file in files:
        file.write_text(MARKDOWN.replace("Report", f"Report {file.stem}"), "utf-8")
    library = tmp_path / "library"
    encoder = StoppingEncoder()
    monkeypatch.setattr("ui.cli.commands.index.load_encoder", lambda *_, **__: encoder)
    status, out, error = call(capsys, "index", "--library", library, *files)
    assert (status, out.count("added  ")) == (130, 4)
    assert "goes on with the others" in error
    with Library.open(library) as opened:
        assert (opened.generation, opened.counts.publications) == (2, 4)
    monkeypatch.setattr("ui.cli.commands.index.load_encoder", lambda *_, **__: HashingEncoder())
    status, out, error = call(capsys, "index", "--library", library, *files)
    assert (status, out.count("added  "), error) == (0, 1, "")
    assert "5 publications" in out
