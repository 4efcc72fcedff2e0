"""Find the notes at the foot of pages and columns, in boxes under their text, and in lists."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass

from index.readers.pdf.chapter_lists import find_chapter_lists
from index.readers.pdf.endnotes import find_endnotes, find_list_without_heading
from index.readers.pdf.found_notes import FoundNote, PageNotes
from index.readers.pdf.labels import Label, find_raised_labels, parse_note_label, parse_order
from index.readers.pdf.layout import Layout, PageLayout
from index.readers.pdf.lines import LineBlock, PageLine
from index.readers.pdf.plain_notes import find_plain_notes
from index.readers.pdf.trusted_tags import Element

_SMALL_RATIO = 0.95  # of the size of the text: a note is smaller
_SAME_RATIO = 1.05  # of the size of the first note under a rule: what goes on is no larger
_RULE_DISTANCE = 2.6  # of the font size, from a rule to the first line under it
_MAX_RULE_SHARE = 0.75  # of the width of the text: longer rules belong to tables and heads
_RAISED_FORMS = frozenset({"raised", "circled"})
_MIN_FORM_SHARE = 0.2  # of the labels of a file: a form that has less is not used
_SIZE_TOLERANCE = 0.08  # of the size of notes
_MAX_MISSING = 2  # numbers of notes, one after another, that a file may have lost
_MIN_WORDS_SHARE = 0.1  # of a line: the rest may be an address in smaller type
_FULL_SHARE = 0.06  # of the width: a line that ends nearer to the margin is full
_TEXT_RULE = re.compile(r"[_—–―─-]{4,}")


@dataclass(frozen=True, slots=True)
class _Area:
    """Consecutive blocks at the foot of a column.

    Attributes:
        blocks: From top to bottom.
        is_ruled: Whether a rule stands above the first.
    """

    blocks: tuple[LineBlock, ...]
    is_ruled: bool


def find_page_notes(layout: Layout) -> PageNotes:
    """Return the notes at the feet of pages and columns, and in lists at the end.

    What the file tags as notes is read as such. Else an area of notes is a row of blocks in small
    type, or under a rule, with no text below it; its first line has the label of a note, or goes on
    with the last note of the area before.

    Args:
        layout: The pages.
    """
    result = PageNotes()
    find_endnotes(layout, result, with_references=False)
    if not result.notes:
        result.references.clear()
        find_chapter_lists(layout, result)
    listed, result.notes = result.notes, []
    _read_tagged_notes(layout, result)
    tagged, result.notes = result.notes, []
    plain = find_plain_notes([(page, _list_free_blocks(page, result)) for page in layout.pages])
    areas = [
        (page, area) for page in layout.pages for area in _find_areas(page, layout, result, plain)
    ]
    style = _measure_style([area for _, area in areas], _collect_marks(layout, areas))
    for page, area in areas:
        _read_area(page, area, style, result)
    result.notes = [*sorted([*tagged, *result.notes], key=lambda note: note.page), *listed]
    if not result.notes:
        find_list_without_heading(layout, result)
    if not result.notes:
        # Where a file has notes, numbered references are a bibliography.
        find_endnotes(layout, result, with_references=True)
    return result


def _read_tagged_notes(layout: Layout, result: PageNotes) -> None:
    """Add the notes that the file's structure tags name; one without a label goes on."""
    for page in layout.pages:
        elements: defaultdict[Element, list[PageLine]] = defaultdict(list)
        for line in (line for block in page.blocks for line in block.lines):
            element = layout.tags.notes.get(id(line))
            if element is not None and id(line) not in result.lines:
                elements[element].append(line)
        marks = _count_raised_labels(page, set())
        for lines in elements.values():
            last_order = parse_order(result.notes[-1].label) if result.notes else 0
            label = _parse_next_label(lines[0], last_order, marks)
            if label:
                note = FoundNote(label.text, page.number, label.form, lines, label.end)
                result.notes.append(note)
            elif result.notes and result.notes[-1].lines[-1].page >= page.number - 1:
                result.notes[-1].lines += lines
            else:
                continue
            result.lines |= {id(line) for line in lines}


def _collect_marks(
    layout: Layout, areas: Sequence[tuple[PageLayout, _Area]]
) -> dict[int, Counter[str]]:
    """Return the labels of the raised marks of each page outside the areas that may be notes."""
    in_areas = {id(block) for _, area in areas for block in area.blocks}
    return {page.number: _count_raised_labels(page, in_areas) for page in layout.pages}


def _count_raised_labels(page: PageLayout, excluded: set[int]) -> Counter[str]:
    return Counter(
        label.text
        for block in page.blocks
        if id(block) not in excluded
        for line in block.lines
        for label in find_raised_labels(line)
        if label.start > 0
    )


