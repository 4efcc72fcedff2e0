"""The contributions to the scores and the confidence of an answer, in words.

The values are those that ranked the passages (`Citation.score_parts`) and made the confidence
(`Answer.confidence_parts`). A part that has no label is shown by its own name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, get_args

from index.messages import Language, Message, MessageCatalogue, is_chinese
from rag.answer.model import Answer, ScoreComponent
from rag.render.rich_text import escape_controls
from rag.render.shared_words import find_shared_words, find_translations

_MESSAGES = MessageCatalogue("rag", "explanation")

PartCategory = Literal["meaning", "words", "titles", "kind", "other"]

PART_CATEGORIES: tuple[PartCategory, ...] = get_args(PartCategory)
"""The categories of a score's parts, in the order in which they are shown."""

_FEATURE_CATEGORIES: dict[str, PartCategory] = {
    "vector": "meaning",
    "sentence": "meaning",
    "maxsim": "meaning",
    "sentence-maxsim": "meaning",
    "translated-maxsim": "meaning",
    "reranker": "meaning",
    "reader": "meaning",
    "term-coverage": "words",
    "sentence-term-coverage": "words",
    "heading": "titles",
    "answer-type": "kind",
    "history": "titles",
    "titles": "titles",
    "metadata": "titles",
    "bias": "other",
}


@dataclass(frozen=True, slots=True)
class Contribution:
    """A contribution to a score or to the log-odds of the confidence.

    Attributes:
        name: As in `ScoreComponent`.
        category: The category by which it is summed up; "other" in a confidence.
        label: Its name in words.
        value: What it adds.
    """

    name: str
    category: PartCategory
    label: Message
    value: float


@dataclass(frozen=True, slots=True)
class PassageExplanation:
    """The contributions to the score of a passage, and its words of the question.

    Attributes:
        passage_id: The id of the passage.
        contributions: In the order of the features, without those of zero.
        shared_words: Words of the question in the passage, as printed there.
        translations: Words of the question with their translations in the passage.
    """

    passage_id: str
    contributions: tuple[Contribution, ...]
    shared_words: tuple[str, ...]
    translations: tuple[tuple[str, str], ...]

    def sum_by_category(self) -> tuple[tuple[PartCategory, float], ...]:
        """Return the sums of the contributions by category, in order, without those of zero."""
        sums = {
            category: sum(
                contribution.value
                for contribution in self.contributions
                if contribution.category == category
            )
            for category in PART_CATEGORIES
        }
        return tuple((category, value) for category, value in sums.items() if value)


@dataclass(frozen=True, slots=True)
class Explanation:
    """The explanation of an answer: of its passages, best first, and of its confidence."""

    passages: tuple[PassageExplanation, ...]
    confidence: tuple[Contribution, ...]


def explain(answer: Answer) -> Explanation:
    """Return the explanation of an answer.

    Args:
        answer: The answer.
    """
    return Explanation(
        tuple(
            PassageExplanation(
                citation.passage_id,
                tuple(
                    Contribution(part.name, *describe_score_part(part.name), part.value)
                    for part in _drop_zero_parts(citation.score_parts)
                ),
                find_shared_words(answer, citation),
                find_translations(answer, citation),
            )
            for citation in answer.citations
        ),
        tuple(
            Contribution(part.name, "other", describe_confidence_part(part.name), part.value)
            for part in _drop_zero_parts(answer.confidence_parts)
        ),
    )


def describe_score_part(name: str) -> tuple[PartCategory, Message]:
    """Return the category and the label of a part of a score.

    Args:
        name: The name of the part; its own label if it is not known.
    """
    label = _MESSAGES.get(f"feature.{name}", Message(name, name))
    return _FEATURE_CATEGORIES.get(name, "other"), label


def describe_confidence_part(name: str) -> Message:
    """Return the label of a part of a confidence.

    Args:
        name: The name of the part; its own label if it is not known.
    """
    return _MESSAGES.get(f"confidence_part.{name}", Message(name, name))


