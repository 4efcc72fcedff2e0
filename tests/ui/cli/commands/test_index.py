"""Tests that `tongzhu index` can be run again after being killed at any moment."""

from __future__ import annotations

import multiprocessing
import random
import time
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from index.storage.library import Library
from tests.helpers.hashing_encoder import HashingEncoder
from tests.helpers.printing import print_to
from ui.cli import main as cli

# Processes that are killed start from one that has loaded everything already.
FORKSERVER = multiprocessing.get_context("forkserver")
FORKSERVER.set_forkserver_preload(["ui.cli.commands.index", "tests.helpers.warm_writer"])

KILLS = 8


def use_hashing_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("ui.cli.commands.index", "index.update.update"):
        monkeypatch.setattr(f"{place}.load_encoder", lambda *_, **__: HashingEncoder())


def index_and_report(path: Path, files: list[Path], pipe: Connection) -> None:
    """Run `tongzhu index`, and send how long it took."""
    use_hashing_encoder(pytest.MonkeyPatch())
    pipe.send("started")
    start = time.perf_counter()
    status = cli.main(["index", "--library", str(path), *map(str, files)])
    pipe.send((status, time.perf_counter() - start))


def start_index(path: Path, files: list[Path]) -> tuple[multiprocessing.Process, Connection]:
    pipe, other = FORKSERVER.Pipe()
    process = FORKSERVER.Process(target=index_and_report, args=(path, files, other))
    process.start()
    other.close()
    assert pipe.recv() == "started"
    return process, pipe


@pytest.mark.parametrize("is_first", [True, False])
def test_index_command_completes_after_being_killed(
    is_first: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    use_hashing_encoder(monkeypatch)
    first, second = (print_to(tmp_path, number, f"第{number}號") for number in (1, 2))
    files = [first] if is_first else [first, second]

    def prepare(name: str) -> Path:
        path = tmp_path / name
        if not is_first:
            assert cli.main(["index", "--library", str(path), str(first)]) == 0
        return path

    process, pipe = start_index(prepare("complete"), files)
    status, seconds = pipe.recv()
    process.join()
    assert status == 0
    for kill in range(KILLS):
        path = prepare(f"library-{kill}")
        process, _ = start_index(path, files)
        time.sleep(seconds * random.Random().uniform(0, 1.1))
        process.kill()
        process.join()
        assert cli.main(["index", "--library", str(path), *map(str, files)]) == 0
        with Library.open(path) as library:
            library.verify()
            assert library.counts.publications == len(files)
        names = {entry.name for entry in path.iterdir()}
        assert names == {"generations", "segments", "tongzhu.json", "writer.lock"}
        generations = len(list((path / "generations").iterdir()))
        assert generations == (1 if is_first else 2)
    assert "Error" not in capsys.readouterr().err


@pytest.mark.parametrize("command", ["index", "remove"])
def test_merging_follows_what_is_printed_and_can_be_stopped(
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    use_hashing_encoder(monkeypatch)
    library, file = tmp_path / "library", print_to(tmp_path, 1, "第1號")
    if command == "remove":
        assert cli.main(["index", "--library", str(library), str(file)]) == 0
    printed = []

    def interrupt(*_: object) -> None:
        printed.append(capsys.readouterr().out)
        raise KeyboardInterrupt

    monkeypatch.setattr("ui.cli.commands.index.merge_segments", interrupt)
    assert cli.main(["--lang", "en", command, "--library", str(library), str(file)]) == 0
    assert "passage" in printed[0]
    assert "Merging stopped; the library is complete." in capsys.readouterr().err
    with Library.open(library) as opened:
        assert opened.counts.publications == (command == "index")


def test_file_name_with_a_line_feed_takes_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    use_hashing_encoder(monkeypatch)
    file = tmp_path / "two\nlines.md"
    file.write_text("The lock was opened in 1903 by the king.\n")
    index = ["index", "--library", str(tmp_path / "library"), str(file)]
    assert (cli.main(index), cli.main(index)) == (0, 0)
    assert cli.main(["list", "--library", str(tmp_path / "library")]) == 0
    printed = capsys.readouterr().out
    assert printed.count("two␊lines.md") == 2
    assert "two\n" not in printed