def _find_areas(
    page: PageLayout, layout: Layout, result: PageNotes, plain: Container[int]
) -> Iterator[_Area]:
    """Yield the rows of blocks at the foot of each column that may be notes, in reading order."""
    qualified = _qualify_blocks(page, layout, result, plain)
    current: list[LineBlock] = []
    for block in page.blocks:
        is_ruled = qualified.get(id(block))
        continues = is_ruled is False and any(_is_below(block, other) for other in current)
        if current and not continues:
            yield _Area(tuple(current), qualified[id(current[0])])
            current = []
        if is_ruled is not None:
            current.append(block)
    if current:
        yield _Area(tuple(current), qualified[id(current[0])])


def _qualify_blocks(
    page: PageLayout, layout: Layout, result: PageNotes, plain: Container[int]
) -> dict[int, bool]:
    """Return whether a rule is above them, for the blocks of a page that may be notes."""
    blocks = _list_free_blocks(page, result)
    ruled, boxes, like_notes = _find_note_like(blocks, page, layout.body_size, result)
    qualified: dict[int, bool] = {}
    for block in sorted(blocks, key=lambda block: -block.box.y1):
        below = [other for other in blocks if _is_below(other, block)]
        at_foot = all(id(other) in qualified for other in below)
        if id(block) in boxes or (at_foot and (id(block) in like_notes or id(block) in plain)):
            qualified[id(block)] = id(block) in ruled
    return qualified


def _find_note_like(
    blocks: Sequence[LineBlock], page: PageLayout, body_size: float, result: PageNotes
) -> tuple[set[int], set[int], set[int]]:
    """Return the ids of blocks under rules, of notes in boxes, and of what may be notes at feet."""
    text_width = _measure_width(page)
    small = {id(block) for block in blocks if block.size <= _SMALL_RATIO * body_size}
    under_rules = [
        block
        for block in blocks
        if _is_ruled(block, page, text_width, result, is_small=id(block) in small)
    ]
    ruled = {id(block) for block in under_rules}
    first_notes = [block for block in under_rules if _has_raised_label(block, result)]
    boxes = {id(block) for block in first_notes} & small
    marks = _count_raised_labels(page, set())
    marked = {
        id(block)
        for block in blocks
        if _is_marked_above(block, marks, result) or _goes_on_below(block, first_notes)
    }
    return ruled, boxes, small | ruled | marked


def _list_free_blocks(page: PageLayout, result: PageNotes) -> list[LineBlock]:
    """Return the blocks of a page that are no listed notes, and do not interrupt the text."""
    insets = {line for line, kind in page.insets.items() if kind != "box"}
    excluded = result.lines | result.headings | result.references | insets
    return [block for block in page.blocks if not all(id(line) in excluded for line in block.lines)]


def _is_ruled(
    block: LineBlock, page: PageLayout, text_width: float, result: PageNotes, *, is_small: bool
) -> bool:
    """Return whether a rule stands above a block that may be notes."""
    is_ruled = _has_rule_above(block, page, text_width) or _drop_text_rule(block, page, result)
    return is_ruled and (is_small or parse_note_label(block.lines[0]) is not None)


def _measure_width(page: PageLayout) -> float:
    """Return the width of the text of a page, in points."""
    if not page.blocks:
        return 0.0
    boxes = [block.box for block in page.blocks]
    return max(box.x1 for box in boxes) - min(box.x0 for box in boxes)


def _is_below(block: LineBlock, other: LineBlock) -> bool:
    """Return whether a block stands below another one, in its column."""
    overlap = min(block.box.x1, other.box.x1) - max(block.box.x0, other.box.x0)
    narrower = min(block.box.x1 - block.box.x0, other.box.x1 - other.box.x0)
    return block.box.y0 > other.box.y1 - 2 and overlap > 0.1 * narrower


def _has_rule_above(block: LineBlock, page: PageLayout, text_width: float) -> bool:
    return any(
        0 < block.box.y0 - rule.y + 2 < _RULE_DISTANCE * block.size
        and rule.x0 < block.box.x0 + 3 * block.size
        and rule.x1 > block.box.x0
        and rule.x1 - rule.x0 < _MAX_RULE_SHARE * text_width
        for rule in page.rules
    )


def _drop_text_rule(block: LineBlock, page: PageLayout, result: PageNotes) -> bool:
    """Return whether a block begins with, or stands under, a rule made of characters."""
    for other in page.blocks:
        for line in other.lines:
            gap = block.lines[0].baseline - line.baseline
            if gap < 0 or gap > 2 * _RULE_DISTANCE * block.size:
                continue
            if abs(line.box.x0 - block.box.x0) < 3 * block.size and _TEXT_RULE.fullmatch(
                re.sub(r"\s", "", line.text)
            ):
                result.separators.add(id(line))
                return True
    return False


