"""Answers in simplified and in traditional script: of the questions, and of the library.

Run `python -m eval.benchmarks.scripts`, or with `--set NAME --file FILE` for another set and the
file that it is asked of. The file is indexed as it is and in simplified script, and both libraries
are asked the questions in both scripts. The answers should cite the same places.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from eval.questions.format import Question
from eval.questions.sets import find_set
from index import sample
from index.encoders.protocol import Encoder, load_encoder
from index.readers.decoding import load_text
from index.text.scripts import convert_to_simplified
from index.update.update import update_library
from rag.answer.model import Answer
from rag.retriever import Retriever

_CITATIONS = 5


def ask_both_scripts(
    file: Path, questions: Sequence[Question], encoder: Encoder
) -> dict[tuple[str, str], list[Answer]]:
    """Return the answers by the scripts of library and questions.

    Args:
        file: A file in traditional script.
        questions: The questions.
        encoder: Encodes texts and questions.
    """
    answers = {}
    with TemporaryDirectory() as name:
        twin = Path(name, f"simplified{file.suffix}")
        twin.write_text(convert_to_simplified(load_text(file)), encoding="utf-8")
        for library_script, path in (("traditional", file), ("simplified", twin)):
            library = Path(name, library_script)
            update_library(library, [path], encoder=encoder)
            retriever = Retriever.open(library)
            for script in ("traditional", "simplified"):
                is_converted = script == "simplified"
                answers[library_script, script] = [
                    _ask(retriever, question, is_converted) for question in questions
                ]
    return answers


def _ask(retriever: Retriever, question: Question, is_converted: bool) -> Answer:
    texts = [question.question, *question.history]
    if is_converted and question.language != "en":
        texts = [convert_to_simplified(text) for text in texts]
    return retriever.retrieve(texts[0], k=_CITATIONS, history=texts[1:])


def _list_places(answer: Answer) -> list[tuple[int, int, str]]:
    return [
        (
            citation.article.index,
            citation.section,
            convert_to_simplified(citation.text),
        )
        for citation in answer.citations
    ]


def main() -> None:
    """Print how many answers cite the same places as those in traditional script alone."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--set", default="sample", help="the questions (sample)")
    parser.add_argument("--file", type=Path, help="what they are asked of (the sample)")
    arguments = parser.parse_args()
    questions = find_set(arguments.set).questions
    answers = ask_both_scripts(arguments.file or sample.get_path(), questions, load_encoder())
    table = Table("library", "questions", "same first", f"same first {_CITATIONS}", "same verdict")
    originals = answers["traditional", "traditional"]
    is_different = False
    for (library_script, script), others in answers.items():
        pairs = list(zip(originals, others, strict=True))
        places = [(_list_places(left), _list_places(right)) for left, right in pairs]
        counts = (
            sum(left[:1] == right[:1] for left, right in places),
            sum(left == right for left, right in places),
            sum(left.is_answered == right.is_answered for left, right in pairs),
        )
        is_different |= min(counts) < len(questions)
        table.add_row(library_script, script, *(f"{count}/{len(questions)}" for count in counts))
    Console().print(table)
    sys.exit(is_different)


if __name__ == "__main__":
    main()
