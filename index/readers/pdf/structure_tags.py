"""Read the structure tags of PDF pages (ISO 32000-2, 14.7 and 14.8)."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import repeat

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from index.readers.pdf.text_calls import find_function

HEADING, NOTE, PARAGRAPH, CELL = "heading", "note", "paragraph", "cell"
ARTIFACT = "artifact"
"""What a tag may be."""

_KINDS = {
    **{f"H{level}": f"{HEADING}{level}" for level in range(1, 7)},
    **dict.fromkeys(("Note", "FENote"), NOTE),
    **dict.fromkeys(("P", "LBody", "Caption"), PARAGRAPH),
    **dict.fromkeys(("TD", "TH"), CELL),
}
_MAX_CHILDREN = 8_000_000  # children of an element times pages: each page lists them all
_MAX_ELEMENTS = 20_000  # of a page
_MAX_NAME = 64  # bytes
_MAX_DEPTH = 20  # of elements inside one another


def has_structure_tags(document: pdfium.PdfDocument) -> bool:
    """Return whether a file has structure tags, and can be read with them in little time.

    Args:
        document: An open file.
    """
    if not len(document) or not pdfium_c.FPDFCatalog_IsTagged(document.raw):
        return False
    try:
        with closing(document[0]) as page, _open_tree(page) as roots:
            children = max((_COUNT_CHILDREN(root) for root in roots), default=0)
    except pdfium.PdfiumError:
        return False
    return children * len(document) <= _MAX_CHILDREN


def read_structure_tags(page: pdfium.PdfPage) -> dict[int, str]:
    """Return the tags of a page's text by the numbers of its marked content.

    A tag is what the text is, a full stop, and the number of its element on the page, with "+"
    where that began on a page before: "heading2.5", "paragraph.7+". Of nested elements the note
    counts, else the heading or the cell of a table, else the inmost one.

    Args:
        page: An open page.
    """
    tags: dict[int, str] = {}
    with _open_tree(page) as roots:
        stack = [(root, "") for root in reversed(roots)]
        for number in range(_MAX_ELEMENTS):
            if not stack:
                break
            element, outer_tag = stack.pop()
            count = max(_COUNT_CHILDREN(element), 0)
            children = list(map(_GET_CHILD, repeat(element), range(count)))
            kind = _KINDS.get(_read_type(element), "")
            tag = outer_tag
            if kind and _is_inner(kind, outer_tag):
                began_before = _began_before(element)
                tag = f"{kind}.{number}{'+' * began_before}"
            if tag:
                contents = (
                    _GET_CONTENT(element, index)
                    for index, child in enumerate(children)
                    if not child
                )
                tags.update((content, tag) for content in contents if content >= 0)
            stack += [(child, tag) for child in reversed(children) if child]
    return tags


def _began_before(element: int) -> bool:
    """Return whether an element, or the first one inside it, begins before the page."""
    for _ in range(_MAX_DEPTH):
        if _COUNT_CHILDREN(element) < 1:
            return False
        child = _GET_CHILD(element, 0)
        if not child:
            content: int = _GET_CONTENT(element, 0)
            return content < 0
        element = child
    return False


def _is_inner(kind: str, outer_tag: str) -> bool:
    """Return whether an element counts inside another one: a note does, a paragraph of it not."""
    return kind == NOTE or not outer_tag.startswith((NOTE, HEADING, CELL))


@contextmanager
def _open_tree(page: pdfium.PdfPage) -> Iterator[list[int]]:
    """Yield the addresses of a page's outermost elements."""
    tree = pdfium_c.FPDF_StructTree_GetForPage(page.raw)
    if not tree:
        yield []
        return
    try:
        address = ctypes.cast(tree, ctypes.c_void_p).value
        roots = map(_GET_ROOT, repeat(address), range(max(_COUNT_ROOTS(address), 0)))
        yield [root for root in roots if root]
    finally:
        pdfium_c.FPDF_StructTree_Close(tree)


def _read_type(element: int) -> str:
    buffer = ctypes.create_string_buffer(_MAX_NAME)
    length = _GET_TYPE(element, ctypes.addressof(buffer), _MAX_NAME)
    return buffer.raw[: max(length - 2, 0)].decode("utf-16-le", "replace")


_POINTER, _INT = ctypes.c_void_p, ctypes.c_int
_COUNT_ROOTS = ctypes.CFUNCTYPE(_INT, _POINTER)(find_function("FPDF_StructTree_CountChildren"))
_GET_ROOT = ctypes.CFUNCTYPE(_POINTER, _POINTER, _INT)(
    find_function("FPDF_StructTree_GetChildAtIndex")
)
_COUNT_CHILDREN = ctypes.CFUNCTYPE(_INT, _POINTER)(
    find_function("FPDF_StructElement_CountChildren")
)
_GET_CHILD = ctypes.CFUNCTYPE(_POINTER, _POINTER, _INT)(
    find_function("FPDF_StructElement_GetChildAtIndex")
)
_GET_CONTENT = ctypes.CFUNCTYPE(_INT, _POINTER, _INT)(
    find_function("FPDF_StructElement_GetChildMarkedContentID")
)
_GET_TYPE = ctypes.CFUNCTYPE(ctypes.c_ulong, _POINTER, _POINTER, ctypes.c_ulong)(
    find_function("FPDF_StructElement_GetType")
)
