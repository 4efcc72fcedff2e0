"""Question sets from visitors' judgements: a wrong answer becomes a test.

The format is that of `eval/questions/README.md`. A judgement that does not say where the
answer stands becomes a draft: the fields that are known, and a description of what is missing, to
be completed by hand.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from opencc import OpenCC

from index.messages import Message, MessageCatalogue
from index.text.scripts import detect_language
from rag.answer.model import Answer, Citation
from rag.query.answer_type import answer_type, asks_for_source
from rag.query.follow_up import is_follow_up
from ui.conversations.store import JudgedAnswer
from ui.service.labels import format_publication_name
from ui.service.query import NO_FILTERS

_MESSAGES = MessageCatalogue("ui", "page")

DRAFTS = "drafts"
"""The key of the set of drafts; the other sets have the id of their publication."""


@dataclass(frozen=True, slots=True)
class FeedbackCase:
    """A judged answer as a question of a question set.

    Attributes:
        publication_id: The id of the publication that the question is about, or "".
        publication_name: The publication's title and number.
        record: The question's fields.
        missing: What a draft lacks; None for a question.
    """

    publication_id: str
    publication_name: str
    record: dict[str, Any]
    missing: Message | None = None

    @property
    def json_line(self) -> str:
        """The question as a line of JSON."""
        return json.dumps(self.record, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class FeedbackSet:
    """Questions about one publication, or drafts.

    Attributes:
        key: The publication's id, or `DRAFTS`.
        publication_name: The publication's title and number; "" for drafts.
        cases: At least one.
    """

    key: str
    publication_name: str
    cases: tuple[FeedbackCase, ...]

    @property
    def file_name(self) -> str:
        """The name of the set's file."""
        return f"feedback-{self.key}.jsonl"

    @property
    def json_lines(self) -> str:
        """The set as JSON Lines."""
        return "".join(f"{feedback_case.json_line}\n" for feedback_case in self.cases)


def build_case(judged_answer: JudgedAnswer) -> FeedbackCase:
    """Return a judged answer as a question, or as the draft of one.

    Raises:
        ValueError: If there is no answer or no judgement.
    """
    answer, judgement = judged_answer.turn.answer, judged_answer.turn.judgement
    if answer is None or judgement is None:
        raise ValueError("the turn has no judged answer")
    if (judgement.verdict == "right" and not answer.is_answered) or judgement.is_absent:
        return _build_unanswerable(judged_answer, answer)
    passage_id = (
        answer.citations[0].passage_id if judgement.verdict == "right" else judgement.passage_id
    )
    citation = next(
        (candidate for candidate in answer.citations if candidate.passage_id == passage_id), None
    )
    if citation is None:
        nearest = answer.citations[0] if answer.citations else None
        return _assemble_case(judged_answer, nearest, {}, missing=_MESSAGES["needs_gold"])
    gold = _extract_metadata_gold(citation) or _extract_sentence_gold(
        citation, judged_answer.turn.question
    )
    if not gold:
        partial_gold = {
            "type": "fact",
            "article": citation.article.title,
            "sections": [list(citation.path)],
        }
        return _assemble_case(
            judged_answer, citation, partial_gold, missing=_MESSAGES["needs_answer_text"]
        )
    return _assemble_case(judged_answer, citation, gold)


def group_cases(cases: Iterable[FeedbackCase]) -> tuple[FeedbackSet, ...]:
    """Return questions grouped by publication, in order of first occurrence; then the drafts."""
    sets: dict[str, list[FeedbackCase]] = {}
    drafts: list[FeedbackCase] = []
    for feedback_case in cases:
        if feedback_case.missing:
            drafts.append(feedback_case)
        else:
            sets.setdefault(feedback_case.publication_id or "none", []).append(feedback_case)
    publication_sets = [
        FeedbackSet(key, grouped[0].publication_name, tuple(grouped))
        for key, grouped in sets.items()
    ]
    return (*publication_sets, *([FeedbackSet(DRAFTS, "", tuple(drafts))] if drafts else []))


def build_download(sets: Sequence[FeedbackSet]) -> tuple[str, bytes]:
    """Return question sets as one file to download: its name and its content.

    One set is a JSON Lines file; several, or none, are a ZIP archive.
    """
    if len(sets) == 1:
        return sets[0].file_name, sets[0].json_lines.encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for feedback_set in sets:
            archive.writestr(feedback_set.file_name, feedback_set.json_lines)
    return "feedback.zip", buffer.getvalue()


