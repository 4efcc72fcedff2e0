"""Passages as a Word file (.docx) whose notes are footnotes of Word's own.

The format is that of ECMA-376, part 1, chapters 11 and 17.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import resources
from types import MappingProxyType
from typing import Final
from xml.sax.saxutils import escape

from index.document import Span
from index.messages import Language
from rag.answer.model import Citation, CitedNote
from rag.render.bibliography import format_footnote
from rag.render.labels import (
    collapse_whitespace,
    format_header_lines,
    format_resolves_to,
    format_statement,
    format_unresolved,
    get_evidence_spans,
    get_note_urls,
)
from rag.render.rich_text import TextRun, escape_controls, find_detached_urls, split_paragraphs

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
"""The media type of the files."""

_NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_PARTS: Final = {
    "[Content_Types].xml": "content_types.xml",
    "_rels/.rels": "package.rels.xml",
    "word/_rels/document.xml.rels": "document.rels.xml",
    "word/settings.xml": "settings.xml",
    "word/styles.xml": "styles.xml",
}
_SEPARATORS: Final = "".join(
    f'<w:footnote w:type="{kind}" w:id="{number}"><w:p><w:r><w:{element}/></w:r></w:p></w:footnote>'
    for number, kind, element in (
        (-1, "separator", "separator"),
        (0, "continuationSeparator", "continuationSeparator"),
    )
)
_EVIDENCE, _EMPHASIS, _RAISED = "<w:b/>", "<w:i/>", '<w:vertAlign w:val="superscript"/>'
_REFERENCE_END: Final = "/></w:r>"
_NOT_IN_XML = re.compile("[\ufffe\uffff]")
_NO_REMARKS: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class FootnotedSection:
    """Text after the passages of a document, which is not theirs.

    Attributes:
        heading: Its heading.
        line: The line below it.
        sentences: Its sentences, each with the texts of its footnotes.
    """

    heading: str
    line: str
    sentences: tuple[tuple[str, tuple[str, ...]], ...]


def to_word(
    citations: Sequence[Citation],
    language: Language = "en",
    *,
    title: str = "",
    remarks: Mapping[str, str] = _NO_REMARKS,
    section: FootnotedSection | None = None,
) -> bytes:
    """Return passages as a Word file, each with its source and its notes as footnotes.

    The passages of one article that follow each other stand under one heading; evidence is bold.

    Args:
        citations: The passages.
        language: The language of everything that is not quoted.
        title: The title of the document, such as a question; "" for none.
        remarks: What a reader wrote on passages, by their ids.
        section: What stands after them; None for nothing.
    """
    footnotes = _Footnotes(language)
    body = [_format_paragraph("Title", _format_text(title))] if title else []
    article: tuple[str, int] | None = None
    for citation in citations:
        if article != (article := (citation.publication.id, citation.article.index)):
            heading, *lines = format_header_lines(replace(citation, path=()), language)
            body.append(_format_paragraph("Heading1", _format_text(heading)))
            body += (_format_paragraph("SourceLine", _format_text(line)) for line in lines)
        if citation.path:
            path = collapse_whitespace(" › ".join(citation.path))
            body.append(_format_paragraph("Heading2", _format_text(path)))
        body += _format_citation(citation, footnotes, language)
        if remark := remarks.get(citation.passage_id):
            body.append(_format_paragraph("Normal", _format_text(remark)))
    if section:
        body += _format_section(section, footnotes)
    return _zip(
        {
            "word/document.xml": f"<w:document {_NAMESPACE}><w:body>{''.join(body)}<w:sectPr/>"
            "</w:body></w:document>",
            "word/footnotes.xml": f"<w:footnotes {_NAMESPACE}>{_SEPARATORS}"
            f"{''.join(footnotes.elements)}</w:footnotes>",
        }
    )


@dataclass(slots=True)
class _Footnotes:
    """The footnotes of a document, in the order of their references."""

    language: Language
    elements: list[str] = field(default_factory=list)

    def add(self, content: str) -> str:
        """Return the run that refers to a new footnote."""
        number = len(self.elements) + 1
        reference = '<w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr>'
        mark = f"<w:r>{reference}<w:footnoteRef/></w:r>"
        paragraph = _format_paragraph("FootnoteText", mark + _format_text(" ") + content)
        self.elements.append(f'<w:footnote w:id="{number}">{paragraph}</w:footnote>')
        return f'<w:r>{reference}<w:footnoteReference w:id="{number}"{_REFERENCE_END}'

    def add_note(self, note: CitedNote, spans: tuple[Span, ...]) -> str:
        """Return the run that refers to a new footnote with a note of a passage."""
        content = _format_note(note, spans)
        if note.resolves_to:
            words = f" → {format_resolves_to(note.resolves_to, self.language)}"
            content += _format_text(words) + _format_note(note.resolves_to)
        if note.is_unresolved:
            content += _format_text(f" → {format_unresolved(self.language)}")
        return self.add(content)


def _format_section(section: FootnotedSection, footnotes: _Footnotes) -> Iterable[str]:
    """Yield the paragraphs of a section: its sentences, and before them what they are."""
    yield _format_paragraph("Heading1", _format_text(section.heading))
    yield _format_paragraph("SourceLine", _format_text(section.line))
    content = ""
    for text, notes in section.sentences:
        content += _format_text(" ") * bool(content) + _format_text(text)
        marks = [footnotes.add(_format_text(note)) for note in notes]
        content += _format_text(" ", _RAISED).join(marks)
    yield _format_paragraph("Normal", content)


def _format_citation(
    citation: Citation, footnotes: _Footnotes, language: Language
) -> Iterable[str]:
    """Yield the paragraphs of a passage; the last one has a footnote with its source."""
    for statement in citation.statements:
        for line in format_statement(citation, statement, language):
            yield _format_paragraph("Normal", _format_text(line, _EVIDENCE))
    notes = {note.number: note for note in citation.notes}
    paragraphs = [
        "".join(_format_run(run, citation, notes, footnotes) for run in runs)
        for runs in split_paragraphs(citation.text, citation.marks, get_evidence_spans(citation))
    ] or [""]
    if paragraphs[-1].endswith(_REFERENCE_END):  # numbers of two footnotes do not run together
        paragraphs[-1] += _format_text(" ", _RAISED)
    paragraphs[-1] += footnotes.add(_format_text(format_footnote(citation, language)))
    for paragraph in paragraphs:
        yield _format_paragraph("Quote", paragraph)


def _format_run(
    run: TextRun, citation: Citation, notes: Mapping[str, CitedNote], footnotes: _Footnotes
) -> str:
    if run.note is None:
        return _format_text_run(run)
    if run.note not in notes:
        return _format_text(run.note, _RAISED)
    return footnotes.add_note(notes[run.note], get_evidence_spans(citation, run.note))


def _format_note(note: CitedNote, spans: tuple[Span, ...] = ()) -> str:
    """Return the text of a note as runs, on one line."""
    urls = get_note_urls(note)
    lines = split_paragraphs(note.text, (), spans, urls)
    text = _format_text(" ").join("".join(map(_format_text_run, runs)) for runs in lines)
    return text + _format_text("".join(f" {url}" for url in find_detached_urls(note.text, urls)))


def _format_text_run(run: TextRun) -> str:
    properties = _EVIDENCE * run.evidence + _EMPHASIS * run.emphasis
    return _format_text(run.text, properties)


def _format_text(text: str, properties: str = "") -> str:
    """Return a run with a text, without control characters; "" for no text."""
    flat = _NOT_IN_XML.sub("\ufffd", escape_controls(text.replace("\n", " ")))
    if not flat:
        return ""
    properties = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{properties}<w:t xml:space="preserve">{escape(flat)}</w:t></w:r>'


def _format_paragraph(style: str, content: str) -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{content}</w:p>'


def _zip(parts: Mapping[str, str]) -> bytes:
    template = resources.files("rag.render").joinpath("word_template")
    stored = {name: template.joinpath(file).read_text("utf-8") for name, file in _PARTS.items()}
    declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    written = {name: declaration + content for name, content in parts.items()}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (stored | written).items():
            # The same passages make the same bytes, whenever they are written.
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()
