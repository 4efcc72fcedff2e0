"""Quantities that a question asks for, and whether a sentence gives one of that very kind.

"How many shells were shipped?" is not answered by a passage about shells that counts none, however
near it is otherwise. Patterns of a few words for Chinese and English, on folded text; what they
miss on public question sets is told by `eval/fit.py`, which weighs them accordingly.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from index.text.characters import BASIC_HAN, join_terms
from index.text.scripts import Language, fold
from index.text.terms import analyze
from index.text.word_lists import load_stop_words
from rag.query.terms import QueryTerm

QuantityKind = Literal["count", "money", "share", "duration"]

_DIGITS_ZH = "一二两三四五六七八九十百千万亿"
_NUMBER = (
    r"(?:(?<![\d.])\d[\d,.]*(?: ?[十百千万亿]+| (?:thousand|million|billion|trillion))?"
    rf"|(?<!第)[数上]?[{_DIGITS_ZH}零〇]+[余多]?"
    r"|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen"
    r"|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty"
    r"|ninety|dozens?|hundreds?|thousands?|millions?|billions?|half|several|both|none|no|single"
    r"|once|twice)\b(?:-\w+)?)"
)
_TIME_UNITS = (
    r"(?:个多?月|年|月|天|日|周|星期|礼拜|小时|钟头|分钟|分|秒|世纪|载"
    r"|years?|months?|days?|weeks?|hours?|minutes?|seconds?|decades?|centur(?:y|ies))"
)
_QUESTION_PATTERNS: tuple[tuple[QuantityKind, re.Pattern[str]], ...] = (
    (
        "share",
        re.compile(
            r"百分之?(?:几|多少)|多少百分|几成(?![立为员])|几分之|多[少大]比例|比例[是为]?多少"
            r"|占[^，。？]*多少|\bpercent|\bper cent\b"
            r"|\b(?:what|which) (?:share|proportion|fraction)\b|\bhow much of\b"
        ),
    ),
    (
        "money",
        re.compile(
            r"多少钱|(?:价格|价钱|售价|票价|花费|费用|工资|薪水|月薪|薪资|租金)[是为有]?多少|[卖罚]多少|几[元块]"
            r"|多少[^，。？]{0,4}[元币]"
            r"|\bhow much (?:money|(?:does|do|did|would|will) [^?]* (?:cost|earn|pay|spend))\b"
            r"|\bhow much (?:is|are|was|were) (?:[^?]* )?(?:paid|spent|fined|invested)\b"
            r"|\b(?:what|which) [^?]*\b(?:price|wages?|salary|salaries|fare|fee|rent)\b"
        ),
    ),
    (
        "duration",
        re.compile(
            r"多久|多长时间|多少时间"
            r"|(?:几|多少) ?个?(?:年|天|月|周|星期|礼拜|小时|钟头|分钟|秒|世纪)"
            r"(?![级轻龄前后份号日])|\bhow (?:long|much time)\b"
            r"|\bhow many (?:\w+ )?(?:years|months|days|weeks|hours|minutes|seconds|decades"
            r"|centuries)\b"
        ),
    ),
)
_ANSWER_PATTERNS: dict[QuantityKind, re.Pattern[str]] = {
    "share": re.compile(
        rf"[%％]|百分|[{_DIGITS_ZH}]成(?![立为员])|分之|[{_DIGITS_ZH}半]数|一半|过半|多数|大部分"
        r"|percent|per cent|\b(?:all|most|half|third|quarter|fifth|tenth|majority)\b"
    ),
    "money": re.compile(
        rf"[$€£¥]|{_NUMBER} ?[^，。,;]{{0,4}}(?:元|圆|块钱|美金|英镑|卢布|卢比|便士|法郎|马克|克朗)"
        rf"|{_NUMBER} (?:\w+ ){{0,2}}(?:dollars?|pounds?|euros?|yen|yuan|rou?bles?|rupees?|francs?"
        r"|marks?|cents?|pence|usd)\b"
    ),
    "duration": re.compile(
        rf"{_NUMBER} ?[多余]?个?半? ?[- ]?{_TIME_UNITS}|\d:\d\d|至今|直[到至]|\b(?:until|since)\b"
    ),
}
_COUNT_QUESTION = re.compile(
    rf"(?:多少|(?<!第)几(?![乎何经度近月号日点时]))(?P<zh>[{BASIC_HAN}]{{0,6}})"
    r"|\bhow many (?P<en>(?:[\w'-]+ ){0,4}[\w'-]+)"
)
_OTHER_QUESTION_WORDS = re.compile(r"什么|哪|谁|如何|怎[么样]|为何|是否")  # then 几 is no question
_NON_NOUNS_EN = load_stop_words("en", "noun-phrase")
_COUNT_SYNONYMS = (  # what is counted, and how numbers of it are written
    (frozenset({"人", "名", "位", "people", "persons"}), ("人", "名", "位", "people", "person")),
    (frozenset({"次", "回", "times"}), ("次", "回", "度", "倍", "times", "-time", "-fold")),
    (frozenset({"分", "points"}), ("分", "point")),
)
_DATES = re.compile(  # numbers that count nothing
    r"(?:[12]\d{3}|[一二][〇零一二三四五六七八九]{3}) ?年|\d{1,2} ?月(?: ?\d{1,2} ?日)?|第 ?\d+"
    r"|\b(?:in|since|by|from|until|after|before|during) (?:1[5-9]|20)\d\d\b"
)
_NUMBER_PATTERN = re.compile(_NUMBER)
_CLAUSE_END = re.compile(r"[，。；、,;]")
_MEASURE_WORD_CHARACTERS = 1  # signs
_CONTEXT_CHARACTERS = {"zh": 10, "en": 40}  # characters between a number and what it counts


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a question asks for.

    Attributes:
        kind: Of what kind it is.
        counted_words: What is counted, in the ways in which a text may say it, folded; empty where any
            number will do, and for every other kind.
    """

    kind: QuantityKind
    counted_words: tuple[str, ...] = ()


