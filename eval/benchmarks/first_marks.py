"""Where the first marked sentence of an answer lies: in the text, or in what kind of note.

Run `python -m eval.benchmarks.first_marks SET --library DIR`. Of the questions that ask for no
source none should have its first mark in a sentence of a note that merely cites; the exit status is
1 if any has.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from eval.questions.format import Question
from eval.questions.sets import find_set
from rag.answer.model import Citation
from rag.query.answer_type import asks_for_source
from rag.retriever import Retriever


def locate_first_mark(citation: Citation) -> str:
    """Return "text", "explanation", "source", or "" without a mark.

    Args:
        citation: The first citation of an answer.
    """
    if not citation.evidence:
        return ""
    note = citation.evidence[0].note
    if note is None:
        return "text"
    explains = citation.evidence_text.strip(" 。.") in citation.get_note(note).explanation
    return "explanation" if explains else "source"


def locate_first_marks(
    retriever: Retriever, questions: Sequence[Question]
) -> Iterator[tuple[bool, str]]:
    """Yield for each question whether it asks for a source, and where its first mark is.

    Args:
        retriever: Answers the questions.
        questions: The questions.
    """
    for question in questions:
        answer = retriever.retrieve(question.question, history=question.history)
        if answer.citations:
            yield asks_for_source(question.question), locate_first_mark(answer.citations[0])


def main() -> None:
    """Print how many first marks lie where."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("set", help="the questions: the name of a set, or a file")
    parser.add_argument("--library", type=Path, required=True, help="what they are asked of")
    arguments = parser.parse_args()
    retriever = Retriever.open(arguments.library)
    counts = Counter(locate_first_marks(retriever, find_set(arguments.set).questions))
    places = ("text", "explanation", "source", "")
    table = Table("question", *(place or "none" for place in places))
    for is_source_question, name in ((False, "asks for no source"), (True, "asks for a source")):
        table.add_row(name, *(str(counts[is_source_question, place]) for place in places))
    Console().print(table)
    sys.exit(counts[False, "source"] > 0)


if __name__ == "__main__":
    main()
