"""What kind of answer a question expects, and whether a sentence has one of that kind.

Rules of a few words for Chinese and English. They are weak evidence and are weighed as such.
"""

from __future__ import annotations

import re
from typing import Literal

from index.text.characters import COMMON_HAN
from index.text.scripts import Language, fold
from rag.ranking.passages import Sentence

AnswerType = Literal["number", "time", "person", "place", "reason", "other"]

_ANSWER_TYPE_PATTERNS: tuple[tuple[AnswerType, re.Pattern[str]], ...] = (
    (
        "time",
        re.compile(
            r"何时|什么时候|什么时间|何年|哪[一]?年|哪[一个]*[月日天]"
            r"|几[月日号]|年份|世纪|\bwhen\b"
            r"|\b(?:what|which) (?:year|date|day|month|century|decade)\b"
        ),
    ),
    (
        "number",
        re.compile(
            r"多少|第几|几|百分|多[大长高远久快]"
            r"|\bhow (?:many|much|old|long|far|tall|large|big|often"
            r"|high|fast)\b|percent|\bwhat (?:number|percentage|proportion|share|amount)\b"
        ),
    ),
    ("person", re.compile(r"谁|哪[一]?[位人]|何人|什么人|\bwho(?:m|se)?\b")),
    (
        "place",
        re.compile(
            r"哪里|哪儿|哪[个一]*(?:国|地|城|州|省|市|洲)|何处|何地|什么地方|\bwhere\b"
            r"|\b(?:what|which) (?:city|country|state|place|region|continent)\b"
        ),
    ),
    ("reason", re.compile(r"为何|为什么|原因|怎么会|\bwhy\b|\breason")),
)

_NUMBER = re.compile(
    r"\d|[两三四五六七八九十百千万亿]|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
    r"|hundred|thousand|million|billion|dozen|half|once|twice|first|second|third)\b"
)
_TIME = re.compile(
    r"\d{3,4}|\d+ *[年月日]|世纪|年代|年间|时期|公元|[一二三四五六七八九十〇零]+[年月日]|[春夏秋冬]"
    r"|\b(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|monday|tuesday|wednesday|thursday|friday|saturday|sunday|century|year|today)\b"
)
_REASON = re.compile(
    r"因为|由于|因此|所以|导致|原因|为了|以便|使|\b(?:because|due to|since|therefore|so that"
    r"|in order|caus\w*|reasons?)\b"
)
_PLACE = re.compile(r"[在于国市省州县区岛洲城]|\b(?:in|at|near|from)\b")
_CAPITALIZED_WORD = re.compile(r"(?<!^)(?<![.!?] )\b[A-Z][a-z]+")
_SURNAMES = (
    "李王张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢"
    "姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严武戴莫孔向汤习"
)
_PERSON = re.compile(rf"·|[{_SURNAMES}][{COMMON_HAN}]{{1,2}}")

_SOURCE_QUESTION = re.compile(
    r"出处|出自|[引参][用考]?[了自的](?:是)?(?:哪|什么|谁)|从哪[里儿]来|从何而来|哪[里儿]来的|(?<!个)来源|引自|引用|所引|资料是?从|根据(?:哪|什么)|哪[一]?[篇份][^，。？]*(?:论文|报告|报导|报道|文献|写|说|提)"
    r"|哪[一]?[家份本位项][^，。？]*(?:报纸|[晨晚早日时]报|媒体|期刊|杂志|通讯社|记者|调查|报告|论文|文献|研究(?![所院员机]))"
    r"[^，。？]*(?:登|刊|引|写|说|提|报|算|载|的)?[？?]*$"
    r"|(?:根据|依据)[^，。？]{0,8}(?:哪|什么|谁)|(?:谁|何人)[^，。？]{0,2}[写著撰编].{0,4}[《〈]|[》〉][^，。？]{0,4}(?:谁|何人)[^，。？]{0,2}[写著撰编]"
    r"|哪[一]?个(?:机关|机构|单位|部门)(?:所)?(?:提供|统计|估计)|注[解释脚]?里|脚注|\bsources?\b|\bcit(?:e|es|ed|ing|ation)\b|\breferenced?s?\b|\bfootnotes?\b"
    r"|\bwhere (?:does|do|did|is|are|was|were)\b.*\b(?:figure|number|claim|quote|information)s?\b"
    r"|\bwhere is (?:it|this|that) (?:documented|reported|stated|recorded)\b"
    r"|\bwhose (?:article|study|report|paper|book|essay)\b|\bwho (?:wrote|published) [\"'《]"
    r"|\b(?:which|what) (?:news\w*|journal|magazine|commentary|agency|survey|interview|book)\b"
    r"|\baccording to (?:which|what)\b|\b(?:which|what) (?:report|study|paper|publication)s?\b"
)


def asks_for_source(question: str) -> bool:
    """Whether a question asks where a statement comes from."""
    return _SOURCE_QUESTION.search(fold(question)) is not None


def answer_type(question: str) -> AnswerType:
    """The kind of answer that a question asks for."""
    folded = fold(question)
    return next(
        (kind for kind, pattern in _ANSWER_TYPE_PATTERNS if pattern.search(folded)), "other"
    )


def contains_answer_type(
    expected_type: AnswerType, sentence: Sentence, language: Language, question: str
) -> bool:
    """Whether a sentence has what may be an answer of that kind.

    Args:
        expected_type: As `expected` says.
        sentence: Of a passage.
        language: The sentence's.
        question: As asked; a name that it has itself is no answer to "who".
    """
    if expected_type == "person" and language == "en":
        folded_question = fold(question)
        return any(
            name.casefold() not in folded_question
            for name in _CAPITALIZED_WORD.findall(sentence.text)
        )
    patterns = {
        "number": _NUMBER, "time": _TIME, "reason": _REASON, "place": _PLACE, "person": _PERSON
    }  # fmt: skip
    pattern = patterns.get(expected_type)
    return pattern is not None and pattern.search(sentence.folded) is not None
