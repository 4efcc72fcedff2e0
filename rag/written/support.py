"""Whether the numbers, dates and articles of law of a sentence are in what it cites."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import lru_cache

from index.text.characters import FOLDED_HAN, HAN_DIGITS
from index.text.numbers import normalize_numbers
from index.text.patterns import load_patterns
from index.text.scripts import fold
from rag.written.computed import is_computed
from rag.written.counts import count_months, list_counts
from rag.written.facts import DAYS_OF_YEAR, Fact, list_facts
from rag.written.number_words import replace_number_words
from rag.written.tolerance import is_in_words, is_rounded, is_within, load_tolerances

_PATTERNS = load_patterns("rag.written")
_MINGUO_OFFSET = 1911
_DECADE = 10  # years
_DECADE_MARK = "年代"
_COUNTS = frozenset(("share", "multiple", "year"))  # kinds that a bare number may repeat
_ROUNDED = frozenset(("number", "share", "multiple"))
_BARE_YEAR = re.compile(r"(\d{1,3})年(?:度)?")
_MINGUO_DECADE = re.compile(rf"民国([{HAN_DIGITS}]十|\d0)年代")
_PARAGRAPH = re.compile("[款项目]")
_FIRST = re.compile("(?<![a-z])first(?![a-z])|首[次届版批度任位名]|最初|第一")
_SECOND = re.compile("(?<![a-z])second(?![a-z])|[再二]版|再度|再次|次子|次女|次席|亚军")
_YEARS_APART = re.compile(
    r"(?:为期|历时|耗时|任期|有效期间?|期限|效期)为?(\d{1,3})年"
    r"|(?<![a-z])(?:for|lasted|took|term of) (\d{1,3}) years"
    r"|(?<![每\d])(\d{1,3})(?:年|载|周年)(?:后|之后|以后|以前|之前|前)"
    r"|(\d{1,3}) years (?:later|after|earlier|before|ago|old|on(?![a-z])|behind|late)"
    r"|(\d{1,3})岁|(?<![a-z])aged? (?:of )?(\d{2,3})(?![\d%])"
)
_YEARS_BESIDE = {"year-after": 1, "year-before": -1}
_PAIR = re.compile(
    r"(?<![a-z])(?:the|these|those|between|both) two(?![a-z])"
    r"|[兩两二](?:[人者國国造方岸]|家公司)|一年.{0,3}一年",
    re.IGNORECASE,
)
_ARTICLE_ZH = re.compile("(?<![第十百千万萬亿億之分])一(?=[項项名位個个座件家所條条])")
_MONTHS = (
    "january february march april may june july august september october november december".split()
)
_MONTH_NAME = re.compile(rf"(?<![a-z])(?:{'|'.join(_MONTHS)})(?![a-z])")
_ONE_UNIT = re.compile(
    "(?<![a-z])(?:an?|one|(?:the )?(?:past|last|next|following|first)) "
    "(year|month|week|day|decade|century)(?![a-z])"
)
_HAN = re.compile(f"[{FOLDED_HAN}]")
_CENTURY = 100  # years
_HAN_NUMERAL = re.compile(rf"第[{HAN_DIGITS}十百]+[条款项]|([{HAN_DIGITS}十百千万亿廿卅]+)")


def find_unsupported_facts(sentence: str, cited: Iterable[str]) -> Iterator[Fact]:
    """Yield the facts of a sentence that none of the sentences has that it cites.

    A rounded number is supported by the exact one, one that follows from two others by these;
    words for small numbers by a number anywhere.

    Args:
        sentence: The written sentence.
        cited: The texts of the sentences that it cites.
    """
    texts = list(cited)
    printed = [fact for text in texts for fact in list_facts(text)]
    known = [fact for text in texts for fact in _list_alternatives(text)]
    known += list(_list_years_beside(texts, known))
    known += [fact for text in texts for fact in count_months(text)]
    compared = _PAIR.sub("they", sentence)
    if not any(_HAN.search(text) for text in texts):
        compared = _ARTICLE_ZH.sub("", compared)  # an English article
    counts = list_counts(compared, texts)
    for fact in list_facts(compared):
        if not (
            any(supports(other, fact) for other in known)
            or is_computed(printed, fact)
            or (fact.kind == "number" and fact.value in counts)
        ):
            yield fact


@lru_cache(maxsize=1_024)
def _list_alternatives(text: str) -> tuple[Fact, ...]:
    """Return the facts of a cited sentence, with the other values that its numbers may mean."""
    return tuple(_find_alternatives(text))


def _find_alternatives(text: str) -> Iterator[Fact]:
    for fact in list_facts(text):
        yield from (fact, *_list_meanings(fact))
    folded = fold(text)
    if _FIRST.search(folded):
        yield Fact("number", Decimal(1), "")
    if _SECOND.search(folded):
        yield Fact("number", Decimal(2), "")
    for match in _MONTH_NAME.finditer(folded):
        yield Fact("month", Decimal(_MONTHS.index(match[0]) + 1), match[0])
    for match in _ONE_UNIT.finditer(folded):
        yield from list_facts(f"1 {match[1]}")
    limits = {fact.value for fact in list_facts(text) if fact.bound}
    for match in _HAN_NUMERAL.finditer(folded):
        value = _read_numeral(match[1]) if match[1] else ""
        if value and Decimal(value) not in limits:
            yield Fact("number", Decimal(value), match[1])
    for match in _MINGUO_DECADE.finditer(folded):
        year = Decimal(_read_numeral(match[1])) + _MINGUO_OFFSET
        yield Fact("year", year - year % _DECADE, match[0])


def _list_meanings(fact: Fact) -> Iterator[Fact]:
    """Yield the other facts that a cited one may mean."""
    if nth := _BARE_YEAR.fullmatch(fact.text):
        yield Fact("year", Decimal(nth[1]) + _MINGUO_OFFSET, fact.text)
    if fact.kind == "year" or (fact.kind == "number" and not fact.dimension):
        nth_century = fact.value // _CENTURY + 1
        yield Fact("number", nth_century, fact.text, "", "duration", _CENTURY * DAYS_OF_YEAR)
    if fact.kind == "number" and not fact.dimension and fact.bound in ("", "about"):
        yield Fact("year", fact.value, fact.text)
    if fact.dimension == "duration" and fact.size == _CENTURY * DAYS_OF_YEAR:
        yield Fact("year", (fact.value - 1) * _CENTURY, fact.text)
    if fact.kind == "law" and _PARAGRAPH.search(fact.text):
        yield Fact("number", fact.value, fact.text)


def _list_years_beside(texts: Iterable[str], known: Iterable[Fact]) -> Iterator[Fact]:
    """Yield the years that are as far from those that are named as words such as 次年 say."""
    distances: set[int] = set()
    for text in map(fold, texts):
        distances.update(
            distance for name, distance in _YEARS_BESIDE.items() if _PATTERNS[name].search(text)
        )
        for match in _YEARS_APART.finditer(normalize_numbers(replace_number_words(text))):
            years = int(next(filter(None, match.groups())))
            distances.update((years, -years))
    for fact in known:
        if fact.kind == "year":
            for distance in distances:
                yield Fact("year", fact.value + distance, fact.text)


def _read_numeral(numeral: str) -> str:
    """Return a Han numeral as digits; "" if it is none."""
    value = normalize_numbers(f"第{numeral}条").strip("第条")
    return value if value.isdigit() else ""


def supports(known: Fact, fact: Fact) -> bool:
    """Return whether a fact of a cited sentence is one of the written sentence, or more exact.

    Args:
        known: The fact of the cited sentence.
        fact: That of the written one.
    """
    if {known.bound, fact.bound} == {"least", "most"}:
        return False
    if known.kind != fact.kind:
        return known.value == fact.value and _may_stand_for(known, fact)
    if fact.kind == "year" and fact.text.endswith(_DECADE_MARK):
        return known.value // _DECADE == fact.value // _DECADE
    if known.dimension and fact.dimension:
        if known.dimension != fact.dimension:
            return False
        if known.size != fact.size:
            return _is_converted(known.value * known.size / fact.size, fact)
    if fact.kind == "share" and fact.bound == "about" and is_in_words(fact):
        about = load_tolerances().bounds["about"]
        return abs(float(known.value / fact.value) - 1) <= about
    return known.value == fact.value or (fact.kind in _ROUNDED and is_rounded(known.value, fact))


def _may_stand_for(known: Fact, fact: Fact) -> bool:
    """Return whether a number of one kind may be compared as another kind."""
    if fact.kind == "number":
        return known.kind in _COUNTS and not fact.dimension
    if known.kind != "number":
        return False
    if fact.kind == "multiple":
        return not known.dimension  # it happened twice
    return fact.kind == "law" and bool(_PARAGRAPH.search(fact.text))


def _is_converted(value: Decimal, fact: Fact) -> bool:
    """Return whether a number in another unit is that of a sentence, or within its limit."""
    if not value or not fact.value:
        return False
    if fact.bound and is_rounded(value, fact):
        return True
    if fact.bound in ("least", "most") and is_within(value, fact):
        return True
    return abs(float(value / fact.value) - 1) <= load_tolerances().calendar