def parse_quantity(
    question: str, query_terms: Sequence[QueryTerm], language: Language
) -> Quantity | None:
    """The quantity that a question asks for; None if it asks for none of these kinds.

    Args:
        question: As asked, without what was asked before.
        query_terms: Its words as a text in `language` may have them.
        language: Of the text that may answer.
    """
    folded = fold(question)
    for kind, pattern in _QUESTION_PATTERNS:
        if pattern.search(folded):
            return Quantity(kind)
    match = _COUNT_QUESTION.search(folded)
    if match is None or _OTHER_QUESTION_WORDS.search(folded):
        return None
    if match["en"]:
        return Quantity("count", _counted_words_en(match["en"], query_terms))
    return Quantity(
        "count", _counted_words_zh(match["zh"].removeprefix("个"), query_terms, language)
    )


def contains_quantity(quantity: Quantity, sentence: str, language: Language) -> bool:
    """Whether a sentence has a number that may be this quantity.

    Args:
        quantity: The quantity.
        sentence: The sentence.
        language: The sentence's.
    """
    if quantity.kind != "count":
        return _ANSWER_PATTERNS[quantity.kind].search(sentence) is not None
    text = _DATES.sub(";", sentence)
    context_size = _CONTEXT_CHARACTERS[language]
    for number in _NUMBER_PATTERN.finditer(text):
        after = _CLAUSE_END.split(text[number.end() : number.end() + context_size])[0]
        before = _CLAUSE_END.split(text[max(0, number.start() - context_size) : number.start()])[-1]
        contexts = [number[0], after, before]  # the number itself has "six-time"
        if language == "zh" and len(after) <= _MEASURE_WORD_CHARACTERS:
            contexts.append(text)  # what is counted was said before: 布放錄音器，共十六具
        if not quantity.counted_words or any(
            word in context for word in quantity.counted_words for context in contexts
        ):
            return True
    return False


def _counted_words_zh(
    phrase: str, query_terms: Sequence[QueryTerm], language: Language
) -> tuple[str, ...]:
    if language == "zh":
        counted_words = [*phrase[:1], *(phrase[i : i + 2] for i in range(len(phrase) - 1))]
    else:
        matching_terms = (
            query_term for query_term in query_terms if query_term.word in phrase or phrase[:2] in query_term.word
        )  # fmt: skip
        counted_words = (
            [
                join_terms(variant.terms)
                for query_term in matching_terms
                for variant in query_term.variants
            ]
            if phrase
            else []
        )
    return _add_count_synonyms(counted_words, phrase[:1])


def _counted_words_en(phrase: str, query_terms: Sequence[QueryTerm]) -> tuple[str, ...]:
    noun_words = []
    for word in phrase.split():
        if word in _NON_NOUNS_EN:
            break
        noun_words.append(word)
    terms = set(analyze(" ".join(noun_words)))
    return _add_count_synonyms(
        [
            join_terms(variant.terms)
            for query_term in query_terms
            if query_term.word in terms
            for variant in query_term.variants
        ],
        *noun_words,
    )


def _add_count_synonyms(counted_words: Sequence[str], *nouns: str) -> tuple[str, ...]:
    synonyms = (
        form
        for counted_nouns, forms in _COUNT_SYNONYMS
        if counted_nouns.intersection(nouns)
        for form in forms
    )
    return tuple(dict.fromkeys([*counted_words, *synonyms]))
