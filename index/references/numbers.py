"""Volume, issue, pages and imprint: what follows the title of a reference."""

from __future__ import annotations

import re

from index.readers.notes.masking import fold_widths
from index.references.draft import Draft
from index.references.remainder import DATE, NUMBER, PAGES, TAKEN, clean
from index.text.patterns import load_patterns

_PATTERNS = load_patterns("index.references")

_RANGE = r"[a-zA-Z]{0,2}\d{1,6}(?:[a-z]\d{0,3})?(?:\s?[-–—~～－∼]\s?[a-zA-Z]?\d{1,6}[a-z]?)?"
_VOLUME_AND_ISSUE = re.compile(
    r"[\s,，.:]*\*{0,2}(?P<volume>\d{1,4}[A-Z]?|[IVXLC]{2,8}\b)\*{0,2}\s?"
    r"(?:[(]\s?(?P<issue>[\d]{1,4}(?:[-–/]\d{1,4})?)\s?[)]|[/.](?P<slash>\d{1,3})(?=\s?[(\ue001"
    r"\ue002]))?"
    r"(?=[\s,.:;(\ue000-\ue004]|$)"
)
_VOLUME_WITH_ISSUE = re.compile(r"(\w+)\s?\(([^()]+)\)")
_PAGES_AFTER_NUMBER = re.compile(
    r"[\s()\ue001\ue002,.\-]*?[:,.)\s]\s?(?P<pages>"
    + _RANGE
    + r")(?P<more>,? "
    + _RANGE
    + r")?(?=[\s.,。;(\[\ue001\ue004]|$)"
)
_NUMBER_AT_END = re.compile(
    r"(?:[,.:)\]\ue000-\ue004]\s?|[,:]? )(?:\d{1,2}/)?(?P<pages>[A-Z]?\d{1,5}(?:[a-z]\d{0,3})?"
    r"(?:\s?[-–—~～]\s?\d{1,5}[a-z]?)?|[ivxl]{1,7}(?:[-–][ivxl]{1,7})?)"
    r"(?:ff?\.?)?[\s.)]*(?=$|[\ue001\ue004(])"
)
_REPORTER = re.compile(
    r"[\s,(\[\])\ue001]*(?:\(?\d{4}\)? )?(?P<volume>\d{1,4}(?:\(\d+\))? )?(?P<container>[A-Z][\w"
    r".’'&]*(?: (?:& )?[A-Z][\w.’'&]*){0,6})\s"
    r"(?P<pages>\d{1,5})(?:(?:, ?(?:at )?| at |, )(?P<locator>\d{1,5}(?:[-–]\d+)?))?(?![\w/])"
)
_NAMES_BEFORE_DATE = re.compile(
    r"[\s,.。\ue004]*(?P<publisher>(?![IVXLC]+\b|卷)[^\W\d_a-z][^,.\d()\ue000-\ue004:]{1,40}?)"
    r"(?:,\s?(?P<place>[^\W\d_][^,.\d()\ue000-\ue004:]{1,30}?))?[\s,.\ue004]*(?=\ue001)"
)
_NAME_AT_END = re.compile(
    r"(?:[\ue003)\]]|^,)[\s.]*(?P<publisher>[^\W\d_a-z][^,.\d()\ue000-\ue004:]{2,40})[\s.]*$"
)
_PUBLISHER_NAME = re.compile(r"[a-z]{2}|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2}")
_NUMBER_AFTER_DATE = re.compile(r"\ue001\s?\((?P<number>\d{1,3})\)")
_IMPRINT_PARENTHESES = re.compile(
    r"[(（\[]([^()（）\[\]]{0,300}+(?:[(（][^()]{0,300}[)）])?[^()（）\[\]]{0,300})[)）\]]"
)


def parse_issue_number(text: str) -> tuple[str, str]:
    """Return the volume and the issue in the number of a publication; "" for what it lacks.

    Args:
        text: As printed: 第3卷第2期, Vol. 3 No. 2, or a number alone, which is that of the issue.

    >>> parse_issue_number("第3卷第2期"), parse_issue_number("12")
    (('3', '2'), ('', '12'))
    """
    folded = fold_widths(text)
    if both := _VOLUME_WITH_ISSUE.fullmatch(folded.strip()):
        return both[1], both[2]
    volume, issue = (
        next(filter(None, match.groups()), "") if match else ""
        for match in (_PATTERNS[name].search(folded) for name in ("volume", "issue"))
    )
    return (volume, issue) if volume or issue else ("", text)


