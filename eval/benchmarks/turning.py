"""Questions of a new relation that begin like follow-ups: which article answers them.

Run `python -m eval.benchmarks.turning SET --library FOLDER [--split dev]`. Each question for a fact
or a reason is asked after one about another article, with a word before it that refers back (那,
And). Beside them stand the follow-ups of the set, which do lean on the questions before them.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from eval.questions.format import Question, load_questions
from rag.retriever import Retriever

_OPENINGS = {
    "zh-Hant": ("那", "那麼", "另外，"),
    "zh-Hans": ("那", "那么", "另外，"),
    "en": ("And ", "But ", "So "),
}
_SEED = 7


class TurningQuestion(NamedTuple):
    """A question in a conversation, and the article that answers it."""

    text: str
    history: tuple[str, ...]
    article: str


def list_turns(questions: Sequence[Question]) -> Iterator[TurningQuestion]:
    """Yield questions that turn to another article though they begin like follow-ups.

    Args:
        questions: Those of a set.
    """
    chooser = random.Random(_SEED)  # noqa: S311 - to be the same each time
    whole = [
        question
        for question in questions
        if question.type in ("fact", "reason") and question.article and question.where == "text"
    ]
    for question in whole:
        others = [
            other.question
            for other in whole
            if other.article != question.article and other.language[:2] == question.language[:2]
        ]
        text = question.question
        if question.language == "en":
            text = text[0].lower() + text[1:]
        opening = chooser.choice(_OPENINGS[question.language])
        if others:
            before = chooser.choice(others)
            yield TurningQuestion(opening + text, (before,), question.article or "")


def list_follow_ups(questions: Sequence[Question]) -> list[TurningQuestion]:
    """Return the follow-ups of a set that an article answers."""
    return [
        TurningQuestion(question.question, question.history, question.article)
        for question in questions
        if question.type == "follow-up" and question.article and question.sections
    ]


def count_right(retriever: Retriever, questions: Sequence[TurningQuestion]) -> int:
    """Return for how many questions the first citation is of the right article."""
    return sum(
        citation.article.title == question.article
        for question in questions
        for citation in retriever.retrieve(question.text, 1, history=question.history).citations
    )


def main() -> None:
    """Print for how many questions of either kind the first citation is of the right article."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("set", type=Path)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--split", choices=("dev", "test", "all"), default="all")
    arguments = parser.parse_args()
    questions = [
        question
        for question in load_questions(arguments.set)
        if arguments.split in ("all", question.split)
    ]
    retriever = Retriever.open(arguments.library)
    for name, chosen in (
        ("new relation", list(list_turns(questions))),
        ("follow-ups", list_follow_ups(questions)),
    ):
        print(f"{name}: {count_right(retriever, chosen)} of {len(chosen)}")  # noqa: T201


if __name__ == "__main__":
    main()
