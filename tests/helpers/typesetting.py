"""Publications as PDF, Word, EPUB and HTML files, for readers to read them back."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Sequence
from html import escape

import typst

from index.document import Article, NoteMark, Publication

FONT = "Noto Serif CJK TC"
"""The font of PDFs."""

_EMPHASIS = re.compile(r"\*([^*]+)\*")
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006"


def _split_at_marks(text: str, marks: Sequence[NoteMark], write: Callable[[str], str],
                    mark: Callable[[str], str]) -> str:  # fmt: skip
    parts = []
    start = 0
    for note_mark in marks:
        parts += [write(text[start : note_mark.offset]), mark(note_mark.note)]
        start = note_mark.offset
    return "".join([*parts, write(text[start:])])


# PDF


def typeset_pdf(
    publication: Publication, *, columns: int = 1, per_page: bool = False, tags: bool = True
) -> bytes:
    """Return a publication as a PDF, by Typst.

    Args:
        publication: With notes in all its articles.
        columns: Of a page.
        per_page: Whether notes are numbered anew on each page.
        tags: Whether the file says what its parts are.
    """
    reset = "counter(footnote).update(0);" if per_page else ""
    parts = [
        f"#set document(title: {quote(publication.title)})",
        f'#set page(paper: "a5", columns: {columns}, numbering: "1", margin: 16mm,'
        f" header: context {{ {reset} align(center, text(7pt)[#"
        f"{quote(publication.title)}]) }})",
        f'#set text(font: "{FONT}", size: 9pt, lang: "zh")',
        "#set par(justify: true, first-line-indent: (amount: 2em, all: true))",
        "#show heading: set block(above: 1.6em, below: 1em)",
    ]
    for article in publication.articles:
        parts += [] if per_page else ["#counter(footnote).update(0)"]
        parts.append(_typeset_heading(article, 1, article.title, article.marks))
        for section in article.sections:
            if section.path:
                level = len(section.path) + 1
                parts.append(_typeset_heading(article, level, section.heading, section.marks))
            for paragraph in section.paragraphs:
                parts.append(typeset_text(article, paragraph.text, paragraph.marks))
    source = "\n\n".join(parts).encode()
    return typst.compile(source, format="pdf", pdf_tags=tags)


def _typeset_heading(article: Article, level: int, text: str, marks: Sequence[NoteMark]) -> str:
    return f"#heading(level: {level})[{typeset_text(article, text, marks)}]"


def typeset_text(article: Article, text: str, marks: Sequence[NoteMark], place: str = "") -> str:
    """Return text as Typst source, with its notes.

    Args:
        article: Has the notes.
        text: Of a heading or a paragraph; what stands between asterisks is set in italics.
        marks: In it.
        place: The name under which the source's function `at` notes where the text begins and ends,
            and each of its notes with the note's number; "" where no place is noted.
    """

    def mark(number: str) -> str:
        if not number:
            return f'#at("{place}-end")'
        lines = article.get_note(number).text.split("\n")
        note = " #parbreak() ".join(write_typst(line) for line in lines[:-1])
        last, end = lines[-1][:-1], lines[-1][-1]
        note += f"{' #parbreak() ' if note else ''}{write_typst(last)}"
        if place:
            note = f'#at("{place}-{number}-start"){note}#at("{place}-{number}-end")'
        return f"#footnote[{note}{write_typst(end)}]"

    if not place:
        return _split_at_marks(text, marks, write_typst, mark)
    # What stands after the last character may be on the next page.
    marks = sorted([*marks, NoteMark(len(text) - 1, "")])
    return f'#at("{place}-start")' + _split_at_marks(text, marks, write_typst, mark)


def write_typst(text: str) -> str:
    """Return a text as Typst source, with what stands between asterisks in italics."""
    return "".join(
        f"#emph[#{quote(piece)}]" if index % 2 else f"#{quote(piece)}"
        for index, piece in enumerate(_EMPHASIS.split(text))
        if piece
    )


def quote(text: str) -> str:
    """Return a text as a string of Typst's."""
    return json.dumps(text, ensure_ascii=False)