def take_pages(draft: Draft) -> str:
    """Return the pages of a reference that are marked as such (p. 5, 頁5, 第5页), and hide them.

    Args:
        draft: The reference, its authors and title hidden.
    """
    match = _PATTERNS["pages"].search(draft.folded, draft.title_end)
    return draft.remainder.take_match(match, PAGES)


def take_marked_numbers(draft: Draft) -> None:
    """Read the volume and the issue that are marked as such (vol. 3, no. 2; 第3卷第2期).

    Args:
        draft: The reference, its authors, title and pages hidden.
    """
    volume = _PATTERNS["volume"].search(draft.folded, draft.title_end)
    draft.volume = draft.remainder.take_match(volume, NUMBER)
    issue = _PATTERNS["issue"].search(draft.folded, draft.title_end)
    draft.issue = draft.remainder.take_match(issue, NUMBER)
    after_date = _NUMBER_AFTER_DATE.search(draft.folded, draft.title_end)
    if after_date and draft.type == "article-newspaper":
        draft.pages = draft.pages or draft.remainder.take(after_date.span("number"), PAGES)
    elif after_date and not draft.issue:
        draft.issue = draft.remainder.take(after_date.span("number"), NUMBER)


def take_numbers_after_container(draft: Draft) -> None:
    """Read the numbers that follow a container by their places: 12(3), 45–60; 54 (2011) 12.

    Args:
        draft: The reference, its container and dates hidden.
    """
    start = draft.container_end
    is_of_day = bool(draft.date and draft.date.day)
    if not draft.volume:
        match = _VOLUME_AND_ISSUE.match(
            re.sub(f"^[{DATE}\\s,;(]+", lambda m: " " * len(m[0]), draft.folded[start:])
        )
        if match and (match["issue"] or not is_of_day):
            draft.volume = match["volume"]
            draft.issue = draft.issue or match["issue"] or match["slash"] or ""
            end = start + match.end()
            draft.remainder.take((start + match.start("volume"), end), NUMBER)
    if not draft.pages:
        last_number = max(draft.folded.rfind(NUMBER), start)
        match = _PAGES_AFTER_NUMBER.match(
            draft.folded,
            last_number + 1 if draft.folded[last_number : last_number + 1] == NUMBER else start,
        )
        if match:
            draft.pages = clean(draft.remainder.text[slice(*match.span("pages"))])
            draft.remainder.take(match.span("pages"), PAGES)
            if match["more"]:
                draft.locator = clean(draft.remainder.take(match.span("more"), PAGES))


def take_number_at_end(draft: Draft) -> str:
    """Return the number at the end of a reference, which is that of a page, and hide it.

    Args:
        draft: The reference, its title and dates hidden.
    """
    matches = list(_NUMBER_AT_END.finditer(draft.folded, max(draft.title_end - 1, 0)))
    if not matches:
        return ""
    match = matches[-1]
    text = clean(draft.remainder.text[slice(*match.span("pages"))])
    draft.remainder.take(match.span("pages"), PAGES)
    return text


def take_reporter(draft: Draft) -> bool:
    """Return whether there is a law report or review, "73 L. Rev. 733, 741", and read it.

    Args:
        draft: The reference, its title and dates hidden.
    """
    match = _REPORTER.match(draft.folded, draft.title_end)
    if match is None or match["container"] in ("S", "P", "N", "No", "Vol"):
        return False
    if not match["volume"] and DATE not in match[0]:
        return False
    draft.container = draft.remainder.text[slice(*match.span("container"))].strip()
    draft.volume = (match["volume"] or "").strip()
    draft.locator = match["locator"] or draft.pages
    draft.pages = match["pages"]
    draft.container_end = match.end()
    draft.remainder.take(
        (match.start("volume") if match["volume"] else match.start("container"), match.end())
    )
    return True


