"""Answers of two libraries with the same contents, one of them after several updates.

Run `python -m eval.benchmarks.history`, or with `--set NAME --file FILE` for another set and the
file that it is asked of. One library is made at once. The other begins with an earlier version of
the publication, which lacks the last paragraph of every section, and with another publication; then
the publication is replaced, removed and added again, and the other one removed. All answers should
be the same to the last digit.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from eval.questions.format import Question
from eval.questions.sets import find_set
from index import readers, sample
from index.document import Article, Publication, Section
from index.encoders.protocol import Encoder, load_encoder
from index.update.update import update_library
from rag.answer.model import Answer
from rag.retriever import Retriever

_OTHER_TEXT = (
    "---\ntitle: Notes on harbours\n---\n# Ferries\n\nThe ferry crosses the strait daily.\n"
)


class HistoryComparison(NamedTuple):
    """How many answers of two libraries differ, of how many questions.

    Attributes:
        questions: The questions.
        confidences: The answers with another confidence.
        lists: The answers with other passages, or the same in another order.
        answers: The answers that differ in anything.
    """

    questions: int
    confidences: int
    lists: int
    answers: int


def make_updated_library(folder: Path, file: Path, encoder: Encoder) -> Path:
    """Return the path of a library with one publication, after three updates.

    Args:
        folder: Where files and the library are written.
        file: The file of the publication.
        encoder: Encodes the texts.
    """
    library, earlier, other = folder / "updated", folder / "earlier.txt", folder / "other.md"
    earlier.write_bytes(file.read_bytes() + b"\n")
    other.write_text(_OTHER_TEXT, encoding="utf-8")

    def read_earlier(path: Path) -> Publication:
        return shorten_publication(readers.read(file)) if path == earlier else readers.read(path)

    update_library(library, [earlier, other], encoder=encoder, read=read_earlier)
    earlier.unlink()
    (replaced,) = update_library(library, [file], encoder=encoder).replaced
    update_library(library, remove=[replaced.id], encoder=encoder)
    update_library(library, [file], [readers.read(other).id], encoder=encoder)
    return library


def compare_histories(
    file: Path, questions: tuple[Question, ...], encoder: Encoder
) -> HistoryComparison:
    """Return how the answers of a fresh and of an updated library differ.

    Args:
        file: The file of the publication.
        questions: The questions.
        encoder: Encodes texts and questions.
    """
    with TemporaryDirectory() as name:
        folder = Path(name)
        update_library(folder / "fresh", [file], encoder=encoder)
        libraries = (folder / "fresh", make_updated_library(folder, file, encoder))
        fresh, updated = (
            [
                retriever.retrieve(question.question, history=question.history)
                for question in questions
            ]
            for retriever in map(Retriever.open, libraries)
        )

    def count_different(get_part: Callable[[Answer], object]) -> int:
        pairs = zip(fresh, updated, strict=True)
        return sum(get_part(left) != get_part(right) for left, right in pairs)

    return HistoryComparison(
        len(questions),
        count_different(lambda answer: answer.confidence),
        count_different(lambda answer: [citation.passage_id for citation in answer.citations]),
        count_different(lambda answer: answer),
    )


def shorten_publication(publication: Publication) -> Publication:
    """Return an earlier version of a publication: without the last paragraph of its sections.

    Args:
        publication: The publication.
    """

    def shorten_section(section: Section) -> Section:
        return replace(section, paragraphs=section.paragraphs[:-1] or section.paragraphs)

    def shorten_article(article: Article) -> Article:
        return replace(article, sections=tuple(map(shorten_section, article.sections)))

    return replace(publication, articles=tuple(map(shorten_article, publication.articles)))


def main() -> None:
    """Print how many answers differ; the exit status is 1 if any do."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--set", default="sample", help="the questions (sample)")
    parser.add_argument("--file", type=Path, help="what they are asked of (the sample)")
    arguments = parser.parse_args()
    comparison = compare_histories(
        arguments.file or sample.get_path(), find_set(arguments.set).questions, load_encoder()
    )
    table = Table("questions", "other confidence", "other passages", "other answer")
    table.add_row(*map(str, comparison))
    Console().print(table)
    sys.exit(comparison.answers > 0)


if __name__ == "__main__":
    main()
