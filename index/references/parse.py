"""Read a source as a reference with fields, by the conventions that its signs show."""

from __future__ import annotations

import re
from dataclasses import replace

from index.document import Source
from index.readers.notes.masking import fold_widths, mask
from index.readers.notes.references import extract_urls
from index.references.containers import take_book_around, take_container_text
from index.references.dates import find_date
from index.references.draft import Draft
from index.references.kinds import CODES, choose_type
from index.references.model import Reference, ReferenceLanguage
from index.references.names import Names, parse_names
from index.references.numbers import (
    take_imprint,
    take_marked_numbers,
    take_number_at_end,
    take_numbers_after_container,
    take_pages,
    take_reporter,
)
from index.references.remainder import DATE, TAKEN, TITLE, Remainder, clean, get_group_span
from index.references.titles import TitleSpan, find_titles, strip_title
from index.references.undelimited import split_author_date, split_undelimited
from index.text.patterns import load_patterns

_PATTERNS = load_patterns("index.references")

_MAX_LENGTH = 2_000  # of a reference; what is longer holds other text
_LABEL = re.compile(r"\s*(?:[\[〔【［]\d{1,4}[\]〕】］]|\d{1,3}\.(?=\s[A-Z]))\s*")
_DOI = re.compile(
    r"(?:https?://(?:dx\.)?doi\.org/|\bdoi:?\s?|\bDOI:?\s?)?(10\.\d{4,9}/[^\s<>,;，。]+)"
)
_ARXIV = re.compile(r"arXiv:\s?(\d{4}\.\d{4,5}|[a-z-]+/\d{7})(?:v\d)?")
_BARE_ADDRESS = re.compile(
    r"<?(?:www\.|(?<![a-z0-9.-])[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|org|net|edu)/)[^\s<>，。]+>?"
)
_CODE = re.compile(r"\s?\[([A-Z]{1,2})(?:/[A-Z]{2})?\]")
_STANDARD_NUMBER = re.compile(r"\bIS[BS]N:?\s?[\dX–-]{9,20}")
_COMPILERS = re.compile(r"[^,。;()]{1,20}(?:编|编著|著|主编)\s?:\s?")
_IN = re.compile(r"\b[Ii]n:? ")
_FIRST_PIECE = re.compile(r"[\s,.。:;、・\ue000-\ue004]*([^,.。:;(\d\ue000-\ue004]{1,80})")
_PLACE_AND_PUBLISHER = re.compile(r"[\s,.。]*[^\d:\ue000-\ue004]{2,40}:\s?[^\d\W]")
_JOURNAL_TAIL = re.compile(
    r"^[\s,.。:]*+[^\d()\ue000-\ue004]{1,80}?(?:\([A-Z][a-z]+\))?[\ue001\s,.;]*+"
    r"\d{1,4}[A-Z]?(?:\s?\([\d–/-]+\))?(?:\s?[(\ue001)]+)?[\s,:.]+[a-z]?\d"
)
_ITALIC_JOURNAL = re.compile(r"(?<=[,;)] )(\d{1,4} )\*([A-Z][^*]{2,60})\*(?=,? \d)")
_KANA, _HANGUL, _HAN = "[\u3041-\u30ff]", "[\uac00-\ud7af]", "[\u3400-\u9fff]"


def parse_source(source: Source) -> Reference:
    """Return the reference that a source of a note is.

    Args:
        source: The source.
    """
    return parse_reference(source.text)


