"""`tongzhu feedback`: what visitors of the page said of answers, as question sets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from eval.questions.format import parse
from eval.questions.gold import check
from index.document import Message
from index.errors import TongzhuError
from index.storage.library import Library
from ui.cli.output import print_line
from ui.cli.paths import conversations_path, library_path
from ui.conversations.feedback import DRAFTS, Case, CaseSet, case, case_sets
from ui.conversations.judgement import VERDICTS
from ui.conversations.store import Conversations, Judged
from ui.messages import cli_feedback, page
from ui.messages.cli import Language, filled, say


class ExportError(TongzhuError):
    """Question sets cannot be written where they should be."""


def feedback(export: Path | None, library: Path | None, language: Language) -> int:
    """Prints how much was said of answers, and writes it down as question sets."""
    judged = tuple(_judged())
    if not judged:
        print_line(say(cli_feedback.NOTHING_JUDGED, language))
        return 0
    counts = Counter(each.turn.judgement.verdict for each in judged if each.turn.judgement)
    for verdict in VERDICTS:
        label = say(cli_feedback.VERDICTS[verdict], language)
        print_line(f"{counts[verdict]:5}  {label}")
    if export is None:
        print_line(say(cli_feedback.EXPORT_WITH, language), stderr=True)
        return 0
    with Library.open(library_path(library)) as opened:
        sets = case_sets(_borne_out(map(case, judged), opened))
        path = opened.path
    for each in _written(sets, export):
        file = export / each.file
        if each.key == DRAFTS:
            print_line(say(cli_feedback.DRAFTS_AT, language, number=len(each.cases), path=file))
            for one in each.cases:
                missing = say(one.missing, language) if one.missing else ""
                question = one.record["question"]
                print_line(say(cli_feedback.DRAFT, language, question=question, missing=missing))
        else:
            number = page.QUESTIONS.count(len(each.cases), language)
            print_line(say(cli_feedback.SET_AT, language, number=number, name=each.name, path=file))
            print_line(f"       tongzhu eval {file} --library {path}")
    return 0


def _judged() -> Iterator[Judged]:
    path = conversations_path()
    if not path.exists():  # and none is made by looking
        return
    kept = Conversations(path)
    try:
        yield from kept.judged()
    finally:
        kept.close()


def _borne_out(cases: Iterable[Case], library: Library) -> Iterator[Case]:
    """The same, with those as drafts whose gold the library as it is does not bear out."""
    held = {summary.id for summary in library.publications()}
    for one in cases:
        if one.missing or not one.record.get("where"):
            yield one
        elif one.publication not in held:
            yield _draft(one, page.NOT_HELD)
        else:
            question = parse(one.text)
            faults = check(question, library.publication(one.publication))
            yield _draft(one, filled(page.CHANGED, fault=faults[0])) if faults else one


def _draft(one: Case, missing: Message) -> Case:
    return replace(one, record=one.record | {"missing": missing.en}, missing=missing)


def _written(sets: Iterable[CaseSet], folder: Path) -> Iterator[CaseSet]:
    """Writes each set into a file; none that is there already, for a draft may be half finished.

    Raises:
        ExportError: If one is there, or cannot be written.
    """
    for each in sets:
        file = folder / each.file
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with file.open("x", encoding="utf-8") as out:
                out.write(each.text)
        except FileExistsError as error:
            message = filled(cli_feedback.EXPORT_THERE, path=file)
            raise ExportError(message.en, message.zh) from error
        except OSError as error:
            message = filled(cli_feedback.EXPORT_FAILED, path=file, reason=error.strerror or error)
            raise ExportError(message.en, message.zh) from error
        yield each
