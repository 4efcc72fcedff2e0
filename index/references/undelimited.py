"""Where the authors and the title of a reference are whose title nothing sets off.

"Voss, K. (2012). Port economics. Foghorn Press", "沈一帆. 潮与风[M]. 海声: 海声出版社, 2009",
"A. Merrow, J. Orme, Silting of basins, J. Coast. Eng. 54 (2011) 12",
"Merrow v Orme [1998] 2 AC 45".
"""

from __future__ import annotations

import re
from typing import NamedTuple

from index.readers.notes.evidence import find_evidence
from index.references.remainder import TAKEN, TITLE
from index.text.patterns import load_patterns

_PATTERNS = load_patterns("index.references")

_YEAR = r"(?:1[3-9]\d\d|20\d\d)[a-z]?"
_DAY = (
    r"(?:, [A-Z][a-z]+\.?(?: \d{1,2})?|年?\s?(?:\d{1,2}月(?:\d{1,2}日)?)?"
    r"|년(?: \d{1,2}월 \d{1,2}일)?|-\d\d-\d\d)"
)
_AUTHOR_DATE = re.compile(
    r"(?P<head>[^\d《〈“\"*:：]{2,200}?(?:\([A-Z][A-Za-z ]+\))?)[\s,.。]*"
    rf"(?:[(](?P<date>(?:\d{{1,2}} [A-Z][a-z]+ )?{_YEAR}{_DAY}|n\.d\.)[)][:.,。]?"
    rf"|(?<=[\s,.])(?P<date2>{_YEAR}|N\.d\.|To appear)(?:\[\d{{4}}\])?(?:[.,，。](?!\d)"
    rf"|(?= [A-Z《〈“\"])))\s*"
    r"(?=[^\s\d.,;()\ue000-\ue004])(?!pp?\.|vol|no\. |n° |s\. |ch\. |DOI|https?:|cat\. |fig\. "
    r"|Tese)"
)
_INITIALS = r"(?:[^\W\d_a-z](?:\.-?|-[^\W\d_a-z]\.) ?){1,4}"
_FAMILY = (
    r"(?:(?:van|von|de|der|da|la|le|du|al-) ?)*[^\W\d_a-z][\w’'-]+(?: (?:[^\W\d_a-z][\w’'-]+))?"
)
_SUFFIX = r"(?:,? (?:Jr|Sr|III?)\b\.?)?"
_PERSON = (
    rf"(?:{_INITIALS}{_FAMILY}{_SUFFIX}"  # A. B. Voss
    rf"|{_FAMILY},? {_INITIALS}{_SUFFIX}"  # Voss, A. B.
    rf"|{_FAMILY} [^\W\d_a-z]{{1,3}}(?![\w’'.])(?: [^\W\d_a-z](?![\w’'.]))?{_SUFFIX})"  # Voss AB
)
_AND = r"(?:,? (?:and|&|y|e|et|und|ve) |, ?|; ?| & )"
_EDITED = r"(?:,? ?[(\[]?(?:[Ee]ds?|editors?|Hrsg|orgs?)\.?[)\]]?)?"
_ET_AL = r"(?:,? et al\.?(?: \([A-Z][\w ]+\))?)?"
_LIST = re.compile(
    rf"(?P<head>{_PERSON}(?:{_AND}{_PERSON}(?!\.? ?[\d\ue001])){{0,30}}{_ET_AL}{_EDITED})"
    r"(?P<end>[.,:]|(?<=\.))\s*"
)
_GIVEN = r"[^\W\d_a-z](?:\.|[\w’'-]*)"
_INVERTED_LIST = re.compile(
    rf"(?P<head>{_FAMILY}, {_GIVEN}(?: {_GIVEN}| (?:da|de|do)\b){{0,2}}"
    rf"(?:(?:,? (?:and|&) |, |; ){_FAMILY}(?:, {_GIVEN}|(?: {_GIVEN}){{1,2}})){{0,10}}{_ET_AL}"
    rf"{_EDITED})\.\s+"
)
_FULL_NAMES = re.compile(
    rf"(?P<head>{_GIVEN}(?: (?:{_GIVEN}|van|von|de|der|da|bin|of|the|for|and|&"
    rf"|–)){{0,7}}{_EDITED}{_ET_AL})(?P<end>[,:])\s+"
)
_ONE_WORD = re.compile(r"(?P<head>[^\W\d_a-z][\w’'-]{2,}\.?)(?P<end>,)\s+(?=[^\W\d_])")
_BODY_AND_STOP = re.compile(r"(?P<head>[^\W\d_a-z][^.,:;()\d]{3,60})(?P<end>\.)\s+")
_HAN = r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af々]"
_HAN_HEAD = re.compile(
    rf"(?P<head>(?={_HAN})[^.:,，。\d《〈「『]{{2,20}}"
    r"(?:[,、;·] ?[^.:,。\d《〈「『]{2,14}){0,8}?(?:[,、 ]?等)?)"
    r"(?P<end>\. ?|。|: |：|, (?=[^,]{2,}|$)|,(?=[^,\d]{4,}))(?!\d)"
)
_STOPS_FIRST = re.compile(r"[^,.，。]{2,}[.。]\s")
_HAN_LIST = re.compile(
    rf"(?P<head>(?={_HAN})[^.:,。\d《〈「『\s]{{2,20}}(?:[,、;·]\s?[^.:,。\d《〈「『\s]{{1,6}}){{0,8}}(?:,?"
    rf" ?等)?)(?P<end>\. ?|。|: ?)(?!\d)"
)
_BY_NUMBER = frozenset(
    (
        "law-abroad",
        "docket-number",
        "shelf-mark",
        "siglum",
        "judgment",
        "neutral-citation",
        "archive",
        "parliament",
    )
)
_ANCIENT = re.compile(
    r"(?P<head>[A-Z][a-z]+\.?), (?P<title>[A-Z][a-z]+\.? ?(?:[A-Z][a-z]*\.? ?){0,2}\.)[ ,]"
    r"(?:[Α-Ω] )?\d[\d.a-c–-]*(?:$| \(|,)"
)
_NO_AUTHOR = re.compile(
    r"[Cc]ommunication|Report$|^(?:Vol|No|Art|Proc|Parl|Cass|Cons|BGer|BGH|Sale|[A-Z]\d)\b|Gazette"
    r"|Courier|Times$|\["
)
_CODE = re.compile(r"\s?\[[A-Z]{1,2}(?:/[A-Z]{2})?\]")
_CASE = re.compile(
    r"(?:Case [CT][-–]\d+/\d+,? |Judgment of [\w ]+, )?(?P<title>(?:In re|Ex parte"
    r"|Re) [A-Z][^,\[(\d]{1,80}"
    r"|[A-Z][^\[\d;:“*]{0,120}? v\.? [A-Z][^\[(\d,;]{1,90}?(?:,? (?:Inc|Ltd|Co"
    r"|Pte Ltd)\.?)?)(?=\s*[,\[(\d]|\s[A-Z]{2} |$)"
    r"|(?P<zh>[^,;《》]{2,30}\s?(?:诉|对|訴)\s?[^,;\[《》]{2,30}?(?:案)?)(?=\s?[,\[;]|$)"
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:[A-Z]|vs?|St|Dr|Mr|Mrs|Prof|No|Vol|ed|eds|U\.S|ca|cf|hist|Rev|Nat|Proc|Univ|Int|Am"
    r"|Phys|Lett|J|Sci|Eng)|\b\w\.\w)$"
)
_STOP = re.compile(r"[.?!。．](?=\s|$)|。|．|[.](?=[\u3400-\u9fff])")
_JOURNAL_NEXT = re.compile(
    r"[A-Z][\w’'&.]*+(?: (?:[A-Z][\w’'&.]*+|of|and|&|in|für)){0,7},? ?(?:\d{1,4}[,:(]"
    r"| ?(?!1[89]\d\d|20\d\d)\d{1,4} \(|\d{4}, ?\d|\ue001)"
)


