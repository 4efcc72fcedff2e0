"""Why an answer is what it is: its parts, named and put in order for people and for programs.

The numbers are those that ranked the passages and made the confidence (`Citation.parts`,
`Answer.parts`); nothing is computed anew. A part that this file has no words for is shown by its
own name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from index.messages import Language, Message
from rag.answer.model import Answer, ScoreComponent
from rag.render.rich_text import escape_controls
from rag.render.shared_words import find_shared_words, find_translations

PartCategory = Literal["meaning", "words", "titles", "kind", "other"]

PART_CATEGORIES: dict[PartCategory, Message] = {
    "meaning": Message("close in meaning", "意思相近"),
    "words": Message("says the same words", "用詞相同"),
    "titles": Message("titles and headings fit", "題名與標題相符"),
    "kind": Message("the kind of answer asked for", "有所問的答案類型"),
    "other": Message("other", "其他"),
}
"""What the parts of a passage's score come to, in the order in which they are shown."""

TRANSLATED_WORDS = Message("says the words, by the dictionary", "經詞典對應的用詞")

_FEATURE_LABELS: dict[str, tuple[PartCategory, Message]] = {
    "vector": ("meaning", Message("the passage is close in meaning", "段落與問題意思相近")),
    "sentence": ("meaning", Message("a sentence is close to the question", "有一句與問題相近")),
    "maxsim": ("meaning", Message("its words are close to the question's", "字詞與問題的字詞相近")),
    "sentence-maxsim": (
        "meaning",
        Message("the words of one sentence are close to them", "有一句的字詞與之相近"),
    ),
    "translated-maxsim": (
        "meaning",
        Message("so they are in the passage's own language", "把問題的字詞換成段落的語言，也相近"),
    ),
    "term-coverage": (
        "words",
        Message("the passage says the question's words", "段落用了問題的詞"),
    ),
    "sentence-term-coverage": ("words", Message("a sentence says them", "有一句用了這些詞")),
    "heading": ("titles", Message("the titles and headings say them", "題名與標題用了這些詞")),
    "answer-type": (
        "kind",
        Message("it has the kind of answer asked for", "含有所問的答案類型（如數字、日期）"),
    ),
    "history": ("titles", Message("the question before was about its article", "前一問即談此文")),
    "titles": ("titles", Message("the titles name what is asked about", "題名就是所問的文章")),
    "metadata": ("titles", Message("it is what the question names", "正是問題所指")),
    "bias": ("other", Message("it is in the other language", "段落是另一種語言")),
}

_CONFIDENCE_LABELS: dict[str, Message] = {
    "score": Message("how well the first passage fits", "首個段落的相符程度"),
    "margin": Message("how far it stands out from the next one", "比下一個段落突出多少"),
    "sentence-similarity": Message(
        "how near its best sentence is to the question", "最佳句子與問題有多接近"
    ),
    "maxsim": Message(
        "how near its words come to each of the question's", "問題的每個字詞找到多相近的字詞"
    ),
    "term-coverage": Message("it says some of the question's words", "提及問題的部分用詞"),
    "quantity": Message("it lacks the quantity or the article asked for", "缺少所問的數量或條次"),
    "bias": Message("where every answer starts from", "每個回答的起點"),
    "titles": Message("how much of the question the titles say", "題名用了多少問題的詞"),
    "metadata": Message("it stands in the metadata", "見於書目資料"),
    "cross-lingual": Message("question and passage are in two languages", "問題與段落語言不同"),
}

WHY = Message("Why this passage", "為何是這個段落")
SAME_WORDS = Message("The same words: {words}", "相同的詞：{words}")
BY_DICTIONARY = Message("By the dictionary: {pairs}", "經詞典對應：{pairs}")
CONFIDENCE = Message("Confidence", "可信度")
CONFIDENCE_SOME_OF_TEN = Message(
    "Of ten answers as sure as this one, about {number} are right.",
    "把握相同的十個回答中，約有 {number} 個正確。",
)
CONFIDENCE_NONE_OF_TEN = Message(
    "Of ten answers as sure as this one, hardly one is right.",
    "把握相同的十個回答中，幾乎沒有正確的。",
)
CONFIDENCE_ALL_OF_TEN = Message(
    "Of ten answers as sure as this one, nearly all are right.",
    "把握相同的十個回答中，幾乎全都正確。",
)


