"""Follow-ups: whether a question leans on the ones before it, and what it then asks."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.text.scripts import fold
from index.text.terms import analyze
from rag.query import limits

_CHANGES_TOPIC = re.compile(
    r"换个话题|换一个(?:话题|问题)|另外一个问题|另一个问题|另外想问|题外话|别的问题"
    r"|\b(?:different|another|new|change of|changing the) (?:topic|subject|question|note)"
    r"|\b(?:on|to) (?:a )?(?:different|another) (?:note|topic|subject|matter)|\bunrelated\b"
)
_ANAPHOR_ZH = "[这那该]|其[中他它余]|[他她它]们?|对此|为此|上述|前者|后者|此[举事次外]"
_FOLLOW_UP_OPENING = re.compile(
    rf"^(?:{_ANAPHOR_ZH}|而|还有|接着|后来|之后|然后|所以|又|再|同样|另外|至于|第[一二三四五六七八九十\d]+(?!期))"
    r"|还(?:说|提|写|认为)"
    r"|^(?:and|but|so|then|also|or)\b|^(?:what|how) about\b|^why (?:so|not)\b"
    r"|\bthe (?:former|latter)\b"
    r"|\b(?:there|else|that|this|these|those|it|them|ones?|the (?:first|second|third|last|next"
    r"|same|others?))[?]*$"
)
_ANAPHOR = re.compile(
    rf"{_ANAPHOR_ZH}|呢[?]*$|作者(?!是)|\bthe author\b(?! of)"
    r"|\b(?:it|its|they|them|their|theirs|this|these|those|he|his|him|she|her"
    r"|hers|such|both|the (?:first|second|third|same|others?) ones?)\b"
)
_NOT_ANAPHOR = re.compile(
    r"其他|吉他|的[这那]|[这那本该][份本一]{0,2}(?:期|刊|双?[周月季年]|杂志)|^[那这]些(?=.{0,4}国家)"
    r"|\bthis (?:issue|periodical|publication)\b|\bhis or her\b|\bone another\b"
    r"|\b(?:is|was|has|would|will|does) it (?:take|become|likely|possible|\w+ed)\b"
)
_WHO_ZH = "(?:这?[位个]?作者|[他她]们?|文[章中]里?)?"
_SAY_ZH = "(?:[说讲谈写提举](?:到|及|出|过|了)*)?"
_WHAT_ZH = "(?:有?[些点]|一[些点]|什么|哪些|别的|其他的?|内容|看法|观点)*"
_WHO_EN = "(?:the (?:authors?|article|text)|it|he|she|they|there)"
_ABOUT_EN = "(?: (?:about|on) (?:it|this|that))?"
_MORE_ZH = re.compile(
    rf"(?:那么?|除此之外|此外)?[,，]?{_WHO_ZH}(?:还|另外|再|又)+(?:有没有|有)?多?{_SAY_ZH}{_WHAT_ZH}"
    "[吗呢吧]?[?。]*"
)
_MORE_EN = re.compile(
    rf"(?:and |so |but )?(?:what|anything) else(?: (?:do|did|does|is|was) {_WHO_EN})?"
    rf"(?: (?:say|said|write|wrote|mention|mentioned))?{_ABOUT_EN}[?.]*"
    rf"|(?:please )?(?:tell|say|give) (?:me )?(?:\w+ ){{0,2}}more{_ABOUT_EN}[?.]*"
)
_MAX_ELLIPTIC_WORDS_EN = 2  # in English; of a question this short something is often left out
_MAX_ELLIPTIC_CHARACTERS_ZH = 5  # in Chinese, without the question words
_MIN_ANTECEDENT_WORDS_EN = (
    3  # after so many, "it" means something that the question has named itself
)
_MIN_ANTECEDENT_CHARACTERS_ZH = 4


def is_follow_up(question: str, history: Sequence[str]) -> bool:
    """Whether a question can only be understood with the ones before it."""
    folded = fold(question).strip()
    if not history or changes_topic(question):
        return False
    without_non_anaphors = _NOT_ANAPHOR.sub(" ", folded)
    if _FOLLOW_UP_OPENING.search(without_non_anaphors) or _has_at_most(
        without_non_anaphors, _MAX_ELLIPTIC_CHARACTERS_ZH, _MAX_ELLIPTIC_WORDS_EN
    ):
        return True
    anaphor = _ANAPHOR.search(without_non_anaphors)
    return anaphor is not None and _has_at_most(
        without_non_anaphors[: anaphor.start()],
        _MIN_ANTECEDENT_CHARACTERS_ZH - 1,
        _MIN_ANTECEDENT_WORDS_EN - 1,
    )


def changes_topic(question: str) -> bool:
    """Whether a question says itself that it is about something else."""
    return _CHANGES_TOPIC.search(fold(question)) is not None


def asks_for_more(question: str) -> bool:
    """Whether a follow-up asks for whatever else there is (還有呢？), and nothing of its own."""
    folded = fold(question).strip()
    return any(pattern.fullmatch(folded) for pattern in (_MORE_ZH, _MORE_EN))


def with_history(question: str, history: Sequence[str]) -> str:
    """The question with the beginnings of those before it that it leans on, a line each.

    These are the last one and the one that it leads back to; or the one before it, if it leads back
    to none.
    """
    last, first = len(history) - 1, topic_start(history)
    if first == last:
        first = last - 1
    context_lines = [
        history[index][: limits.MAX_CONTEXT_CHARACTERS] for index in (first, last) if index >= 0
    ]
    return "\n".join([*context_lines, question])


def topic_start(history: Sequence[str]) -> int:
    """The place of the question that the last one leads back to: its own, if to none."""
    index = len(history) - 1
    while index > 0 and is_follow_up(history[index], history[:index]):
        index -= 1
    return index


def without_history(text: str) -> str:
    """The question itself, of what `in_context` made."""
    return text.rsplit("\n", 1)[-1]


def _has_at_most(text: str, max_characters_zh: int, max_words_en: int) -> bool:
    """Whether a text has no more Chinese signs and English words, stop words left out."""
    terms = analyze(text)
    characters_zh = sum(len(term) == 1 and not term.isascii() for term in terms)
    return (
        characters_zh <= max_characters_zh and sum(term.isascii() for term in terms) <= max_words_en
    )
