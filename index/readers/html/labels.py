"""The labels of notes as links and notes print them, and the roles of elements."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Set

from lxml.html import HtmlElement

NOTE_ROLES = frozenset({"footnote", "endnote", "rearnote", "doc-footnote", "doc-endnote"})
REFERENCE_ROLES = frozenset({"noteref", "doc-noteref"})
BACKLINK_ROLES = frozenset({"backlink", "doc-backlink", "referrer"})

_PREFIX = (
    r"[\s\^↑←]{0,4}[\[［〔【(（]?[\s←↑]{0,2}(?:[註注][釋释]?|(?:foot|end|side|chú)?note|n\.|nb|fn\.?|ref\.?"
    r"|(?:lower|upper)-(?:alpha|roman|greek))?\s?(?:\*(?=\d))?"
)
_LABEL = re.compile(
    rf"{_PREFIX}"
    r"(?P<label>\d{1,4}|[A-Z]-?\d{1,3}|[ivxlc]{1,6}(?![a-z])|[a-z](?![a-z])|[*†‡§¶※#]{1,4}|[\u2460-\u24ff]"
    r"|[一二三四五六七八九十]{1,3})(?::\d{1,2})?\s?[\]］〕】)）]?[.．:：]?",
    re.IGNORECASE,
)
_BEFORE_LABEL = re.compile(_PREFIX, re.IGNORECASE)
_AFTER_LABEL = re.compile(r"\s*[\]］〕】)）.．、:：]{0,2}\s*")
_BACK = re.compile(
    r"[\[(（]?[\s↑↩⏎↵^▲△←⇑⤴◎\ufe0e\ufe0f]+[\])）]?"
    r"|[\[(（]?\s?(?:(?:go\s)?back|return|jump)\b[\w\s.,’'-]{0,40}[\])）]?"
    r"|[\[(（]?\s?(?:返回|回到?)\w{0,8}\s?[\])）]?",
    re.IGNORECASE,
)
_ICON_TEXT = re.compile(
    r"[\s\[［〔(（【]*+(?:[註注][釋释]?|note|※|◎|○|●|▲|\+|i)?[\s\]］〕)）】]*", re.I
)
_MARK_CLASS = re.compile(
    r"(?:^|\s)footref(?:\s|$)"
)  # Org mode gives its marks the role of backlinks
_BACK_CLASS = re.compile(r"back|top|return|revers", re.IGNORECASE)
_ICON_CLASS = re.compile(r"foot|note|annot|zhu", re.IGNORECASE)


def read_label(element: HtmlElement) -> str:
    """Return the label that a link prints, if it prints nothing else; "" else.

    Args:
        element: The link.
    """
    text = element.text_content().strip()
    if len(text) > 40:
        return ""
    folded = unicodedata.normalize("NFKC", text).strip()
    match = _LABEL.fullmatch(text) or _LABEL.fullmatch(folded)
    return match["label"] if match else ""


def read_opening_label(text: str) -> str:
    """Return the label with which a text begins; "" if with none, or if nothing follows it.

    Args:
        text: The text of a note.
    """
    match = _LABEL.match(text)
    return match["label"] if match and len(text.strip()) > match.end() else ""


def read_first_label(element: HtmlElement) -> str:
    """Return the label that the first part of an element prints by itself; "" if it prints more.

    Args:
        element: What may hold a note.
    """
    if (element.text or "").strip():
        return ""
    first = next((part for part in element if part.text_content().strip()), None)
    return "" if first is None or (first.tail or "").strip() else read_label(first)


def is_label_alone(text: str) -> bool:
    """Return whether a text is a label and nothing else.

    Args:
        text: Any text.
    """
    return bool(_LABEL.fullmatch(text.strip()))


def may_lead_back(link: HtmlElement, labels: Set[str], count: int) -> bool:
    """Return whether a link in a note leads back to its marks by what it prints.

    It prints an arrow, the label of the note, or the number or letter of one of its marks.

    Args:
        link: The link, which leads to a mark of the note, or near one.
        labels: The labels of the marks.
        count: How many marks there are.
    """
    text = link.text_content().strip()
    is_letters = len(text) < 3 and text.isascii() and text.isalpha()
    label = read_label(link)
    is_count = label.isdecimal() and int(label) <= count
    return not text or is_letters or leads_back(text) or label in labels - {""} or is_count


def leads_back(text: str) -> bool:
    """Return whether a link with this text can only lead back: an arrow, "Back to top".

    Args:
        text: What the link prints.
    """
    return bool(_BACK.fullmatch(text.strip()))


def is_icon(element: HtmlElement) -> bool:
    """Return whether a link marks a note by a picture or a word rather than by a label.

    Args:
        element: The link.
    """
    if not _ICON_TEXT.fullmatch(element.text_content()):
        return False
    classes = f"{element.get('class', '')} {element.get('rel', '')}"
    if _BACK_CLASS.search(classes):
        return False
    return element.find(".//img") is not None or bool(_ICON_CLASS.search(classes))


def strip_label(text: str, label: str) -> str:
    """Return a note's text without the label before it.

    Args:
        text: The text.
        label: The label, as its mark prints it.
    """
    match = _BEFORE_LABEL.match(text)
    start = match.end() if match else 0
    if not label or not text.startswith(label, start):
        return text
    end = start + len(label)
    after = text[end : end + 1]
    is_other = after.isdigit() if label[-1:].isdigit() else label.isascii() and after.isalpha()
    if is_other and label.isalnum():
        return text
    if match := _AFTER_LABEL.match(text, end):
        end = match.end()
    return text[end:]


def read_roles(element: HtmlElement) -> set[str]:
    """Return what an element is by its role and EPUB type, in small letters.

    Args:
        element: Any element.
    """
    roles = f"{element.get('role', '')} {element.get('epub:type', '')}"
    return set(roles.lower().split())


def is_declared_mark(link: HtmlElement) -> bool:
    """Return whether a link says by its role or class that it is a mark.

    Args:
        link: Any link.
    """
    roles = read_roles(link)
    parent = link.getparent()
    if parent is not None and parent.tag in ("sup", "span") and len(parent) == 1:
        roles |= read_roles(parent)
    if roles & REFERENCE_ROLES or "data-footnote-ref" in link.attrib:
        return True
    return bool(_MARK_CLASS.search(link.get("class", "")))


def is_declared_backlink(link: HtmlElement) -> bool:
    """Return whether a link says by its role that it leads back.

    Args:
        link: Any link.
    """
    is_back = bool(read_roles(link) & BACKLINK_ROLES) or "data-footnote-backref" in link.attrib
    return is_back and not is_declared_mark(link)
