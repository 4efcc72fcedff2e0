"""Make the publication of a flow whose headings are still to be completed."""

from __future__ import annotations

from collections.abc import Collection, Container, Sequence
from dataclasses import replace

from index.document import MetadataSource, Publication, Span
from index.readers.assembly import assemble
from index.readers.dates import find_date, find_issue_number
from index.readers.flow import FlowBlock, FlowMetadata, FlowNote
from index.readers.flow_blocks import move_notes
from index.readers.flow_contents import find_contents
from index.readers.flow_dividers import drop_dividers
from index.readers.flow_headings import complete_headings
from index.readers.flow_titles import promote_title, raise_title
from index.readers.paged.blocks import Line
from index.readers.paged.people import is_person_name, parse_names
from index.readers.report import Report
from index.readers.signed_heads import are_names
from index.text.patterns import load_patterns

_PATTERNS = load_patterns("index.readers")
_MAX_COVER_BLOCKS = 6


def build_publication(
    blocks: Sequence[FlowBlock],
    notes: Sequence[FlowNote],
    metadata: FlowMetadata,
    report: Report,
) -> Publication:
    """Return the publication of a flow: see `index.readers.assembly.assemble`.

    A table of contents is set aside, and lines that only part the text. A line that states number
    and date of an issue is taken for that, one that names the authors below the title ("By Jo
    Smith") for these. What the contents of an issue with a number list on one level are its
    articles.

    Args:
        blocks: In reading order.
        notes: In the order of the file.
        metadata: What the file says of itself.
        report: What was set aside and found so far; receives what is found here.
    """
    metadata = _drop_placeholder(metadata)
    blocks, notes = drop_dividers(blocks, notes, report)
    lines: list[Line] = []
    listed: set[str] = set()
    if contents := find_contents(blocks):
        listed = {blocks[index].text for index in contents.listed}
        lines = [Line(blocks[row].line, blocks[row].text, row) for row in contents.rows]
        blocks, notes = _remove(blocks, notes, contents.rows)
    if not metadata.title and sum(block.level == 1 for block in blocks) != 1:
        blocks = promote_title(blocks)
    flow, notes = complete_headings(blocks, notes)
    flow = raise_title(flow, metadata.title)
    metadata, removed = _read_front(flow, metadata, report)
    if listed and metadata.number:
        flow, titles = _split_issue(flow, listed, metadata.title)
        removed |= set(titles)
        metadata = replace(metadata, title=flow[titles[-1]].text if titles else metadata.title)
    flow, notes = _remove(flow, notes, removed)
    return assemble(flow, notes, metadata, report, lines)


def _read_front(
    flow: Sequence[FlowBlock], metadata: FlowMetadata, report: Report
) -> tuple[FlowMetadata, set[int]]:
    """Return metadata with what lines below the title state, and the indexes of these lines."""
    removed: set[int] = set()
    issue_line = _find_issue_line(flow)
    if issue_line is not None and not metadata.number:
        metadata = _take_issue_line(flow[issue_line], metadata, report)
        removed.add(issue_line)
    byline = _find_byline(flow, metadata.authors) if _may_be_account(metadata) else None
    if byline is not None:
        metadata = _take_byline(flow[byline], metadata, report)
        removed |= set() if flow[byline].marks else {byline}
    day = _find_date_line(flow, metadata)
    if day is not None:
        metadata = _take_date(flow[day], metadata, report)
        removed.add(day)
    return metadata, removed


def _remove(
    blocks: Sequence[FlowBlock], notes: Sequence[FlowNote], indexes: Collection[int]
) -> tuple[list[FlowBlock], list[FlowNote]]:
    """Return a flow without some of its blocks, and its notes."""
    kept = [block for index, block in enumerate(blocks) if index not in indexes]
    return kept, move_notes(notes, sorted(indexes), -1)


def _split_issue(
    blocks: Sequence[FlowBlock], listed: Container[str], title: str
) -> tuple[list[FlowBlock], list[int]]:
    """Return a flow in which what its contents list are titles of articles.

    Args:
        blocks: The flow, without its contents.
        listed: The headings that these list.
        title: Of the publication.

    Returns:
        The flow, and the indexes of the publication's titles; the same and none where the contents
        list headings of several levels.
    """
    starts = [index for index, block in enumerate(blocks) if block.level and block.text in listed]
    levels = {blocks[index].level for index in starts}
    if len(levels) != 1:
        return list(blocks), []
    level, start = levels.pop(), starts[0]
    titles = [index for index in range(start) if _is_title(blocks[index], title)]
    raised = [
        replace(block, level=max(block.level - level + 1, 1)) if block.level else block
        for block in blocks[start:]
    ]
    return [*blocks[:start], *raised], titles


