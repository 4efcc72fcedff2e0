"""Why an answer is what it is: its parts, named and put in order for people and for programs.

The numbers are those that ranked the passages and made the confidence (`Citation.parts`,
`Answer.parts`); nothing is computed anew. A part that this file has no words for is shown by its
own name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from index.document import Message
from rag.answer.model import Answer, Part
from rag.render.labels import Language, say
from rag.render.rich_text import visible
from rag.render.shared_words import bridged, shared

Family = Literal["meaning", "words", "titles", "kind", "other"]

FAMILIES: dict[Family, Message] = {
    "meaning": Message("close in meaning", "意思相近"),
    "words": Message("says the same words", "用詞相同"),
    "titles": Message("titles and headings fit", "題名與標題相符"),
    "kind": Message("the kind of answer asked for", "有所問的答案類型"),
    "other": Message("other", "其他"),
}
"""What the parts of a passage's score come to, in the order in which they are shown."""

BRIDGED_WORDS = Message("says the words, by the dictionary", "經詞典對應的用詞")

_LEGS: dict[str, tuple[Family, Message]] = {
    "vector": ("meaning", Message("the passage is close in meaning", "段落與問題意思相近")),
    "sentence": ("meaning", Message("a sentence is close to the question", "有一句與問題相近")),
    "tokens": ("meaning", Message("its words are close to the question's", "字詞與問題的字詞相近")),
    "sentence-tokens": (
        "meaning",
        Message("the words of one sentence are close to them", "有一句的字詞與之相近"),
    ),
    "worded": (
        "meaning",
        Message("so they are in the passage's own language", "把問題的字詞換成段落的語言，也相近"),
    ),
    "terms": ("words", Message("the passage says the question's words", "段落用了問題的詞")),
    "sentence-terms": ("words", Message("a sentence says them", "有一句用了這些詞")),
    "heading": ("titles", Message("the titles and headings say them", "題名與標題用了這些詞")),
    "expected": (
        "kind",
        Message("it has the kind of answer asked for", "含有所問的答案類型（如數字、日期）"),
    ),
    "history": ("titles", Message("the question before was about its article", "前一問即談此文")),
    "titles": ("titles", Message("the titles name what is asked about", "題名就是所問的文章")),
    "metadata": ("titles", Message("it is what the question names", "正是問題所指")),
    "bias": ("other", Message("it is in the other language", "段落是另一種語言")),
}

_CONFIDENCE: dict[str, Message] = {
    "score": Message("how well the first passage fits", "首個段落的相符程度"),
    "lead": Message("how far it stands out from the next one", "比下一個段落突出多少"),
    "nearness": Message("how near its best sentence is to the question", "最佳句子與問題有多接近"),
    "words": Message(
        "how near its words come to each of the question's", "問題的每個字詞找到多相近的字詞"
    ),
    "said": Message("it says some of the question's words", "提及問題的部分用詞"),
    "quantity": Message("it lacks the quantity or the article asked for", "缺少所問的數量或條次"),
    "bias": Message("where every answer starts from", "每個回答的起點"),
    "titles": Message("how much of the question the titles say", "題名用了多少問題的詞"),
    "metadata": Message("it stands in the metadata", "見於書目資料"),
    "across languages": Message("question and passage are in two languages", "問題與段落語言不同"),
}

WHY = Message("Why this passage", "為何是這個段落")
SAME_WORDS = Message("The same words: {words}", "相同的詞：{words}")
BY_DICTIONARY = Message("By the dictionary: {pairs}", "經詞典對應：{pairs}")
CONFIDENCE = Message("Confidence", "可信度")
CHANCE = Message(
    "Of ten answers as sure as this one, about {number} are right.",
    "把握相同的十個回答中，約有 {number} 個正確。",
)
FEWER = Message(
    "Of ten answers as sure as this one, hardly one is right.",
    "把握相同的十個回答中，幾乎沒有正確的。",
)
ALL_OF_THEM = Message(
    "Of ten answers as sure as this one, nearly all are right.",
    "把握相同的十個回答中，幾乎全都正確。",
)


@dataclass(frozen=True, slots=True)
class Contribution:
    """One part of a score or of the confidence.

    Attributes:
        name: As in `Part`.
        family: What it is counted among where there is no room for each; "other" in a confidence.
        label: What it is, in words.
        value: What it adds: to a passage's score, or to the log-odds of the confidence.
    """

    name: str
    family: Family
    label: Message
    value: float