@dataclass(frozen=True, slots=True)
class Contribution:
    """One part of a score or of the confidence.

    Attributes:
        name: As in `Part`.
        category: What it is counted among where there is no room for each; "other" in a confidence.
        label: What it is, in words.
        value: What it adds: to a passage's score, or to the log-odds of the confidence.
    """

    name: str
    category: PartCategory
    label: Message
    value: float


@dataclass(frozen=True, slots=True)
class PassageExplanation:
    """What speaks for one passage.

    Attributes:
        passage_id: Its id.
        contributions: In the order of the ranking's legs; those that add nothing are left out.
        shared_words: Words of the question that it has too, as printed.
        translations: Words of the question, and what it says for them in the other language.
    """

    passage_id: str
    contributions: tuple[Contribution, ...]
    shared_words: tuple[str, ...]
    translations: tuple[tuple[str, str], ...]

    def sum_by_category(self) -> tuple[tuple[PartCategory, float], ...]:
        """The contributions, those of a family together, in the order of `FAMILIES`."""
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
    """Why an answer is what it is: each passage in its order, and the confidence."""

    passages: tuple[PassageExplanation, ...]
    confidence: tuple[Contribution, ...]


def explain(answer: Answer) -> Explanation:
    """What an answer is made of, named and in order."""
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
    """What a leg of the ranking is counted among and called; by its own name if it is not known."""
    return _FEATURE_LABELS.get(name, ("other", Message(name, name)))


def describe_confidence_part(name: str) -> Message:
    """What a part of the confidence is called; its own name if it is not known."""
    return _CONFIDENCE_LABELS.get(name, Message(name, name))


def describe_confidence(confidence: float, language: Language) -> str:
    """A confidence as people count: so many of ten."""
    number = round_to_tenths(confidence)
    if number in (0, 10):
        return (CONFIDENCE_ALL_OF_TEN if number else CONFIDENCE_NONE_OF_TEN).in_language(language)
    return CONFIDENCE_SOME_OF_TEN.in_language(language, number=number)


def round_to_tenths(confidence: float) -> int:
    """A confidence in [0, 1] as a number of ten."""
    return round(10 * confidence)


def format_word_lines(passage: PassageExplanation, language: Language) -> list[str]:
    """The words of the question that a passage says, a line for each way of saying them."""
    separator = "、" if language == "zh" else ", "
    pairs = separator.join(f"{word} → {translation}" for word, translation in passage.translations)
    shared_words = separator.join(
        f"「{word}」" if language == "zh" else f"“{word}”" for word in passage.shared_words
    )
    lines = [(SAME_WORDS, "words", shared_words), (BY_DICTIONARY, "pairs", pairs)]
    return [message.in_language(language, **{name: text}) for message, name, text in lines if text]


def explanation_to_dict(explanation: Explanation) -> dict[str, Any]:
    """An explanation as plain values, as `answer.schema.json` describes them."""
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
    """Why an answer is what it is, as plain text that ends in a newline."""
    explanation = explain(answer)
    blocks = [
        "\n".join(
            [
                f"{rank}. {WHY.in_language(language)}",
                *_indent_lines(_format_passage_lines(passage, language)),
            ]
        )
        for rank, passage in enumerate(explanation.passages, 1)
    ]
    return (
        escape_controls(
            "\n\n".join([*blocks, "\n".join(_format_confidence_lines(answer, language))])
        )
        + "\n"
    )


def _drop_zero_parts(parts: Iterable[ScoreComponent]) -> list[ScoreComponent]:
    return [part for part in parts if part.value]


def _format_passage_lines(passage: PassageExplanation, language: Language) -> list[str]:
    contribution_lines = [
        f"{contribution.value:+.2f}  {contribution.label.in_language(language)}"
        for contribution in passage.contributions
    ]
    return [*contribution_lines, *format_word_lines(passage, language)]


def _format_confidence_lines(answer: Answer, language: Language) -> list[str]:
    parts = explain(answer).confidence
    label = f"{CONFIDENCE.in_language(language)} {answer.confidence:.2f}"
    space = "" if language == "zh" else " "
    first_line = f"{label}{'：' if language == 'zh' else ':'}{space}{describe_confidence(answer.confidence, language)}"
    return [
        first_line,
        *_indent_lines(
            f"{contribution.value:+.2f}  {contribution.label.in_language(language)}"
            for contribution in parts
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
