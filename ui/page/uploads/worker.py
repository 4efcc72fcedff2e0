"""Program that changes a library and reports its progress; run by `uploads.changes`.

`python -m ui.page.uploads.worker` reads a `WorkerCommand` a line from stdin and writes a
`ChangeEvent` a line to stdout. Changes take turns (`uploads.turns`). When stdin is closed, changes
that are not finished are cancelled, and segments are merged if that was the last command.
"""

from __future__ import annotations

import errno
import os
import sys
import threading
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from index.document import Publication
from index.encoders.protocol import load_encoder
from index.errors import ReadError, TongzhuError
from index.messages import Message, MessageCatalogue
from index.sandbox.client import CheckedReading, ReadLimits, SandboxedReader
from index.storage.library import Library
from index.storage.records import Summary
from index.update.progress import ProgressEvent
from index.update.update import Update, UpdateReport, encode_update, make_update
from ui.page.uploads.estimate import estimate_seconds
from ui.page.uploads.events import (
    CancelChange,
    Cancelled,
    ChangeEvent,
    ChangeRequest,
    Done,
    Failed,
    FileRead,
    InProgress,
    Queued,
    Rejected,
    StartChange,
    UploadEvent,
    WorkerCommand,
)
from ui.page.uploads.file_names import make_unique_name
from ui.page.uploads.merging import merge_until_stopped
from ui.page.uploads.turns import ChangeCancelledError, TurnQueue
from ui.service import limits
from ui.service.errors import to_request_error
from ui.service.labels import (
    count_note_marks,
    describe_metadata_sources,
    describe_pages,
    format_publication_name,
)

if TYPE_CHECKING:
    from index.encoders.protocol import Encoder, PassageText

_MESSAGES = MessageCatalogue("ui", "uploads")
_NOUNS = MessageCatalogue("ui", "nouns")

EmitEvent = Callable[[UploadEvent], None]
_NICENESS = 10  # lower priority than the server, which answers questions
_MIN_ESTIMATED_CHARACTERS = 100_000  # fewer are encoded without an estimate: some seconds


class TooMuchToEncodeError(TongzhuError):
    """Encoding the files would take longer than an upload may."""


class Worker:
    """Makes changes, each in a thread of its own; they take turns.

    Args:
        emit: Called with each event.
        encoder: Used instead of the libraries' own.
        turn_seconds: Seconds of a turn while other changes wait.
    """

    def __init__(
        self,
        emit: Callable[[ChangeEvent], None],
        encoder: Encoder | None = None,
        turn_seconds: float = limits.UPLOAD_TURN_SECONDS,
    ) -> None:
        self._emit = emit
        self._load_encoder = (lambda _: encoder) if encoder else cache(load_encoder)
        self._turns = TurnQueue(turn_seconds, self._emit_places)
        self._threads: list[threading.Thread] = []

    def run(self, commands: Iterable[bytes]) -> None:
        """Carry out commands, each a line of JSON, until there are no more."""
        numbers = []
        merged = None
        for line in commands:
            command = msgspec.json.decode(line, type=WorkerCommand)
            if isinstance(command, StartChange):
                numbers.append(command.number)
                self._turns.join(command.number)
                thread = threading.Thread(
                    target=self._make_change, args=(command.number, command.request)
                )
                self._threads.append(thread)
                thread.start()
            elif isinstance(command, CancelChange):
                self._turns.cancel(command.number)
            else:
                merged = Path(command.library)
        for number in numbers:
            self._turns.cancel(number)
        for thread in self._threads:
            thread.join()
        if merged:
            merge_until_stopped(merged)

    def _make_change(self, number: int, request: ChangeRequest) -> None:
        def emit(event: UploadEvent) -> None:
            self._emit(ChangeEvent(number, event))

        try:
            self._turns.wait(number)
            apply_change(
                request,
                emit,
                self._load_encoder,
                partial(self._turns.pass_on, number),
                partial(self._turns.wait, number),
            )
        except ChangeCancelledError:
            emit(Cancelled())
        except Exception:
            traceback.print_exc()  # for the server's log
            emit(Failed(_MESSAGES["failed"]))
        finally:
            self._turns.leave(number)

    def _emit_places(self, numbers: Sequence[int]) -> None:
        for place, number in enumerate(numbers, 1):
            self._emit(ChangeEvent(number, Queued(place, len(numbers))))