_SENTENCE = re.compile(
    r"(?!\b(?:eds|editors|with|hrsg|orgs)\b)\b[a-z]{4,}\b|, in "
    r"|[^\W\d_]{2}\. [^\W\d_]{2,40} [^\W\d_]{2}"
    r"|(?:Press|Quarterly|Journal|Review)\b"
)
_SHORT = re.compile(
    rf"(?P<head>(?![A-Z]\w{0, 2}\.)(?=[^,\d(]*[^\W\d_A-Z])[^\W\d_a-z][^\d,:;()《〈「“\"*]{{1,60}}?("
    rf"?:,? et al\.?)?),? "
    rf"[(]?(?P<date>{_YEAR})[)]?"
    r"(?=[\s,:;.]*(?:$|\d|pp?\.|s\. |S\. |at |para|cat\.|fig\.|ch\.))"
)
_NUMBERED_JUDGMENT = re.compile(
    r".{0,60}(?:\d字第\d+|判字第|[고마바]\d|判[昭平令大]|[一-鿿]判|判[例时决]|裁定|결정|판결)"
)
_HAN_AND_JOURNAL = re.compile(
    r"(?P<head>[\u3400-\u9fff]{2,6})・(?=[\u3400-\u9fff]{1,10}\d+[巻卷号])"
)


