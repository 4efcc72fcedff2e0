"""The words that readers of formats use for what they find: blocks and notes in reading order.

`index.readers.assembly` makes articles and sections of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from index.document import MetadataSource, PageRegion, ParagraphKind, Span


@dataclass(frozen=True, slots=True)
class FlowMark:
    """The mark of a note in a block.

    Attributes:
        offset: The characters of the block's text before it.
        note: The index of its note in the file's notes; None where there is none.
        label: As printed.
    """

    offset: int
    note: int | None
    label: str


@dataclass(frozen=True, slots=True)
class FlowBlock:
    """A heading or a paragraph, in reading order.

    Attributes:
        text: Without marks.
        level: The level of a heading, from 1; 0 for a paragraph.
        kind: What kind of paragraph it is.
        marks: In order.
        regions: Where it stands on pages.
        line: Where it begins in the file, counted from 1.
        raised: The spans of `text` that are superscript.
        item: The number that it has as the item of a list and that `text` lacks, such as "1.".
        printed_lines: Its lines as printed, where they are known.
    """

    text: str
    level: int = 0
    kind: ParagraphKind = "text"
    marks: tuple[FlowMark, ...] = ()
    regions: tuple[PageRegion, ...] = ()
    line: int = 0
    raised: tuple[Span, ...] = ()
    item: str = ""
    printed_lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FlowNote:
    """A note of the file.

    Attributes:
        label: Its number or sign as printed.
        text: Without the label.
        regions: Where it stands on pages.
        line: Where it begins in the file, counted from 1.
        position: The number of blocks before it.
        marks: The marks of other notes in it.
        repeats_previous: Whether it is a further label of the note before, and has no text.
    """

    label: str
    text: str
    regions: tuple[PageRegion, ...] = ()
    line: int = 0
    position: int = 0
    marks: tuple[FlowMark, ...] = ()
    repeats_previous: bool = False


@dataclass(frozen=True, slots=True)
class FlowMetadata:
    """What a file says of itself.

    Attributes:
        title: The title of the publication.
        authors: In order.
        publication_date: The date, if known.
        date_printed: As printed.
        publisher: As printed.
        number: The number of an issue, as printed.
        sources: Where these come from.
        title_translated: In the other language, or "".
        publisher_translated: In the other language, or "".
    """

    title: str = ""
    authors: tuple[str, ...] = ()
    publication_date: date | None = None
    date_printed: str = ""
    publisher: str = ""
    number: str = ""
    sources: tuple[MetadataSource, ...] = ()
    title_translated: str = ""
    publisher_translated: str = ""
