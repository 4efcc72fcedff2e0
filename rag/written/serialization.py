"""A written answer as plain JSON values."""

from __future__ import annotations

from typing import Any, get_args

from index.document import Span
from rag.written.model import (
    NumberedSentence,
    Problem,
    ProblemKind,
    Verdict,
    WritingTask,
    WrittenAnswer,
    WrittenSentence,
)


def written_to_dict(written: WrittenAnswer) -> dict[str, Any]:
    """Return a written answer as plain JSON values.

    Args:
        written: The written answer.
    """
    return {
        "task": written.task,
        "model": written.model,
        "host": written.host,
        "usable": written.is_usable,
        "sentences": [
            {
                "text": sentence.text,
                "supported": sentence.verdict.is_supported,
                "coverage": sentence.verdict.coverage,
                "problems": [
                    {"kind": problem.kind, "detail": problem.detail}
                    for problem in sentence.verdict.problems
                ],
                "cites": [
                    {
                        "number": item.number,
                        "citation": item.citation,
                        "note": item.note,
                        "start": item.span.start,
                        "end": item.span.end,
                        "text": item.text,
                    }
                    for item in written.get_cited(sentence)
                ],
            }
            for sentence in written.sentences
        ],
    }


def written_from_dict(values: dict[str, Any]) -> WrittenAnswer:
    """Return the written answer that `written_to_dict` gave; its evidence is what it cites.

    Args:
        values: Plain JSON values.

    Raises:
        ValueError: If they are of another form.
    """
    try:
        evidence: dict[int, NumberedSentence] = {}
        sentences = tuple(_parse_sentence(item, evidence) for item in values["sentences"])
        in_order = tuple(evidence[number] for number in sorted(evidence))
        task = next(task for task in get_args(WritingTask) if task == values["task"])
        return WrittenAnswer(values["model"], values["host"], sentences, in_order, task)
    except (KeyError, TypeError, AttributeError, StopIteration) as error:
        raise ValueError(str(error)) from error


def _parse_sentence(
    values: dict[str, Any], evidence: dict[int, NumberedSentence]
) -> WrittenSentence:
    """Return a sentence; what it cites is added to the evidence."""
    for item in values["cites"]:
        span = Span(item["start"], item["end"])
        evidence[item["number"]] = NumberedSentence(
            item["number"], item["text"], item["citation"], span, item["note"]
        )
    problems = tuple(
        Problem(kind, problem["detail"])
        for problem in values["problems"]
        for kind in get_args(ProblemKind)
        if kind == problem["kind"]
    )
    if len(problems) != len(values["problems"]):
        raise ValueError(f"{values['problems']}: not known here")
    numbers = tuple(item["number"] for item in values["cites"])
    return WrittenSentence(values["text"], numbers, Verdict(problems, values["coverage"], {}))
