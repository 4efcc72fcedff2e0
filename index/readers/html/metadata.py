"""Find the title, authors, date and publisher of a page, and where it states them."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from lxml import etree
from lxml.html import HtmlElement

from index.document import MetadataOrigin, MetadataSource
from index.readers.dates import find_date
from index.readers.flow import FlowMetadata
from index.readers.html.elements import HEADING_LEVELS
from index.readers.html.headings import count_sections, find_title
from index.text.script_variants import match_either_script

_SITE_NAME = re.compile(r"(?:\s[-–—|·»]+\s|\s?--\s?|_)[^-–—|·»_]{2,40}$")
_SEPARATOR = re.compile(r"\s?(?:[-–—|·»_]|--)\s?\S")
_SITE_CLASS = re.compile(r"site|brand|logo|banner|masthead", re.IGNORECASE)
_SITE_END = re.compile(r"(?<=\S)\s?[-–—|·»_]\s?$")
_SITE_LOGO = re.compile(r"(?:^|[\s_-])(?:logo|site-?(?:title|name|logo)|brand)(?:$|[\s_-])", re.I)
_DATE_LABEL = re.compile(
    match_either_script(
        r"(?:修正|發布|公布|公佈|發文|出版|刊登|更新|施行|訂定|頒布)(?:日期|時間)|日期"
        r"|(?i:(?:date\sof\s)?publi(?:shed|cation)(?:\sdate)?|date(?:\spublished|\sof\sissue)?)"
    )
)
_TITLE_NAMES = ("citation_title", "dc.title", "dcterms.title", "og:title", "articletitle")
_AUTHOR_NAMES = ("citation_author", "dc.creator", "dcterms.creator", "author", "article:author")
_DATE_NAMES = tuple(
    "citation_publication_date citation_date dc.date dcterms.date dc.date.issued dcterms.issued "
    "dcterms.created article:published_time date pubdate publishdate firstpublishedtime "
    "parsely-pub-date".split()
)
_PUBLISHER_NAMES = tuple(
    "citation_publisher dc.publisher dcterms.publisher citation_journal_title og:site_name "
    "sitename contentsource article:publisher".split()
)
_AUTHOR_CLASS = re.compile(
    r"(?:^|\s)(?:p-author|author-?name|authors?|ltx_personname|docauthor|by-?line|creator|entry-author"
    r"|byline-name|msoauthor)(?:$|\s)",
    re.IGNORECASE,
)
_DATE_CLASS = re.compile(
    r"(?:^|\s)(?:(?:pub|rev|entry-|post-|pages?-|publish_?)?(?:date|time)|published|dt-published|"
    r"ltx_dates|meta-date)(?:$|\s)",
    re.IGNORECASE,
)
_AUTHOR_NAMED = (_AUTHOR_CLASS, ("author", "name"))
_MIN_SIGNED = 2  # articles of an issue with authors that differ
_RECORD_CLASS = re.compile(
    r"(?:^|\s)(?:[a-z]{1,6}-)?(?:(?:entry|post|article|page|pages|quarto-title|title|rich_media)[-_]?(?:meta|info|date|"
    r"meta_list|details)|by-?line(?:-wrapper)?|ltx_authors|ltx_dates|details|docauthor|authorgroup|"
    r"author|date|pubdate|properties)(?:$|\s)",
    re.IGNORECASE,
)
_NAME_PREFIX = re.compile(r"(?:(?:written\s)?by\s+|(?:作者|撰文|文)\s?[：:/／]\s?)", re.IGNORECASE)
_NO_NAME = re.compile(
    r"https?:|@|^(?:admin|administrator|wordpress|editor|root|author)$|\d{3}", re.I
)
_RECORD_TAGS = ("div", "p", "ul", "section", "header", "h2", "h3", "h4", "h5", "h6", "table")
_MAX_NAME = 60  # characters
_MAX_RECORD = 300
_MAX_STATEMENT = 100_000  # characters of schema.org data


@dataclass(slots=True)
class PageMetadata:
    """What a page says of itself.

    Attributes:
        title: Its title.
        authors: In order.
        date_printed: As printed.
        publisher: As printed.
        sources: Where each of them comes from.
        records: The elements that print authors and dates and are no text.
    """

    title: str = ""
    authors: tuple[str, ...] = ()
    date_printed: str = ""
    publisher: str = ""
    sources: list[MetadataSource] = field(default_factory=list)
    records: frozenset[HtmlElement] = frozenset()

    def to_flow(self) -> FlowMetadata:
        """Return the metadata of a publication."""
        match = find_date(self.date_printed)
        return FlowMetadata(
            self.title,
            self.authors,
            match.parsed_date if match else None,
            self.date_printed,
            self.publisher,
            sources=tuple(self.sources),
        )


def read_metadata(root: HtmlElement) -> PageMetadata:
    """Return the metadata of a page.

    Args:
        root: The page.
    """
    values = _read_meta_elements(root)
    statement = _read_statement(root)
    page = PageMetadata()
    has_issue = _has_signed_articles(root)
    page.title = _choose(page, "title", _list_titles(root, values, statement))
    printed_authors = () if has_issue else tuple(_find_printed(root, *_AUTHOR_NAMED))
    named = next((tuple(values[name]) for name in _AUTHOR_NAMES if values.get(name)), ())
    page.authors = _choose_authors(
        page,
        (
            ("metadata", tuple(name for text in named for name in _split_names(text))),
            ("structured-data", _read_names(statement.get("author"))),
            ("byline", tuple(name for text in printed_authors for name in _split_names(text))),
        ),
    )
    page.date_printed = _choose(page, "date", _list_dates(root, values, statement))
    publisher = _read_names(statement.get("publisher"))
    page.publisher = _choose(
        page,
        "publisher",
        [
            *(("metadata", text) for name in _PUBLISHER_NAMES for text in values.get(name, ())),
            *(("structured-data", text) for text in publisher),
        ],
    )
    page.records = frozenset(() if has_issue else _find_records(root, page))
    return page


def _has_signed_articles(root: HtmlElement) -> bool:
    """Return whether a page has several articles with authors of their own, as an issue has."""
    bylines = {
        tuple(_find_printed(element, *_AUTHOR_NAMED))
        for element in root.iter("article")
        if any(True for _ in element.iter("h1", "h2", "h3")) and element.find(".//article") is None
    }
    return len(bylines - {()}) >= _MIN_SIGNED or _has_signed_headings(root)


def _has_signed_headings(root: HtmlElement) -> bool:
    """Return whether authors that differ are named right below several headings of a page."""
    below: dict[HtmlElement, str] = {}
    heading: HtmlElement | None = None
    for element in root.iter("h1", "h2", "h3", "h4", "p", "div", "span"):
        if element.tag.startswith("h"):
            heading = element
        elif heading is not None and _is_named(element, *_AUTHOR_NAMED, is_author=True):
            below[heading] = " ".join(element.text_content().split())
        elif element.tag == "p":
            heading = None
    return len(below) >= _MIN_SIGNED and len(set(below.values())) >= _MIN_SIGNED


def _choose(page: PageMetadata, name: str, candidates: Sequence[tuple[MetadataOrigin, str]]) -> str:
    for origin, text in candidates:
        if text.strip() and not (name == "publisher" and text.startswith("http")):
            page.sources.append(MetadataSource(name, origin))
            return " ".join(text.split())
    return ""


def _choose_authors(
    page: PageMetadata, candidates: Sequence[tuple[MetadataOrigin, tuple[str, ...]]]
) -> tuple[str, ...]:
    for origin, printed in candidates:
        names = tuple(dict.fromkeys(filter(None, map(_clean_name, printed))))
        if names:
            page.sources.append(MetadataSource("authors", origin))
            return names
    return ()


def _clean_name(text: str) -> str:
    """Return the name of a person; "" for addresses and names of accounts."""
    name = _NAME_PREFIX.sub("", " ".join(text.split()), count=1).strip(" ,;，、")
    return "" if len(name) > _MAX_NAME or _NO_NAME.search(name) else name


def _split_names(text: str) -> list[str]:
    """Return names in one text: "A. Merrow and B. Sel", "林知遠、丁文翔"; "Merrow, Ada" is one."""
    text = _NAME_PREFIX.sub("", " ".join(text.split()), count=1)
    parts = re.split(r"\s?[;；、]\s?|\s(?:and|&)\s", text)
    if len(parts) == 1 and text.count(",") > 1:
        parts = text.split(",")
    return [part.strip() for part in parts if part.strip()]


def _read_meta_elements(root: HtmlElement) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for element in root.iter("meta"):
        name = (element.get("name") or element.get("property") or "").lower()
        content = element.get("content", "").strip()
        if name and content:
            values.setdefault(name, []).append(content)
    return values


def _read_statement(root: HtmlElement) -> dict[str, Any]:
    """Return what schema.org data say of the article of a page."""
    for script in root.iter("script"):
        text = script.text or ""
        if script.get("type") != "application/ld+json" or len(text) > _MAX_STATEMENT:
            continue
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            continue
        for item in _iterate_items(data):
            if "headline" in item or "datePublished" in item:
                return item
    return {}


def _iterate_items(data: object) -> Iterator[dict[str, Any]]:
    items = data if isinstance(data, list) else [data]
    for item in items:
        if isinstance(item, dict):
            yield item
            graph = item.get("@graph")
            yield from (other for other in graph or () if isinstance(other, dict))


def _read_names(value: object) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    names = (item.get("name") if isinstance(item, dict) else item for item in values)
    return tuple(name for name in names if isinstance(name, str) and name.strip())


def _list_titles(
    root: HtmlElement, values: dict[str, list[str]], statement: dict[str, Any]
) -> list[tuple[MetadataOrigin, str]]:
    titles: list[tuple[MetadataOrigin, str]] = [
        ("metadata", text) for name in _TITLE_NAMES for text in values.get(name, ())
    ]
    headline = statement.get("headline")
    if isinstance(headline, str):
        titles.append(("structured-data", headline))
    titles += [
        ("heading", text)
        for element in list(find_title(root))[:1]
        if (text := _read_heading(element))
    ]
    headings = _list_outermost_headings(root)
    if len(headings) == 1:
        titles.append(("heading", headings[0]))
    element = root.find(".//title")
    if element is not None:
        titles.append(("page-title", _SITE_NAME.sub("", " ".join(element.text_content().split()))))
    printed = frozenset(_iterate_headings(root))
    sites = [_read_heading(item) for item in root.iter("h1") if is_site_logo(item)]
    return [(origin, _drop_site(text, printed, sites)) for origin, text in titles]


def _list_outermost_headings(root: HtmlElement) -> list[str]:
    """Return the texts of the headings of the highest level that are in the fewest sections."""
    headings = [
        (count_sections(element), text)
        for element in root.iter("h1")
        if (text := _read_heading(element)) and not is_site_logo(element)
    ]
    outermost = min((depth for depth, _ in headings), default=0)
    return [text for depth, text in headings if depth == outermost]


def is_site_logo(element: HtmlElement) -> bool:
    """Return whether a heading names the site, as its class says.

    Args:
        element: A heading.
    """
    return bool(_SITE_LOGO.search(element.get("class", "")))


def _iterate_headings(root: HtmlElement) -> Iterator[str]:
    """Yield what headings and cells print that do not name the site."""
    for element in root.iter("h1", "h2", "h3", "td"):
        around = (element, *element.iterancestors("header", "div", "nav"))
        if any(_SITE_CLASS.search(outer.get("class", "")) for outer in around[:3]):
            continue
        text = " ".join(element.text_content().split())
        if len(text) <= _MAX_RECORD:
            yield text


def _drop_site(title: str, printed: Collection[str], sites: Sequence[str]) -> str:
    """Return a title without the names of the site after it, if the page prints these apart."""
    title = " ".join(title.split())
    for site in filter(None, sites):
        before = title.removesuffix(site)
        if before != title and (parting := _SITE_END.search(before)):
            return before[: parting.start()]
    starts = (match.start() for match in _SEPARATOR.finditer(title))
    return next((title[:start] for start in starts if title[:start] in printed), title)


def _read_heading(element: HtmlElement) -> str:
    """Return the text of a heading without the links to itself."""
    skipped = {"headerlink", "anchor", "anchor-link", "mw-editsection", "footnote", "ltx_note"}
    parts = [element.text or ""]
    for child in element:
        is_mark = child.tag in ("sup", "button") or skipped & set(child.get("class", "").split())
        parts += ["" if is_mark else child.text_content(), child.tail or ""]
    return " ".join("".join(parts).split())


def _list_dates(
    root: HtmlElement, values: dict[str, list[str]], statement: dict[str, Any]
) -> list[tuple[MetadataOrigin, str]]:
    dates: list[tuple[MetadataOrigin, str]] = [
        ("metadata", text[:10] if "T" in text else text)
        for name in _DATE_NAMES
        for text in values.get(name, ())
    ]
    published = statement.get("datePublished")
    if isinstance(published, str):
        dates.append(("structured-data", published[:10]))
    times = [element for element in root.iter("time") if element.get("datetime")]
    times.sort(key=lambda element: element.get("itemprop") != "datePublished")
    dates += [("byline", element.get("datetime", "")[:10]) for element in times[:1]]
    printed = (" ".join(element.text_content().split()) for element in root.iter("time"))
    dates += [("byline", text.lstrip("@")) for text in printed if len(text) <= _MAX_NAME]
    for text in (*_find_printed(root, _DATE_CLASS, ("datePublished",)), *_iterate_labelled(root)):
        match = find_date(text)
        if match:
            dates.append(("byline", text[match.span.start : match.span.end]))
    return [(origin, text) for origin, text in dates if find_date(text)]


def _iterate_labelled(root: HtmlElement) -> Iterator[str]:
    """Yield what stands in a table or a list beside words such as 發布日期：."""
    for element in root.iter("th", "td", "dt"):
        label = "".join(element.itertext()).strip(" \n\t：:")
        value = element.getnext()
        if len(label) <= _MAX_NAME and value is not None and _DATE_LABEL.fullmatch(label):
            yield " ".join(value.text_content().split())


def _find_printed(
    root: HtmlElement, classes: re.Pattern[str], properties: tuple[str, ...]
) -> Iterator[str]:
    """Yield the texts of the innermost elements of such classes or properties."""
    is_author = "author" in properties
    for element in root.iter(etree.Element):
        if not isinstance(element.tag, str) or element.tag in ("meta", "link", "script", "body"):
            continue
        if not _is_named(element, classes, properties, is_author=is_author):
            continue
        if any(
            _is_named(inner, classes, properties, is_author=is_author)
            for inner in element.iterdescendants()
            if isinstance(inner.tag, str)
        ):
            continue
        text = " ".join(" ".join(element.itertext()).split())
        if 0 < len(text) <= _MAX_RECORD:
            yield text


def _is_named(
    element: HtmlElement, classes: re.Pattern[str], properties: tuple[str, ...], *, is_author: bool
) -> bool:
    named = f"{element.get('class', '')} {element.get('id', '')}"
    is_link = is_author and element.get("rel") == "author"
    return is_link or element.get("itemprop") in properties[:1] or bool(classes.search(named))


def _find_records(root: HtmlElement, page: PageMetadata) -> Iterator[HtmlElement]:
    """Yield the elements that print authors or dates and hold no heading and little text."""
    for element in root.iter(*_RECORD_TAGS):
        if element.tag in HEADING_LEVELS and element.text_content().strip() in page.authors:
            yield element
        named = f"{element.get('class', '')} {element.get('id', '')}"
        if not _RECORD_CLASS.search(named) or element.find(".//h1") is not None:
            continue
        text = " ".join(" ".join(element.itertext()).split())
        states = any(name in text for name in page.authors) or bool(find_date(text))
        if len(text) <= _MAX_RECORD and states:
            yield element
