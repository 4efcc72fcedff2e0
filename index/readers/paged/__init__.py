"""Paged text → a publication: plain text, or light Markdown, read off a printed PDF."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from index.document import Article, Author, Mark, Note, Publication, Section
from index.readers.decoding import Line, lines
from index.readers.notes.annotate import report_unmarked, understood_notes
from index.readers.paged import article_heads as heads
from index.readers.paged import block_kinds, mark_assignment, pages, people
from index.readers.paged import contents as tables
from index.readers.paged import cover as covers
from index.readers.paged import paragraphs as flow
from index.readers.paged.article_heads import Head
from index.readers.paged.blocks import Block, blocks
from index.readers.paged.contents import Contents
from index.readers.paged.page_notes import RawNote
from index.readers.publication_id import compact, publication_id
from index.readers.report import Report

_IMPRINT = re.compile(
    r"(?:發行人|發行所|總編輯|主編|編輯委員|編輯顧問|社長|创办人|出版者|印刷|编辑|"
    r"Publisher|Editor|Editor-in-Chief|Editorial Board)\s*[：:／/]\s*\S",
    re.IGNORECASE,
)


def read(text: str) -> Publication:
    """Read a publication out of the text of its pages; whatever the text, nothing is lost."""
    report = Report()
    all_lines = lines(text)
    found = tables.find(_front(all_lines))
    all_blocks = heads.split_lines(blocks(all_lines), found)
    article_heads = heads.find(all_blocks, found)
    end = _imprint(all_blocks, article_heads)
    front = all_blocks[: article_heads[0].first] if article_heads else []
    cover = covers.read([line for block in front for line in block.lines], found, report)
    if not article_heads:
        article_heads, found = heads.whole(all_blocks[:end], report), Contents()
    running = _running_heads(all_blocks, article_heads, cover.title, cover.number)
    limits = [*(head.first for head in article_heads[1:]), end] if article_heads else []
    articles = tuple(
        _article(head, all_blocks[head.end : limit], found, running, report)
        for head, limit in zip(article_heads, limits, strict=True)
    )
    if cover.title and [cover.title] == [article.title for article in articles]:
        report.aside(front[0].number, cover.title, "cover")
    _set_contents_aside(found, article_heads, articles, all_lines, report)
    _report_missing(cover, found, article_heads, report)
    return Publication(
        id=publication_id(cover.title, cover.number, cover.day, (one.title for one in articles)),
        title=cover.title,
        title_translated=cover.title_translated,
        number=cover.number,
        date=cover.day,
        date_printed=cover.date_printed,
        publisher=cover.publisher,
        publisher_translated=cover.publisher_translated,
        articles=articles,
        imprint="\n".join(line.text.strip() for block in all_blocks[end:] for line in block.lines),
        set_aside=report.set_aside(),
        findings=report.all_findings(),
    )


def _front(all_lines: Sequence[Line]) -> list[Line]:
    """The lines that may hold the contents: those before the first article's own text."""
    front = []
    for line in all_lines:
        if people.topics(line.text.strip()) or len(line.text) > 700:
            break
        front.append(line)
    return front


def _imprint(all_blocks: Sequence[Block], article_heads: Sequence[Head]) -> int:
    """Where the imprint begins, as an index of blocks; their number if there is none."""
    last = article_heads[-1].end if article_heads else 0
    for index in range(len(all_blocks) - 1, last, -1):
        if len(all_blocks) - index > _IMPRINT_BLOCKS:
            break
        if _IMPRINT.match(all_blocks[index].text):
            start = index
            while start - 1 > last and _IMPRINT.match(all_blocks[start - 1].text):
                start -= 1
            earlier = [
                one
                for one in range(max(last, start - _IMPRINT_BLOCKS), start)
                if _IMPRINT.match(all_blocks[one].text)
            ]
            return earlier[0] if earlier else start
    return len(all_blocks)


_IMPRINT_BLOCKS = 20


def _running_heads(
    all_blocks: Sequence[Block], article_heads: Sequence[Head], title: str, number: str
) -> frozenset[str]:
    """What repeats on pages: titles, and short single lines that come at least three times."""
    in_heads = {index for head in article_heads for index in range(head.first, head.end)}
    first = article_heads[0].first if article_heads else 0
    counts = Counter(
        block_kinds.running_key(block.text)
        for index, block in enumerate(all_blocks)
        if index >= first and index not in in_heads and block_kinds.may_run(block)
    )
    repeated = {key for key, count in counts.items() if count >= 3}
    titles = {
        block_kinds.running_key(one)
        for one in (title, title + number, number + title, *(head.title for head in article_heads))
    }
    return frozenset((repeated | titles) - {""})


