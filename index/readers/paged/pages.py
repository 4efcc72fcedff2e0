"""Separate an article into body, notes at the feet of its pages, and page furniture.

A page prints its body first and its notes at the foot. So a page begins after notes: a block that
follows them is body again, unless marks or unfinished notes show otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from index.readers.notes.conventions import NoteOpening, parse_opening
from index.readers.notes.runs import is_notes_heading
from index.readers.paged import block_kinds, headings
from index.readers.paged.blocks import Block
from index.readers.paged.colon_headings import find_colon_headings
from index.readers.paged.headings import Heading
from index.readers.paged.law_lines import rank_law_lines
from index.readers.paged.page_notes import ArticleBody, BodyBlock, PageNoteSeparator
from index.readers.paged.sentence_ends import Ending, detect_ending, starts_mid_sentence
from index.text.characters import measure_width

_SUBJECT_RANK = 0.95  # below the number of the article
_TITLE_RANK = 0.55  # below the number of the chapter
_MIN_SUBJECTS = 2
_MOST = 0.8  # of the paragraphs
_MAX_SUBJECT_WIDTH = 120  # columns
_LEAST_PARAGRAPH = 30  # characters: shorter ones without an end may be lines of a cover


@dataclass(frozen=True, slots=True)
class NoteLines:
    """The lines at which the notes of a file begin.

    Attributes:
        openings: How each note begins, by the position of its line.
        mark_forms: The conventions of the marks, by the conventions of the notes.
        mark_lines: The number of the line with the mark of a note, by the position of the note's.
    """

    openings: Mapping[tuple[int, int], NoteOpening] = field(default_factory=dict)
    mark_forms: Mapping[str, frozenset[str]] = field(default_factory=dict)
    mark_lines: Mapping[tuple[int, int], int] = field(default_factory=dict)


def separate_notes(
    blocks: Sequence[Block], note_lines: NoteLines, running_heads: frozenset[str], has_star: bool
) -> ArticleBody:
    """Return the body, the notes and the page furniture in the blocks below the head of an article.

    Args:
        blocks: In the order of the file.
        note_lines: Where the notes of the file begin.
        running_heads: The keys of what repeats on pages.
        has_star: Whether a star stands at title or author, so that a note may begin with one.
    """
    body = ArticleBody()
    openings = [_find_opening(block, note_lines, has_star) for block in blocks]
    separator = _build_separator(blocks, openings, body, note_lines)
    labels = _find_labels_of_notes(blocks, openings)
    is_first_on_page = is_below_note = False
    for index, (block, opening) in enumerate(zip(blocks, openings, strict=True)):
        if block.starts_page:
            separator.end_page()
        is_first_on_page = is_first_on_page or block.starts_page
        is_head = is_below_note and block_kinds.is_running_line_in_capitals(block.text)
        if is_head or block_kinds.is_page_furniture(
            block, running_heads, is_first_on_page=is_first_on_page
        ):
            body.furniture.append(block)
            if not block_kinds.is_horizontal_rule(block.text):
                separator.start_page()
                is_first_on_page = True
            continue
        is_first_on_page = block_kinds.is_number(block.text)
        is_below_note = False
        if index in labels:
            body.labels.append(block)
        elif opening and separator.is_note(opening):
            mark_line = note_lines.mark_lines.get(block.position)
            mark_forms = note_lines.mark_forms.get(opening.form, frozenset((opening.form,)))
            is_certain = mark_forms != {"superscript"}
            separator.add_note(opening, block, mark_line if is_certain else None)
            is_below_note = True
        else:
            separator.add_body_block(BodyBlock(block, 0, block_kinds.classify_block(block)))
    separator.finish()
    _assign_headings(body.blocks)
    return body


def _find_labels_of_notes(
    blocks: Sequence[Block], openings: Sequence[NoteOpening | None]
) -> set[int]:
    """Return the indexes of the blocks over notes that head no text: Notes, and Chapter One in it.

    Args:
        blocks: Those of an article.
        openings: How each begins as a note, if it does.
    """
    labels: set[int] = set()
    is_in_list = False
    for index, (block, following) in enumerate(zip(blocks, [*openings[1:], None], strict=False)):
        if openings[index]:
            continue
        if _is_label_of_notes(block):
            below = blocks[index + 1 : index + 2]
            is_over_chapter = (
                bool(below)
                and headings.parse_heading(below[0].text) is not None
                and any(openings[index + 2 : index + 3])
            )
            is_in_list = following is not None or is_over_chapter
        else:
            is_below = index - 1 in labels or any(openings[max(index - 1, 0) : index])
            is_in_list = (
                is_in_list
                and is_below
                and following is not None
                and len(block.lines) == 1
                and headings.parse_heading(block.text) is not None
            )
        if is_in_list:
            labels.add(index)
    return labels


def _is_label_of_notes(block: Block) -> bool:
    """Return whether a block such as FOOTNOTES: stands over notes, without a number."""
    if not is_notes_heading(block.text):
        return False
    heading = headings.parse_heading(block.text)
    return heading is None or (heading.rank < 0 and not heading.hash_count)


def _build_separator(
    blocks: Sequence[Block],
    openings: Sequence[NoteOpening | None],
    body: ArticleBody,
    note_lines: NoteLines,
) -> PageNoteSeparator:
    printed = [opening for opening in openings if opening]
    has_number_spaces = any(
        opening.has_space for opening in printed if opening.form == "superscript"
    )
    forms = {opening.form for opening in printed} | {"superscript"}
    mark_forms = {mark for form in forms for mark in note_lines.mark_forms.get(form, {form})}
    return PageNoteSeparator(
        body,
        sorted(mark_forms),
        mark_lines=frozenset(note_lines.mark_lines.values()),
        has_number_spaces=has_number_spaces,
        indents_body=_indents_paragraphs(blocks, openings),
    )


def _indents_paragraphs(blocks: Sequence[Block], openings: Sequence[NoteOpening | None]) -> bool:
    """Return whether most paragraphs are indented where they begin.

    Those before the first note say it best; of others, what is indented may belong to a note.
    """
    first_note = next((index for index, opening in enumerate(openings) if opening), len(blocks))
    texts: list[Block | None] = []
    is_below_note = False
    for block, opening in zip(blocks, openings, strict=True):
        is_text = opening is None and block_kinds.classify_block(block) == "text"
        is_below_note = opening is not None or (is_below_note and block.is_indented)
        texts.append(block if is_text and not is_below_note else None)
    before = _find_beginnings(filter(None, texts[:first_note]))
    if before:
        return sum(before) * 2 > len(before)
    begins = _find_beginnings(filter(None, texts))
    return sum(begins) > 1 and sum(begins) >= _MOST * len(begins)


def _find_beginnings(texts: Iterable[Block]) -> list[bool]:
    """Return whether each block that begins a paragraph is indented, of those that surely do."""
    begins: list[bool] = []
    is_after_end = False
    for index, block in enumerate(texts):
        is_finished = detect_ending(block.text) is not Ending.OPEN
        is_begun = block.is_indented or index == 0 or (is_finished and is_after_end)
        if is_begun and (is_finished or len(block.text) >= _LEAST_PARAGRAPH):
            begins.append(block.is_indented)
        is_after_end = is_finished
    return begins


def _find_opening(block: Block, note_lines: NoteLines, has_star: bool) -> NoteOpening | None:
    """Return how a block begins as a note, if it is one."""
    opening = note_lines.openings.get(block.position)
    has_own_star = has_star and "star" not in note_lines.mark_forms
    forms = ("superscript", "star") if has_own_star else ("superscript",)
    return opening or parse_opening(block.text, forms)


def _assign_headings(body_blocks: Sequence[BodyBlock]) -> None:
    """Set which blocks are headings, with their ranks."""
    texts = [
        body_block.block.text if body_block.kind == "text" else "" for body_block in body_blocks
    ]
    by_colon = find_colon_headings(texts)
    candidates = [
        headings.parse_heading(text) or by_colon.get(index) for index, text in enumerate(texts)
    ]
    levels = headings.assign_levels(candidates, headings.find_content(candidates))
    for body_block, heading in zip(body_blocks, levels, strict=True):
        body_block.heading = heading
    for index, rank in rank_law_lines(texts).items():
        body_blocks[index].heading = Heading(texts[index], rank)
    _assign_subjects(
        body_blocks, lambda heading: heading.rank == headings.LAW_ARTICLE_RANK, _SUBJECT_RANK
    )
    _assign_subjects(
        body_blocks, lambda heading: headings.is_chapter_label(heading.text), _TITLE_RANK
    )


def _assign_subjects(
    body_blocks: Sequence[BodyBlock], has_subject: Callable[[Heading], bool], rank: float
) -> None:
    """Make headings of what stands below headings of a kind and says what these are on."""
    subjects = [
        body_block
        for heading_block, body_block, following in zip(
            body_blocks, body_blocks[1:], body_blocks[2:], strict=False
        )
        if heading_block.heading
        and has_subject(heading_block.heading)
        and following.heading is None
        and _may_be_subject(body_block)
    ]
    if len(subjects) >= _MIN_SUBJECTS:
        for body_block in subjects:
            body_block.heading = Heading(body_block.block.text, rank)


def _may_be_subject(body_block: BodyBlock) -> bool:
    """Return whether what stands below the number of a law's article may say what it is on."""
    text = body_block.block.text
    return (
        body_block.heading is None
        and body_block.kind == "text"
        and measure_width(text) <= _MAX_SUBJECT_WIDTH
        and (detect_ending(text) is Ending.OPEN or text.isupper())
        and not starts_mid_sentence(text)
    )
