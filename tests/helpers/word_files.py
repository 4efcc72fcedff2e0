"""Word files, made of the parts that matter to a test."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from index.document import Publication
from index.readers import read_data
from index.readers.accounting import audit_characters

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def raise_text(text: str) -> str:
    return run(text, '<w:vertAlign w:val="superscript"/>')


def mark(number: int, kind: str = "footnote") -> str:
    return f'<w:r><w:{kind}Reference w:id="{number}"/></w:r>'


def paragraph(*runs: str, style: str = "", properties: str = "") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>{"".join(runs)}</w:p>'


def read_word(body: str, **parts: str) -> Publication:
    """Return what is read of a body; parts are the content of footnotes, styles, and so on."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        relations = "".join(
            f'<Relationship Id="{name}" Type="http://x/{name}" Target="{name}.xml"/>'
            for name in parts
        )
        archive.writestr(
            "word/_rels/document.xml.rels", f"<Relationships>{relations}</Relationships>"
        )
        document = f"<w:document {WORD}><w:body>{body}</w:body></w:document>"
        archive.writestr("word/document.xml", document)
        for name, content in parts.items():
            archive.writestr(f"word/{name}.xml", f"<w:{name} {WORD}>{content}</w:{name}>")
    publication, text = read_data(buffer.getvalue(), Path("quay.docx"))
    audit = audit_characters(text, publication)
    assert audit.is_balanced, audit
    return publication


def notes(kind: str, *texts: str) -> str:
    return "".join(
        f'<w:{kind} w:id="{number}">{paragraph(run(text))}</w:{kind}>'
        for number, text in enumerate(texts)
    )


def styles(**names: str) -> str:
    return "".join(
        f'<w:style w:type="paragraph" w:styleId="{key}"><w:name w:val="{name}"/></w:style>'
        for key, name in names.items()
    )