def parse_reference(text: str) -> Reference:
    """Return a reference with its fields.

    Args:
        text: The reference as printed, without words such as *see*.

    >>> reference = parse_reference("Ada Merrow, “Tides,” *Coastal Papers* 12, no. 3 (2004): 41")
    >>> reference.type, reference.title, reference.container, reference.volume, reference.locator
    ('article-journal', 'Tides', 'Coastal Papers', '12', '41')
    >>> parse_reference("沈一帆：《潮與風》，海聲出版社2007年版，第12頁").publisher
    '海聲出版社'
    """
    if len(text) > _MAX_LENGTH:
        return Reference(text, unsure=("type", "title"), rest=(text,))
    label = _LABEL.match(text)
    body = text[label.end() :] if label else text
    masked = mask(body).masked
    quoted = _PATTERNS["quoted-in"].search(masked)
    if quoted and quoted.start() > 3 and len(body) - quoted.end() > 3:
        main = _parse(body[: quoted.start()], text)
        return replace(main, quoted_in=_parse(body[quoted.end() :], body[quoted.end() :].strip()))
    return _parse(body, text)


def introduces_place_of_quotation(text: str) -> bool:
    """Return whether a text ends with words such as 轉引自 or *quoted in*.

    Args:
        text: What stands before a reference.
    """
    matches = [*_PATTERNS["quoted-in"].finditer(mask(text + " ").masked)]
    return bool(matches) and not matches[-1].string[matches[-1].end() :].strip()


def _parse(body: str, text: str) -> Reference:
    draft = Draft(Remainder(_ITALIC_JOURNAL.sub(r"\1\2", body)))  # no title, as 44 L. Rev. 101
    _take_address(draft)
    _take_accessed(draft)
    _take_code(draft)
    _take_standard_number(draft)
    titles = find_titles(draft.folded)
    draft.number_of_titles = len(titles)
    if not _take_delimited(draft, titles):
        _take_undelimited(draft, titles)
    _take_details(draft)
    _read_container(draft)
    _read_numbers(draft)
    draft.type = choose_type(draft)
    if draft.type == "article-newspaper" and not draft.pages:
        draft.pages, draft.locator = draft.locator, ""
    _mark_unsure(draft)
    return replace(draft.build(text), language=find_language(body))


def find_language(text: str) -> ReferenceLanguage:
    """Return the language that a reference is printed in, as its script tells; "" if it does not.

    Args:
        text: The reference.
    """
    if re.search(_KANA, text):
        return "ja"
    hangul, han = len(re.findall(_HANGUL, text)), len(re.findall(_HAN, text))
    if hangul > han:
        return "ko"
    if han > 1:
        return "zh"
    return "" if re.search(r"[^\W\d_a-zA-Z]", re.sub(r"[éèüöäñçÉ’]", "", text)) else "en"


def _take_address(draft: Draft) -> None:
    remainder = draft.remainder
    doi = _DOI.search(remainder.text)
    if doi:
        draft.doi = doi[1].rstrip(".,;)>") if "(" not in doi[1] else doi[1].rstrip(".,;>")
        remainder.take(doi.span())
    urls = extract_urls(remainder.text) if not doi or "doi.org" not in doi[0] else ()
    if urls:
        draft.url = urls[0]
        for url in urls:
            start = remainder.text.index(url)
            remainder.take((start, start + len(url)))
    else:
        bare = _ARXIV.search(remainder.folded) or _BARE_ADDRESS.search(remainder.folded)
        draft.url = remainder.take(bare.span()).strip("<>") if bare and not doi else ""
    first = remainder.folded.find(TAKEN)
    if first > 0:
        before = _PATTERNS["before-address"].search(remainder.folded[:first])
        if before:
            remainder.take((before.start(), first))


def _take_accessed(draft: Draft) -> None:
    for _ in range(3):
        match = _PATTERNS["accessed"].search(draft.folded, 1)
        if match is None:
            return
        draft.remainder.take(match.span())


def _take_standard_number(draft: Draft) -> None:
    match = _STANDARD_NUMBER.search(draft.folded)
    if match:
        draft.remainder.take(match.span())


def _take_code(draft: Draft) -> None:
    match = _CODE.search(draft.folded)
    if match and match[1] in CODES:
        draft.type = CODES[match[1]]