@dataclass(frozen=True, slots=True)
class Why:
    """What speaks for one passage.

    Attributes:
        passage: Its id.
        contributions: In the order of the ranking's legs; those that add nothing are left out.
        shared: Words of the question that it has too, as printed.
        bridged: Words of the question, and what it says for them in the other language.
    """

    passage: str
    contributions: tuple[Contribution, ...]
    shared: tuple[str, ...]
    bridged: tuple[tuple[str, str], ...]

    def families(self) -> tuple[tuple[Family, float], ...]:
        """The contributions, those of a family together, in the order of `FAMILIES`."""
        sums = {
            family: sum(each.value for each in self.contributions if each.family == family)
            for family in FAMILIES
        }
        return tuple((family, value) for family, value in sums.items() if value)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an answer is what it is: each passage in its order, and the confidence."""

    passages: tuple[Why, ...]
    confidence: tuple[Contribution, ...]


def explain(answer: Answer) -> Explanation:
    """What an answer is made of, named and in order."""
    return Explanation(
        tuple(
            Why(
                citation.passage,
                tuple(
                    Contribution(part.name, *leg_words(part.name), part.value)
                    for part in _that_count(citation.parts)
                ),
                shared(answer, citation),
                bridged(answer, citation),
            )
            for citation in answer.citations
        ),
        tuple(
            Contribution(part.name, "other", confidence_words(part.name), part.value)
            for part in _that_count(answer.parts)
        ),
    )


def leg_words(name: str) -> tuple[Family, Message]:
    """What a leg of the ranking is counted among and called; by its own name if it is not known."""
    return _LEGS.get(name, ("other", Message(name, name)))


def confidence_words(name: str) -> Message:
    """What a part of the confidence is called; its own name if it is not known."""
    return _CONFIDENCE.get(name, Message(name, name))


def chance(confidence: float, language: Language) -> str:
    """A confidence as people count: so many of ten."""
    number = tenths(confidence)
    if number in (0, 10):
        return say(ALL_OF_THEM if number else FEWER, language)
    return say(CHANCE, language, number=number)


def tenths(confidence: float) -> int:
    """A confidence in [0, 1] as a number of ten."""
    return round(10 * confidence)


def word_lines(why: Why, language: Language) -> list[str]:
    """The words of the question that a passage says, a line for each way of saying them."""
    gap = "、" if language == "zh" else ", "
    pairs = gap.join(f"{word} → {said}" for word, said in why.bridged)
    same = gap.join(f"「{word}」" if language == "zh" else f"“{word}”" for word in why.shared)
    lines = [(SAME_WORDS, "words", same), (BY_DICTIONARY, "pairs", pairs)]
    return [say(message, language, **{name: text}) for message, name, text in lines if text]


def explanation_to_dict(explanation: Explanation) -> dict[str, Any]:
    """An explanation as plain values, as `answer.schema.json` describes them."""
    return {
        "passages": [
            {
                "passage": why.passage,
                "parts": _values(why.contributions),
                "shared": list(why.shared),
                "bridged": [{"word": word, "as": said} for word, said in why.bridged],
            }
            for why in explanation.passages
        ],
        "confidence": _values(explanation.confidence),
    }


def explanation_to_text(answer: Answer, language: Language = "en") -> str:
    """Why an answer is what it is, as plain text that ends in a newline."""
    explanation = explain(answer)
    blocks = [
        "\n".join([f"{rank}. {say(WHY, language)}", *_indented(_lines(why, language))])
        for rank, why in enumerate(explanation.passages, 1)
    ]
    return visible("\n\n".join([*blocks, "\n".join(_confidence_lines(answer, language))])) + "\n"


def _that_count(parts: Iterable[Part]) -> list[Part]:
    return [part for part in parts if part.value]


def _lines(why: Why, language: Language) -> list[str]:
    counted = [f"{each.value:+.2f}  {say(each.label, language)}" for each in why.contributions]
    return [*counted, *word_lines(why, language)]


def _confidence_lines(answer: Answer, language: Language) -> list[str]:
    parts = explain(answer).confidence
    named = f"{say(CONFIDENCE, language)} {answer.confidence:.2f}"
    gap = "" if language == "zh" else " "
    head = f"{named}{'：' if language == 'zh' else ':'}{gap}{chance(answer.confidence, language)}"
    return [head, *_indented(f"{each.value:+.2f}  {say(each.label, language)}" for each in parts)]


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"   {line}" for line in lines]


def _values(contributions: Iterable[Contribution]) -> list[dict[str, Any]]:
    return [
        {"name": each.name, "en": each.label.en, "zh": each.label.zh, "value": each.value}
        for each in contributions
    ]
