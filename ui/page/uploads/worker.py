"""Program that changes a library and reports its progress; run by `uploads.changes`.

`python -m ui.page.uploads.worker` reads a `ChangeRequest` from stdin and writes an `UploadEvent` a
line to stdout. SIGINT cancels the change.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from index.document import Publication
from index.errors import ReadError, TongzhuError
from index.messages import Message, MessageCatalogue
from index.storage.library import Library
from index.storage.manifest import find_pointer
from index.storage.records import Summary
from index.update.progress import ProgressEvent
from index.update.update import UpdateReport, update_library
from ui.page.uploads.events import (
    Cancelled,
    ChangeRequest,
    Done,
    Failed,
    FileRead,
    InProgress,
    Rejected,
    UploadEvent,
)
from ui.page.uploads.file_names import make_unique_name
from ui.page.uploads.read_one import ReadOutcome
from ui.page.uploads.sandbox import read_in_sandbox
from ui.service.errors import to_request_error
from ui.service.labels import count_note_marks, format_publication_name

if TYPE_CHECKING:
    from index.encoders.protocol import Encoder

_MESSAGES = MessageCatalogue("ui", "uploads")

EmitEvent = Callable[[UploadEvent], None]
_NICENESS = 10  # questions come first


def apply_change(request: ChangeRequest, emit: EmitEvent, encoder: Encoder | None = None) -> None:
    """Make a change, and emit its progress and its result.

    Args:
        request: The change.
        emit: Called with each event.
        encoder: Used instead of the library's own.
    """
    library = Path(request.library)
    generation_before = _read_generation(library)
    try:
        emit(InProgress("preparing"))
        with Library.open(library) as opened:
            summaries = opened.publications()
        names_by_path = _assign_names(request, {summary.path for summary in summaries})
        report = update_library(
            library,
            names_by_path,
            request.remove,
            encoder=encoder,
            progress=lambda step: emit(_to_progress(step)),
            read=_SandboxReader(
                {existing.id: existing for existing in summaries}, request.remove, emit
            ).read,
        )
    except TongzhuError as error:
        emit(Failed(_strip_library_path(library, error)))
    except KeyboardInterrupt:
        emit(Cancelled(too_late=_read_generation(library) != generation_before))
    else:
        _emit_report(request, report, emit)


class _SandboxReader:
    """Reads files in a sandbox, and rejects publications that the library already has."""

    def __init__(
        self, existing: dict[str, Summary], removed: tuple[str, ...], emit: EmitEvent
    ) -> None:
        self._existing = {key: summary for key, summary in existing.items() if key not in removed}
        self._added_ids: set[str] = set()
        self._emit = emit

    def read(self, file: Path) -> Publication:
        """Return the publication of a file.

        Raises:
            ReadError: If it cannot be read, or the library has it with other contents.
        """
        outcome = read_in_sandbox(file)
        publication = outcome.publication
        if publication is None:
            raise ReadError(_MESSAGES["not_readable"].format(file=file.name))
        if duplicate := self._existing.get(publication.id):
            raise ReadError(
                _MESSAGES["different_content"].format(
                    file=file.name, name=format_publication_name(duplicate)
                )
            )
        if publication.id in self._added_ids:
            raise ReadError(_MESSAGES["duplicate_publication"].format(file=file.name))
        self._added_ids.add(publication.id)
        self._emit(_build_file_read(file.name, publication, outcome))
        return publication


def _assign_names(request: ChangeRequest, taken_names: set[str]) -> dict[Path | str, str]:
    """Return by path the name that the library keeps of each file: one that is not taken."""
    assigned: dict[Path | str, str] = {}
    for name, path in request.files.items():
        assigned[path] = make_unique_name(name, taken_names | set(assigned.values()))
    return assigned


def _build_file_read(file: str, publication: Publication, outcome: ReadOutcome) -> FileRead:
    articles = publication.articles
    return FileRead(
        file,
        publication.title,
        publication.number,
        articles=len(articles),
        sections=sum(len(article.sections) for article in articles),
        notes=sum(len(article.notes) for article in articles),
        marks=count_note_marks(publication),
        findings=publication.findings,
        set_aside=dict(Counter(piece.reason for piece in publication.set_aside)),
        missing=outcome.missing,
        extra=outcome.extra,
    )


def _to_progress(step: ProgressEvent) -> InProgress:
    return InProgress(step.stage, step.done, step.total)


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


def _read_generation(library: Path) -> int:
    pointer = find_pointer(library)
    return pointer.generation if pointer else 0


def _strip_library_path(library: Path, error: TongzhuError) -> Message:
    """Return an error without the library's path, or a general one if that is not possible."""
    en = error.message.en.removeprefix(f"{library}: ")
    zh = error.message.zh.removeprefix(f"{library}：")
    if str(library) in en + zh or en == error.message.en:
        print(error, file=sys.stderr)  # noqa: T201 - for the server's log
        return to_request_error(error).message
    return Message(en[0].upper() + en[1:], zh)


def main(encoder: Encoder | None = None) -> int:
    """Run the program.

    Args:
        encoder: Used instead of the library's own.

    Returns:
        The exit status.
    """
    os.nice(_NICENESS)
    output = sys.stdout.buffer

    def emit(event: UploadEvent) -> None:
        output.write(msgspec.json.encode(event) + b"\n")
        output.flush()

    apply_change(msgspec.json.decode(sys.stdin.buffer.read(), type=ChangeRequest), emit, encoder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