def _goes_on_below(block: LineBlock, first_notes: Sequence[LineBlock]) -> bool:
    """Return whether a block stands, in no larger type, below the first note under a rule."""
    return any(
        block.size <= _SAME_RATIO * first.size and _is_below(block, first) for first in first_notes
    )


def _is_marked_above(block: LineBlock, marks: Container[str], result: PageNotes) -> bool:
    """Return whether a block begins with a raised label that a mark in the text of its page has."""
    label = parse_note_label(block.lines[0])
    is_free = id(block.lines[0]) not in result.separators
    return label is not None and is_free and label.form == "raised" and label.text in marks


def _has_raised_label(block: LineBlock, result: PageNotes) -> bool:
    """Return whether a block begins with a label that only notes have."""
    lines = [line for line in block.lines if id(line) not in result.separators]
    label = parse_note_label(lines[0]) if lines else None
    return label is not None and label.form in _RAISED_FORMS


@dataclass(frozen=True, slots=True)
class _Style:
    """How the notes of a file are set.

    Attributes:
        size: The font size of most notes; 0 where none is recognised beyond doubt.
        forms: The forms of their labels.
        marks: How often raised marks in the text have each label, by page.
    """

    size: float
    forms: frozenset[str]
    marks: Mapping[int, Counter[str]]


def _measure_style(areas: Sequence[_Area], marks: Mapping[int, Counter[str]]) -> _Style:
    """Return the font size and the labels of the notes that are recognised beyond doubt.

    These have a raised label, or begin below a rule, or begin a block with a number that a raised
    mark in the text has.

    Args:
        areas: What may be notes.
        marks: How often raised marks in the text have each label, by page.
    """
    all_marks = set().union(*marks.values())
    sizes: Counter[float] = Counter()
    forms: Counter[str] = Counter()
    blocks = [(block, area.is_ruled) for area in areas for block in area.blocks]
    for block, is_ruled in blocks:
        for index, line in enumerate(block.lines):
            label = parse_note_label(line)
            if label is None:
                continue
            may_begin = index == 0 and (label.text in all_marks or is_ruled)
            if label.form in _RAISED_FORMS or may_begin:
                sizes[line.size] += 1
                forms[label.form] += 1
    if not sizes:
        return _Style(0.0, frozenset({*_RAISED_FORMS, "bracketed", "plain"}), marks)
    usual = frozenset(
        form for form, count in forms.items() if count >= _MIN_FORM_SHARE * forms.total()
    )
    return _Style(sizes.most_common(1)[0][0], usual | _RAISED_FORMS, marks)


def _read_area(page: PageLayout, area: _Area, style: _Style, result: PageNotes) -> None:
    """Add the notes of an area, and what goes on with a note before it."""
    is_open = _is_continued(page, area, style, result)
    count = len(result.notes)
    without_label: set[int] = set()
    for line in (line for block in area.blocks for line in block.lines):
        if id(line) in result.separators or id(line) in result.lines:
            continue
        last_order = parse_order(result.notes[-1].label) if result.notes else 0
        for piece in _split_run_on(line, style.marks[page.number], last_order):
            label = _parse_next_label(piece, last_order, style.marks[page.number])
            if label and _starts_note(label, piece, area, style, page, result):
                result.notes.append(
                    FoundNote(label.text, page.number, label.form, [piece], label.end)
                )
                is_open = True
            elif id(line) in result.lines or (is_open and _has_note_size(piece, style)):
                result.notes[-1].lines.append(piece)
            else:
                is_open = False
                if any(map(str.isalpha, line.printed)):  # else a mark that found no room
                    without_label.add(id(line))
                break
            result.lines.add(id(line))
    if len(result.notes) > count:
        result.asides |= without_label


def _parse_next_label(line: PageLine, last_order: int, marks: Container[str]) -> Label | None:
    """Return the label of a line; of 785 Fed. Reg. that is 7, if 6 notes stand before it.

    The figure then has neither stop nor blank after it, and a mark on the page.
    """
    label = parse_note_label(line)
    number = str(last_order + 1)
    if label is None or label.form != "plain" or label.stop or label.text in marks:
        return label
    is_glued = label.text.startswith(number) and len(label.text) > len(number) and number in marks
    return Label(number, 0, len(number), "plain") if is_glued else label


