"""Words for numbers, shares and years of reigns: `data/words.toml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import NamedTuple

from index.text.characters import HAN_DIGITS, parse_number

BOUNDS = ("about", "least", "most")
"""How a number that is not exact limits the true one."""

_YEAR_AND_HALF = re.compile("(?:a|one) year and a half|eighteen months")
_TIMES_A_YEAR = re.compile(
    "[每一]年(?:[^，。；]{0,4})([两二三四六2346])次|([2346])(?: times)? (?:a|per|each|every) year"
)
_MONTHS_OF_YEAR = 12
_FIRST_HALF = re.compile(r"(?<![a-z])(first|second) half of (?:the year|(?=\d{4}))")
_HALF_OF_TIME = re.compile(
    r"(?<![a-z])(?:first|second|latter|earlier|later) half of "
    r"(?=(?:the )?(?:\d{3,4}s|[a-z-]+ century))"
    r"|(?<=[纪代])[前后上下]半[叶期]?"
)
_HALF_MORE = re.compile(
    r"(?<![a-z])(?:an?|one) (hour|day|week|month|decade|century) and a half"
    r"|([一二两三四五六七八九\d])个半(?=小时|钟头|月|星期|世纪)"
)
_DECADE_OF = re.compile(
    r"(?<![a-z])(an?|the|its|this|that|one|per|each|every|first|last|past|next|his|her|their)"
    r" decade(?![a-z])"
)
_EVERY_NTH = re.compile(
    r"(?<![a-z])every ([3-9]|10)(?:rd|th)?"
    r" (?!(?:years|months|weeks|days|hours|minutes)(?![a-z]))[a-z]+"
)
_SOME_OF_EVERY = re.compile(
    rf"每([{HAN_DIGITS}十百\d]{{1,3}})[人名户家个件位项所间][之中里就有]{{1,3}}"
    rf"([{HAN_DIGITS}\d])(?=[人名户家个件位项所间])"
)
_ONE_TIME_MORE = re.compile("((?:增[加长]|成长|上[升涨]|提高|扩大|多)[了出]?)[一1]倍")
_DOUBLINGS = re.compile("翻了?([一两二三])番|翻番")
_TIMES_AND_HALF = re.compile(rf"([{HAN_DIGITS}十\d]{{1,3}})倍半")
_BASIS_POINTS = re.compile(r"(\d+) basis points?(?![a-z])")
_SCHOOL_YEAR = re.compile(r"(\d{2,3}|[一二三四五六七八九〇○零十百]{2,4})学年度?")
_TAELS = re.compile("(?<=[十百千万亿])两")
_MORE_BETWEEN = re.compile(rf"([{HAN_DIGITS}十百千]{{1,4}})([多余])([万亿])")
_YEARS_AND_MONTHS = re.compile(r"(\d{1,2}) years? and (\d{1,2}) months?(?![a-z])")
_SHARED_MONTH = re.compile(
    r"(?<!\d)(\d{1,2})( (?:and|to|or|until|till) )(\d{1,2}) "
    r"(january|february|march|april|may|june|july|august|september|october|november|december)(?![a-z])"
)
_VAGUE = re.compile("[数几若][十百千万亿]+")
_BILLIONS = re.compile(r"(?<=\d)\s?bn(?![a-z])")
_MILLIONS = re.compile(r"([$£€¥]\s?\d[\d.,]*)\s?m(?![a-z])")
_HALF = re.compile("过半(?:数)?")
_TENTHS = re.compile(r"([一二两三四五六七八九])成([一二三四五六七八九])")
_DECIMAL = re.compile(rf"([{HAN_DIGITS}十百千]{{1,8}})点([{HAN_DIGITS}]{{1,6}})")
_SHARED_MAGNITUDE = re.compile(
    r"(?!(?:1\d|20)\d\d(?![\d.,]))(?<![\d.,])"  # a year, and so many millions
    r"(\d[\d.,]*)(\s?(?:to|and|or|-)\s?)(\d[\d.,]*) (thousand|million|billion|trillion)"
)
_COUNTED = re.compile(
    r"(?<![第十百千万亿一二三四五六七八九])[二两三四五六七八九]"
    r"(?=[处家所口枚件笔册卷套类份起栋艘台批轮层段州县省市吨]|小时|分钟|钟头|星期|世纪|公[里斤尺吨顷]|海里)"
)
_ONLY_ONE = re.compile(
    r"(?<![a-z])((?:only|just) )one(?! (?:that|who|which|to)(?![a-z]))(?= [a-z])"
    r"|(?<=[只仅][有剩余])一(?=[^\d一-九次])"
)
_ONE_IN = re.compile(
    r"(?<![\d.a-z])([1-9]|one)(?: [a-z]+){0,2} (?:(?:in|out of)(?: every| each)?|of (?:every|each))"
    r" (10|[2-9]|100)(?!\d)"
)
_OF_EVERY = re.compile(r"of every (10|[2-9]|100) [a-z]+,? ([1-9]\d?|one)(?!\d)")
_SMALL = "one two three four five six seven eight nine ten".split()
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth".split()
_UNITS = {word: value for words in (_SMALL[:-1], _ORDINALS) for value, word in enumerate(words, 1)}
_AND_A_HALF = re.compile(rf"(?<![a-z\d])(\d{{1,3}}|{'|'.join(_SMALL)}) and a half(?![a-z])")


class NumberWords(NamedTuple):
    """Words for numbers, and patterns of them.

    Attributes:
        values: The value of each English word for a number.
        magnitudes: The value of each English word for a power of ten.
        shares: The value in per cent of words for a share.
        durations: The number that words for a frequency or for half of a unit mean.
        eras: The year before the first year of each reign.
        number: English words for one number.
        share: Words for a share.
        duration: Words for a frequency or for half of a unit.
        era_year: A year of a reign.
        era_span: A year of a reign, up to another one without its name.
        nth_of_era: A year of a reign, as English has it: the 2nd year of Guangxu.
        bound_before: What stands before a number that is about right only, or a limit.
        bound_after: What stands after one.
        unit: A unit after a number.
        units: The dimension and the size of each unit.
    """

    values: Mapping[str, int]
    magnitudes: Mapping[str, int]
    shares: Mapping[str, float]
    durations: Mapping[str, str]
    eras: Mapping[str, int]
    number: re.Pattern[str]
    share: re.Pattern[str]
    duration: re.Pattern[str]
    era_year: re.Pattern[str]
    era_span: re.Pattern[str]
    nth_of_era: re.Pattern[str]
    bound_before: re.Pattern[str]
    bound_after: re.Pattern[str]
    unit: re.Pattern[str]
    units: Mapping[str, tuple[str, Decimal]]


@cache
def load_number_words() -> NumberWords:
    """Return the words."""
    import tomllib  # takes 15 ms to import

    path = Path(__file__).with_name("data") / "words.toml"
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    values = {word: value for value, word in enumerate(_SMALL, 1)} | tables["numbers"]
    bounds = tables["bounds"]
    units = {
        name: (dimension, Decimal(size))
        for dimension, sizes in tables["units"].items()
        for size, names in sizes.items()
        for name in names
    }
    durations = tables["frequencies"] | tables["halves"]
    simple, magnitudes = _join(values), _join(tables["magnitudes"])
    return NumberWords(
        values,
        tables["magnitudes"],
        tables["shares"],
        durations,
        tables["eras"],
        re.compile(
            rf"(?<![a-z])(?P<first>{simple})(?:(?<=ty)[ -](?P<second>{_join(_UNITS)}))?"
            rf"(?:[ -](?P<magnitude>{magnitudes}))?(?![a-z])"
        ),
        re.compile(rf"(?<![a-z])(?:{_join(tables['shares'])})(?![a-z])"),
        re.compile(rf"(?<![a-z])(?:{_join(durations)})(?![a-z])"),
        re.compile(
            rf"(?P<era>{_join(tables['eras'])})\s*(?P<nth>元|[{HAN_DIGITS}十廿卅\d]{{1,3}})年?"
        ),
        re.compile(
            rf"(民国|{_join(tables['eras'])})([元{HAN_DIGITS}十百廿卅\d]{{1,4}}年[^，。；]{{0,6}}?[至到迄、])"
            rf"(?=[{HAN_DIGITS}十百廿卅\d]{{1,4}}年)(?!\d{{4}})"
        ),
        re.compile(
            rf"(?<![a-z\d])(\d{{1,2}})(?:st|nd|rd|th)? year of (?:the )?(?:reign of )?"
            rf"(?:the )?({_join(tables['eras'])})(?![a-z])"
        ),
        re.compile(
            rf"(?:{_join_bounds(bounds, '')})\s*(?:the |a |[占为有达])?(?:(?:nt|us|hk)?[$£€¥])?$"
        ),
        re.compile(
            rf"\s*(?:[元人名个件项家次]|[a-z]+ (?=or ))?(?:{_join_bounds(bounds, '-after')})"
        ),
        re.compile(rf"[\s-]*(?:{_join(units)})(?![a-z])"),
        units,
    )


def replace_number_words(folded: str) -> str:
    """Return a text with its words for numbers and shares as digits.

    Args:
        folded: A text after `index.text.scripts.fold`.

    >>> replace_number_words("two-thirds of twenty-five thousand")
    '66.6667% of 25000'
    """
    words = load_number_words()
    text = _SHARED_MONTH.sub(r"\1 \4\2\3 \4", _TAELS.sub("银", folded))
    text = _MORE_BETWEEN.sub(r"\1\3\2", _SCHOOL_YEAR.sub(r"\1年度", text))
    text = words.era_span.sub(r"\1\2\1", text)
    text = words.era_year.sub(_replace_era_year, text)
    text = _MILLIONS.sub(r"\1 million", _BILLIONS.sub(" billion", _VAGUE.sub("若干", text)))
    text = _DOUBLINGS.sub(_replace_doublings, _HALF_OF_TIME.sub("", text))
    text = _ONE_TIME_MORE.sub(r"\g<1>到2倍", text)
    text = _TIMES_AND_HALF.sub(lambda match: f"{parse_number(match[1])}.5倍", text)
    text = _FIRST_HALF.sub(r"\1 6 months of ", text)
    text = _HALF_MORE.sub(_replace_half_more, _DECADE_OF.sub(r"\1 10 years", text))
    text = words.duration.sub(lambda match: words.durations[match[0]], text)
    text = _AND_A_HALF.sub(_add_half, text)
    text = _HALF.sub("超过50%", text)
    text = _YEAR_AND_HALF.sub("1年半", text)
    text = words.share.sub(lambda match: f"{words.shares[match[0]]:g}%", text)
    text = _TENTHS.sub(lambda match: f"{parse_number(match[1])}{parse_number(match[2])}%", text)
    text = _DECIMAL.sub(_replace_decimal, text)
    text = words.number.sub(_replace_number, text)
    text = _SHARED_MAGNITUDE.sub(r"\1 \4\2\3 \4", text)
    text = _ONLY_ONE.sub(r"\g<1>1", text)
    text = _COUNTED.sub(lambda match: f"{parse_number(match[0])}", text)
    text = words.nth_of_era.sub(lambda match: f"{words.eras[match[2]] + int(match[1])}年", text)
    text = _TIMES_A_YEAR.sub(_replace_times_a_year, text)
    text = _YEARS_AND_MONTHS.sub(
        lambda match: f"{_MONTHS_OF_YEAR * int(match[1]) + int(match[2])} months", text
    )
    text = _BASIS_POINTS.sub(lambda match: f"{int(match[1]) / 100:g}%", text)
    text = _OF_EVERY.sub(lambda match: _format_share(match[2], match[1]), text)
    text = _ONE_IN.sub(lambda match: _format_share(match[1], match[2]), text)
    text = _SOME_OF_EVERY.sub(
        lambda match: _format_share(f"{parse_number(match[2])}", f"{parse_number(match[1])}"), text
    )
    return _EVERY_NTH.sub(lambda match: _format_share("one", match[1]), text)


def _format_share(part: str, whole: str) -> str:
    return f"about {100 * (1 if part == 'one' else int(part)) / int(whole):.3g}%"


def _replace_doublings(match: re.Match[str]) -> str:
    return f"{2 ** int(parse_number(match[1] or '一'))}倍"


def _replace_times_a_year(match: re.Match[str]) -> str:
    times = int(parse_number(match[1] or match[2]))
    return f"{_MONTHS_OF_YEAR // times}个月"


def _replace_half_more(match: re.Match[str]) -> str:
    return f"1.5 {match[1]}" if match[1] else f"{parse_number(match[2])}.5个"


def _replace_number(match: re.Match[str]) -> str:
    words = load_number_words()
    if match["first"] == "one" and not match["magnitude"]:
        return match[0]  # hardly more than an article
    if match["first"] in ("twice", "double", "doubled", "triple", "tripled"):
        return f"{words.values[match['first']]} times"
    value = words.values[match["first"]] + _UNITS.get(match["second"] or "", 0)
    return str(value * words.magnitudes.get(match["magnitude"] or "", 1))


def _add_half(match: re.Match[str]) -> str:
    return f"{match[1] if match[1].isdigit() else load_number_words().values[match[1]]}.5"


def _replace_era_year(match: re.Match[str]) -> str:
    nth = 1 if match["nth"] == "元" else int(parse_number(match["nth"]))
    return f"{load_number_words().eras[match['era']] + nth}年"


def _replace_decimal(match: re.Match[str]) -> str:
    digits = "".join(str(parse_number(character)) for character in match[2])
    return f"{parse_number(match[1])}.{digits}"


def _join_bounds(bounds: Mapping[str, list[str]], place: str) -> str:
    return "|".join(f"(?P<{name}>{_join(bounds[name + place])})" for name in BOUNDS)


def _join(words: Mapping[str, object] | list[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))