# Word


def write_word(publication: Publication, *, endnotes: bool = False) -> bytes:
    """Return a publication as a Word file.

    Args:
        publication: Its notes are numbered through all articles, as Word does.
        endnotes: Whether the notes stand at the end.
    """
    kind = "endnote" if endnotes else "footnote"
    body, notes = [], []

    def write(piece: str) -> str:
        return f'<w:r><w:t xml:space="preserve">{escape(piece)}</w:t></w:r>' if piece else ""

    def paragraph(style: str, content: str) -> str:
        properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
        return f"<w:p>{properties}{content}</w:p>"

    def text(article: Article, piece: str, marks: Sequence[NoteMark]) -> str:
        def mark(number: str) -> str:
            identifier = len(notes) + 7
            lines = "".join(
                paragraph("", (f"<w:r><w:{kind}Ref/></w:r>" if not index else "") + write(line))
                for index, line in enumerate(article.get_note(number).text.split("\n"))
            )
            notes.append(f'<w:{kind} w:id="{identifier}">{lines}</w:{kind}>')
            return f'<w:r><w:{kind}Reference w:id="{identifier}"/></w:r>'

        return _split_at_marks(piece, marks, write, mark)

    for article in publication.articles:
        body.append(paragraph("Heading1", text(article, article.title, article.marks)))
        for section in article.sections:
            if section.path:
                style = f"Heading{len(section.path) + 1}"
                body.append(paragraph(style, text(article, section.heading, section.marks)))
            body += [paragraph("", text(article, p.text, p.marks)) for p in section.paragraphs]
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="Heading{level}"><w:name w:val="heading {level}"/>'
        "</w:style>"
        for level in range(1, 7)
    )
    separator = f'<w:{kind} w:type="separator" w:id="0"><w:p/></w:{kind}>'
    return _zip(
        {
            "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
            'content-types"/>',
            "_rels/.rels": _relationships({"officeDocument": "word/document.xml"}),
            "word/_rels/document.xml.rels": _relationships(
                {f"{kind}s": f"{kind}s.xml", "styles": "styles.xml"}
            ),
            "word/document.xml": f'<w:document xmlns:w="{_W}"><w:body>{"".join(body)}</w:body>'
            "</w:document>",
            f"word/{kind}s.xml": f'<w:{kind}s xmlns:w="{_W}">{separator}{"".join(notes)}'
            f"</w:{kind}s>",
            "word/styles.xml": f'<w:styles xmlns:w="{_W}">{styles}</w:styles>',
        }
    )


def _relationships(parts: dict[str, str]) -> str:
    items = "".join(
        f'<Relationship Id="r{index}" Type="{_R}/relationships/{kind}" Target="{target}"/>'
        for index, (kind, target) in enumerate(parts.items())
    )
    namespace = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{namespace}">{items}</Relationships>'


def _zip(files: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


# HTML and EPUB

MARKUPS = ("dpub", "word", "mediawiki", "plain", "sphinx")
"""The ways in which HTML marks notes."""


def write_html(publication: Publication, markup: str) -> bytes:
    """Return a publication as an HTML page.

    Args:
        publication: Notes are numbered anew in each article.
        markup: One of `MARKUPS`.
    """
    body = "".join(
        "".join(_write_article(article, index, markup, ""))
        for index, article in enumerate(publication.articles)
    )
    menu = "<nav><ul><li><a href='/'>Home</a></li></ul></nav>"
    head = "<head><title>x</title></head>"
    return f"<!doctype html><html>{head}<body>{menu}{body}</body></html>".encode()


def write_epub(publication: Publication) -> bytes:
    """Return a publication as an EPUB book, with all notes in a file of their own.

    Args:
        publication: With any number of articles, each in a file of its own.
    """
    files = {"mimetype": "application/epub+zip"}
    files["META-INF/container.xml"] = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="book/content.opf"/></rootfiles></container>'
    )
    names = [f"text/{index}.xhtml" for index in range(len(publication.articles))]
    notes = []
    for index, (name, article) in enumerate(zip(names, publication.articles, strict=True)):
        text, article_notes = _write_article(article, index, "epub", "notes.xhtml")
        files[f"book/{name}"] = _page(text)
        notes.append(article_notes)
    files["book/text/notes.xhtml"] = _page("".join(notes))
    names.append("text/notes.xhtml")
    items = "".join(
        f'<item id="i{index}" href="{name}" media-type="application/xhtml+xml"/>'
        for index, name in enumerate(names)
    )
    spine = "".join(f'<itemref idref="i{index}"/>' for index in range(len(names)))
    files["book/content.opf"] = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<metadata><dc:title>{escape(publication.title)}</dc:title></metadata>"
        f"<manifest>{items}</manifest><spine>{spine}</spine></package>"
    )
    return _zip(files)


