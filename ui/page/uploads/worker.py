"""Changes a library, and tells on stdout how far it is; run as a program by `uploads.changes`.

`python -m ui.page.uploads.worker` takes a `told.Request` on stdin and writes lines of `told.Told`.
SIGINT cancels the change.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from index.document import Message, Publication
from index.errors import ReadError, TongzhuError
from index.storage.library import Library
from index.storage.manifest import find_pointer
from index.storage.records import Summary
from index.update.progress import Step
from index.update.update import Update, update
from ui.cli.outline import count_marks
from ui.messages import uploads as words
from ui.messages.cli import filled
from ui.page.uploads.events import Done, Failed, FileRead, Going, Refused, Request, Stopped, Told
from ui.page.uploads.file_names import distinct
from ui.page.uploads.read_one import Outcome
from ui.page.uploads.sandbox import read_apart
from ui.service.errors import of_error

if TYPE_CHECKING:
    from index.encoders.protocol import Encoder

Tell = Callable[[Told], None]
_LATER = 10  # niceness: whoever asks comes first


def change(request: Request, tell: Tell, encoder: Encoder | None = None) -> None:
    """Makes a change, and tells how far it is and what came of it."""
    library = Path(request.library)
    before = _generation(library)
    try:
        tell(Going("preparing"))
        with Library.open(library) as opened:
            held = opened.publications()
        names = _names(request, {summary.path for summary in held})
        report = update(
            library,
            names,
            request.remove,
            encoder=encoder,
            progress=lambda step: tell(_going(step)),
            read=_Reader({each.id: each for each in held}, request.remove, tell).read,
        )
    except TongzhuError as error:
        tell(Failed(_without_place(library, error)))
    except KeyboardInterrupt:
        tell(Stopped(late=_generation(library) != before))
    else:
        _tell_report(request, report, tell)


class _Reader:
    """Reads files apart, and refuses those whose publication the library has already."""

    def __init__(self, held: dict[str, Summary], removed: tuple[str, ...], tell: Tell) -> None:
        self._held = {key: summary for key, summary in held.items() if key not in removed}
        self._come: set[str] = set()
        self._tell = tell

    def read(self, file: Path) -> Publication:
        """The publication of a file.

        Raises:
            ReadError: If it cannot be read, or stands in the library with other contents.
        """
        outcome = read_apart(file)
        publication = outcome.publication
        if publication is None:
            raise _error(filled(words.NOT_READABLE, file=file.name))
        if found := self._held.get(publication.id):
            raise _error(filled(words.OTHER_CONTENTS, file=file.name, name=named(found)))
        if publication.id in self._come:
            raise _error(filled(words.TWICE, file=file.name))
        self._come.add(publication.id)
        self._tell(_found(file.name, publication, outcome))
        return publication


def named(each: Summary | Publication) -> str:
    """A publication's title and number."""
    return " ".join(part for part in (each.title, each.number) if part)


def _error(message: Message) -> ReadError:
    return ReadError(message.en, message.zh)


def _names(request: Request, taken: set[str]) -> dict[Path | str, str]:
    """By the path of each file, the name that the library keeps of it: one that is not taken."""
    found: dict[Path | str, str] = {}
    for name, path in request.files.items():
        found[path] = distinct(name, taken | set(found.values()))
    return found


def _found(file: str, publication: Publication, outcome: Outcome) -> FileRead:
    articles = publication.articles
    return FileRead(
        file,
        publication.title,
        publication.number,
        articles=len(articles),
        sections=sum(len(article.sections) for article in articles),
        notes=sum(len(article.notes) for article in articles),
        marks=count_marks(publication),
        findings=publication.findings,
        set_aside=dict(Counter(piece.reason for piece in publication.set_aside)),
        missing=outcome.missing,
        extra=outcome.extra,
    )


def _going(step: Step) -> Going:
    return Going(step.stage, step.done, step.total)


def _tell_report(request: Request, report: Update, tell: Tell) -> None:
    for file in report.unchanged:
        tell(Refused(filled(words.THERE_ALREADY, file=file.name)))
    for failure in report.failed:
        gone = failure.item in request.remove
        tell(Refused(words.NOT_THERE if gone else failure.message))
    come = (*report.added, *report.replaced)
    tell(
        Done(
            tuple(named(each) for each in come),
            tuple(named(each) for each in report.removed),
            sum(each.counts.passages for each in come),
        )
    )


def _generation(library: Path) -> int:
    pointer = find_pointer(library)
    return pointer.generation if pointer else 0


def _without_place(library: Path, error: TongzhuError) -> Message:
    """The error's line, if it can be shown to who should not know where the library is."""
    en = error.message.en.removeprefix(f"{library}: ")
    zh = error.message.zh.removeprefix(f"{library}：")
    if str(library) in en + zh or en == error.message.en:
        print(error, file=sys.stderr)  # noqa: T201 - for the server's log
        return of_error(error).message
    return Message(en[0].upper() + en[1:], zh)


def main(encoder: Encoder | None = None) -> int:
    """Runs the program; an `encoder` takes the place of the library's own.

    Returns:
        The exit status.
    """
    os.nice(_LATER)
    output = sys.stdout.buffer

    def tell(told: Told) -> None:
        output.write(msgspec.json.encode(told) + b"\n")
        output.flush()

    change(msgspec.json.decode(sys.stdin.buffer.read(), type=Request), tell, encoder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
