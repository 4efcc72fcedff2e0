"""Find the `#` headings of a Markdown file that begin articles.

They do where the front matter has a title, unless they are sections by their names or numbers or
share notes, or only the front matter names authors; and where each is the title of a law with
articles of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from index.readers.markdown.blocks import MarkdownBlock
from index.readers.markdown.footnotes import (
    MARKDOWN_FORM,
    NoteDefinition,
    find_references,
    fold_label,
)
from index.readers.markdown.front_matter import FrontMatter
from index.readers.paged import headings, people
from index.readers.publication_id import normalize_for_comparison

_MIN_ARTICLES = 2


def find_article_starts(
    blocks: Sequence[MarkdownBlock], front: FrontMatter, definitions: Sequence[NoteDefinition]
) -> list[int]:
    """Return the indexes of the titles of articles; none where the file is one article.

    Args:
        blocks: Those of the file.
        front: Its front matter.
        definitions: Its notes.
    """
    starts = _find_titles(blocks)
    if len(starts) < _MIN_ARTICLES or front.first_value("publication"):
        return []
    if not front.first_value("title"):
        return starts if all(_list_laws(blocks, starts)) else []
    if any(headings.is_section_heading(blocks[start].text) for start in starts):
        return []
    if front.first_value("authors") and not any(_has_byline(blocks, start) for start in starts):
        return []
    return [] if _share_notes(blocks, starts, definitions) else starts


def _has_byline(blocks: Sequence[MarkdownBlock], start: int) -> bool:
    """Return whether the authors of an article are named below its title."""
    below = next(iter(blocks[start + 1 : start + 2]), None)
    return bool(below and not below.heading_level and people.parse_names(below.text))


def is_title_alone(blocks: Sequence[MarkdownBlock], front: FrontMatter) -> bool:
    """Return whether a heading only prints the title of the front matter again.

    Args:
        blocks: From the heading to the next of its level.
        front: The front matter.
    """
    title = normalize_for_comparison(front.first_value("title"))
    return len(blocks) == 1 and normalize_for_comparison(blocks[0].text) == title


def take_collection_title(blocks: list[MarkdownBlock], front: FrontMatter) -> None:
    """Make the first `#` heading the title of the file, if nothing but laws with titles follows.

    Args:
        blocks: Those of the file; the heading is removed.
        front: Its front matter; receives the title.
    """
    starts = _find_titles(blocks)
    if front.values or len(starts) <= _MIN_ARTICLES or starts[0] or starts[1] != 1:
        return
    if all(_list_laws(blocks, starts[1:])):
        front.values["title"] = [blocks.pop(0).text]


def _find_titles(blocks: Sequence[MarkdownBlock]) -> list[int]:
    return [index for index, block in enumerate(blocks) if block.heading_level == 1 and block.text]


def _list_laws(blocks: Sequence[MarkdownBlock], starts: Sequence[int]) -> list[bool]:
    """Return for each `#` heading whether article 1 of a law stands below it."""
    return [
        any(_is_first_article(block) for block in blocks[start + 1 : end])
        for start, end in pairwise([*starts, len(blocks)])
    ]


def _is_first_article(block: MarkdownBlock) -> bool:
    heading = headings.parse_heading(block.text) if block.heading_level else None
    return heading is not None and heading.rank == headings.LAW_ARTICLE_RANK and heading.number == 1


def _share_notes(
    blocks: Sequence[MarkdownBlock], starts: Sequence[int], definitions: Sequence[NoteDefinition]
) -> bool:
    """Return whether a note is marked below several headings, and so is none of an article's."""
    counts = Counter(fold_label(note.name) for note in definitions if note.form == MARKDOWN_FORM)
    places: dict[str, int] = {}
    for start, end in pairwise([*starts, len(blocks)]):
        for block in blocks[start:end]:
            for reference in () if block.is_code else find_references(block.text):
                for label in map(fold_label, reference.labels):
                    if counts[label] == 1 and places.setdefault(label, start) != start:
                        return True
    return False
