"""Find the page on which text stands."""

from __future__ import annotations

from collections.abc import Sequence

from index.document import PageRef, PageRegion, Section, TextPosition


def find_page(regions: Sequence[PageRegion], offset: int) -> PageRef | None:
    """Return the page of a character of a text; None where the file has no pages.

    Args:
        regions: Where the text stands, by offset.
        offset: The character.

    >>> regions = (PageRegion(0, 4, "12"), PageRegion(80, 5, "13"))
    >>> find_page(regions, 79), find_page(regions, 80)
    (PageRef(index=4, label='12'), PageRef(index=5, label='13'))
    """
    page = None
    for region in regions:
        if page is not None and region.offset > offset:
            break
        page = PageRef(region.page, region.label)
    return page


def find_page_in_section(section: Section, start: TextPosition, offset: int) -> PageRef | None:
    """Return the page of a character of a passage; None where the file has no pages.

    Args:
        section: The passage's section.
        start: Where the passage begins in it.
        offset: The character of the passage.
    """
    position = start.offset + offset
    for paragraph in section.paragraphs[start.paragraph :]:
        if position <= len(paragraph.text):
            return find_page(paragraph.regions, position)
        position -= len(paragraph.text) + 1
    return None