_CAPITALS = re.compile(
    r"(?P<head>[A-ZÀ-Þ]{3,}, [A-ZÀ-Þ][a-zß-ÿ]+(?: [A-ZÀ-Þ][a-zß-ÿ]+)?)(?P<end>,)\s+"
)
_PLACE_AT_END = re.compile(r", [A-Z][\w ]+, (?P<place>[A-Z][\w ]+)$")
_NO_TITLE = re.compile(r"[Ii]n:? |(?:private|personal) communication|ibid\b")
_HANDLE = re.compile(r"(?P<head>@[^,]{2,40})(?P<end>,)\s?")
_EDITED_BY = re.compile(r", (?:edited|ed\.|eds|trans|translated|nsr|vol)")
_FIRST_NUMBER = re.compile(r"\d")
_LONGEST_COURT = 30  # characters of the name of a court before its number
_SIGLUM = re.compile(r"[A-Z]{1,2}\d+,")
_NAME_FORMS = (
    _HANDLE,
    _CAPITALS,
    _LIST,
    _INVERTED_LIST,
    _HAN_LIST,
    _HAN_HEAD,
    _FULL_NAMES,
    _ONE_WORD,
    _BODY_AND_STOP,
)
_HIDDEN = re.compile('[\ue000-\ue004*《『「“"]|//')
_IMPRINT = re.compile(
    r"\s?[(\[（〔](?=[^()]{0,200}(?:\d{4}|ed\.|eds |edn|:|Collection|PDF|译|원저))"
    r"|\s?\[(?!\d)|\((?:未|頁|页)"
)
_COMMA = re.compile(
    r",\s?(?=\D)|,\s?(?=\d)|: (?=[A-Z][^,]+, (?:v\.|[A-Z])|[A-Z]\w+, (?:v\.|no))|, in "
)
_NUMBERS_AFTER_TITLE = re.compile(
    r"\s\d{1,4}(?:[–-]\d+)?\s?\(\d{4}\)|,? \d{1,4}\. (?:Aufl|ed)|, S\. \d"
)


class Split(NamedTuple):
    """Spans of a reference; an empty one where it has no such part.

    Attributes:
        head: The authors.
        date: The date between authors and title.
        title: The title.
        is_case: Whether the title names the parties of a case.
    """

    head: tuple[int, int] = (0, 0)
    date: tuple[int, int] = (0, 0)
    title: tuple[int, int] = (0, 0)
    is_case: bool = False


def split_author_date(folded: str) -> Split | None:
    """Return the parts of a reference that begins with its authors and year; None of any other.

    Args:
        folded: The reference, in half-width signs.
    """
    match = _AUTHOR_DATE.match(folded)
    if match is None or _SENTENCE.search(match["head"]):
        return None
    group = "date" if match["date"] else "date2"
    end = find_title_end(
        folded,
        match.end(),
        by_comma=match[0].rstrip()[-1] in ",，" and not _STOPS_FIRST.match(folded, match.end()),
    )
    last = _PLACE_AT_END.search(folded, match.end(), end)
    if last and _PATTERNS["place"].fullmatch(last["place"]):
        end = last.start()  # "Quay walls, Foghorn, London"
    return Split(match.span("head"), match.span(group), (match.end(), end))


def split_undelimited(folded: str) -> Split:
    """Return the authors and the title of a reference, as far as its form tells them.

    Args:
        folded: The reference, in half-width signs, addresses hidden.
    """
    code = _CODE.search(folded)
    if code:
        return _split_before_code(folded, code.start())
    return (
        _split_law(folded)
        or _split_short(folded)
        or split_author_date(folded)
        or _split_by_number(folded)
        or _split_by_names(folded)
    )


def _split_law(folded: str) -> Split | None:
    """Return the title of a case or a statute; None of any other reference."""
    if _NUMBERED_JUDGMENT.match(folded) and _PATTERNS["case"].search(folded):
        return Split(is_case=True)
    statute = _PATTERNS["statute"].search(folded)
    if statute and statute.start() < 60:
        return Split(title=(0, find_title_end(folded, 0, by_comma=True)))
    case = _CASE.match(folded)
    if case:
        return Split(title=case.span("title" if case["title"] else "zh"), is_case=True)
    return None


def _split_short(folded: str) -> Split | None:
    """Return the author of "Orme 1998: 33" and of 海野一郎・法協112巻5号; None of any other."""
    journal = _HAN_AND_JOURNAL.match(folded)
    if journal:
        return Split((0, journal.end("head")))
    short = _SHORT.match(folded)
    return Split(short.span("head"), short.span("date")) if short else None


def _split_by_number(folded: str) -> Split | None:
    """Return nothing of what is cited by its number, author and title of an ancient work."""
    if _cites_by_number(folded):
        return Split()
    ancient = _ANCIENT.match(folded)
    return Split(ancient.span("head"), title=ancient.span("title")) if ancient else None


