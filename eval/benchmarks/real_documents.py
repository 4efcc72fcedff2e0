"""Questions on real documents: the passage, the page and the notes of each first citation.

Run `python -m eval.benchmarks.real_documents --files DIR`, with the folder of the documents that
`real_documents.jsonl` names. They are not part of the project, which has the questions and a few
words of each answer alone. The library is built in the user's cache. The misses are printed; the
exit status is 1 if a figure is below what is to be reached.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Literal

import msgspec
from rich.console import Console

from eval.questions.format import AnswerLocation, Language, QuestionType
from eval.questions.sets import SetSource, prepare_library
from index import readers
from index.encoders.protocol import load_encoder
from index.readers.notes.numbering import DUPLICATE_SUFFIX
from index.storage.library import Library
from rag.answer.model import Answer, Citation
from rag.retriever import Retriever

Aspect = Literal["passage", "page", "notes", "refusal"]

TO_REACH: dict[Aspect, float] = {"passage": 0.9, "page": 0.97, "notes": 0.95}
"""The shares that the figures have to reach."""


class RealQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question on one of the documents.

    Attributes:
        id, split, language, type, question, where, near_miss: As in `eval.questions`.
        file: The name of the document's file; "" for an unanswerable question.
        answers: A few words of the document, each of which shows that a text has the answer.
        pages: The printed numbers of the pages that have the answer; empty for no pages.
        notes: The printed numbers of the notes at the answer, or with it.
    """

    id: str
    split: Literal["dev", "test"]
    language: Language
    type: QuestionType
    question: str
    file: str = ""
    answers: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    where: AnswerLocation | None = None
    near_miss: bool = False


def load_real_questions() -> list[RealQuestion]:
    """Return all questions, in the order of the file."""
    content = files("eval").joinpath("benchmarks", "real_documents.jsonl").read_bytes()
    return [msgspec.json.decode(line, type=RealQuestion) for line in content.splitlines()]


def judge(
    question: RealQuestion, answer: Answer, publications: Mapping[str, str]
) -> dict[Aspect, bool]:
    """Return what of the first citation is right; page and notes only of the right passage.

    Args:
        question: The question.
        answer: Its answer.
        publications: The ids of the publications by the names of their files.
    """
    if not question.file:
        return {"refusal": not answer.is_answered}
    if not answer.citations or not _is_right(question, answer.citations[0], publications):
        return {"passage": False}
    citation = answer.citations[0]
    result: dict[Aspect, bool] = {"passage": True}
    if question.pages:
        result["page"] = citation.printed_page in question.pages
    if question.notes:
        shown = {note.number.partition(DUPLICATE_SUFFIX)[0] for note in citation.notes}
        result["notes"] = shown.issuperset(question.notes)
    return result


def _is_right(question: RealQuestion, citation: Citation, publications: Mapping[str, str]) -> bool:
    texts = [citation.text]
    if question.where == "note":
        texts += [note.text for note in citation.notes]
    return citation.publication.id == publications[question.file] and any(
        words in text for words in question.answers for text in texts
    )


def _ask(
    library: Library, questions: Sequence[RealQuestion], publications: Mapping[str, str]
) -> Iterator[tuple[RealQuestion, Answer, dict[Aspect, bool]]]:
    retriever = Retriever(library)
    for question in questions:
        answer = retriever.retrieve(question.question)
        yield question, answer, judge(question, answer, publications)


def _describe_miss(question: RealQuestion, answer: Answer, judged: dict[Aspect, bool]) -> str:
    wrong = ", ".join(aspect for aspect, is_right in judged.items() if not is_right)
    cited = ""
    if answer.citations:
        citation = answer.citations[0]
        cited = f"{citation.publication.title} p. {citation.printed_page or '?'}: "
        cited += (citation.evidence_text or citation.text)[:80].replace("\n", " ")
    return f"{question.id} {wrong} | {question.question} | {', '.join(question.answers)} | {cited}"


def main() -> None:
    """Print the shares of right passages, pages and notes, and each miss."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--files", type=Path, required=True, help="the folder of the documents")
    arguments = parser.parse_args()
    console = Console(highlight=False)
    questions = load_real_questions()
    names = sorted({question.file for question in questions} - {""})
    if missing := [name for name in names if not (arguments.files / name).is_file()]:
        sys.exit(f"{arguments.files}: these documents are missing: {', '.join(missing)}")
    source = SetSource(tuple(arguments.files / name for name in names), readers.read)
    with Library.open(prepare_library(source, load_encoder())) as library:
        publications = {
            Path(source_file.path).name: publication_id
            for publication_id, source_file in library.source_files().items()
        }
        results = list(_ask(library, questions, publications))
    for question, answer, judged in results:
        if not all(judged.values()):
            console.print(_describe_miss(question, answer, judged), markup=False, soft_wrap=True)
    is_reached = True
    for aspect in ("passage", "page", "notes", "refusal"):
        values = [judged[aspect] for _, _, judged in results if aspect in judged]
        share = sum(values) / len(values)
        is_reached = is_reached and share >= TO_REACH.get(aspect, 0.0)
        console.print(f"{aspect}: {share:.3f} ({sum(values)} of {len(values)})")
    sys.exit(0 if is_reached else 1)


if __name__ == "__main__":
    main()