def _build_unanswerable(judged_answer: JudgedAnswer, answer: Answer) -> FeedbackCase:
    """Return a question that the library does not answer; a near miss if it gave an answer."""
    nearest = answer.citations[0] if answer.citations else None
    gold = {"type": "unanswerable", "near_miss": answer.is_answered}
    missing = None
    if judged_answer.turn.filters != NO_FILTERS:
        missing = _MESSAGES["needs_unlimited_search"]
    elif _is_follow_up(judged_answer):
        missing = _MESSAGES["needs_standalone_question"]
    return _assemble_case(judged_answer, nearest, gold, missing=missing)


def _extract_metadata_gold(citation: Citation) -> dict[str, Any]:
    """Return the gold of a question about the publication; {} if the text answers."""
    if not citation.statements:
        return {}
    statement = citation.statements[0]
    return {
        "type": "about",
        "article": None if statement.of_publication else citation.article.title,
        "answers": list(dict.fromkeys(value for value in statement.values if value.strip())),
        "where": "metadata",
    }


def _extract_sentence_gold(citation: Citation, question: str) -> dict[str, Any]:
    """Return the gold of a question that a marked sentence answers; {} if none is marked."""
    if not citation.evidence:
        return {}
    best = citation.evidence[0]
    if best.note is not None:
        kind = "source" if asks_for_source(question) else "note"
        notes = [best.note]
    else:
        kind = "reason" if answer_type(question) == "reason" else "fact"
        cited_numbers = {note.number for note in citation.notes}
        marked_numbers = [
            m.note for m in citation.marks if best.span.start < m.offset <= best.span.end
        ]
        notes = [number for number in dict.fromkeys(marked_numbers) if number in cited_numbers]
    return {
        "type": kind,
        "article": citation.article.title,
        "sections": [list(citation.path)],
        "notes": notes,
        "answers": [citation.get_evidence_text(best).strip()],
        "where": "text" if best.note is None else "note",
    }


def _assemble_case(
    judged_answer: JudgedAnswer,
    citation: Citation | None,
    gold: dict[str, Any],
    *,
    missing: Message | None = None,
) -> FeedbackCase:
    turn, kind = judged_answer.turn, gold.pop("type", "fact")
    record: dict[str, Any] = {
        "id": f"feedback-{judged_answer.conversation_id}-{judged_answer.turn_number}",
        "split": "dev",
        "language": _classify_language(turn.question),
        "type": kind,
        "question": turn.question,
    }
    if kind != "unanswerable" and _is_follow_up(judged_answer):
        record |= {"type": "follow-up", "history": _deduplicate_questions(judged_answer.history)}
    publication = citation.publication if citation else None
    name = format_publication_name(publication) if publication else ""
    if missing and turn.judgement and turn.answer:
        record |= gold | _build_draft_hints(turn.judgement.note, turn.answer, missing)
    else:
        record |= gold
    return FeedbackCase(publication.id if publication else "", name, record, missing)


def _is_follow_up(judged_answer: JudgedAnswer) -> bool:
    """Return whether a question needs those before it, by its words or by how it was answered."""
    answer = judged_answer.turn.answer
    parts = answer.citations[0].score_parts if answer and answer.citations else ()
    used_history = any(part.name == "history" for part in parts)
    return used_history or is_follow_up(judged_answer.turn.question, judged_answer.history)


def _build_draft_hints(note: str, answer: Answer, missing: Message) -> dict[str, Any]:
    """Return the fields that help to finish a draft."""
    citations = [
        {"article": citation.article.title, "section": list(citation.path)}
        for citation in answer.citations
    ]
    return {"missing": missing.en, "comment": note, "shown_sections": citations}


def _deduplicate_questions(questions: Sequence[str]) -> list[str]:
    """Return the earlier questions, oldest first; a repeated one at its last occurrence."""
    return list(dict.fromkeys(reversed(questions)))[::-1]


def _classify_language(question: str) -> str:
    """Return the language of a question as question sets name it."""
    if detect_language(question) == "en":
        return "en"
    simplified, traditional = _load_converter("t2s"), _load_converter("s2t")
    is_simplified = simplified.convert(question) == question != traditional.convert(question)
    return "zh-Hans" if is_simplified else "zh-Hant"


@cache
def _load_converter(name: str) -> OpenCC:
    return OpenCC(name)