def _split_by_names(folded: str) -> Split:
    for form in _NAME_FORMS:
        match = form.match(folded)
        if match and match.end() < len(folded) and _may_be_authors(match["head"]):
            end = (match.groupdict().get("end") or ".").strip()
            by_comma = end == "," or (end == ":" and not _STOPS_FIRST.match(folded, match.end()))
            return _split_after_head(folded, match, by_comma=by_comma)
    by_comma = bool(re.match(r"[^.。]*,", folded))
    return Split(title=(0, find_title_end(folded, 0, by_comma=by_comma)))


def _cites_by_number(folded: str) -> bool:
    """Return whether a reference names a manuscript, a judgment or a file by its number alone."""
    names = set(find_evidence(folded).weights.keys() & _BY_NUMBER)
    if not _FIRST_NUMBER.search(folded[:_LONGEST_COURT]):
        names.discard("docket-number")  # of a report, after its title
    is_archive = bool(_PATTERNS["archive"].search(folded) or _SIGLUM.match(folded))
    return (bool(names) or is_archive) and not re.search(r"[A-Z]\.,? [A-Z]\w+, ", folded[:30])


def _may_be_authors(head: str) -> bool:
    """Return whether names in Han are as long as names are."""
    if not re.match(r"[\u3400-\u9fff]", head):
        return not _NO_AUTHOR.search(head)
    names = re.split(r"[,、;·]\s?", head)
    return all(
        len(_PATTERNS["role-after-name"].sub("", name)) <= 5 or _PATTERNS["body-name"].search(name)
        for name in names
    )


def _split_after_head(folded: str, match: re.Match[str], *, by_comma: bool) -> Split:
    start = match.end()
    rest = folded[start:]
    is_number = by_comma and re.match(r"[\d\ue000-\ue004]", rest)
    if is_number or any(form.match(rest) for form in (_JOURNAL_NEXT, _NO_TITLE)):
        return Split(match.span("head"))
    if _PATTERNS["thesis"].match(rest):
        return Split(match.span("head"))
    review = _PATTERNS["review-of"].match(rest)
    start += review.end() if review else 0
    return Split(
        match.span("head"), title=(start, find_title_end(folded, start, by_comma=by_comma))
    )


def _split_before_code(folded: str, end: int) -> Split:
    dated = re.match(rf"([^\d.]{{2,120}}), ({_YEAR})\. ?", folded[:end])
    if dated:
        return Split(dated.span(1), dated.span(2), (dated.end(), end))
    for stop in re.finditer(r"\.\s?|．", folded[:end]):
        if stop.start() > 1 and not re.search(r"(?:^|[\s,.])[A-Z]$", folded[: stop.start()]):
            return Split((0, stop.start()), title=(stop.end(), end))
        if stop.start() > 1 and re.match(r"[A-Z][^.,]{6,}", folded[stop.end() : end]):
            return Split((0, stop.start()), title=(stop.end(), end))
    return Split(title=(0, end))


def find_title_end(folded: str, start: int, *, by_comma: bool) -> int:
    """Return where a title ends that nothing sets off.

    Args:
        folded: The reference, in half-width signs.
        start: Where the title begins.
        by_comma: Whether the parts of the reference stand between commas rather than full stops.
    """
    text = folded[start:]
    if not text.strip(f" ,.{TITLE}{TAKEN}"):
        return start
    hidden = _HIDDEN.search(text)
    imprint = _IMPRINT.search(text, 1)
    ends = [match.start() for match in (hidden, imprint) if match]
    ends += _list_comma_ends(text, imprint) if by_comma else _list_stops(text)
    return start + min(ends, default=len(text))


def _list_comma_ends(text: str, imprint: re.Match[str] | None) -> list[int]:
    """Return where a title may end in a reference whose parts stand between commas."""
    before = text[: imprint.start()] if imprint else ""
    comma = _COMMA.search(text)
    has_imprint = imprint is not None and not re.search(r"\d\s?$", before)
    ends = [comma.start()] if comma and not (has_imprint and _is_subtitle(before)) else []
    numbers = _NUMBERS_AFTER_TITLE.search(text)
    return [*ends, numbers.start()] if numbers else ends


def _list_stops(text: str) -> list[int]:
    """Return where the first sentence of a text ends, abbreviations aside."""
    for stop in _STOP.finditer(text):
        before = text[max(stop.start() - 12, 0) : stop.start()]
        if stop[0] not in ".．" or not _ABBREVIATION.search(before):
            return [stop.start() + (stop[0] in "?!")]
    return []


def _is_subtitle(text: str) -> bool:
    """Return whether commas in a text are those of a title such as "Silt: Impacts, Policy"."""
    if _EDITED_BY.search(text):
        return False
    return ":" in text or not re.search(r", [A-Z]", text) or " and " in text.rsplit(",", 1)[-1]