def _take_delimited(draft: Draft, titles: list[TitleSpan]) -> bool:
    """Read authors, title and container that signs set off; return whether a title is."""
    if not titles or _CODE.search(draft.folded):
        return False
    titles = _take_channel(draft, titles)
    first = titles[0]
    if len(titles) > 1 and _COMPILERS.fullmatch(draft.folded[first.end : titles[1].start]):
        titles = titles[1:]  # 《海聲港志》編纂委員會編：《海聲港志》
        first = titles[0]
    head = draft.folded[: first.start]
    dated = split_author_date(draft.folded)
    if first.is_italic and _contains_title(head):
        return False
    if dated and _has_title_before(head, dated.title[0], first):
        return False
    if dated and dated.date[1] <= first.start:
        _take_date_between(draft, dated.date)
        _set_authors(draft, dated.head)
    else:
        _read_head(draft, first.start)
    draft.title = strip_title(draft.remainder.text[first.inner_start : first.inner_end])
    draft.remainder.take((first.start, first.end), TITLE)
    draft.title_end = first.end
    draft.is_part = not first.is_work
    draft.is_case = first.is_italic and bool(re.search(r"\w v\.? [A-Z]", draft.title))
    _take_second_title(draft, first, titles[1:])
    return True


def _take_channel(draft: Draft, titles: list[TitleSpan]) -> list[TitleSpan]:
    """Read a channel before a title, “X”微信公众号：《Y》, and return the titles without it."""
    if len(titles) < 2 or titles[0].start:
        return titles
    first, second = titles[:2]
    if not _PATTERNS["channel"].search(draft.folded[first.end : second.start]):
        return titles
    draft.container = strip_title(draft.remainder.text[first.inner_start : first.inner_end])
    draft.remainder.take((0, second.start))
    return titles[1:]


def _has_title_before(head: str, start: int, first: TitleSpan) -> bool:
    """Return whether a title stands between the year and the first signs of a title."""
    has_room = start < first.start and (first.is_italic or first.start - start > 12)
    return has_room and bool(re.search(r"\w{2}", head[start:]))


def _contains_title(head: str) -> bool:
    """Return whether text before italics holds a title: then the italics are of its container."""
    split = split_undelimited(head)
    return bool(
        split.head[1]
        and split.title[1] - split.title[0] > 8
        and re.search(r"[.?!,]\s?(?:[Ii]n:? )?$", head)
        and split.title[1] < len(head)
        and len(head[split.title[0] : split.title[1]].split()) > 1
    )


def _take_date_between(draft: Draft, span: tuple[int, int]) -> None:
    date = find_date(re.sub(r"[a-z]$", "", draft.folded[slice(*span)]))
    if date:
        draft.date = date.date
        draft.remainder.take(span, DATE)


def _parse_names(draft: Draft, text: str) -> Names:
    draft.is_edited = bool(_PATTERNS["editor-role"].search(fold_widths(text.strip())))
    return parse_names(text, is_japanese=find_language(draft.remainder.text) == "ja")


def _set_authors(draft: Draft, span: tuple[int, int]) -> None:
    names = _parse_names(draft, draft.remainder.text[slice(*span)])
    draft.authors, draft.has_more_authors = names.people, names.has_more
    draft.remainder.take(span)
    draft.head_end = span[1]


def _read_head(draft: Draft, end: int) -> None:
    """Read the authors before a title, and the translator who stands after them."""
    if not re.search(r"\w", draft.folded[:end]):
        return
    text = draft.remainder.text[:end]
    pieces = [
        piece
        for piece in re.split(
            r"(?<=[著撰编編])\s?[,，;；]\s?|[;；](?=[^;；]{2,30}(?:譯|译|點校|点校|集釋))", text
        )
        if piece.strip()
    ]
    if pieces and not re.search(r"^\W*$", pieces[0]):
        names = _parse_names(draft, pieces[0])
        draft.authors, draft.has_more_authors = names.people, names.has_more
    for piece in pieces[1:]:
        if re.search(r"[譯译]\W*$", piece):
            draft.translators = parse_names(piece).people
    draft.remainder.take((0, end))
    draft.head_end = end


