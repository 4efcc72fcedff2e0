"""What visitors said of answers, as question sets: a wrong answer becomes a test.

The form is that of `eval/questions/README.md`. What cannot be a question yet, because nobody said
where the answer stands, becomes a draft: the same fields as far as they are known, and what is
missing in words, to be finished by hand.
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

from index.document import Message
from index.text.scripts import script
from rag.answer.model import Answer, Citation
from rag.query.answer_type import asks_for_source, expected
from rag.query.follow_up import leans_on_history
from rag.render.labels import quoted
from ui.conversations.model import ANYWHERE
from ui.conversations.store import Judged
from ui.messages import page

DRAFTS = "drafts"
"""The name of the set of drafts, where every other set has the id of its publication."""


@dataclass(frozen=True, slots=True)
class Case:
    """What was said of one answer, as a question.

    Attributes:
        publication: The id of the publication that the question is about, or "".
        name: What that publication is called.
        record: The question's fields.
        missing: What it needs to be a question; None where it is one.
    """

    publication: str
    name: str
    record: dict[str, Any]
    missing: Message | None = None

    @property
    def text(self) -> str:
        """The question as a line of JSON."""
        return json.dumps(self.record, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class CaseSet:
    """Questions about one publication, or drafts.

    Attributes:
        key: The publication's id, or `DRAFTS`.
        name: What the publication is called; "" for drafts.
        cases: At least one.
    """

    key: str
    name: str
    cases: tuple[Case, ...]

    @property
    def file(self) -> str:
        """What the file of the set is called."""
        return f"feedback-{self.key}.jsonl"

    @property
    def text(self) -> str:
        """The set as JSON Lines."""
        return "".join(f"{each.text}\n" for each in self.cases)


def case(judged: Judged) -> Case:
    """What was said of an answer, as a question, or as the draft of one."""
    answer, said = judged.turn.answer, judged.turn.judgement
    if answer is None or said is None:
        raise ValueError("nothing was said of an answer")
    if (said.verdict == "right" and not answer.found) or said.absent:
        return _unanswerable(judged, answer)
    wanted = answer.citations[0].passage if said.verdict == "right" else said.passage
    cited = next((each for each in answer.citations if each.passage == wanted), None)
    if cited is None:
        nearest = answer.citations[0] if answer.citations else None
        return _with(judged, nearest, {}, missing=page.NO_GOLD)
    gold = _metadata(cited) or _sentence(cited, judged.turn.question)
    if not gold:
        known = {"type": "fact", "article": cited.article.title, "sections": [list(cited.path)]}
        return _with(judged, cited, known, missing=page.NO_SENTENCE)
    return _with(judged, cited, gold)


def case_sets(cases: Iterable[Case]) -> tuple[CaseSet, ...]:
    """The questions of each publication, in the order in which they first come; then the drafts."""
    sets: dict[str, list[Case]] = {}
    drafts: list[Case] = []
    for each in cases:
        if each.missing:
            drafts.append(each)
        else:
            sets.setdefault(each.publication or "none", []).append(each)
    found = [CaseSet(key, held[0].name, tuple(held)) for key, held in sets.items()]
    return (*found, *([CaseSet(DRAFTS, "", tuple(drafts))] if drafts else []))


def download(sets: Sequence[CaseSet]) -> tuple[str, bytes]:
    """Question sets as one file to be downloaded: its name, and what is in it.

    One set is a file of its own; several, or none, are put into an archive.
    """
    if len(sets) == 1:
        return sets[0].file, sets[0].text.encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in sets:
            archive.writestr(each.file, each.text)
    return "feedback.zip", packed.getvalue()


def _unanswerable(judged: Judged, answer: Answer) -> Case:
    """A question that the library does not answer; a near miss where it thought that it did."""
    nearest = answer.citations[0] if answer.citations else None
    gold = {"type": "unanswerable", "near_miss": answer.found}
    missing = None
    if judged.turn.filters != ANYWHERE:
        missing = page.LIMITED
    elif _leans(judged):
        missing = page.ALONE
    return _with(judged, nearest, gold, missing=missing)


def _metadata(citation: Citation) -> dict[str, Any]:
    """The gold of a question about the publication; {} where the text answers."""
    if not citation.statements:
        return {}
    said = citation.statements[0]
    return {
        "type": "about",
        "article": None if said.whole else citation.article.title,
        "answers": list(dict.fromkeys(value for value in said.values if value.strip())),
        "where": "metadata",
    }


def _sentence(citation: Citation, question: str) -> dict[str, Any]:
    """The gold of a question that a marked sentence answers; {} where none is marked."""
    if not citation.evidence:
        return {}
    best = citation.evidence[0]
    if best.note is not None:
        kind = "source" if asks_for_source(question) else "note"
        notes = [best.note]
    else:
        kind = "reason" if expected(question) == "reason" else "fact"
        known = {note.number for note in citation.notes}
        within = [m.note for m in citation.marks if best.span.start < m.offset <= best.span.end]
        notes = [number for number in dict.fromkeys(within) if number in known]
    return {
        "type": kind,
        "article": citation.article.title,
        "sections": [list(citation.path)],
        "notes": notes,
        "answers": [quoted(citation, best).strip()],
        "where": "text" if best.note is None else "note",
    }


def _with(
    judged: Judged,
    about: Citation | None,
    gold: dict[str, Any],
    *,
    missing: Message | None = None,
) -> Case:
    turn, kind = judged.turn, gold.pop("type", "fact")
    record: dict[str, Any] = {
        "id": f"feedback-{judged.conversation}-{judged.place}",
        "split": "dev",
        "language": _language(turn.question),
        "type": kind,
        "question": turn.question,
    }
    if kind != "unanswerable" and _leans(judged):
        record |= {"type": "follow-up", "history": _each_once(judged.before)}
    publication = about.publication if about else None
    name = " ".join(filter(None, (publication.title, publication.number))) if publication else ""
    if missing and turn.judgement and turn.answer:
        record |= gold | _for_the_hand(turn.judgement.note, turn.answer, missing)
    else:
        record |= gold
    return Case(publication.id if publication else "", name, record, missing)


def _leans(judged: Judged) -> bool:
    """Whether a question needs those before it, by its words or by how it was answered."""
    answer = judged.turn.answer
    parts = answer.citations[0].parts if answer and answer.citations else ()
    found_with_them = any(part.name == "history" for part in parts)
    return found_with_them or leans_on_history(judged.turn.question, judged.before)


def _for_the_hand(note: str, answer: Answer, missing: Message) -> dict[str, Any]:
    """What helps to finish a draft."""
    shown = [
        {"article": each.article.title, "section": list(each.path)} for each in answer.citations
    ]
    return {"missing": missing.en, "said": note, "shown": shown}


def _each_once(questions: Sequence[str]) -> list[str]:
    """The questions before, oldest first; one that was asked twice where it was asked last."""
    return list(dict.fromkeys(reversed(questions)))[::-1]


def _language(question: str) -> str:
    """What a question is written in, as question sets name it."""
    if script(question) == "en":
        return "en"
    simplified, traditional = _converter("t2s"), _converter("s2t")
    is_simplified = simplified.convert(question) == question != traditional.convert(question)
    return "zh-Hans" if is_simplified else "zh-Hant"


@cache
def _converter(name: str) -> OpenCC:
    return OpenCC(name)
