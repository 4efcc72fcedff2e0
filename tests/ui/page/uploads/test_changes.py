"""Tests of changes of the library from the page: file names, sandboxed reader, and queue."""

from __future__ import annotations

import shutil
import tempfile
import time
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import sample
from index.errors import ReadError
from index.messages import Message, MessageCatalogue
from index.sandbox.client import SandboxedReader
from index.storage.library import Library
from index.storage.manifest import LOCK_FILE
from index.update.update import update_library
from tests.helpers.hashing_encoder import HashingEncoder
from tests.helpers.paths import ROOT
from ui.page.uploads.changes import BusyError, ChangeQueue, ChangeState
from ui.page.uploads.events import Cancelled, Done, Failed
from ui.page.uploads.file_names import make_unique_name, sanitize_file_name
from ui.page.uploads.render import render_change
from ui.page.uploads.upload_folder import UploadFolder
from ui.page.uploads.worker import format_duration
from ui.service import limits

_MESSAGES = MessageCatalogue("ui", "uploads")

HELPERS = ROOT / "tests" / "helpers"
ARTICLE = (
    "---\ntitle: {title}\ndate: 2025-01-02\n---\n# On {title}\n\n"
    + "The tide rose, and the tide fell again. " * 9
    + "The ledger is {ink}.[^1]\n\n[^1]: A source.\n"
)  # after the opening, by which publications of one title are told apart
PATIENCE = 60.0  # seconds; workers have the lowest priority


# --- Names


@given(st.text(max_size=300))
def test_sanitized_file_name_is_safe(given_name: str) -> None:
    name = sanitize_file_name(given_name)
    assert name
    assert name not in (".", "..")
    assert not set(name) & set("/\\\0")
    assert not any(unicodedata.category(character)[0] == "C" for character in name)
    assert len(name) <= limits.MAX_FILE_NAME_LENGTH
    assert len(name.encode()) <= 255
    assert sanitize_file_name(name) == name


@given(st.text(min_size=1, max_size=200), st.integers(0, 4))
def test_unique_file_name_is_new_and_safe(given_name: str, times: int) -> None:
    taken: set[str] = set()
    for _ in range(times + 1):
        name = make_unique_name(sanitize_file_name(given_name), taken)
        assert name not in taken
        assert len(name) <= limits.MAX_FILE_NAME_LENGTH
        assert len(name.encode()) <= 255
        taken.add(name)


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\secret\\第 87 期.txt", "第 87 期.txt"),
        ("\u202etxt.exe.md", "txt.exe.md"),
        ("a\r\nb\0.txt", "a b.txt"),
        ("...", "publication"),
        ("", "publication"),
        (".hidden.txt", "hidden.txt"),
        ("x" * 400 + ".txt", "x" * (limits.MAX_FILE_NAME_LENGTH - 4) + ".txt"),
        ("<b>&.md", "<b>&.md"),
    ],
)
def test_file_names_are_sanitized(sent: str, name: str) -> None:
    assert sanitize_file_name(sent) == name


# --- The sandboxed reader