def _take_second_title(draft: Draft, first: TitleSpan, others: list[TitleSpan]) -> None:
    """Read the container that signs set off, and its editors before it."""
    for second in others:
        between = draft.folded[first.end : second.start]
        if _may_be_container(between, first, second):
            _read_before_container(draft, first.end, second.start, between)
            inner = slice(second.inner_start, second.inner_end)
            draft.container = strip_title(draft.remainder.text[inner])
            draft.remainder.take((second.start, second.end), TITLE)
            draft.container_end = second.end
            return


def _may_be_container(between: str, first: TitleSpan, second: TitleSpan) -> bool:
    if _PATTERNS["channel"].search(between):
        return True
    is_near = len(between) < 90 and "(" not in between.replace("(ed", "").rstrip("( ")
    is_chapter = first.is_work and re.fullmatch(r"\s?卷[^\s,()]{1,6}\s?", between)
    if not is_near or is_chapter or (first.is_work and not second.is_work):
        return False
    is_another = first.is_italic and second.is_italic and re.search(r"\d|\(", between)
    return not is_another or bool(re.search(r"\b[Ii]n\b", between))


def _read_before_container(draft: Draft, start: int, end: int, between: str) -> None:
    """Read the editors between a title and its container."""
    editors = _PATTERNS["editors-before-container"].search(between)
    if editors:
        first, last = get_group_span(editors)
        if between[first:last] != "氏":
            names = draft.remainder.text[start + first : start + last]
            draft.editors = parse_names(names).people
        draft.remainder.take((start + editors.start(), end))
    elif _PATTERNS["review-of"].search(between):
        draft.remainder.take((start, end))


def _take_undelimited(draft: Draft, titles: list[TitleSpan]) -> None:
    """Read authors and title by the form of the text, and a container in italics."""
    _take_edition_and_people(draft)
    _take_thesis(draft)
    split = split_undelimited(draft.folded)
    draft.is_case = split.is_case
    if split.date[1]:
        _take_date_between(draft, split.date)
    if split.head[1]:
        _set_authors(draft, split.head)
    start, end = split.title
    if end > start and not _PATTERNS["post"].search(draft.folded[start:end]):
        draft.title = strip_title(clean(draft.remainder.text[start:end]))
        draft.remainder.take((start, end), TITLE)
    draft.title_end = max(end, split.head[1], split.date[1])
    container = next((title for title in titles if title.start >= draft.title_end), None)
    if container:
        draft.container = strip_title(
            draft.remainder.text[container.inner_start : container.inner_end]
        )
        before = draft.folded[draft.title_end : container.start]
        _read_before_container(draft, draft.title_end, container.start, before)
        draft.remainder.take((container.start, container.end), TITLE)
        draft.container_end = container.end


def _take_edition_and_people(draft: Draft) -> None:
    """Read the edition, the translators and the editors that words mark as such."""
    remainder = draft.remainder
    date = find_date(draft.folded)
    edition = _PATTERNS["edition"].search(draft.folded, draft.title_end)
    if edition and not draft.edition and not (date and date.date.day):
        draft.edition = remainder.take_match(edition)
    translators = _PATTERNS["translators"].search(draft.folded, draft.title_end)
    if translators:
        names = next(filter(None, translators.groups()), "")
        start = translators.start() + translators[0].index(names)
        draft.translators = parse_names(remainder.text[start : start + len(names)]).people
        remainder.take(translators.span())
    editors = None if draft.editors else _PATTERNS["editors"].search(draft.folded, draft.title_end)
    if (
        editors
        and editors.start()
        and not _IN.search(draft.folded, draft.title_end, editors.start())
    ):
        draft.editors = parse_names(remainder.text[slice(*editors.span(1))]).people
        remainder.take(editors.span())


