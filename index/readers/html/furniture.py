"""Find what of a page is not text of the publication: menus, share links, comments."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from lxml import etree
from lxml.html import HtmlElement

from index.document import SetAsideReason
from index.readers.flow_contents import is_contents_heading
from index.readers.html.elements import BLOCKS, HEADING_LEVELS
from index.readers.html.labels import read_roles
from index.readers.html.metadata import is_site_logo
from index.text.script_variants import match_either_script

UNSEEN = frozenset(
    {"script", "style", "template", "noscript", "head", "svg", "object", "iframe"}
    | {"annotation", "annotation-xml"}  # what MathML says a second time
)
"""The elements whose text no reader sees."""

_TAGS = frozenset(
    {"nav", "form", "button", "select", "input", "textarea", "menu", "dialog", "label"}
)
_MARKUP_TAGS = frozenset({"rt", "rp"})
_ROLES = frozenset(
    {"navigation", "search", "banner", "contentinfo", "menu", "toolbar", "dialog", "toc"}
    | {"landmarks", "page-list", "doc-toc", "loi", "lot", "complementary", "alert"}
)
_CONTENTS = frozenset({"toc", "doc-toc"})
_CONTENTS_CLASS = re.compile(r"(?:^|[\s_-])toc")
_CLASS = re.compile(
    r"(?:^|[\s_-])(?:nav(?:bar|box|header|footer|igation)?|menu|sidebar|breadcrumbs?(?:nav)?|crumbs?|"
    r"cookies?|consent|gdpr|share(?:daddy|bar)?|sharing|social|editsection|headerlink|"
    r"printfooter|catlinks|jump-to-nav|skip(?:-link)?|theme-doc-footer|screen-reader-text|sd-sharing|site-header|"
    r"site-footer|page-footer|entry-footer|post-footer|footer-text|related|comments?|disqus|"
    r"advert(?:isement)?s?|ad-container|sphinxsidebar|anchor-link|paranumber|subscri(?:be|ption)|"
    r"newsletter|pagination|pager|prev-next|pg-boilerplate|pgheader|ltx_page_(?:footer|navbar|logo)|"
    r"topbar|top-bar|toolbar|ads?|most-(?:viewed|read|popular)|trending|recommended|post-ufi|"
    r"p-(?:tb|cactions|personal|interaction|logo|search)|copyright|byline-share|login|qrcode|no-?print|hide-print|print-none|ws-noexport|"
    r"footnote_container_prepare|sitesub|contentsub|page-header-icon|postamble|annotator-frame|"
    r"help-(?:popup|container)|skiptocontent|publish-banner|mw-jump-link|rellinks|back-to-top|totop|topdf)(?:$|[\s_-])",
    re.IGNORECASE,
)
_BOOK_CLASS = re.compile(
    r"(?:^|[\s_-])(?:pg-boilerplate|pgheader|no-?print)(?:$|[\s_-])", re.IGNORECASE
)
_FOOTER = re.compile(
    r"(?:^|\s)(?:site-?|page-?|g-?)?(?:footer|foot|header|masthead|banner)(?:$|\s)", re.I
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_KEPT_TAGS = ("body", "main", "article", "html")
_HEADINGS = ("h1", "h2", "h3")
_SECTION_TAGS = ("section", "aside", "div")
_FURNITURE_HEADING = re.compile(
    match_either_script(
        r"(?i:most (?:read|viewed|popular)|trending(?: now)?"
        r"|related (?:articles|stories|content|posts)|recommended(?: for you)?"
        r"|you (?:may|might) also like|more on this story|discussion about this post"
        r"|leave a (?:comment|reply)|sign up (?:to|for) .{0,30}newsletter)"
        r"|相關(?:新聞|報導)|熱門(?:新聞|文章)|推薦閱讀|猜你喜歡|我要留言|發表留言"
    )
)
_LAW_TAB = "所有條文"
_WORD = re.compile(r"[^\W_]+")
_MAX_SHARE = 0.4  # of the text of a page, for what is set aside
_MIN_LINKS = 3
_LINK_SHARE = 0.8  # of the text of a list of links


class FurnitureFinder:
    """Finds what is furniture in one file."""

    def __init__(
        self, root: HtmlElement, notes: Collection[HtmlElement], *, is_book: bool = False
    ) -> None:
        """Measure a file.

        Args:
            root: Its body.
            notes: The marks and what holds notes: nothing that has them is furniture, and no part
                of a note is for having many links.
            is_book: Whether it is a file of a book, in which a sidebar is text.
        """
        self._classes = _BOOK_CLASS if is_book else _CLASS
        self._notes = notes
        self._needed = {
            ancestor
            for element in root.iter(etree.Element)
            if element in notes
            for ancestor in (element, *element.iterancestors())
        }
        self._lengths, self._linked = _measure(root)
        self._length = self._lengths[root]
        self._content = self._find_content(root)
        self._headed = set() if is_book else set(_find_headed_furniture(root))

    def find_reason(self, element: HtmlElement) -> SetAsideReason | None:
        """Return why an element is set aside; None for what is text.

        Args:
            element: Of the file.
        """
        if element.tag in _MARKUP_TAGS:
            return "markup"
        if element in self._needed or element.tag in _KEPT_TAGS:
            return None
        roles = read_roles(element)
        classes = f"{element.get('class', '')} {_read_id(element)}"
        if roles & _CONTENTS or self._is_contents(element, classes):
            return "contents"
        if element.tag in _TAGS or roles & _ROLES:
            return "furniture"
        is_furniture = (
            element in self._headed
            or bool(self._classes.search(classes))
            or self._is_hidden(element)
            or self._is_outside(element, classes)
        )
        if not is_furniture or self._lengths[element] > _MAX_SHARE * self._length:
            return None
        return "furniture"

    def _is_contents(self, element: HtmlElement, classes: str) -> bool:
        """Return whether an element that is called so is a table of contents, or heads one."""
        if not _CONTENTS_CLASS.search(classes):
            return False
        is_list = self._linked[element][0] > 0 and element.tag in BLOCKS
        return is_list or is_contents_heading(" ".join(element.text_content().split()))

    def _is_hidden(self, element: HtmlElement) -> bool:
        return "hidden" in element.attrib or bool(_HIDDEN.search(element.get("style", "")))

    def _is_outside(self, element: HtmlElement, classes: str) -> bool:
        """Return whether an element frames the text: a header, a footer, a list of links."""
        if self._content is not None and element in self._content.iterancestors():
            return False
        if self._content is not None and self._content in element.iterancestors():
            return element.tag == "footer" and self._linked[element][1] == self._lengths[element]
        if element.tag in ("footer", "aside") and self._content is not None:
            return True
        if element.tag in ("header", "footer") or _FOOTER.search(classes):
            return not any(True for _ in element.iter(*_HEADINGS))
        if self._notes and any(ancestor in self._notes for ancestor in element.iterancestors()):
            return False
        return element.tag in ("ul", "ol", "div", "td", "p") and self._is_list_of_links(element)

    def _is_list_of_links(self, element: HtmlElement) -> bool:
        number, length = self._linked[element]
        return number >= _MIN_LINKS and length > _LINK_SHARE * self._lengths[element]

    def _find_content(self, root: HtmlElement) -> HtmlElement | None:
        """Return the element that is declared to hold the text of the page, if it holds enough."""
        candidates = [
            *root.iter("main"),
            *(element for element in root.iter("div") if element.get("role") == "main"),
            *root.iter("article"),
        ]
        for element in candidates:
            if self._lengths[element] > _MAX_SHARE * self._length:
                return element
        return None


def _read_id(element: HtmlElement) -> str:
    """Return the id of an element; "" for one that was made of the heading of a section."""
    identifier: str = element.get("id", "")
    if element.tag in HEADING_LEVELS:
        heading = element
    elif element.tag == "section" or "section" in element.get("class", "").split():
        heading = next(element.iterchildren(*HEADING_LEVELS), None)
    else:
        return identifier
    if heading is None:
        return identifier
    words = _WORD.findall(heading.text_content().casefold())
    return "" if set(_WORD.findall(identifier.casefold())) <= set(words) else identifier


def _find_headed_furniture(root: HtmlElement) -> Iterator[HtmlElement]:
    """Yield what the heading of furniture stands over, and headings that only name the site."""
    for heading in root.iter(*HEADING_LEVELS, "div"):
        is_heading = heading.tag in HEADING_LEVELS
        text = "".join(heading.text_content().split()) if is_heading or not len(heading) else ""
        if text == _LAW_TAB:
            yield heading
        if not is_heading:
            continue
        if _FURNITURE_HEADING.fullmatch(" ".join(heading.text_content().split())):
            section = next(heading.iterancestors(*_SECTION_TAGS), None)
            if section is not None and section.text_content().lstrip().startswith(
                heading.text_content().strip()
            ):
                yield section
        if is_site_logo(heading) and _is_home_link(heading):
            yield heading


def _is_home_link(heading: HtmlElement) -> bool:
    """Return whether a heading is a link to the first page of the site."""
    links = list(heading.iter("a"))
    return len(links) == 1 and links[0].get("href", "").rstrip("/").count("/") in (0, 2)


def _measure(
    root: HtmlElement,
) -> tuple[dict[HtmlElement, int], dict[HtmlElement, tuple[int, int]]]:
    """Return how much text each element shows, and the number of its links and their text."""
    lengths: dict[HtmlElement, int] = {}
    linked: dict[HtmlElement, tuple[int, int]] = {}
    for element in reversed(list(root.iter())):
        is_seen = isinstance(element.tag, str) and element.tag not in UNSEEN
        length = len((element.text or "").strip()) if is_seen else 0
        links = linked_length = 0
        for child in element if is_seen else ():
            length += lengths[child] + len((child.tail or "").strip())
            links += linked[child][0]
            linked_length += linked[child][1]
        lengths[element] = length
        is_link = element.tag == "a" and element.get("href")
        linked[element] = (links + 1, length) if is_link else (links, linked_length)
    return lengths, linked


def iterate_texts(root: HtmlElement) -> Iterator[str]:
    """Yield the texts that an element shows.

    Args:
        root: The element.
    """
    if isinstance(root.tag, str) and root.tag in UNSEEN:
        return
    if isinstance(root.tag, str) and root.text:
        yield root.text
    for child in root:
        yield from iterate_texts(child)
        if child.tail:
            yield child.tail
