"""`tongzhu feedback`: the feedback of visitors of the page, as question sets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from eval.questions.format import parse_question
from eval.questions.gold import check_gold
from index.errors import TongzhuError
from index.messages import Language, Message, MessageCatalogue
from index.storage.library import Library
from ui.cli.output import print_line
from ui.cli.paths import get_conversations_path, resolve_library_path
from ui.cli.shared_store import resolve_store
from ui.conversations.feedback import DRAFTS, FeedbackCase, FeedbackSet, build_case, group_cases
from ui.conversations.model import VERDICTS
from ui.conversations.store import ConversationStore, JudgedAnswer

_FEEDBACK_MESSAGES = MessageCatalogue("ui", "feedback")
_NOUNS = MessageCatalogue("ui", "nouns")
_PAGE_MESSAGES = MessageCatalogue("ui", "page")


class ExportError(TongzhuError):
    """Question sets cannot be written to the folder."""


def report_feedback(
    export_folder: Path | None, library: Path | None, store: str, language: Language
) -> int:
    """Print how much feedback there is, and write it as question sets."""
    judged_turns = tuple(_load_judged(resolve_store(store)))
    if not judged_turns:
        print_line(_FEEDBACK_MESSAGES["no_feedback"].in_language(language))
        return 0
    counts = Counter(item.turn.judgement.verdict for item in judged_turns if item.turn.judgement)
    for verdict in VERDICTS:
        label = _FEEDBACK_MESSAGES[f"verdict.{verdict}"].in_language(language)
        print_line(f"{counts[verdict]:5}  {label}")
    if export_folder is None:
        print_line(_FEEDBACK_MESSAGES["export_hint"].in_language(language), stderr=True)
        return 0
    with Library.open(resolve_library_path(library)) as opened:
        question_sets = group_cases(_check_cases(map(build_case, judged_turns), opened))
        path = opened.path
    for item in _write_sets(question_sets, export_folder):
        file = export_folder / item.file_name
        if item.key == DRAFTS:
            print_line(
                _FEEDBACK_MESSAGES["drafts_written"].in_language(
                    language, number=len(item.cases), path=file
                )
            )
            for draft in item.cases:
                missing = draft.missing.in_language(language) if draft.missing else ""
                question = draft.record["question"]
                print_line(
                    _FEEDBACK_MESSAGES["draft_line"].in_language(
                        language, question=question, missing=missing
                    )
                )
        else:
            number = _NOUNS.count("questions", len(item.cases)).in_language(language)
            print_line(
                _FEEDBACK_MESSAGES["set_written"].in_language(
                    language, number=number, name=item.publication_name, path=file
                )
            )
            print_line(f"       tongzhu eval {file} --library {path}")
    return 0


def _load_judged(shared_store: str) -> Iterator[JudgedAnswer]:
    path = get_conversations_path()
    if not shared_store and not path.exists():  # and none is made by looking
        return
    conversations = ConversationStore.open(shared_store or path)
    try:
        yield from conversations.list_judged_answers()
    finally:
        conversations.close()


def _check_cases(cases: Iterable[FeedbackCase], library: Library) -> Iterator[FeedbackCase]:
    """Yield the cases; one whose gold the library does not confirm becomes a draft."""
    publication_ids = {summary.id for summary in library.publications()}
    for checked in cases:
        if checked.missing or not checked.record.get("where"):
            yield checked
        elif checked.publication_id not in publication_ids:
            yield _to_draft(checked, _PAGE_MESSAGES["needs_library"])
        else:
            question = parse_question(checked.json_line)
            faults = check_gold(question, library.publication(checked.publication_id))
            yield (
                _to_draft(checked, _PAGE_MESSAGES["needs_matching_gold"].format(fault=faults[0]))
                if faults
                else checked
            )


def _to_draft(original: FeedbackCase, missing: Message) -> FeedbackCase:
    return replace(original, record=original.record | {"missing": missing.en}, missing=missing)


def _write_sets(question_sets: Iterable[FeedbackSet], folder: Path) -> Iterator[FeedbackSet]:
    """Write each set to a file, but never over one: a draft may be half edited.

    Raises:
        ExportError: If one is there, or cannot be written.
    """
    for question_set in question_sets:
        file = folder / question_set.file_name
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with file.open("x", encoding="utf-8") as out:
                out.write(question_set.json_lines)
        except FileExistsError as error:
            message = _FEEDBACK_MESSAGES["export_exists"].format(path=file)
            raise ExportError(message) from error
        except OSError as error:
            message = _FEEDBACK_MESSAGES["export_failed"].format(
                path=file, reason=error.strerror or error
            )
            raise ExportError(message) from error
        yield question_set
