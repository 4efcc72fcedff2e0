"""Find the notes that stand in the text itself, at their marks: sidenotes, tooltips, LaTeXML."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from lxml import etree, html
from lxml.html import HtmlElement

from index.readers.html.elements import opens_block
from index.readers.html.labels import (
    is_label_alone,
    read_label,
    read_opening_label,
    strip_label,
)

_INLINE_CLASS = re.compile(
    r"(?:^|\s)(?:side-?note|margin-?note|margin-aside|ltx_note(?=.{0,200}ltx_role_(?:foot|end|margin|thanks))"
    r"|inline-(?:foot)?note|[\w-]{0,80}(?:foot|end|side|margin)-?notes?[\w-]{0,80}__(?:note|text|content|body)|(?:foot|end)-?note-?(?:text|content|body|inline)|tongzhu-note)s?(?:\s|$)",
    re.IGNORECASE,
)
_PHRASE_CLASS = re.compile(r"(?:^|\s)(?:foot-?note|end-?note|fn)(?:\s|$)", re.IGNORECASE)
_PHRASE_TAGS = frozenset({"span", "small", "i", "em", "fn"})
_ATTRIBUTE_CLASS = re.compile(
    r"foot-?note|note-?ref|(?:^|[\s_-])(?:note|zhu(?:shi)?|jiaozhu|annot|tool-?tip|pop-?(?:up|over))",
    re.IGNORECASE,
)
_ATTRIBUTES = (
    "data-bigfoot-footnote",
    "data-footnote",
    "data-wr-footernote",
    "data-note",
    "zy-footnote",
    "data-content",
    "data-tooltip",
    "title",
    "alt",
)
_INVITATION = re.compile(
    r"(?:see|view|jump|go|show|read|open|click|link|back|return|top)\b.{0,40}"
    r"|(?:查看|跳|前往|顯示|显示|點|点|返回|回).{0,12}",
    re.IGNORECASE,
)
_COPY_CLASS = re.compile(
    r"side-?note|margin-?note|tool-?tip|overlay|pop-?(?:up|over)|foot-?note", re.I
)
_SWITCHES = ("sup", "a", "span", "button")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # not in XML
_MIN_NOTE = 4  # characters
_MIN_COPY = 20  # characters of a note whose rest is left out


@dataclass(frozen=True, slots=True)
class InlineNote:
    """A note in the text.

    Attributes:
        element: Holds it; its mark stands there.
        label: As printed before it; "" where there is none.
    """

    element: HtmlElement
    label: str


def write_out_attributes(root: HtmlElement) -> None:
    """Put notes that stand in attributes into elements of their own, as text.

    Args:
        root: A file, which is changed.
    """
    for element in list(root.iter("img", "span", "sup", "a", "abbr", "button")):
        if text := _read_attribute(element):
            note = etree.SubElement(element, "span")
            note.text, note.tail = (_CONTROLS.sub("", part or "") for part in (text, element.tail))
            note.set("class", "tongzhu-note")
            label = element.get("data-footnote-number") or read_label(element)
            note.set("data-label", _CONTROLS.sub("", label))
            element.addprevious(note)
            element.getparent().remove(element)


def _read_attribute(element: HtmlElement) -> str:
    """Return the note in an attribute of an element that may mark it; "" if there is none."""
    target = element.get("href", "#")
    if (
        not (target in ("", "#") or target.startswith("javascript:"))
        or element.find(".//a") is not None
    ):
        return ""
    is_raised = element.tag == "sup" and read_label(element).isdecimal()
    if not is_raised and not _ATTRIBUTE_CLASS.search(element.get("class", "")):
        return ""
    if not read_label(element) and len(element.text_content().strip()) > _MIN_NOTE:
        return ""
    text = next(filter(None, map(element.get, _ATTRIBUTES)), "").strip()
    if text.startswith("<"):
        text = html.fragment_fromstring(text, create_parent=True).text_content().strip()
    is_other = is_label_alone(text) or _INVITATION.fullmatch(text)
    return "" if is_other or len(text) < _MIN_NOTE else text


def find_inline_notes(root: HtmlElement, known: Collection[HtmlElement]) -> Iterator[InlineNote]:
    """Yield the notes that stand in the text of a file.

    Labels before them, and what shows or hides them, are taken out of the file.

    Args:
        root: A file.
        known: The marks, and what holds other notes.
    """
    inside: set[HtmlElement] = set()
    for element in list(root.iter(etree.Element)):
        if not isinstance(element.tag, str) or element in inside or element in known:
            continue
        if not _is_inline_note(element) or any(part in known for part in element.iter()):
            continue
        if any(ancestor in known for ancestor in element.iterancestors()):
            continue
        inside.update(element.iter())
        label = element.get("data-label") or _take_labels(element)
        yield InlineNote(element, _take_switch(element) or label)


def _is_inline_note(element: HtmlElement) -> bool:
    if element.tag == "d-footnote":  # Distill
        return True
    if element.tag == "details":
        return (summary := element.find("summary")) is not None and bool(read_label(summary))
    if "popover" in element.attrib:
        previous = element.getprevious()
        return previous is not None and previous.tag == "button" and bool(read_label(previous))
    classes = element.get("class", "")
    if not classes:
        return False
    is_phrase = element.tag in _PHRASE_TAGS and bool(_PHRASE_CLASS.search(classes))
    if not (_INLINE_CLASS.search(classes) or (is_phrase and not opens_block(element))):
        return False
    text = element.text_content().strip()
    return len(text) >= _MIN_NOTE and not is_label_alone(text) and element.find(".//li") is None


def _take_labels(note: HtmlElement) -> str:
    """Return the label before the text of a note; remove all that print it."""
    label = ""
    for part in list(note.iter("sup", "span", "b", "a", "summary")):
        if part is note:
            continue
        if own := read_label(part):
            label = label or own
            part.drop_tree()
        elif "ltx_note_type" in part.get("class", ""):  # "thanks: "
            part.drop_tree()
        elif part.text_content().strip() and not len(part):
            break
    return label


def _take_switch(note: HtmlElement) -> str:
    """Return the label of what shows a note; remove it."""
    label = ""
    previous = note.getprevious()
    while previous is not None and not (previous.tail or "").strip():
        is_switch = previous.tag in ("label", "input")
        if not is_switch and not (previous.tag in _SWITCHES and read_label(previous)):
            break
        label = label or read_label(previous)
        previous.drop_tree()
        if not is_switch:
            break
        previous = note.getprevious()
    return label


def find_copies(
    roots: Collection[HtmlElement], notes: Collection[str], known: Collection[HtmlElement]
) -> Iterator[HtmlElement]:
    """Yield the elements that only show notes a second time: tooltips, notes at the margin.

    Args:
        roots: The files.
        notes: The texts of the notes.
        known: The marks, and what holds the notes.
    """
    keys = sorted({_fold(text) for text in notes} - {""})
    if not keys:
        return
    inside = {part for element in known for part in element.iter()}
    for root in roots:
        for element in root.iter(etree.Element):
            if element in inside or not _may_be_copy(element):
                continue
            if any(part in known for part in element.iter()):
                continue
            if _repeats(_fold(element.text_content()), keys):
                inside.update(element.iter())
                yield element


def _repeats(key: str, keys: Sequence[str]) -> bool:
    """Return whether a key is one of these in order, or enough of the beginning of one."""
    position = bisect_left(keys, key)
    following = keys[position] if position < len(keys) else ""
    is_beginning = len(key) >= _MIN_COPY and following.startswith(key)
    return key != "" and (following == key or is_beginning)


def _may_be_copy(element: HtmlElement) -> bool:
    parent = element.getparent()
    classes = (
        element.get("class", "") + " " + (parent.get("class", "") if parent is not None else "")
    )
    return bool(_COPY_CLASS.search(classes)) and element.tag not in ("body", "html")


def _fold(text: str) -> str:
    """Return the letters and digits of a note without its label."""
    text = " ".join(text.split())
    return "".join(filter(str.isalnum, strip_label(text, read_opening_label(text)))).casefold()
