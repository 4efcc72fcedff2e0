"""Issues of journals as PDF files, laid out as such issues are printed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import typst

from index.document import Article, Publication
from tests.helpers.typesetting import FONT, quote, typeset_text, write_typst

_PREAMBLE = """
#set document(title: {title}, author: {publisher})
#set text(font: ("Libertinus Serif", "{font}"), size: 14pt, lang: "zh", region: "tw")
#set par(justify: true, leading: 0.9em, spacing: 0.9em,
  first-line-indent: (amount: 2em, all: true))
#set page(paper: "a4", margin: (x: 30mm, top: 28mm, bottom: 26mm), numbering: none)
#set heading(bookmarked: {bookmarked})
#show heading: set par(first-line-indent: 0em)
#show heading: set block(above: 1.3em, below: 1.1em)
#show heading.where(level: 1): set text(size: 20pt)
#show heading.where(level: 1): set align(center)
#show heading.where(level: 2): set text(size: 17pt)
#show heading.where(level: 2): set align(center)
#show heading.where(level: 3): set text(size: 15pt)
#show heading.where(level: 4): set text(size: 14pt)
#set footnote.entry(indent: 0em, gap: 0.5em)
#show footnote.entry: set text(size: 10pt)
#show footnote.entry: set par(leading: 0.55em)
#let at(key) = context [#metadata((key, counter(page).get().first()))<place>]
"""
_PAGE = """#set page(columns: {columns}, header: context {{
  set text(9pt)
  let number = counter(page).get().first()
  if number != {page} {{
    if calc.odd(number) {{ align(right, {odd}) }} else {{ align(left, {even}) }}
  }}
}}, footer: context align(center, text(10pt, counter(page).display("1"))))"""
_EMPTY_PAGE = "#page(header: none, footer: none)[]"


@dataclass(frozen=True)
class IssueLayout:
    """How an issue is laid out.

    Attributes:
        columns: Of the articles' pages.
        tags: Whether the file says what its parts are.
        bookmarks: Whether it has an outline.
        has_contents: Whether it prints contents.
    """

    columns: int = 1
    tags: bool = True
    bookmarks: bool = True
    has_contents: bool = True


class TypesetIssue(NamedTuple):
    """An issue as a file.

    Attributes:
        data: The PDF.
        pages: The printed page on which each text begins ("1-2-3-start", of the article, section
            and paragraph, counted from 0) and ends, and each note ("1-2-3-7-end", of note 7).
    """

    data: bytes
    pages: dict[str, int]


def typeset_issue(publication: Publication, layout: IssueLayout | None = None) -> TypesetIssue:
    """Return an issue of a journal as a PDF, by Typst.

    It has a cover with the contents, the contents again in the other language, and articles that
    begin on the pages that they say, under running heads, with the page's number and the notes at
    its foot, numbered anew in each article.

    Args:
        publication: Its articles have pages.
        layout: How it is laid out.
    """
    layout = layout or IssueLayout()
    numbers = [article.page or 1 for article in publication.articles]
    empty = [0] * len(numbers)
    pages = _query_pages(_build_source(publication, layout, empty))
    for index in range(1, len(numbers)):
        length = pages[f"{index}-start"] - pages[f"{index - 1}-start"]
        empty[index] = numbers[index] - numbers[index - 1] - length
    source = _build_source(publication, layout, empty)
    data = typst.compile(source, format="pdf", pdf_tags=layout.tags)
    return TypesetIssue(data, _query_pages(source))


def _query_pages(source: bytes) -> dict[str, int]:
    return dict(json.loads(typst.query(source, "<place>", field="value")))


def _build_source(publication: Publication, layout: IssueLayout, empty: list[int]) -> bytes:
    parts = [
        _PREAMBLE.format(
            title=quote(publication.title + publication.number),
            publisher=quote(publication.publisher),
            font=FONT,
            bookmarked=str(layout.bookmarks).lower(),
        ),
        *_build_cover(publication, layout),
    ]
    for index, article in enumerate(publication.articles):
        parts += [_EMPTY_PAGE] * empty[index]
        parts += _build_article(publication, index, article, layout)
    if publication.imprint:
        lines = " \\\n".join(write_typst(line) for line in publication.imprint.split("\n"))
        parts += ["#set page(header: none, footer: none, columns: 1)", _flush_left(lines)]
    return "\n\n".join(parts).encode()


def _flush_left(source: str) -> str:
    return f"#[#set par(first-line-indent: 0em)\n{source}]"


def _build_cover(publication: Publication, layout: IssueLayout) -> Iterator[str]:
    address = [aside.text for aside in publication.set_aside if aside.reason == "cover"]
    yield "#v(3cm)"
    yield f"#align(center)[#text(34pt)[{write_typst(publication.title)}]]"
    yield f"#align(center)[#text(16pt)[{write_typst(publication.number)}]]"
    yield "#v(1cm)"
    if layout.has_contents:
        rows = (
            f"[{write_typst(article.title)}], [{write_typst(_name_authors(article))}],"
            f" [{article.page}],"
            for article in publication.articles
        )
        columns = "columns: (1fr, auto, 2em), gutter: 1em, align: (left, left, right)"
        yield _flush_left(f"#grid({columns}, {' '.join(rows)})")
    yield "#v(1fr)"
    for text in [*address, f"{publication.date_printed} 發行"]:
        yield f"#align(center)[#text(10pt)[{write_typst(text)}]]" if text != "發行" else ""
    yield f"#pagebreak()\n#v(1fr)\n#align(center)[{write_typst(publication.publisher)}]"
    yield f"#align(center)[#text(11pt)[{write_typst(publication.publisher_translated)}]]"
    is_translated = any(article.title_translated for article in publication.articles)
    if is_translated and layout.has_contents:
        yield "#pagebreak()\n#align(center)[#text(18pt)[Contents]]"
        for article in publication.articles:
            names = ", ".join(author.romanised or author.name for author in article.authors)
            leader = f"#box(width: 1fr, repeat[.]) {article.page}"
            title = write_typst(article.title_translated or article.title)
            yield _flush_left(f"{title} \\\n#emph[{write_typst(names)}] {leader}")


def _name_authors(article: Article) -> str:
    return "、".join(author.name for author in article.authors)


def _build_article(
    publication: Publication, index: int, article: Article, layout: IssueLayout
) -> Iterator[str]:
    odd, even = quote(article.title), quote(publication.title + "　" + publication.number)
    yield _PAGE.format(columns=layout.columns, page=article.page, odd=odd, even=even)
    yield "" if index else "#counter(page).update(1)"
    yield "#counter(footnote).update(0)"
    head = [
        f'#at("{index}-start")',
        f"#heading(level: 1)[{typeset_text(article, article.title, article.marks)}]",
    ]
    if article.authors:
        head.append(f"#align(center)[{write_typst(_name_authors(article))}]")
    if article.institute:
        head.append(f"#align(center)[#text(12pt)[{write_typst(article.institute)}]]")
    if article.topics:
        topics = write_typst("焦點類別：" + "、".join(article.topics))
        head.append(_flush_left(f"*{topics}*"))
    text = "\n\n".join(head)
    yield f'#place(top, scope: "parent", float: true)[{text}]' if layout.columns > 1 else text
    for section_index, section in enumerate(article.sections):
        if section.path:
            heading = typeset_text(article, section.heading, section.marks)
            yield f"#heading(level: {len(section.path) + 1})[{heading}]"
        for paragraph_index, paragraph in enumerate(section.paragraphs):
            place = f"{index}-{section_index}-{paragraph_index}"
            yield typeset_text(article, paragraph.text, paragraph.marks, place)
