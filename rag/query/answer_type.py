"""The type of answer that a question expects, and whether a sentence contains one.

The patterns (`patterns/{zh,en}.toml`) are weak evidence and are weighed as such.
"""

from __future__ import annotations

import re
from typing import Literal

from index.text.patterns import load_patterns
from index.text.scripts import Language, fold
from rag.ranking.passages import Sentence

AnswerType = Literal["number", "time", "person", "place", "reason", "other"]

_PATTERNS = load_patterns("rag.query")
_QUESTION_PATTERNS: dict[AnswerType, str] = {  # the first that matches decides
    "time": "time-question",
    "number": "number-question",
    "person": "person-question",
    "place": "place-question",
    "reason": "reason-question",
}
_ANSWER_PATTERNS: dict[AnswerType, str] = {
    "number": "number-answer",
    "time": "time-answer",
    "reason": "reason-answer",
    "place": "place-answer",
    "person": "person-answer",
}
_CAPITALIZED_WORD = re.compile(r"(?<!^)(?<![.!?] )\b[A-Z][a-z]+")


def asks_for_source(question: str) -> bool:
    """Return whether a question asks where a statement comes from.

    Args:
        question: The question.
    """
    return _PATTERNS["source-question"].search(fold(question)) is not None


def answer_type(question: str) -> AnswerType:
    """Return the type of answer that a question expects.

    Args:
        question: The question.
    """
    folded = fold(question)
    for expected_type, name in _QUESTION_PATTERNS.items():
        if _PATTERNS[name].search(folded):
            return expected_type
    return "other"


def contains_answer_type(
    expected_type: AnswerType, sentence: Sentence, language: Language, question: str
) -> bool:
    """Return whether a sentence contains what may be an answer of a type.

    Args:
        expected_type: The type, as `answer_type` returns it.
        sentence: The sentence.
        language: The language of the sentence.
        question: The question; a name in it is no answer to "who".
    """
    if expected_type == "person" and language == "en":
        folded_question = fold(question)
        return any(
            name.casefold() not in folded_question
            for name in _CAPITALIZED_WORD.findall(sentence.text)
        )
    name = _ANSWER_PATTERNS.get(expected_type)
    return name is not None and _PATTERNS[name].search(sentence.folded) is not None
