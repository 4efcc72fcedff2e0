"""Hostile and damaged files: each is read, or costs one clear line; nothing else happens."""

from __future__ import annotations

import socket
import time
import zlib
from pathlib import Path

import pytest

from index.document import Publication
from index.errors import ReadError
from index.messages import MessageCatalogue
from index.readers import archive, read_data
from index.readers.pandoc import find_pandoc
from index.sandbox.client import ReadLimits, SandboxedReader
from tests.helpers.hostile import (
    SENTENCE,
    encrypt_pdf,
    make_docx,
    make_epub,
    make_footnotes,
    make_html,
    make_pdf,
    make_stream,
    pack,
    paragraph,
)
from tests.helpers.timing import measure_time

_MESSAGES = MessageCatalogue("index", "readers")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)
REFERENCE = '<w:footnoteReference w:id="{}"/>'
ENTITIES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 9))
ENCRYPTED = b'<encryption><CipherReference URI="a.xhtml"/></encryption>'
FONT_ENCRYPTED = b'<encryption><CipherReference URI="f.otf"/></encryption>'
BOOKMARK = b"<< /Title (a) /First 7 0 R /Next 7 0 R /Dest [3 0 R /Fit] >>"

REFUSED = {
    "no bytes.pdf": (b"", "no_text"),
    "no bytes.docx": (b"", "no_text"),
    "no bytes.html": (b"", "no_text"),
    "no bytes.txt": (b"", "no_text"),
    "picture.docx": (b"\x89PNG\r\n\x1a\n" + bytes(99), "wrong_suffix"),
    "text.pdf": (SENTENCE.encode(), "wrong_suffix"),
    "archive.pdf": (pack({"a": "b"}), "wrong_suffix"),
    "program.exe": (b"MZ" + bytes(99), "unknown_format"),
    "letter.doc": (OLE, "old_word"),
    "locked.docx": (OLE + "EncryptedPackage".encode("utf-16-le"), "archive.encrypted"),
    "cut.docx": (make_docx(paragraph(SENTENCE))[:200], "archive.damaged"),
    "laughs.docx": (
        make_docx(paragraph("&e8;"), f'<!DOCTYPE d [<!ENTITY e0 "ha">{ENTITIES}]>'),
        "archive.damaged",
    ),
    "quadratic.docx": (
        make_docx(paragraph("&a;" * 9999), f'<!DOCTYPE d [<!ENTITY a "{"ha" * 9999}">]>'),
        "archive.damaged",
    ),
    "entity.docx": (
        make_docx(paragraph("&h;"), '<!DOCTYPE d [<!ENTITY h SYSTEM "file:///etc/passwd">]>'),
        "archive.damaged",
    ),
    "huge attribute.docx": (make_docx(f'<w:p w:x="{"a" * 11_000_000}"/>'), "archive.damaged"),
    "deep.docx": (make_docx("<w:sdt>" * 999 + "</w:sdt>" * 999), "archive.damaged"),
    "chained notes.docx": (
        make_docx(
            paragraph(SENTENCE, REFERENCE.format(1)),
            footnotes=make_footnotes(
                {n: paragraph("a", REFERENCE.format(n + 1)) for n in range(1, 2000)}
            ),
        ),
        "nested_too_deeply",
    ),
    "protected.epub": (
        make_epub('<itemref idref="a"/>', encryption=ENCRYPTED),
        "archive.protected",
    ),
    "empty spine.epub": (make_epub(""), "no_text"),
    "no package.epub": (pack({"META-INF/container.xml": ""}), "archive.damaged"),
    "deep.html": (make_html("<div>" * 3000 + SENTENCE), "nested_too_deeply"),
    "tables in tables.html": (make_html("<table><tr><td>" * 400 + SENTENCE), "nested_too_deeply"),
    "cut.pdf": (make_pdf()[:300], "pdf.damaged"),
    "header alone.pdf": (b"%PDF-1.7\n", "pdf.damaged"),
    "locked.pdf": (encrypt_pdf(b"secret"), "pdf.password"),
    "pages in pages.pdf": (
        make_pdf({2: b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>"}),
        "pdf.damaged",
    ),
    "picture.pdf": (make_pdf({4: make_stream(b"")}), "pdf.no_text"),
    "huge page.pdf": (
        make_pdf({4: make_stream(b"BT /F1 9 Tf 9 9 Td" + b"(harbour) Tj " * 9000 + b"ET")}),
        "pdf.damaged",
    ),
    "100,000 pages.pdf": (
        make_pdf({2: b"<< /Type /Pages /Kids [%s] /Count 100000 >>" % (b"3 0 R " * 100_000)}),
        "pdf.too_many_pages",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_cannot_be_read_gets_its_line(name: str) -> None:
    data, key = REFUSED[name]
    with pytest.raises(ReadError) as raised:
        read_data(data, Path(name))
    line = raised.value.message.en
    start = _MESSAGES[key].en.removeprefix("{path}").partition("{")[0]
    assert line.startswith(f"{name}{start}")
    assert "\n" not in line


READ = {
    "lies.txt": make_pdf(),
    "lies as well.html": make_docx(paragraph(SENTENCE)),
    "open to all.pdf": encrypt_pdf(b""),
    "no table.pdf": make_pdf(has_table=False),
    "count.pdf": make_pdf({2: b"<< /Type /Pages /Kids [3 0 R] /Count 2000000000 >>"}),
    "outline.pdf": make_pdf(
        {
            1: b"<< /Type /Catalog /Pages 2 0 R /Outlines 6 0 R >>",
            6: b"<< /Type /Outlines /First 7 0 R /Last 7 0 R >>",
            7: BOOKMARK,
        }
    ),
    "script.pdf": make_pdf(
        {
            1: b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (f()) >>"
            b" /Names << /EmbeddedFiles << /Names [(a.exe) 6 0 R] >> >> >>",
            6: b"<< /Type /Filespec /F (a.exe) /EF << /F 7 0 R >> >>",
            7: make_stream(b"MZ" * 99),
        }
    ),
    "names.pdf": make_pdf(
        {
            1: b"<< /Type /Catalog /Pages 2 0 R /PageLabels << /Nums [0 << /P <FEFFD800> >>] >> >>",
            6: b"<< /Title <FEFFD800> >>",
        },
        b"/Info 6 0 R",
    ),
    "styles.docx": make_docx(
        f'<w:p><w:pPr><w:pStyle w:val="a"/></w:pPr><w:r><w:t>{SENTENCE}</w:t></w:r></w:p>',
        styles='<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        '<w:style w:styleId="a"><w:basedOn w:val="a"/></w:style></w:styles>',
    ),
    "note in itself.docx": make_docx(
        paragraph(SENTENCE, REFERENCE.format(1)),
        footnotes=make_footnotes({1: paragraph("Itself", REFERENCE.format(1))}),
    ),
    "spine.epub": make_epub('<itemref idref="a"/>' * 50_000),
    "fonts.epub": make_epub('<itemref idref="a"/>', encryption=FONT_ENCRYPTED),
    "outside.epub": make_epub(
        '<itemref idref="b"/><itemref idref="a"/>',
        '<item id="b" href="../../../etc/passwd" media-type="text/html"/>',
    ),
    "attribute.html": make_html(f"<p title='{'a' * 11_000_000}'>{SENTENCE}</p>"),
    "spans.html": make_html(
        f"<table><tr><td colspan=999999999 rowspan=999999999>{SENTENCE}</td></tr></table>"
    ),
    "active.html": make_html(f"<script>f()</script><object data='a'>x</object><p>{SENTENCE}</p>"),
}


def texts(publication: Publication) -> list[str]:
    return [
        paragraph.text
        for article in publication.articles
        for section in article.sections
        for paragraph in section.paragraphs
    ]


@pytest.mark.parametrize("name", READ)
def test_what_can_be_read_of_a_hostile_file_is_read(name: str) -> None:
    assert texts(read_data(READ[name], Path(name)).publication) == [SENTENCE]


def test_names_in_archives_lead_nowhere(tmp_path: Path) -> None:
    data = make_docx(paragraph(SENTENCE), **{"../../evil": "x", "../" * 9 + "tmp/evil": "x"})
    assert texts(read_data(data, tmp_path / "a" / "b.docx").publication) == [SENTENCE]
    assert not list(tmp_path.rglob("evil*"))


def test_a_damaged_page_is_reported_and_the_others_are_read() -> None:
    data = make_pdf({2: b"<< /Type /Pages /Kids [6 0 R 3 0 R] /Count 2 >>", 6: b"null"})
    publication = read_data(data, Path("half.pdf")).publication
    assert texts(publication) == [SENTENCE]
    assert [finding.kind for finding in publication.findings].count("unread-page") == 1


def test_an_archive_is_read_up_to_its_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    data = make_docx(paragraph(SENTENCE * 9999))
    monkeypatch.setattr(archive, "MAX_MEMBER_BYTES", 1 << 16)
    with pytest.raises(ReadError, match="more than 0 MB"):
        read_data(data, Path("bomb.docx"))
    monkeypatch.setattr(archive, "MAX_EXPANDED_BYTES", 1 << 16)
    with pytest.raises(ReadError, match="more than 0 MB"):
        read_data(data, Path("bomb.docx"))


def test_tables_in_tables_are_read_once() -> None:
    table = paragraph("cell")
    for _ in range(15):
        table = f"<w:tbl><w:tr><w:tc>{table}</w:tc></w:tr></w:tbl>"
    assert texts(read_data(make_docx(table), Path("tables.docx")).publication) == ["cell"]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(
            "<p>{marks}</p><ol>{items}</ol>".format(
                marks="".join(f"a<a href='#n{n}' id='r{n}'>{n}</a> " for n in range(4000)),
                items="".join(f"<li id='n{n}'><a href='#r{n}'>{n}</a> b</li>" for n in range(4000)),
            ),
            id="one paragraph",
        ),
        pytest.param(
            f"<p>{'a<a href=#n1>1</a> ' * 8000}</p><p id=n1>1 {'b ' * 50_000}</p>", id="one note"
        ),
        pytest.param(
            f"<p id=p>{'a<a href=#p>1</a> ' * 4000}</p>", id="a paragraph that marks itself"
        ),
    ],
)
def test_many_marks_take_linear_time(body: str) -> None:
    data = make_html(body)
    seconds = measure_time(lambda: read_data(data, Path("marks.html")), 1)
    assert seconds < 10  # some 2; with quadratic time minutes


def test_scattered_characters_take_no_cubic_time() -> None:
    places = ((number * 7919 % 500, number * 104_729 % 800) for number in range(1000))
    shown = b"".join(b"1 0 0 1 %d %d Tm (a) Tj " % place for place in places)
    began = time.process_time()
    data = make_pdf({4: make_stream(b"BT /F1 5 Tf " + shown + b"ET")})
    read_data(data, Path("scattered.pdf"))
    assert time.process_time() - began < 10  # some 1; with cubic time minutes


def test_nothing_is_fetched(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/x"
        image = f"<p>{SENTENCE}</p><img src='{address}'><link rel=stylesheet href='{address}'>"
        relation = f'<r Type="x/attachedTemplate" TargetMode="External" Target="{address}"/>'
        template = pack(
            {
                "[Content_Types].xml": "",
                "word/document.xml": make_docx_part(),
                "word/_rels/document.xml.rels": f"<rs>{relation}</rs>",
            }
        )
        files = {"image.html": make_html(image), "template.docx": template}
        if find_pandoc():
            files["image.qmd"] = f"{SENTENCE}\n\n![]({address})\n".encode()
        with SandboxedReader() as reader:
            for name, data in files.items():
                (tmp_path / name).write_bytes(data)
                assert texts(reader.read_publication(tmp_path / name)) == [SENTENCE]
        with pytest.raises(TimeoutError):
            server.accept()


def make_docx_part() -> str:
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = paragraph(SENTENCE)
    return f'<w:document xmlns:w="{namespace}"><w:body>{body}</w:body></w:document>'


@pytest.mark.skipif(not find_pandoc(), reason="pandoc is not installed")
def test_pandoc_includes_no_other_files(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("hidden")
    tex = f"\\documentclass{{article}}\\begin{{document}}{SENTENCE} \\input{{{secret}}}\n"
    rst = f"{SENTENCE}\n\n.. include:: {secret}\n"
    for name, text in (("input.tex", tex), ("include.rst", rst)):
        assert texts(read_data(text.encode(), Path(name)).publication) == [SENTENCE]
    with pytest.raises(ReadError, match="pandoc cannot read"):
        read_data(b".. csv-table::\n   :file: /etc/passwd\n", Path("table.rst"))


def test_a_bomb_in_a_pdf_ends_the_worker_and_not_the_folder(tmp_path: Path) -> None:
    bomb = zlib.compress(bytes(400 << 20), 1)
    (tmp_path / "bomb.pdf").write_bytes(make_pdf({4: make_stream(bomb, b"/Filter /FlateDecode")}))
    (tmp_path / "next.pdf").write_bytes(make_pdf())
    with SandboxedReader(ReadLimits(20, 400 << 20)) as reader:
        with pytest.raises(ReadError, match="memory"):
            reader.read(tmp_path / "bomb.pdf")
        assert texts(reader.read_publication(tmp_path / "next.pdf")) == [SENTENCE]