def _page(body: str) -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml" '
        f'xmlns:epub="http://www.idpf.org/2007/ops"><head><title/></head><body>{body}</body></html>'
    )


def _write_article(article: Article, index: int, markup: str, notes_file: str) -> tuple[str, str]:
    """Return the text and the notes of an article."""

    def mark(number: str) -> str:
        note, reference = f"fn{index}-{number}", f"ref{index}-{number}"
        return {
            "dpub": f'<a href="#{note}" id="{reference}" role="doc-noteref">{number}</a>',
            "word": f'<a href="#_{note}" name="_{reference}"><sup>[{number}]</sup></a>',
            "mediawiki": f'<sup id="{reference}"><a href="#{note}">[{number}]</a></sup>',
            "plain": f'<sup><a href="#{note}">{number}</a></sup>',
            "sphinx": f'<a class="reference" href="#{note}" id="{reference}">{number}</a>',
            "epub": f'<a href="{notes_file}#{note}" id="{reference}" epub:type="noteref">'
            f"{number}</a>",
        }[markup]

    parts = []

    def add(tag: str, text: str, marks: Sequence[NoteMark]) -> None:
        parts.append(f"<{tag}>{_split_at_marks(text, marks, escape, mark)}</{tag}>")

    add("h1", article.title, article.marks)
    for section in article.sections:
        if section.path:
            add(f"h{min(len(section.path) + 1, 6)}", section.heading, section.marks)
        for paragraph in section.paragraphs:
            add("p", paragraph.text, paragraph.marks)
    notes = [
        _write_note(
            f"fn{index}-{note.number}",
            f"ref{index}-{note.number}",
            note.number,
            note.text,
            markup,
            index,
        )
        for note in article.notes
    ]
    wrap = {"dpub": "ol", "mediawiki": "ol", "epub": "ol", "sphinx": "dl"}.get(markup, "div")
    return "".join(parts), f"<{wrap}>{''.join(notes)}</{wrap}>" if notes else ""


def _write_note(note: str, reference: str, number: str, text: str, markup: str, index: int) -> str:
    lines = [escape(line) for line in text.split("\n")]
    paragraphs = "".join(f"<p>{line}</p>" for line in lines)
    first, rest = lines[0], "".join(f"<p>{line}</p>" for line in lines[1:])
    return {
        "dpub": f'<li id="{note}" role="doc-endnote">{paragraphs}'
        f'<a href="#{reference}" role="doc-backlink">↩</a></li>',
        "word": f'<div id="ftn{index}"><p><a href="#_{reference}" name="_{note}">[{number}]</a> '
        f"{first}</p>{rest}</div>",
        "mediawiki": f'<li id="{note}"><b><a href="#{reference}">^</a></b> <span>{first}</span>'
        f"{rest}</li>",
        "plain": f'<div id="{note}"><p>{number}. {first}</p>{rest}</div>',
        "sphinx": f'<dt id="{note}"><a href="#{reference}">{number}</a></dt><dd>{paragraphs}</dd>',
        "epub": f'<li id="{note}">{paragraphs}<p><a href="0.xhtml#{reference}" '
        f'epub:type="backlink">↩</a></p></li>',
    }[markup]
