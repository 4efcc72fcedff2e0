"""The explanation of an answer as a bar chart: a bar for each passage."""

from __future__ import annotations

from dataclasses import dataclass

from index.messages import Language, Message, MessageCatalogue, is_chinese
from rag.answer.model import Answer, Citation
from rag.render.explanation import (
    PART_CATEGORIES,
    Contribution,
    Explanation,
    PartCategory,
    PassageExplanation,
    describe_confidence,
    explain,
    round_to_tenths,
)

_EXPLANATION_MESSAGES = MessageCatalogue("rag", "explanation")
_MESSAGES = MessageCatalogue("ui", "page")

_BIAS_PART = "bias"  # the same for every answer


@dataclass(frozen=True, slots=True)
class BarSegment:
    """A part of a bar: a family of features and its width in percent of the chart."""

    family: PartCategory
    percent: float


@dataclass(frozen=True, slots=True)
class Bar:
    """The bar of one passage.

    Attributes:
        rank: The rank of the passage, from 1.
        name: The heading that the passage stands under.
        segments: The families of features that raise its score.
        negative_percent: The width of what lowers its score, in percent of the chart.
        description: The bar in words.
        shared_words: Words of the question that the passage has too.
        translations: Words of the question with their translations in the passage.
    """

    rank: int
    name: str
    segments: tuple[BarSegment, ...]
    negative_percent: float
    description: str
    shared_words: tuple[str, ...]
    translations: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ExplanationChart:
    """The explanation of an answer as a chart.

    Attributes:
        legend: The families of features that occur, with their names.
        bars: One for each passage, best first.
        negative_width: The width left of the axis, in percent of the chart.
        confidence_tenths: The confidence, in tenths.
        confidence_text: The confidence in words.
        raising_factors: What raises the confidence, in words.
        lowering_factors: What lowers the confidence, in words.
    """

    legend: tuple[tuple[PartCategory, str], ...]
    bars: tuple[Bar, ...]
    negative_width: float
    confidence_tenths: int
    confidence_text: str
    raising_factors: tuple[str, ...]
    lowering_factors: tuple[str, ...]


def build_chart(answer: Answer, language: Language) -> ExplanationChart:
    """Return the explanation of an answer as a chart."""
    explanation = explain(answer)
    totals = [_sum_contributions(passage) for passage in explanation.passages]
    max_negative = max((negative for _, negative in totals), default=0.0)
    total_width = max_negative + max((positive for positive, _ in totals), default=0.0) or 1.0
    family_names = {
        family: message.in_language(language)
        for family, message in _label_families(explanation).items()
    }
    bars = tuple(
        _build_bar(rank, citation, passage, 100 / total_width, family_names, language)
        for rank, (citation, passage) in enumerate(
            zip(answer.citations, explanation.passages, strict=True), 1
        )
    )
    parts = [part for part in explanation.confidence if part.name != _BIAS_PART]
    return ExplanationChart(
        tuple(family_names.items()),
        bars,
        100 * max_negative / total_width,
        round_to_tenths(answer.confidence),
        describe_confidence(answer.confidence, language),
        tuple(part.label.in_language(language) for part in parts if part.value > 0),
        tuple(part.label.in_language(language) for part in parts if part.value < 0),
    )


def _build_bar(
    rank: int,
    citation: Citation,
    passage: PassageExplanation,
    scale: float,
    family_names: dict[PartCategory, str],
    language: Language,
) -> Bar:
    segments = tuple(
        BarSegment(f, value * scale) for f, value in passage.sum_by_category() if value > 0
    )
    separator = "、" if is_chinese(language) else ", "
    total = sum(segment.percent for segment in segments) or 1.0
    parts = [
        f"{family_names[segment.family]} {segment.percent / total:.0%}" for segment in segments
    ]
    negative_families = separator.join(
        family_names[family] for family, value in passage.sum_by_category() if value < 0
    )
    if negative_families:
        parts.append(_MESSAGES["against"].in_language(language, what=negative_families))
    return Bar(
        rank,
        citation.path[-1] if citation.path else citation.article.title,
        segments,
        _sum_contributions(passage)[1] * scale,
        separator.join(parts),
        passage.shared_words,
        passage.translations,
    )


def _sum_contributions(passage: PassageExplanation) -> tuple[float, float]:
    """Return the sums of what raises and of what lowers the score of a passage."""
    values = [value for _, value in passage.sum_by_category()]
    return sum(v for v in values if v > 0), -sum(v for v in values if v < 0)


def _label_families(explanation: Explanation) -> dict[PartCategory, Message]:
    """Return the families of features that occur, in order, with their names."""
    by_family: dict[PartCategory, list[Contribution]] = {family: [] for family in PART_CATEGORIES}
    for passage in explanation.passages:
        for contribution in passage.contributions:
            by_family[contribution.category].append(contribution)
    all_translated = bool(explanation.passages) and all(
        passage.translations for passage in explanation.passages
    )
    labels: dict[PartCategory, Message] = (
        {"words": _EXPLANATION_MESSAGES["translated_words"]} if all_translated else {}
    )
    other = {contribution.label for contribution in by_family["other"]}
    if len(other) == 1:
        labels["other"] = other.pop()
    return {
        family: labels.get(family, _EXPLANATION_MESSAGES[f"category.{family}"])
        for family, contributions in by_family.items()
        if contributions
    }
