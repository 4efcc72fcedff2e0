"""What a visitor says of an answer; plain values, whatever page asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from ui.service import limits

Verdict = Literal["right", "elsewhere", "wrong"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a visitor says of an answer.

    Attributes:
        verdict: The answer is right; another passage is; or it is wrong. Of "not in this library",
            which has no passage, "right" and "wrong" say whether that is so.
        passage: The id of the passage that is right; "" where it was not picked.
        absent: Whether nothing in the library answers the question, although it said so.
        note: What is right, in the visitor's own words.
    """

    verdict: Verdict
    passage: str = ""
    absent: bool = False
    note: str = ""


def parse_judgement(
    verdict: str, passage: str = "", note: str = "", *, absent: bool
) -> Judgement | None:
    """A judgement of what a page sent; None where it takes its verdict back, or is none."""
    parsed_verdict = next((candidate for candidate in VERDICTS if candidate == verdict), None)
    if parsed_verdict is None:
        return None
    note = " ".join(note.split())[: limits.MAX_COMMENT_LENGTH]
    if parsed_verdict == "right":
        return Judgement(parsed_verdict)
    if parsed_verdict == "elsewhere":
        return Judgement(parsed_verdict, passage, note=note)
    return Judgement(parsed_verdict, absent=absent, note=note)