def _article(
    head: Head,
    body_blocks: Sequence[Block],
    found: Contents,
    running: frozenset[str],
    report: Report,
) -> Article:
    head_drafts = [
        flow.Draft("text", line, text, [(0, 0)], text)
        for line, text in (
            (head.line, head.title),
            (head.author_line, head.author),
            (head.institute_line, head.institute),
        )
    ]
    for line, signs in head.markup:
        report.aside(line, signs, "markup")
    starred = any(text.text.rstrip().endswith(("*", "†", "‡")) for text in head_drafts)
    body = pages.read(body_blocks, running, starred)
    for block in body.furniture:
        report.aside(block.number, block.text, "furniture")
    drafts, loose = flow.drafts(body, report)
    for one in loose:
        one.draft += len(head_drafts) if one.draft >= 0 else 0
    mark_assignment.choose_marks([*head_drafts, *drafts], loose, body.notes, report)
    mark_assignment.report_noteless([*head_drafts, *drafts], body.notes, report)
    title, title_marks = flow.finished(head_drafts[0], report)
    author_line, author_marks = flow.finished(head_drafts[1], report)
    institute, institute_marks = flow.finished(head_drafts[2], report)
    row = found.first[head.row] if head.row is not None else None
    other = found.other[head.row] if head.row is not None and found.other else None
    translated = ""
    if row is not None and compact(row.title) == compact(title):
        title = title if title_marks else row.title
        translated = other.title if other else ""
    elif other is not None and compact(other.title) == compact(title):
        title = title if title_marks else other.title
        translated = row.title if row else ""
    loose_marks = tuple(Mark(len(title), mark.note) for mark in author_marks + institute_marks)
    sections = flow.sections(drafts, report)
    all_marks = (*title_marks, *loose_marks)
    return Article(
        title=title,
        title_translated="" if compact(translated) == compact(title) else translated,
        authors=_authors(author_line, head, other.author if other else "", report),
        institute=institute,
        topics=_topics(head, report),
        sections=sections,
        notes=_notes(body.notes, all_marks, sections, report),
        marks=all_marks,
        page=head.page,
        line=head.line,
    )


def _authors(line: str, head: Head, romanised: str, report: Report) -> tuple[Author, ...]:
    printed = people.names(line)
    other = people.names(romanised)
    if printed is None:
        return (Author(line, romanised),) if line else ()
    report.aside(head.author_line, printed.label, "label")
    return people.authors(printed.parts, other.parts if other else ())


def _topics(head: Head, report: Report) -> tuple[str, ...]:
    report.aside(head.topics_line, head.topics.label, "label")
    return head.topics.parts


def _notes(
    raw: Sequence[RawNote],
    head_marks: Sequence[Mark],
    sections: Sequence[Section],
    report: Report,
) -> tuple[Note, ...]:
    """The notes with what they cite and stand for; what is odd about them is reported."""
    led_to = {mark.note for mark in head_marks}
    for section in sections:
        led_to |= {mark.note for mark in section.marks}
        led_to |= {mark.note for paragraph in section.paragraphs for mark in paragraph.marks}
    plain = []
    for one in raw:
        report.aside(one.line, one.markup, "markup")
        for line in one.joined_at:
            report.found(
                "joined",
                line,
                f"Line {line}: goes on with note {one.number} of line {one.line}, "
                "which a page had cut.",
                f"第 {line} 行：接續第 {one.line} 行被換頁切斷的註 {one.number}。",
            )
        plain.append(Note(one.number, one.text.strip(), line=one.line))
    report_unmarked(plain, led_to, report)
    return understood_notes(plain, report)


def _set_contents_aside(
    found: Contents,
    article_heads: Sequence[Head],
    articles: Sequence[Article],
    all_lines: Sequence[Line],
    report: Report,
) -> None:
    """Set the lines of the contents aside, but for what an article took from them."""
    left = {line: line.text for line in all_lines if line in found.lines}
    for head, article in zip(article_heads, articles, strict=True):
        if head.row is None:
            continue
        rows = [one[head.row].line for one in (found.other, found.first) if one]
        for piece in (article.title_translated, *(one.romanised for one in article.authors)):
            _take(piece, rows, left)
    for line, text in left.items():
        report.aside(line.number, text, "contents")


def _take(piece: str, rows: Sequence[Line], left: dict[Line, str]) -> None:
    """Take a title or a name out of the first of these lines that holds it."""
    for line in rows:
        if piece and piece in left[line]:
            left[line] = left[line].replace(piece, " ", 1)
            return


def _report_missing(
    cover: covers.Cover, found: Contents, article_heads: Sequence[Head], report: Report
) -> None:
    for value, en, zh in (
        (cover.title, "title", "刊名"),
        (cover.date_printed, "date", "出版日期"),
        (cover.publisher, "publisher", "出版者"),
    ):
        if not value:
            report.found(
                "no-metadata",
                1,
                f"No {en} of the publication was found.",
                f"未找到{zh}。",
            )
    for head in article_heads:
        if not head.author:
            report.found(
                "no-metadata",
                head.line,
                f"Line {head.line}: no author was found for this article.",
                f"第 {head.line} 行：未找到本篇作者。",
            )
    used = {head.row for head in article_heads}
    for index, row in enumerate(found.first):
        if index not in used:
            report.found(
                "no-metadata",
                row.line.number,
                f"Line {row.line.number}: the contents name an article that was not found: "
                f"{row.title[:24]}",
                f"第 {row.line.number} 行：目錄所列文章未在內文中找到：{row.title[:24]}",
            )
