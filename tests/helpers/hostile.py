"""Small PDF, Word and EPUB files made by hand, whose parts tests replace by hostile ones."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterable, Mapping
from itertools import cycle

SENTENCE = "The harbour was dredged again in the spring."
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
_CONTAINER = '<container><rootfiles><rootfile full-path="c.opf"/></rootfiles></container>'


def pack(members: Mapping[str, str | bytes]) -> bytes:
    """Return an archive."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def make_docx(body: str, before: str = "", **parts: str) -> bytes:
    """Return a Word file; of its parts, "footnotes" is named without its folder."""
    members = {f"word/{name}.xml": text for name, text in parts.items()}
    relations = "".join(f'<r Type="x/{name}" Target="{name}.xml"/>' for name in parts)
    document = f"{before}<w:document {_W}><w:body>{body}</w:body></w:document>"
    return pack(
        {
            "[Content_Types].xml": "<Types/>",
            "word/document.xml": document,
            "word/_rels/document.xml.rels": f"<rs>{relations}</rs>",
            **members,
        }
    )


def make_footnotes(notes: Mapping[int, str]) -> str:
    """Return the part of a Word file that holds its notes."""
    elements = (f'<w:footnote w:id="{key}">{note}</w:footnote>' for key, note in notes.items())
    return f"<w:footnotes {_W}>{''.join(elements)}</w:footnotes>"


def paragraph(text: str, more: str = "") -> str:
    """Return a paragraph of a Word file."""
    return f"<w:p><w:r><w:t>{text}</w:t>{more}</w:r></w:p>"


def make_epub(spine: str, items: str = "", **members: str | bytes) -> bytes:
    """Return a book whose item "a" holds the sentence; `members` may replace `encryption`."""
    page = f"<html><body><p>{SENTENCE}</p></body></html>"
    opf = (
        "<package><metadata><title>Tides</title></metadata><manifest>"
        f'<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/>{items}'
        f"</manifest><spine>{spine}</spine></package>"
    )
    extra = {f"META-INF/{name}.xml": content for name, content in members.items()}
    return pack({"META-INF/container.xml": _CONTAINER, "c.opf": opf, "a.xhtml": page, **extra})


def make_html(body: str) -> bytes:
    """Return a page."""
    return f"<!DOCTYPE html><html><body>{body}</body></html>".encode()


def make_stream(data: bytes, entries: bytes = b"") -> bytes:
    """Return a stream of a PDF."""
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), entries, data)


_OBJECTS: dict[int, bytes] = {
    1: b"<< /Type /Catalog /Pages 2 0 R >>",
    2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
    b" /Resources << /Font << /F1 5 0 R >> >> >>",
    4: make_stream(b"BT /F1 12 Tf 72 700 Td (%s) Tj ET" % SENTENCE.encode()),
    5: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
}


def make_pdf(
    replaced: Mapping[int, bytes] | None = None, trailer: bytes = b"", *, has_table: bool = True
) -> bytes:
    """Return a PDF of one page with the sentence, some of its numbered objects replaced."""
    objects = {**_OBJECTS, **(replaced or {})}
    data = bytearray(b"%PDF-1.4\n")
    offsets = {}
    for number, content in sorted(objects.items()):
        offsets[number] = len(data)
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(data) if has_table else 2**31
    data += b"xref\n0 %d\n" % (max(objects) + 1) + b"0000000000 65535 f \n" * has_table
    for number in range(1, max(objects) + 1) if has_table else ():
        data += b"%010d 00000 n \n" % offsets.get(number, 0)
    data += b"trailer\n<< /Size %d /Root 1 0 R %s >>\n" % (max(objects) + 1, trailer)
    return bytes(data + b"startxref\n%d\n%%%%EOF\n" % start)


def encrypt_pdf(user_password: bytes) -> bytes:
    """Return the PDF encrypted by RC4 with 40 bits (ISO 32000-1, 7.6.3)."""
    identifier = b"0123456789abcdef"
    padded = (user_password + _PADDING)[:32]
    owner_key = hashlib.md5((b"owner" + _PADDING)[:32]).digest()[:5]
    owner = _apply_rc4(owner_key, padded)
    key = hashlib.md5(padded + owner + (2**32 - 4).to_bytes(4, "little") + identifier).digest()[:5]
    content_key = hashlib.md5(key + b"\4\0\0\0\0").digest()[:10]
    text = b"BT /F1 12 Tf 72 700 Td (%s) Tj ET" % SENTENCE.encode()
    encryption = b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >>" % (
        owner.hex().encode(),
        _apply_rc4(key, _PADDING).hex().encode(),
    )
    return make_pdf(
        {4: make_stream(_apply_rc4(content_key, text)), 6: encryption},
        b"/Encrypt 6 0 R /ID [<%s> <%s>]" % ((identifier.hex().encode(),) * 2),
    )


def _apply_rc4(key: bytes, data: bytes) -> bytes:
    state = list(range(256))
    other = 0
    for index, byte in zip(range(256), cycle(key), strict=False):
        other = (other + state[index] + byte) % 256
        state[index], state[other] = state[other], state[index]
    return bytes(byte ^ mask for byte, mask in zip(data, _iterate_rc4(state), strict=False))


def _iterate_rc4(state: list[int]) -> Iterable[int]:
    index = other = 0
    while True:
        index = (index + 1) % 256
        other = (other + state[index]) % 256
        state[index], state[other] = state[other], state[index]
        yield state[(state[index] + state[other]) % 256]