def _take_thesis(draft: Draft) -> None:
    thesis = _PATTERNS["thesis"].search(draft.folded, draft.head_end)
    if thesis is None:
        return
    draft.has_thesis_word = True
    draft.remainder.take(thesis.span())
    start = draft.title_end or max(thesis.start() - 20, 0)
    institution = _PATTERNS["institution"].search(draft.folded, start)
    draft.publisher = draft.remainder.take_match(institution)


def _take_details(draft: Draft) -> None:
    """Read what words mark wherever it stands: edition, people, thesis, date, pages, numbers."""
    remainder = draft.remainder
    code = _CODE.search(draft.folded)
    if code:
        remainder.take(code.span())
    _take_edition_and_people(draft)
    _take_thesis(draft)
    if draft.date is None:
        date = find_date(draft.folded)
        if date:
            draft.date = date.date
            draft.remainder.take((date.start, date.end), DATE)
    is_law = _PATTERNS["case"].search(draft.remainder.text) if not draft.title else None
    draft.is_case = draft.is_case or bool(is_law)
    if draft.is_case and take_reporter(draft):
        draft.locator = draft.locator or take_pages(draft)
        return
    draft.pages = take_pages(draft)
    take_marked_numbers(draft)


def _read_container(draft: Draft) -> None:
    """Read the container and the imprint where no sign sets the container off."""
    if draft.is_case:
        return
    if _is_newspaper_alone(draft):
        draft.container, draft.title = draft.title, ""
        draft.container_end = draft.title_end
        return
    if draft.container:
        if not (draft.volume or draft.issue):
            take_imprint(draft)
        return
    if take_reporter(draft):
        return
    if take_book_around(draft) or draft.has_thesis_word:
        take_imprint(draft)
        return
    if _is_article(draft):
        take_container_text(draft)
    take_imprint(draft)


def _is_newspaper_alone(draft: Draft) -> bool:
    """Return whether the only title is that of a newspaper of a day: 《海聲日報》1921年5月3日."""
    return (
        bool(draft.date and draft.date.day)
        and draft.number_of_titles == 1
        and not (draft.is_part or draft.authors or draft.url or draft.container)
        and not _PATTERNS["statute"].search(draft.remainder.text)
    )


def _is_article(draft: Draft) -> bool:
    """Return whether what follows the title is a journal, a newspaper or a site."""
    is_patent = _PATTERNS["patent"].search(draft.folded, draft.title_end)
    if is_patent or draft.type in ("book", "thesis", "report", "patent"):
        return False
    if draft.type in ("article-journal", "article-newspaper"):
        return True
    if not draft.title:
        return bool(draft.authors) and not draft.url
    tail = draft.folded[draft.title_end :]
    first = _FIRST_PIECE.match(tail)
    piece = first[1].strip() if first else ""
    if _PATTERNS["journal"].search(piece) or (
        _PATTERNS["newspaper"].search(piece) and not _PATTERNS["place"].fullmatch(piece)
    ):
        return True
    if _PATTERNS["press"].search(piece) or _PLACE_AND_PUBLISHER.match(tail):
        return False
    if draft.is_part or draft.issue:
        return bool(piece)
    return bool(_JOURNAL_TAIL.search(tail))


def _read_numbers(draft: Draft) -> None:
    """Read numbers by their places, and tell the pages of a part from the pages cited."""
    if draft.container_end and not draft.is_case:
        take_numbers_after_container(draft)
    if not draft.pages and not draft.is_case:
        draft.pages = take_number_at_end(draft)
    is_range = bool(re.search(r"\d\s?[-–—~～－∼]", draft.pages))
    if not draft.locator and (not draft.container or not is_range) and not draft.is_case:
        draft.locator, draft.pages = draft.pages, ""


def _mark_unsure(draft: Draft) -> None:
    if not draft.title and not draft.container:
        draft.unsure.append("title")
    if draft.type == "document":
        draft.unsure.append("type")
