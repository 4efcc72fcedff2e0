"""Tests that random files are read back equal, or with every character accounted for."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from index import sample
from index.document import Article, Note, NoteMark, Paragraph, Publication, Section
from index.errors import ReadError
from index.readers import markdown, paged, read, read_with_text
from index.readers.accounting import audit_characters
from index.readers.decoding import load_text
from tests.helpers.generator import Generator, Shape, shapes
from tests.helpers.printer import Printer
from tests.helpers.typesetting import write_word


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(shapes())
@example(Shape(articles=3, sections=5, notes=9, levels=3, contents=True, cut=True))
def test_models_are_read_back_equal(shape: Shape) -> None:
    printer = Printer(Generator(shape).publication(), shape)
    text = printer.text()
    publication = paged.read(text)
    audit = audit_characters(text, publication)
    assert audit.is_balanced, (audit.missing, audit.extra)
    assert publication == printer.publication


PIECES = (
    """
壹、前言|一、|（一）山川|1. 風|¹ |²|³|¹²|⁰|[1] |[^1]: |[^1]|①|* |焦點類別：|國安研究所|王小明
目錄|風雨……3|發行人 / 王|第 8 期|2025 年 5 月 22 日|May 2, 2025|同註 1。|Ibid.|見註 3|op. cit.
<sup>2</sup>|$^{3}$|# |## |---|===|> |- |```|title: x|7|- 7 -|第 3 頁|表 1、風|，|。|「|」|（|）
〈|〉|"|<https://example.org/a>|https://a.b/c。|Barry M.|The harbour|山川風雲|m²|10³|𠮷|é|é
""".strip()
    .replace("\n", "|")
    .split("|")
)
PIECES += "〔1〕|〔2〕|［1］|（註1）|註1：|註2：|[1-3]|[1,2]|[^a b]|[^a b]: |⑴|＊|[i]".split("|")
PIECES += ["harbour.1 ", "港口。2"]
PIECES += ["> [^1]: ", "- [^1]: ", "[Footnote 1: ", "]", "\nNotes\n", "\n注 释\n", "1. ", "2. "]
PIECES += ["| 風 | 雨 | 3 |", *"\n\n\n\f \t\u3000\u2028\x85\x0b\u200b", "\n\n", "\n\n"]
TEXTS = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=60).map("".join), st.text(max_size=300)
)


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(TEXTS)
def test_any_paged_text_is_accounted_for(text: str) -> None:
    audit = audit_characters(text, paged.read(text))
    assert audit.is_balanced, (audit.missing, audit.extra)


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(TEXTS, st.booleans())
@example("<sup>2</sup>壹、前言\n\n[1-3]", False)
def test_any_markdown_is_accounted_for_or_refused(text: str, fronted: bool) -> None:
    if fronted:
        text = f"---\ntitle: 風\n---\n{text}"
    try:
        publication = markdown.read(text, "a.md")
    except ReadError as error:
        message = str(error)
    else:
        audit = audit_characters(text, publication)
        assert audit.is_balanced, (audit.missing, audit.extra)
        return
    assert message.startswith("a.md, line ")


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.binary(max_size=400), ending=st.sampled_from((".txt", ".md")))
def test_any_file_is_read_or_refused_with_a_message(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, ending: str
) -> None:
    path = tmp_path_factory.mktemp("any") / f"a{ending}"
    path.write_bytes(data)
    try:
        publication = read(path)
    except ReadError as error:
        message = error.message.en + error.message.zh
    else:
        assert audit_characters(load_text(path), publication).is_balanced
        return
    assert "\n" not in message


def test_the_sample_is_accounted_for() -> None:
    text = load_text(sample.get_path())
    publication = paged.read(text)
    assert audit_characters(text, publication).is_balanced
    assert not {finding.kind for finding in publication.findings} - {"joined", "loose-mark"}


def test_metadata_and_numbers_of_a_word_file_are_no_surplus(tmp_path: Path) -> None:
    """Word keeps the title and the date in the file's properties, and numbers notes itself."""
    path = tmp_path / "tides.docx"
    note = Note("1", "Harbour Gazette, 4.")
    paragraph = Paragraph("The tide is high.", (NoteMark(17, "1"),))
    article = Article("Tides", sections=(Section((), (paragraph,)),), notes=(note,))
    path.write_bytes(write_word(Publication("", "Tides", articles=(article,))))
    reading = read_with_text(path)
    assert audit_characters(reading.text, reading.publication).is_balanced
