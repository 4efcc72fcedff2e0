"""Prints a model as the text of pages: body first, notes at the foot, cut wherever a page ends.

It cuts only where a reader can know what it sees: in the middle of a sentence, by at least a line
where nothing else shows that a page ends; a note only where its end is open, and its rest stands
before the next notes.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from itertools import pairwise

from index.document import Article, Note, NoteMark, Publication
from tests.helpers.generator import COUNT, FORMAL, HAN, MARK_FORMS, Shape

SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
LEAST = 42  # columns: a printed line's least width, and a little
SHORT = 16  # what may be left of a paragraph where a page's end is seen


@dataclass
class Page:
    """One page: its body, the rest of the last page's note, its own notes."""

    body: list[str] = field(default_factory=list)
    rest: str = ""
    notes: list[str] = field(default_factory=list)


class Printer:
    """Prints one model."""

    def __init__(self, publication: Publication, shape: Shape) -> None:
        self.publication = publication
        self.shape = shape
        self.random = random.Random(shape.seed + 1)
        self._page_number = 200

    def text(self) -> str:
        parts = self.cover()
        if self.shape.contents:
            parts += self.contents()
        for article in self.publication.articles:
            parts += self.head(article)
            parts += self.pages(article)
        if self.publication.imprint:
            parts += self.publication.imprint.split("\n")
        if not self.shape.tight:
            return "\n\n".join(parts) + "\n"
        text = parts[0]
        for before, after in pairwise(parts):
            head = before[0] in FORMAL + COUNT or (before[0] == "（" and before[1] in COUNT)
            head = head and before[-1] in HAN and len(before) < LEAST // 2
            text += ("\n" if head else "\n \n\n") + after
        return text

    def cover(self) -> list[str]:
        publication = self.publication
        issued = (
            f"{publication.date_printed}發行"
            if self.random.random() < 0.3
            else publication.date_printed
        )
        return [
            publication.title,
            publication.number,
            "汐望市燈塔路 8 號\n電話 (000) 0000-0012",
            issued,
            f"{publication.publisher}\n{publication.publisher_translated}",
        ]

    def contents(self) -> list[str]:
        rows, others = [], []
        for article in self.publication.articles:
            names = "、".join(author.name for author in article.authors)
            other = article.title_translated or article.title
            romanised = ", ".join(a.romanised or a.name for a in article.authors)
            english = article.title.isascii()
            first = (other if english else article.title, names)
            second = (article.title if english else other, romanised)
            rows.append((*first, article.page))
            others.append((*second, article.page))
        form = self.random.randint(0, 2)
        if form == 0:
            table = ["- | | | |", "|-----|----|---|", *(f"| {t} | {n} | {p} |" for t, n, p in rows)]
            parts = ["目錄", "\n".join(table)]
        elif form == 1:
            parts = ["\n".join(f"{t}\t{n}\t{p}" for t, n, p in rows)]
            parts.insert(0, "目 次")
        else:
            parts = ["目錄", *(f"{t} …… {n} …… {p}" for t, n, p in rows)]
        if self.shape.contents_translated:
            parts += ["Contents", "\n".join(f"{t} <i>{n}</i>\t{p}" for t, n, p in others)]
        return parts

    def head(self, article: Article) -> list[str]:
        title = article.title
        if self.random.random() < 0.4:
            cut = title.find(" ", 12) if " " in title else len(title) // 2
            if cut > 0:
                title = title[:cut] + "\n" + title[cut:].lstrip()
        latin = article.title.isascii()
        names = (", " if latin else "、").join(author.name for author in article.authors)
        if len(article.authors) == 2:
            names = (" and " if latin else "與").join(author.name for author in article.authors)
        label = "Topics: " if latin and self.random.random() < 0.5 else "焦點類別："
        if self.shape.starred:
            names += "*"
        return [title, names, article.institute, label + "、".join(article.topics)]

    # Pages

    def pages(self, article: Article) -> list[str]:
        """The pages of an article, each as the blocks that it prints."""
        pages = self.fill(article)
        out: list[str] = []
        for index, page in enumerate(pages):
            blocks = [*page.body]
            if page.rest:
                blocks.append(page.rest)
            blocks += page.notes
            if self.shape.furniture:
                self._page_number += 1
                head = [f"{self.publication.title}　{self.publication.number}"] if index else []
                blocks = [*head, *blocks, f"- {self._page_number} -"]
            if self.shape.form_feeds and index and blocks:
                blocks[0] = "\f" + blocks[0]
            out += blocks
        return out

    def fill(self, article: Article) -> list[Page]:
        """Deal the body out to pages, and to each page the notes whose marks stand on it."""
        notes = {note.number: note for note in article.notes}
        pages = [Page()]
        numbers: list[list[str]] = [[]]
        for section in article.sections:
            blocks = [(section.heading, section.marks, "heading")] if section.path else []
            blocks += [
                (paragraph.text, paragraph.marks, paragraph.kind)
                for paragraph in section.paragraphs
            ]
            for text, marks, kind in blocks:
                for piece in self.pieces(text, marks, kind, bool(numbers[-1])):
                    if piece is None:
                        pages.append(Page())
                        numbers.append([])
                        continue
                    printed, carried = piece
                    pages[-1].body.append(printed)
                    numbers[-1] += carried
                if kind != "heading" and self.random.random() < 0.15:
                    pages.append(Page())
                    numbers.append([])
        self.notes(pages, numbers, notes)
        return pages

    def pieces(
        self, text: str, marks: tuple[NoteMark, ...], kind: str, noted: bool
    ) -> list[tuple[str, list[str]] | None]:
        """A block in the pieces that pages cut it into; None is a page's end."""
        cuts: list[int] = []
        if kind == "text" and self.shape.cut:
            start = 0
            for _ in range(2):
                if self.random.random() < 0.5:
                    seen = noted or self.shape.form_feeds or self.shape.furniture
                    offsets = [
                        offset
                        for offset in places(text, start, marks)
                        if printed_width(text[start:offset])
                        >= (
                            SHORT
                            if seen or any(start < m.offset < offset for m in marks)
                            else LEAST
                        )
                    ]
                    if offsets:
                        start = self.random.choice(offsets)
                        cuts.append(start)
                        noted = False
        pieces: list[tuple[str, list[str]] | None] = []
        for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
            if start:
                pieces.append(None)
            start += text[start] == " "  # noqa: PLW2901
            inside = [
                NoteMark(mark.offset - start, mark.note)
                for mark in marks
                if start < mark.offset <= end or (mark.offset == start == 0)
            ]
            pieces += self.printed(text[start:end], inside, kind, last=end == len(text))
        return pieces

    def printed(
        self, text: str, marks: list[NoteMark], kind: str, *, last: bool
    ) -> list[tuple[str, list[str]] | None]:
        """A piece with its marks; a mark at its very end may come loose, onto its own line."""
        loose = None
        at_end = bool(marks) and last and kind == "text" and marks[-1].offset == len(text)
        is_plain = self.shape.form == "plain"  # a number alone may be a note's
        if self.shape.loose and not is_plain and at_end and self.random.random() < 0.7:
            loose = marks[-1]
        parts, position = [], 0
        for mark in marks:
            if mark is loose:
                continue
            parts.append(text[position : mark.offset])
            parts.append(self.mark(mark.note))
            position = mark.offset
            after = text[position : position + 1]
            if self.shape.stray and text[position - 1] in "，。！？" and after not in ("", " "):
                parts.append(" ")
        parts.append(text[position:])
        printed = "".join(parts)
        if self.shape.wrapped and kind == "text":
            printed = self.wrapped(printed)
        lines: list[tuple[str, list[str]] | None] = [(printed, [mark.note for mark in marks])]
        if loose:
            lines.append((loose.note, []))
        return lines

    def mark(self, number: str) -> str:
        """A note's number as printed in the text."""
        if self.shape.form:
            return fill(MARK_FORMS[self.shape.form][0], number)
        if self.shape.html_marks:
            return f"<sup>{number}</sup>"
        return f"[{number}]" if self.shape.bracket_marks else number.translate(SUPERSCRIPT)

    def opening(self, number: str) -> str:
        """A note's number as printed before the note, and what parts them."""
        if self.shape.form:
            return fill(MARK_FORMS[self.shape.form][1], number)
        return f"{self.mark(number)} "

    def wrapped(self, text: str) -> str:
        """Line ends where the text is glued together again without a doubt."""
        cut = len(text) // 2
        while cut < len(text) - 1:
            if text[cut - 1] in HAN and text[cut] in HAN:
                return text[:cut] + "\n" + text[cut:]
            if text[cut] == " " and text[cut - 1].isalpha() and text[cut + 1].islower():
                return text[:cut] + "\n" + text[cut + 1 :]
            cut += 1
        return text

    # Notes

    def notes(self, pages: list[Page], numbers: list[list[str]], notes: dict[str, Note]) -> None:
        if self.shape.starred:
            pages[0].notes.append(f"* {notes['*'].text}")
        for index, page in enumerate(pages):
            for place, number in enumerate(numbers[index]):
                note = notes[number]
                is_last = place == len(numbers[index]) - 1
                first, *more = note.text.split("\n")
                rest = ""
                may_be_cut = self.shape.run_on and not self.shape.styles
                if is_last and not more and may_be_cut and index + 1 < len(pages):
                    following = pages[index + 1]
                    shown = bool(numbers[index + 1]) or index + 2 == len(pages)
                    shown = shown or self.shape.form_feeds or self.shape.furniture
                    if shown and following.body:
                        first, rest = self.split_note(first)
                page.notes.append(f"{self.opening(number)}{first}")
                if is_last:
                    page.notes += [f"    {paragraph}" for paragraph in more]
                else:
                    page.notes += more
                if rest:
                    pages[index + 1].rest = rest

    def split_note(self, text: str) -> tuple[str, str]:
        """A note cut after a comma or inside a title: its end is open."""
        offsets = [offset for offset in range(4, len(text) - 3) if text[offset - 1] == "，"]
        for opener, closer in ("〈〉", "《》", "（）"):
            start, end = text.find(opener), text.find(closer)
            offsets += [
                offset
                for offset in range(start + 2, end)
                if start >= 0 and text[offset - 1] in HAN and text[offset] in HAN
            ]
        offsets += [
            offset
            for offset in range(4, len(text) - 3)
            if text[offset - 1] == " " and text[offset - 2] == ","
        ]
        if not offsets or self.random.random() < 0.3:
            return text, ""
        offset = self.random.choice(offsets)
        return text[:offset].rstrip(), text[offset:]


def fill(form: str, number: str) -> str:
    """A number in its form; ○ stands for the number in a circle."""
    return form.replace("{}", number).replace("○", chr(ord("①") + int(number) - 1))


def printed_width(text: str) -> int:
    return sum(1 if char.isascii() else 2 for char in text)


def places(text: str, start: int, marks: tuple[NoteMark, ...]) -> list[int]:
    """Where a page may cut a paragraph: inside a sentence, with nothing but words around."""
    marked = {mark.offset for mark in marks}
    offsets = []
    for offset in range(start + 2, len(text) - 1):
        if offset in marked:
            continue
        inside = text[offset - 1] in HAN and text[offset] in HAN
        pause = text[offset - 1] == "，" and text[offset] in HAN
        word = text[offset] == " " and text[offset - 1].islower() and text[offset + 1].islower()
        if inside or pause or word:
            offsets.append(offset)
    return offsets