def describe_confidence(confidence: float, language: Language) -> str:
    """Return a confidence in words, as so many of ten.

    Args:
        confidence: In [0, 1].
        language: The language of the reader.
    """
    number = round_to_tenths(confidence)
    if number in (0, 10):
        return _MESSAGES[
            "confidence_all_of_ten" if number else "confidence_none_of_ten"
        ].in_language(language)
    return _MESSAGES["confidence_some_of_ten"].in_language(language, number=number)


def round_to_tenths(confidence: float) -> int:
    """Return a confidence as a number of ten.

    Args:
        confidence: In [0, 1].

    >>> round_to_tenths(0.26)
    3
    """
    return round(10 * confidence)


def format_word_lines(passage: PassageExplanation, language: Language) -> list[str]:
    """Return the shared words and the translations of a passage, a line each.

    Args:
        passage: The explanation of the passage.
        language: The language of the reader.
    """
    separator = "、" if is_chinese(language) else ", "
    pairs = separator.join(f"{word} → {translation}" for word, translation in passage.translations)
    shared_words = separator.join(
        f"「{word}」" if is_chinese(language) else f"“{word}”" for word in passage.shared_words
    )
    lines = [
        (_MESSAGES["same_words"], "words", shared_words),
        (_MESSAGES["by_dictionary"], "pairs", pairs),
    ]
    return [message.in_language(language, **{name: text}) for message, name, text in lines if text]


def explanation_to_dict(explanation: Explanation) -> dict[str, Any]:
    """Return an explanation as plain values, as `answer.schema.json` describes them.

    Args:
        explanation: The explanation.
    """
    return {
        "passages": [
            {
                "passage_id": passage.passage_id,
                "score_parts": _contributions_to_dicts(passage.contributions),
                "shared_words": list(passage.shared_words),
                "translations": [
                    {"term": term, "translation": translation}
                    for term, translation in passage.translations
                ],
            }
            for passage in explanation.passages
        ],
        "confidence": _contributions_to_dicts(explanation.confidence),
    }


def explanation_to_text(answer: Answer, language: Language = "en") -> str:
    """Return the explanation of an answer as plain text that ends in a newline.

    Args:
        answer: The answer.
        language: The language of the reader.
    """
    explanation = explain(answer)
    blocks = [
        "\n".join(
            [
                f"{rank}. {_MESSAGES['why'].in_language(language)}",
                *_indent_lines(_format_passage_lines(passage, language)),
            ]
        )
        for rank, passage in enumerate(explanation.passages, 1)
    ]
    confidence_block = "\n".join(_format_confidence_lines(answer, explanation, language))
    return escape_controls("\n\n".join([*blocks, confidence_block])) + "\n"


def _drop_zero_parts(parts: Iterable[ScoreComponent]) -> list[ScoreComponent]:
    return [part for part in parts if part.value]


def _format_passage_lines(passage: PassageExplanation, language: Language) -> list[str]:
    contribution_lines = [
        f"{contribution.value:+.2f}  {contribution.label.in_language(language)}"
        for contribution in passage.contributions
    ]
    return [*contribution_lines, *format_word_lines(passage, language)]


def _format_confidence_lines(
    answer: Answer, explanation: Explanation, language: Language
) -> list[str]:
    label = f"{_MESSAGES['confidence'].in_language(language)} {answer.confidence:.2f}"
    colon = "：" if is_chinese(language) else ": "
    first_line = f"{label}{colon}{describe_confidence(answer.confidence, language)}"
    return [
        first_line,
        *_indent_lines(
            f"{contribution.value:+.2f}  {contribution.label.in_language(language)}"
            for contribution in explanation.confidence
        ),
    ]


def _indent_lines(lines: Iterable[str]) -> list[str]:
    return [f"   {line}" for line in lines]


def _contributions_to_dicts(contributions: Iterable[Contribution]) -> list[dict[str, Any]]:
    return [
        {
            "name": contribution.name,
            "en": contribution.label.en,
            "zh": contribution.label.zh,
            "value": contribution.value,
        }
        for contribution in contributions
    ]
