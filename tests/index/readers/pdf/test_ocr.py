"""Pages that are pictures are read by tesseract, where that is asked for, and reported."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from index.errors import ReadError
from index.messages import MessageCatalogue
from index.readers import read_data
from index.readers.pdf.ocr import parse_hocr
from tests.helpers.hostile import SENTENCE, make_pdf, make_stream

_MESSAGES = MessageCatalogue("index", "readers")
LINE = "<span class='ocr_line' title='bbox {0} {1} 2000 {2}; baseline 0 -10; x_size {4}'>{3}</span>"
WORD = "<span class='ocrx_word' title='bbox 1 1 2 2'>{}</span>"
CHARACTER = "<span class='ocrx_cinfo' title='x_bboxes {} {} {} {}; x_conf 99'>{}</span>"


def write_line(text: str, y: int, raised: str = "", size: int = 50) -> str:
    """A line of hOCR of which the last characters are raised."""
    x, words = 300, ""
    for word in text.split():
        characters = ""
        for char in word:
            characters += CHARACTER.format(x, y, x + size * 2 // 5, y + size * 4 // 5, char)
            x += size // 2
        words += WORD.format(characters)
        x += 20
    if raised:
        words += WORD.format(CHARACTER.format(x - 18, y - 4, x - 8, y + 16, raised))
    return LINE.format(300, y, y + size * 4 // 5 + 10, words, size)


HOCR = "<html><body>{}</body></html>".format(
    "".join(
        [
            write_line("The harbour was dredged in the spring of every year.", 400, "1"),
            write_line("Nobody counted the barges that went out to sea then.", 460),
            write_line("1 Harbour Board, Annual Report, 1901, p. 4.", 3100, size=36),
        ]
    )
)


def make_scan(text_pdf: bytes | None = None) -> bytes:
    """A PDF whose page is a picture: of another PDF's page, or of nothing."""
    width, height, pixels = 1, 1, b"\xff"
    if text_pdf:
        bitmap = pdfium.PdfDocument(text_pdf)[0].render(scale=3, grayscale=True)
        width, height, rows = bitmap.width, bitmap.height, memoryview(bitmap.buffer).cast("B")
        starts = (row * bitmap.stride for row in range(height))
        pixels = b"".join(bytes(rows[start : start + width]) for start in starts)
    form = b"/Type /XObject /Subtype /Image /ColorSpace /DeviceGray /BitsPerComponent 8"
    size = b"/Width %d /Height %d" % (width, height)
    return make_pdf(
        {
            3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
            b" /Resources << /XObject << /Im 6 0 R >> >> >>",
            4: make_stream(b"q 595 0 0 842 0 0 cm /Im Do Q"),
            6: make_stream(pixels, form + size),
        }
    )


@pytest.fixture
def tesseract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program of the name that recognises the same on every page."""
    program = tmp_path / "tesseract"
    (tmp_path / "page.hocr").write_text(HOCR)
    program.write_text(
        '#!/bin/sh\nif [ "$1" = --list-langs ]; then echo eng; exit; fi\n'
        f'[ "$1" = stdin ] && [ "$4" = eng ] && cat > \'{tmp_path}/page.pgm\'\n'
        f"cat '{tmp_path}/page.hocr'\n"
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    return tmp_path


def test_a_recognised_page_is_read_with_its_notes_and_reported(tesseract: Path) -> None:
    publication = read_data(make_scan(), Path("scan.pdf"), ocr=True).publication
    (article,) = publication.articles
    assert [note.text for note in article.notes] == ["Harbour Board, Annual Report, 1901, p. 4."]
    (text,) = article.sections[0].paragraphs
    assert text.text.startswith("The harbour was dredged in the spring of every year. Nobody")
    assert [mark.note for mark in text.marks] == ["1"]
    assert article.recognized_pages == (1,)
    assert "recognized-page" in [finding.kind for finding in publication.findings]
    assert (tesseract / "page.pgm").read_bytes().startswith(b"P5 ")


def test_a_scan_is_refused_without_ocr_and_says_how_to_read_it() -> None:
    with pytest.raises(ReadError, match="read it with --ocr"):
        read_data(make_scan(), Path("scan.pdf"))


def test_a_page_that_is_a_picture_among_others_is_reported() -> None:
    scan = make_scan().partition(b"3 0 obj\n")[2].partition(b"\nendobj")[0]
    page = scan.replace(b"/Contents 4 0 R", b"/Contents 7 0 R")
    kids = {2: b"<< /Type /Pages /Kids [3 0 R 8 0 R] /Count 2 >>", 8: page}
    form = b"/Type /XObject /Subtype /Image /ColorSpace /DeviceGray /BitsPerComponent 8"
    image = make_stream(b"\xff", form + b" /Width 1 /Height 1")
    content = make_stream(b"q 595 0 0 842 0 0 cm /Im Do Q")
    publication = read_data(make_pdf({**kids, 6: image, 7: content}), Path("a.pdf")).publication
    (finding,) = [item for item in publication.findings if item.kind == "picture-page"]
    assert "1 (2)" in finding.message.en


def test_without_tesseract_a_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ReadError) as raised:
        read_data(make_scan(), Path("scan.pdf"), ocr=True)
    assert raised.value.message == _MESSAGES["ocr.missing"].format(path="scan.pdf")


def test_no_hocr_is_no_text() -> None:
    assert list(parse_hocr(b"")) == []
    assert list(parse_hocr(b"<span class='ocr_line' title='bbox 1 2'>x</span>")) == []


@pytest.mark.skipif(not shutil.which("tesseract"), reason="tesseract is not installed")
def test_tesseract_reads_a_page() -> None:
    publication = read_data(make_scan(make_pdf()), Path("scan.pdf"), ocr=True).publication
    assert publication.articles[0].sections[0].paragraphs[0].text == SENTENCE