def _find_issue_line(blocks: Sequence[FlowBlock]) -> int | None:
    """Return the index of a line at the head that is a number of an issue and maybe its date."""
    for index, block in enumerate(blocks[:_MAX_COVER_BLOCKS]):
        if find_issue_number(block.text) and not block.marks:
            rest = _list_rest(block.text)
            if not any(map(str.isalnum, "".join(rest))):
                return index
    return None


def _list_rest(text: str) -> list[str]:
    """Return the parts of a line that are neither its number of an issue nor its date."""
    matches = filter(None, (find_issue_number(text), find_date(text)))
    rest, start = [], 0
    for span in sorted(match.span for match in matches):
        rest.append(text[start : span.start])
        start = max(start, span.end)
    return [*rest, text[start:]]


def _take_issue_line(block: FlowBlock, metadata: FlowMetadata, report: Report) -> FlowMetadata:
    text = block.text
    number, day = find_issue_number(text), find_date(text)
    report.set_aside(block.line, "".join(_list_rest(text)), "markup")
    if number:
        printed = text[number.span.start : number.span.end].strip()
        source = MetadataSource("number", "first-page")
        metadata = replace(metadata, number=printed, sources=(*metadata.sources, source))
    if not day:
        return metadata
    printed = text[day.span.start : day.span.end].strip()
    others = (source for source in metadata.sources if source.name != "date")
    sources = (*others, MetadataSource("date", "first-page"))
    return replace(
        metadata, publication_date=day.parsed_date, date_printed=printed, sources=sources
    )


def _drop_placeholder(metadata: FlowMetadata) -> FlowMetadata:
    """Return metadata without a title that a program wrote for want of one."""
    if not _PATTERNS["no-title"].fullmatch(metadata.title):
        return metadata
    sources = tuple(source for source in metadata.sources if source.name != "title")
    return replace(metadata, title="", sources=sources)


def _may_be_account(metadata: FlowMetadata) -> bool:
    """Return whether no author is known, or only whom a file's own properties name."""
    is_stated = MetadataSource("authors", "metadata") in metadata.sources
    return not metadata.authors or is_stated


def _find_date_line(blocks: Sequence[FlowBlock], metadata: FlowMetadata) -> int | None:
    """Return the index of a line right below the title that is a date and nothing else.

    It is looked for where the date is unknown, or that of a file's own properties.
    """
    is_stated = MetadataSource("date", "metadata") in metadata.sources
    if metadata.date_printed and not is_stated:
        return None
    for index, block in enumerate(blocks[:_MAX_COVER_BLOCKS]):
        if block.level and index:
            return None
        match = None if block.level or block.marks else find_date(block.text)
        if match and match.parsed_date and not _has_text_beside(block.text, match.span):
            return index
    return None


def _has_text_beside(text: str, span: Span) -> bool:
    return any(map(str.isalnum, text[: span.start] + text[span.end :]))


def _take_date(block: FlowBlock, metadata: FlowMetadata, report: Report) -> FlowMetadata:
    match = find_date(block.text)
    if match is None:
        return metadata
    report.set_aside(block.line, "".join(_list_rest(block.text)), "markup")
    others = (source for source in metadata.sources if source.name != "date")
    return replace(
        metadata,
        publication_date=match.parsed_date,
        date_printed=block.text[match.span.start : match.span.end].strip(),
        sources=(*others, MetadataSource("date", "first-page")),
    )


def _find_byline(blocks: Sequence[FlowBlock], known: Sequence[str]) -> int | None:
    """Return the index of a line right below the title that says who wrote the text.

    It says so ("By Jo Smith"), or it is all names, where none is known.

    Args:
        blocks: In reading order.
        known: The authors that the file states: a line that names no other is text.
    """
    is_known = any(map(is_person_name, known))
    for index, block in enumerate(blocks[:_MAX_COVER_BLOCKS]):
        if block.level and index:
            return None
        if block.level:
            continue
        names = parse_names(block.text) if _PATTERNS["byline"].match(block.text) else None
        if names and not block.marks:
            is_new = any(name.rstrip(".") not in known for name in names.items)
            return index if is_new and all(map(is_person_name, names.items)) else None
        if index == 1 and blocks[0].level and not is_known and are_names(block.text):
            return index
    return None


def _take_byline(block: FlowBlock, metadata: FlowMetadata, report: Report) -> FlowMetadata:
    names = parse_names(block.text)
    if names is None:
        return metadata
    if not block.marks:
        report.set_aside(block.line, names.label, "label")
    others = (source for source in metadata.sources if source.name != "authors")
    sources = (*others, MetadataSource("authors", "byline"))
    return replace(metadata, authors=names.items, sources=sources)


def _is_title(block: FlowBlock, title: str) -> bool:
    """Return whether a heading is a title, which the file may print with the issue's number."""
    return block.level > 0 and not block.marks and block.text in title