def take_imprint(draft: Draft) -> None:
    """Read place and publisher: "(London: Foghorn, 2019)", "London: Foghorn", 商務印書館1998年版.

    Args:
        draft: The reference, its title, dates and numbers hidden.
    """
    start = draft.title_end
    for match in _IMPRINT_PARENTHESES.finditer(draft.folded, start):
        if _read_imprint(draft, *match.span(1), in_parentheses=True):
            return
    colon = re.search(
        r"(?:^|[\ue000-\ue004.,。;)]\s?)(?P<both>(?P<place>[^\W\d_][^.,。;:()\d\ue000-\ue004]{1,30"
        r"}(?:, [A-Z][A-Za-z.]{1,9})?)\s?[:：]\s?(?P<publisher>[^\W\d_][^,，。;:()\ue000-\ue004]{1,"
        r"60}))",
        draft.folded[start:],
    )
    if colon and not draft.publisher:
        draft.place = clean(
            draft.remainder.text[start + colon.start("place") : start + colon.end("place")]
        )
        draft.publisher = clean(
            draft.remainder.text[start + colon.start("publisher") : start + colon.end("publisher")]
        )
        draft.remainder.take((start + colon.start("both"), start + colon.end("both")))
        return
    if draft.title:
        _read_imprint(draft, start, len(draft.folded), in_parentheses=False)
    has_no_book = draft.container and not (draft.editors or draft.is_in_book)
    if draft.title and not (draft.publisher or draft.url or has_no_book or draft.is_case):
        _take_names_before_date(draft)


def _take_names_before_date(draft: Draft) -> None:
    """Read what stands between title and date as publisher and place: "Foghorn, Port Sel, 1996"."""
    start = max(draft.title_end, draft.container_end)
    match = _NAMES_BEFORE_DATE.match(draft.folded, start) or _NAME_AT_END.search(
        draft.folded, start
    )
    if match is None or not _PUBLISHER_NAME.search(match["publisher"]):
        return
    draft.publisher = draft.remainder.take(match.span("publisher"))
    draft.unsure.append("publisher")
    if match.groupdict().get("place") and not draft.place:
        draft.place = draft.remainder.take(match.span("place"))
        draft.unsure.append("place")


def _may_be_publisher(draft: Draft, folded: str, is_first_in_imprint: bool) -> bool:
    """Return whether a name that nothing marks is that of a publisher, by its place."""
    return not draft.publisher and is_first_in_imprint and bool(_PUBLISHER_NAME.search(folded))


def _read_imprint(draft: Draft, start: int, end: int, *, in_parentheses: bool) -> bool:
    """Read place and publisher from a span; return whether anything there was one."""
    text = draft.folded[start:end]
    has_date = DATE in text
    if in_parentheses and re.search(r":\s?[^\W\d_]", text):
        offset = text.index(":")
        draft.place = draft.remainder.take((start, start + offset))
        stop = re.search(r"[\ue001-\ue004,，]|$", text[offset:])
        publisher_end = start + offset + (stop.start() if stop else 0)
        publisher = draft.remainder.take((start + offset + 1, publisher_end))
        draft.publisher = draft.publisher or publisher
        return True
    pieces = list(
        re.finditer(
            r"(?:[^\ue000-\ue004,，。;；·()（）.]|\.(?! |$)|(?<=[A-Z])\.|(?<=Co)\.|(?<=St)\."
            r"|(?<=Univ)\.|(?<=Yay)\.|, (?=(?:N\.J|MA|Mass|IL|Colorado|Israel)\b))+",
            text,
        )
    )
    taken = False
    for piece in pieces:
        printed = clean(draft.remainder.text[start + piece.start() : start + piece.end()])
        folded = clean(piece[0])
        if not re.search(r"[^\W\d_]", folded):
            continue
        if not draft.place and _PATTERNS["place"].fullmatch(folded):
            draft.place = printed
        elif not draft.publisher and _PATTERNS["press"].search(folded):
            draft.publisher = printed
        elif _may_be_publisher(draft, folded, piece is pieces[0] and in_parentheses and has_date):
            draft.publisher = printed
            draft.unsure.append("publisher")
        else:
            continue
        draft.remainder.take((start + piece.start(), start + piece.end()), TAKEN)
        taken = True
    return taken