def apply_change(
    request: ChangeRequest,
    emit: EmitEvent,
    load_encoder: Callable[[str], Encoder],
    pass_on: Callable[[], None],
    check: Callable[[], None],
) -> None:
    """Make a change, and emit its progress and its result.

    Args:
        request: The change.
        emit: Called with each event.
        load_encoder: Returns the encoder of a name.
        pass_on: Lets other changes go on; called between files and batches of texts. What it raises
            cancels the change.
        check: Called where others cannot go on; what it raises cancels the change.

    Raises:
        ChangeCancelledError: From the two; the library is unchanged.
    """
    library = Path(request.library)

    def report_encoding(step: ProgressEvent) -> None:
        emit(InProgress(step.stage, step.done, step.total))
        pass_on()

    def report_writing(step: ProgressEvent) -> None:
        if step.stage == "writing":
            emit(InProgress(step.stage, step.done, step.total))
        check()

    files, embeddings = _Files(request, emit, check), Path(request.folder)
    try:
        emit(InProgress("preparing"))
        names_by_path, model_name = files.assign_names()
        encoder = load_encoder(model_name)
        if request.files:
            update = Update(names_by_path, (), encoder, report_encoding, files.read)
            approve = partial(_check_duration, encoder, request.max_seconds)
            encode_update(library, update, embeddings, approve)
            names_by_path, _ = files.assign_names()  # others may have changed the library meanwhile
        update = Update(names_by_path, request.remove, encoder, report_writing, files.read)
        report = make_update(library, update, embeddings if request.files else None)
    except TooMuchToEncodeError as error:
        emit(Failed(error.message))
    except TongzhuError as error:
        emit(Failed(_strip_library_path(library, error)))
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        emit(Failed(_MESSAGES["disk_full"]))
    else:
        _emit_report(request, report, emit)
    finally:
        files.close()


def _check_duration(encoder: Encoder, max_seconds: float, passages: Sequence[PassageText]) -> None:
    """Refuse passages that take too long to be encoded.

    Raises:
        TooMuchToEncodeError: If they do.
    """
    if sum(len(passage.text) for passage in passages) < _MIN_ESTIMATED_CHARACTERS:
        return
    seconds = estimate_seconds(passages, encoder)
    if seconds > max_seconds:
        raise TooMuchToEncodeError(
            _MESSAGES["too_much_to_encode"].format(
                number=f"{len(passages):,}",
                time=format_duration(seconds),
                limit=format_duration(max_seconds),
            )
        )


def format_duration(seconds: float) -> Message:
    """Return a duration in minutes, or in hours where it is long."""
    minutes = max(1, round(seconds / 60))
    if minutes < 120:
        return _NOUNS.count("minutes", minutes)
    return _NOUNS.count("hours", round(minutes / 60))