@pytest.mark.parametrize(
    "content", [b"", b"\0\1\2\3" * 99, b" \n ", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"]
)
def test_unreadable_upload_is_refused_without_naming_the_folder(
    tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "issue.txt"
    file.write_bytes(content)
    with SandboxedReader() as reader, pytest.raises(ReadError) as raised:
        reader.read(file, shown_as=file.name)
    assert raised.value.message.en.startswith("issue.txt: ")
    assert raised.value.message.zh.startswith("issue.txt：")


# --- Changes


@pytest.fixture
def library(tmp_path: Path) -> Path:
    folder = tmp_path / "library"
    update_library(folder, [sample.get_path()], encoder=HashingEncoder())
    return folder


@pytest.fixture
def change(library: Path) -> Iterator[Callable[..., ChangeQueue]]:
    made: list[ChangeQueue] = []

    def changes(seconds: float = 0, turn: float = 10, max_seconds: float = 60) -> ChangeQueue:
        worker = ("-m", "tests.helpers.upload_worker", str(seconds), str(turn))
        made.append(ChangeQueue(library, worker=worker, max_seconds=max_seconds))
        return made[-1]

    yield changes
    for item in made:
        item.close()


def write_uploads(folder: Path, **files: str) -> tuple[dict[str, Path], Path]:
    """Files as they come from the page: by name, in a folder of their own."""
    folder.mkdir()
    paths = {name.replace("_", "."): folder / name.replace("_", ".") for name in files}
    for path, text in zip(paths.values(), files.values(), strict=True):
        path.write_text(text)
    return paths, folder


def wait_for_result(changes: ChangeQueue, visitor: str) -> ChangeState:
    wait_for(lambda: get_state(changes, visitor).result is not None)
    return get_state(changes, visitor)


def get_state(changes: ChangeQueue, visitor: str) -> ChangeState:
    state = changes.get_state(visitor)
    assert state
    return state


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def titles(library: Path) -> list[str]:
    with Library.open(library) as opened:
        return [publication.title for publication in opened.publications()]


def article(title: str, ink: str = "purple") -> str:
    return ARTICLE.format(title=title, ink=ink)


def test_uploaded_files_are_added_in_one_update(
    library: Path, change: Callable[..., ChangeQueue], tmp_path: Path
) -> None:
    changes = change()
    files = write_uploads(
        tmp_path / "sent", a_md=article("Tides"), b_md=article("Locks"), c_md="\0"
    )
    began = changes.add("me", *files, [Message("x.pdf: no", "x.pdf：否")])
    assert began.progress.stage == "preparing"
    state = wait_for_result(changes, "me")
    assert state.result == Done(("Tides", "Locks"), (), 2)
    assert [
        (report.file, report.articles, report.notes, report.marks) for report in state.files_read
    ] == [
        ("a.md", 1, 1, 1),
        ("b.md", 1, 1, 1),
    ]
    assert [line.en[:6] for line in state.rejections] == ["x.pdf:", "c.md: "]
    with Library.open(library) as opened:
        assert opened.generation == 2
        assert {report.path for report in opened.publications()} == {
            str(sample.get_path()),
            "a.md",
            "b.md",
        }
    assert not files[1].exists()
    # The same file again and a corrected one: no duplicate, no silent replacement.
    again = write_uploads(tmp_path / "again", z_md=article("Tides"), b_md=article("Locks", "green"))
    changes.add("me", *again)
    state = wait_for_result(changes, "me")
    assert state.result == Done()
    assert [line.zh.partition("：")[2][:5] for line in state.rejections] == ["館藏中已有"] * 2
    assert "Locks" in " ".join(line.en for line in state.rejections)
    # Another publication in a file of the same name does not replace the first.
    changes.add("me", *write_uploads(tmp_path / "more", a_md=article("Weirs")))
    assert wait_for_result(changes, "me").result == Done(("Weirs",), (), 1)
    with Library.open(library) as opened:
        assert {"a.md", "a (2).md"} <= {report.path for report in opened.publications()}


def test_removing_a_publication_keeps_its_file(
    library: Path, change: Callable[..., ChangeQueue]
) -> None:
    with Library.open(library) as opened:
        (publication,) = opened.publications()
    changes = change()
    changes.remove("me", publication.id)
    assert wait_for_result(changes, "me").result == Done(
        (), (f"{publication.title} {publication.number}",), 0
    )
    assert titles(library) == []
    assert sample.get_path().exists()
    changes.remove("me", publication.id)
    state = wait_for_result(changes, "me")
    assert (state.result, state.rejections) == (Done(), (_MESSAGES["publication_gone"],))


def test_running_and_queued_changes_can_be_cancelled(
    library: Path, change: Callable[..., ChangeQueue], tmp_path: Path
) -> None:
    changes = change(0.5)
    first, second = (
        write_uploads(tmp_path / "1", a_md=article("A")),
        write_uploads(tmp_path / "2", b_md=article("B")),
    )
    changes.add("me", *first)
    state = changes.add("you", *second)
    assert (state.place, state.queue_length) == (2, 2)
    with pytest.raises(BusyError):
        changes.remove("me", "x")
    assert changes.get_state("nobody") is None
    wait_for(lambda: get_state(changes, "me").progress.stage == "encoding")
    changes.dismiss("me")
    assert changes.get_state("me")  # it is being made: there is nothing to dismiss
    changes.cancel("you")
    changes.cancel("me")
    assert wait_for_result(changes, "me").result == Cancelled()
    assert wait_for_result(changes, "you").result == Cancelled()
    assert titles(library) == ["汐望雙月刊"]
    assert not first[1].exists()
    assert not second[1].exists()
    assert len(list((library / "generations").iterdir())) == 1
    changes.dismiss("me")
    assert changes.get_state("me") is None


def test_number_of_pending_changes_is_limited(
    change: Callable[..., ChangeQueue], tmp_path: Path
) -> None:
    changes = change(0.5)
    for number in range(limits.MAX_PENDING_CHANGES):
        changes.add(str(number), *write_uploads(tmp_path / str(number), a_md=article("A")))
    with pytest.raises(BusyError) as raised:
        changes.remove("late", "x")
    assert raised.value.message == _MESSAGES["too_busy"]
    changes.close()


def test_small_change_finishes_before_a_large_one(
    library: Path, change: Callable[..., ChangeQueue], tmp_path: Path
) -> None:
    changes = change(0.2, turn=0.5)
    sentences = " ".join(f"The tide of day {day} was high." for day in range(100))
    huge = article("Tides").replace("The ledger", f"{sentences} The ledger")
    changes.add("huge", *write_uploads(tmp_path / "1", a_md=huge))
    wait_for(lambda: get_state(changes, "huge").progress.done > 0)
    state = changes.add("small", *write_uploads(tmp_path / "2", b_md=article("Locks")))
    assert "place 2 of 2" in render_change(state, None, "en")
    assert "在 2 項變更中排第 2" in render_change(state, None, "zh")
    assert wait_for_result(changes, "small").result == Done(("Locks",), (), 1)
    state = get_state(changes, "huge")
    assert state.result is None
    assert "others" not in render_change(state, None, "en")
    changes.cancel("huge")
    assert wait_for_result(changes, "huge").result == Cancelled()
    assert sorted(titles(library)) == ["Locks", "汐望雙月刊"]


def test_concurrent_changes_do_not_replace_each_other(
    library: Path, change: Callable[..., ChangeQueue], tmp_path: Path
) -> None:
    changes = change(0.1, turn=0)
    changes.add("first", *write_uploads(tmp_path / "1", a_md=article("Tides")))
    changes.add("same name", *write_uploads(tmp_path / "2", a_md=article("Locks")))
    changes.add("same publication", *write_uploads(tmp_path / "3", b_md=article("Tides", "green")))
    results = {visitor: wait_for_result(changes, visitor) for visitor in changes._jobs}
    assert results["same name"].result == Done(("Locks",), (), 1)
    tides = [results[visitor] for visitor in ("first", "same publication")]
    assert sorted(len(state.rejections) for state in tides) == [0, 1]
    assert sorted(titles(library)) == ["Locks", "Tides", "汐望雙月刊"]


def test_upload_that_takes_too_long_to_encode_is_refused(
    library: Path, change: Callable[..., ChangeQueue], tmp_path: Path
) -> None:
    changes = change(max_seconds=0)
    long_text = "\n\n".join(f"The tide of day {day} was high." for day in range(4000))
    files = write_uploads(tmp_path / "1", a_md=article("Tides").replace("The ledger", long_text))
    changes.add("me", *files)
    result = wait_for_result(changes, "me").result
    assert isinstance(result, Failed)
    assert "about 1 minute on this server" in result.message.en
    assert "`tongzhu index`" in result.message.en
    assert "約需 1 分鐘" in result.message.zh
    assert titles(library) == ["汐望雙月刊"]
    assert not files[1].exists()


def test_killed_worker_leaves_the_library_unchanged_and_is_replaced(
    library: Path, change: Callable[..., ChangeQueue], tmp_path: Path
) -> None:
    changes = change(0.5)
    changes.add("me", *write_uploads(tmp_path / "1", a_md=article("A")))
    changes.add("you", *write_uploads(tmp_path / "2", b_md=article("B")))
    wait_for(lambda: get_state(changes, "me").progress.stage == "encoding")
    assert changes._process
    changes._process.kill()
    for visitor in ("me", "you"):
        assert wait_for_result(changes, visitor).result == Failed(_MESSAGES["failed"])
    assert titles(library) == ["汐望雙月刊"]
    update_library(library, remove=["nothing"], encoder=HashingEncoder())  # it is not locked
    changes.add("me", *write_uploads(tmp_path / "3", a_md=article("A")))
    assert wait_for_result(changes, "me").result == Done(("A",), (), 1)


def test_upload_folders_of_a_killed_server_are_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (abandoned := tmp_path / "tongzhu-uploads-x").mkdir()
    (abandoned / "lock").touch()
    (abandoned / "secret.txt").touch()
    first = UploadFolder()
    folder = first.create_folder()
    second = UploadFolder()
    assert folder.exists()
    assert not abandoned.exists()
    first.close()
    second.close()
    assert list(tmp_path.iterdir()) == []


MERGES_FOR_A_MINUTE = """
import time
from tests.helpers.hashing_encoder import HashingEncoder
from ui.page.uploads import merging, worker
merging.merge_segments = lambda library: time.sleep(60)
worker.main(HashingEncoder())
"""


def test_what_changes_have_left_is_merged_once_they_are_made(
    change: Callable[..., ChangeQueue],
    library: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("index.update.merging.LARGEST_MERGED_AT_ONCE", 0)
    for number in range(3):
        files, _ = write_uploads(tmp_path / str(number), a_md=article(f"Tide {number}"))
        update_library(library, files.values(), encoder=HashingEncoder())
    assert count_segments(library) == 4
    changes = change()
    changes.remove("me", "nothing")
    assert wait_for_result(changes, "me").result == Done()
    wait_for(lambda: count_segments(library) == 1)
    assert len(titles(library)) == 4


def test_merging_ends_with_the_server_and_nobody_waits_for_it(library: Path) -> None:
    changes = ChangeQueue(library, worker=("-c", MERGES_FOR_A_MINUTE))
    changes.remove("me", "nothing")
    assert wait_for_result(changes, "me").result == Done()
    changes.remove("me", "nothing")  # another worker makes it
    assert wait_for_result(changes, "me").result == Done()
    start = time.monotonic()
    changes.close()
    assert time.monotonic() - start < 30


def count_segments(library: Path) -> int:
    with Library.open(library) as opened:
        return len(opened.segments)


def test_long_durations_are_given_in_hours() -> None:
    assert [format_duration(seconds).en for seconds in (1, 90.1, 7100, 7200, 9999)] == [
        "1 minute",
        "2 minutes",
        "118 minutes",
        "2 hours",
        "3 hours",
    ]
    assert format_duration(600).zh == "10 分鐘"


def test_locked_library_is_reported_without_a_path(
    library: Path, change: Callable[..., ChangeQueue], tmp_path: Path
) -> None:
    from filelock import FileLock

    changes = change()
    with FileLock(library / LOCK_FILE):
        changes.add("me", *write_uploads(tmp_path / "sent", a_md=article("A")))
        end = wait_for_result(changes, "me").result
    assert isinstance(end, Failed)
    assert end.message.en.startswith("Another process is changing this library")
    assert str(tmp_path) not in end.message.en + end.message.zh


def test_unreadable_library_is_reported_without_a_path(
    library: Path, change: Callable[..., ChangeQueue], tmp_path: Path
) -> None:
    shutil.rmtree(library)
    changes = change()
    changes.add("me", *write_uploads(tmp_path / "sent", a_md=article("A")))
    end = wait_for_result(changes, "me").result
    assert isinstance(end, Failed)
    assert str(tmp_path) not in end.message.en + end.message.zh


def test_crashed_worker_is_reported_and_library_unchanged(library: Path, tmp_path: Path) -> None:
    changes = ChangeQueue(library, worker=("-c", "import os; os.abort()"))
    files = write_uploads(tmp_path / "sent", a_md=article("A"))
    changes.add("me", *files)
    assert wait_for_result(changes, "me").result == Failed(_MESSAGES["failed"])
    changes.close()
    assert not files[1].exists()
    assert titles(library) == ["汐望雙月刊"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_change_messages_escape_html(language: str) -> None:
    hostile = "<img src=x onerror=alert(1)>\u202e"
    state = ChangeState(
        rejections=(Message(hostile, hostile),), result=Failed(Message(hostile, hostile))
    )
    html = render_change(state, Message(hostile, hostile), "zh" if language == "zh" else "en")
    assert html.count("&lt;img src=x onerror=alert(1)&gt;⟨U+202E⟩") == 3
    assert "<img" not in html
