"""Tests of Word files with the notes of passages as footnotes."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.document import NoteMark, Publication, Span
from index.readers import word
from rag.answer.model import ArticleRef, Citation, CitedNote, Evidence, PublicationRef
from rag.render.word import to_word

TEXT = "渡輪停航。橋已通車。*Ferries* stopped."
NOTES = (
    CitedNote("1", "周一葦，《渡口志》，頁 45。"),
    CitedNote("2", "同註 1", resolves_to=CitedNote("1", "周一葦，《渡口志》，頁 45。")),
)
CITATION = Citation(
    "a",
    PublicationRef("p", "渡口月刊", "第 8 期"),
    ArticleRef(0, "論渡輪"),
    0,
    ("一、渡口",),
    TEXT,
    marks=(NoteMark(5, "1"), NoteMark(10, "2"), NoteMark(10, "9"), NoteMark(len(TEXT), "1")),
    notes=NOTES,
    evidence=(Evidence(Span(0, 5)),),
)


def read(data: bytes) -> Publication:
    return word.read(data, "passages.docx")[0]


def test_our_reader_finds_all_notes() -> None:
    publication = read(to_word([CITATION, replace(CITATION, passage_id="b")], "zh", title="渡輪？"))
    (article,) = publication.articles
    assert publication.title == "渡輪？"
    texts = [note.text for note in article.notes]
    assert texts[:4] == [
        NOTES[0].text,
        "同註 1 → 即註 1：周一葦，《渡口志》，頁 45。",
        NOTES[0].text,
        "〈論渡輪〉，《渡口月刊》，第 8 期。",
    ]
    assert texts[4:] == texts[:4]
    paragraphs = [text for section in article.sections for text in section.paragraphs]
    assert [len(paragraph.marks) for paragraph in paragraphs if paragraph.marks] == [4, 4]


def test_pandoc_finds_all_notes_and_the_evidence() -> None:
    pypandoc = pytest.importorskip("pypandoc", reason="needs pandoc, see the extra `pandoc`")
    text = pypandoc.convert_text(to_word([CITATION], "en"), "markdown", "docx", ["--wrap=none"])
    assert "> **渡輪停航。**[^1]橋已通車。[^2]^9^*Ferries* stopped.[^3]" in text
    assert [line[:5] for line in text.splitlines() if line.startswith("[^")] == [
        f"[^{number}]" + ":" for number in range(1, 5)
    ]
    assert "# 論渡輪" in text
    assert "## 一、渡口" in text


def test_a_remark_stands_under_its_passage() -> None:
    data = to_word([CITATION], "en", remarks={"a": "Compare <the second> issue & others"})
    (article,) = read(data).articles
    assert "Compare <the second> issue & others" in [
        paragraph.text for section in article.sections for paragraph in section.paragraphs
    ]
    assert data == to_word([CITATION], "en", remarks={"a": "Compare <the second> issue & others"})


@given(st.text(max_size=30), st.text(max_size=30), st.lists(st.integers(0, 40), max_size=3))
@settings(max_examples=60, deadline=None)
def test_every_text_makes_a_well_formed_file(text: str, note: str, offsets: list[int]) -> None:
    marks = tuple(NoteMark(min(offset, len(text)), "1") for offset in sorted(offsets))
    notes = (CitedNote("1", note),)
    citation = replace(CITATION, text=text, marks=marks, notes=notes, evidence=())
    with zipfile.ZipFile(io.BytesIO(to_word([citation], title=note))) as archive:
        roots = {name: ElementTree.fromstring(archive.read(name)) for name in archive.namelist()}
    footnotes = roots["word/footnotes.xml"]
    assert len(footnotes) == 2 + len(offsets) + 1