def _split_run_on(line: PageLine, marks: Container[str], last_order: int) -> Iterator[PageLine]:
    """Yield a line of notes, cut before each note that begins in it.

    Such a note begins after a sentence with the raised number that a mark on the page has, one
    more than the number at the head of the line, or than that of the note before the line.
    """
    first = parse_note_label(line)
    first_order = parse_order(first.text) if first else 0
    start, orders = 0, {first_order, last_order} if first_order else set()
    for label in find_raised_labels(line):
        order = parse_order(label.text)
        is_next = not orders or order - 1 in orders
        if label.start > 0 and is_next and label.text in marks and _follows_end(line, label.start):
            yield PageLine(line.page, line.glyphs[start : label.start])
            start, orders = label.start, {order}
    yield line if start == 0 else PageLine(line.page, line.glyphs[start:])


def _follows_end(line: PageLine, index: int) -> bool:
    """Return whether a blank and the end of a sentence stand before a character, or a full stop."""
    text = line.extract_text(0, index)
    return text.endswith("。") or (line.has_blank_before(index) and _ends_sentence(text))


def _has_note_size(line: PageLine, style: _Style) -> bool:
    """Return whether a line is in the type of notes, or words of it beside a smaller address."""
    tolerance = _SIZE_TOLERANCE * style.size
    if not style.size or abs(line.size - style.size) <= tolerance:
        return True
    words = sum(abs(glyph.size - style.size) <= tolerance for glyph in line.glyphs)
    return line.size < style.size and words >= _MIN_WORDS_SHARE * len(line.glyphs)


def _is_continued(page: PageLayout, area: _Area, style: _Style, result: PageNotes) -> bool:
    """Return whether the last note goes on at the head of an area.

    It does where the area begins in its type, and either under a rule, or the note has not come to
    the end of a sentence, or has filled its last line, on the page or in the column before.
    """
    if not result.notes:
        return False
    note = result.notes[-1]
    last = note.lines[-1]
    first = next((line for line in area.blocks[0].lines if id(line) not in result.separators), None)
    if first is None or last.page < page.number - 1 or not _has_note_size(first, style):
        return False
    if area.blocks[-1].box.y1 < _find_top_of_notes(page, result):
        return False  # what stands beside the text and above the notes
    width = max(line.box.x1 for line in note.lines) - min(line.box.x0 for line in note.lines)
    is_full = (
        len(note.lines) > 1
        and last.box.x1 > max(line.box.x1 for line in note.lines) - _FULL_SHARE * width
    )
    return is_full or area.is_ruled or not _ends_sentence(last.text)


def _find_top_of_notes(page: PageLayout, result: PageNotes) -> float:
    """Return the upper edge of the notes that are found on a page so far; 0 if there are none."""
    lines = (line for note in result.notes for line in note.lines if line.page == page.number)
    return min((line.box.y0 for line in lines), default=0.0)


def _ends_sentence(text: str) -> bool:
    return text.rstrip("”’\"')）」』〕]").endswith((".", "。", "!", "?", "！", "？", ";", "；"))


def _starts_note(
    label: Label,
    line: PageLine,
    area: _Area,
    style: _Style,
    page: PageLayout,
    result: PageNotes,
) -> bool:
    """Return whether a line with a label begins a note."""
    if label.form not in style.forms or (label.end >= len(line.glyphs) and label.form == "plain"):
        return False
    if label.form in _RAISED_FORMS:
        # 10³ at the head of a line is no label; 1 before a raised 2 may be one, of note 12.
        is_whole = line.glyphs[0].size < 0.9 * line.size or label.end == 1
        return is_whole or _is_next(label, page, style, result)
    if not (area.is_ruled or _has_note_size(line, style)):
        return False
    if not parse_order(label.text):
        return area.is_ruled or label.text in style.marks.get(page.number, ())
    return _is_next(label, page, style, result)


def _is_next(label: Label, page: PageLayout, style: _Style, result: PageNotes) -> bool:
    """Return whether a number follows that of the last note, or begins to count anew on a page.

    Some numbers may be missing before one that a mark on the page has.
    """
    order = parse_order(label.text)
    if not order:
        return True
    previous = next(
        (before for note in reversed(result.notes) if (before := parse_order(note.label))), 0
    )
    if order != 1:
        is_marked = label.text in style.marks.get(page.number, ()) or label.form == "bracketed"
        most = _MAX_MISSING if is_marked else 0
        return previous < order <= previous + 1 + most
    on_page = [note for note in result.notes if note.page == page.number]
    # A chapter that begins on the page may begin to count anew, which its raised marks show.
    if sum(note.label == label.text for note in on_page) < style.marks[page.number][label.text]:
        return True
    # Where numbers begin anew on each page, the last note of a page may stand on the next one.
    has_restarts = sum(parse_order(note.label) == 1 for note in result.notes) > 1
    return not on_page or (has_restarts and all(parse_order(note.label) > 1 for note in on_page))
