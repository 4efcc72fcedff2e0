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


def judgement(verdict: str, passage: str = "", note: str = "", *, absent: bool) -> Judgement | None:
    """A judgement of what a page sent; None where it takes its verdict back, or is none."""
    known = next((each for each in VERDICTS if each == verdict), None)
    if known is None:
        return None
    note = " ".join(note.split())[: limits.REMARK]
    if known == "right":
        return Judgement(known)
    if known == "elsewhere":
        return Judgement(known, passage, note=note)
    return Judgement(known, absent=absent, note=note)