class _Files:
    """The files of a change: read in a sandbox, unless the library has their publications."""

    def __init__(self, request: ChangeRequest, emit: EmitEvent, check: Callable[[], None]) -> None:
        self._request = request
        self._emit = emit
        self._check = check
        self._outcomes: dict[Path, CheckedReading | ReadError] = {}
        self._existing: dict[str, Summary] = {}
        self._added_ids: set[str] = set()
        self._reader: SandboxedReader | None = None

    def close(self) -> None:
        """End the process that reads."""
        if self._reader:
            self._reader.close()

    def assign_names(self) -> tuple[dict[Path | str, str], str]:
        """Return by path the name that the library keeps of each file, and the library's model.

        Names and publications that the library has now are taken.
        """
        with Library.open(self._request.library) as library:
            summaries, model_name = library.publications(), library.model.name
        self._existing = {summary.id: summary for summary in summaries}
        self._added_ids.clear()
        taken_names = {summary.path for summary in summaries}
        assigned: dict[Path | str, str] = {}
        for name, path in self._request.files.items():
            assigned[path] = make_unique_name(name, taken_names | set(assigned.values()))
        return assigned, model_name

    def read(self, file: Path) -> Publication:
        """Return the publication of a file, which is read once.

        Raises:
            ReadError: If it cannot be read, or the library has it with other contents.
        """
        is_first_time = file not in self._outcomes
        if is_first_time:
            self._outcomes[file] = self._read(file)
        outcome = self._outcomes[file]
        if isinstance(outcome, ReadError):
            raise outcome
        publication = outcome.publication
        if duplicate := self._existing.get(publication.id):
            raise ReadError(
                _MESSAGES["different_content"].format(
                    file=file.name, name=format_publication_name(duplicate)
                )
            )
        if publication.id in self._added_ids:
            raise ReadError(_MESSAGES["duplicate_publication"].format(file=file.name))
        self._added_ids.add(publication.id)
        if is_first_time:
            self._emit(_build_file_read(file.name, outcome))
        return publication

    def _read(self, file: Path) -> CheckedReading | ReadError:
        if self._reader is None:
            read_limits = ReadLimits(limits.READ_TIMEOUT_SECONDS, limits.MAX_READ_MEMORY_BYTES, 0)
            paths = (summary.path for summary in self._existing.values())
            names = [path for path in paths if os.sep not in path]  # those of earlier uploads
            self._reader = SandboxedReader(read_limits, self._check, other_names=names)
        try:
            return self._reader.read(file, shown_as=file.name)
        except ReadError as error:
            for note in getattr(error, "__notes__", ()):
                print(note, file=sys.stderr)  # noqa: T201 - for the server's log
            return error


def _build_file_read(file: str, outcome: CheckedReading) -> FileRead:
    publication = outcome.publication
    articles = publication.articles
    return FileRead(
        file,
        format_publication_name(publication) or articles[0].title,
        publication.date.isoformat() if publication.date else publication.date_printed,
        describe_metadata_sources(publication),
        articles=len(articles),
        sections=sum(len(article.sections) for article in articles),
        notes=sum(len(article.notes) for article in articles),
        marks=count_note_marks(publication),
        pages=describe_pages(publication),
        findings=publication.findings,
        set_aside=dict(Counter(piece.reason for piece in publication.set_aside)),
        missing=sum(outcome.audit.missing.values()),
        extra=sum(outcome.audit.extra.values()),
    )


def _emit_report(request: ChangeRequest, report: UpdateReport, emit: EmitEvent) -> None:
    for file in report.unchanged:
        emit(Rejected(_MESSAGES["already_added"].format(file=file.name)))
    for failure in report.failed:
        is_removal = failure.item in request.remove
        emit(Rejected(_MESSAGES["publication_gone"] if is_removal else failure.message))
    added = (*report.added, *report.replaced)
    emit(
        Done(
            tuple(format_publication_name(summary) for summary in added),
            tuple(format_publication_name(summary) for summary in report.removed),
            sum(summary.counts.passages for summary in added),
        )
    )


def _strip_library_path(library: Path, error: TongzhuError) -> Message:
    """Return an error without the library's path, or a general one if that is not possible."""
    en = error.message.en.removeprefix(f"{library}: ")
    zh = error.message.zh.removeprefix(f"{library}：")
    if str(library) in en + zh or en == error.message.en:
        print(error, file=sys.stderr)  # noqa: T201 - for the server's log
        return to_request_error(error).message
    return Message(en[0].upper() + en[1:], zh)


def main(encoder: Encoder | None = None, turn_seconds: float = limits.UPLOAD_TURN_SECONDS) -> int:
    """Run the program.

    Args:
        encoder: Used instead of the libraries' own.
        turn_seconds: Seconds of a turn while other changes wait.

    Returns:
        The exit status.
    """
    os.nice(_NICENESS)
    output, output_lock = sys.stdout.buffer, threading.Lock()

    def emit(event: ChangeEvent) -> None:
        with output_lock:
            output.write(msgspec.json.encode(event) + b"\n")
            output.flush()

    Worker(emit, encoder, turn_seconds).run(sys.stdin.buffer)
    return 0


if __name__ == "__main__":
    sys.exit(main())
