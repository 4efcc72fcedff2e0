"""Tests of answers as JSON, plain text and Markdown."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

import rag.answer.serialization
from index.document import Author, NoteMark, Source, Span
from rag.answer.model import (
    Answer,
    ArticleRef,
    Citation,
    CitedNote,
    Evidence,
    ListingForm,
    ListingRemark,
    MetadataField,
    PublicationRef,
    ScoreComponent,
)
from rag.answer.serialization import from_dict, to_dict, to_json
from rag.render.labels import (
    format_byline,
    format_date,
    format_publication_line,
    get_title_translation,
)
from rag.render.markdown import to_markdown
from rag.render.rich_text import (
    TextRun,
    escape_controls,
    find_detached_urls,
    format_note_mark,
    split_paragraphs,
)
from rag.render.text import to_text

SCHEMA = json.loads(
    Path(rag.answer.serialization.__file__)
    .with_name("answer.schema.json")
    .read_text(encoding="utf-8")
)
MARKDOWN = MarkdownIt("commonmark").enable("strikethrough")

URL = "https://example.org/tides?x=1&y=2"
FIRST = CitedNote(
    "15", f"林恩，〈潮汐〉，*The Harbour*，<{URL}>。", (Source("林恩，〈潮汐〉", (URL,)),)
)
SECOND = CitedNote("16", "同註 15。", resolves_to=FIRST)
TEXT = (
    "時限改為十二小時，須評估風浪。此舉源於擱淺。\n"
    "依《章程》（*Harbour Code*），船長負責。其餘不變。"
)
ANSWER = Answer(
    question="誰負責？",
    citations=(
        Citation(
            passage_id="0123456789abcdef",
            publication=PublicationRef("0123456789ab", "濱海觀察", "第 12 期", date(2024, 5, 2)),
            article=ArticleRef(
                2,
                "夜間引水",
                "Night Pilotage",
                (Author("沈望舒", "Shen Wang-shu"),),
                "研究社",
                (),
                12,
            ),
            section=3,
            path=("參、調整", "二、責任"),
            text=TEXT,
            marks=(NoteMark(8, "15"), NoteMark(15, "16")),
            notes=(FIRST, SECOND),
            evidence=(Evidence(Span(TEXT.index("依"), TEXT.index("其餘")), None, 0.9),),
            score=1.5,
            score_parts=(ScoreComponent("vectors", 0.5),),
        ),
    ),
    confidence=0.9,
    threshold=0.5,
    translations=(("captain", ("船長",)),),
    confidence_parts=(ScoreComponent("margin", 0.2),),
)

words = st.text(max_size=12)
numbers = st.floats(allow_nan=False, allow_infinity=False)
spans = st.builds(Span, st.integers(0, 20), st.integers(0, 20))
urls = st.sampled_from(["https://example.org/a", "http://example.org/?b=*c*"])
sources = st.builds(Source, words, st.lists(urls, max_size=2).map(tuple))
plain_notes = st.builds(CitedNote, words, words, st.lists(sources, max_size=2).map(tuple), words)
notes = st.builds(lambda note, other: replace(note, resolves_to=other), plain_notes, plain_notes)
parts = st.lists(st.builds(ScoreComponent, words, numbers), max_size=2).map(tuple)


@st.composite
def citations(draw: st.DrawFn) -> Citation:
    its_notes = draw(st.lists(notes, max_size=3, unique_by=lambda note: note.number))
    known = st.sampled_from([None, *(note.number for note in its_notes)])
    return Citation(
        passage_id="0" * 16,
        publication=draw(st.builds(PublicationRef, words, words, words, st.none() | st.dates())),
        article=draw(
            st.builds(
                ArticleRef,
                st.integers(0, 9),
                words,
                words,
                st.lists(st.builds(Author, words, words), max_size=2).map(tuple),
                words,
                st.lists(words, max_size=2).map(tuple),
                st.none() | st.integers(1, 99),
            )
        ),
        section=draw(st.integers(0, 9)),
        path=tuple(draw(st.lists(words, max_size=3))),
        text=draw(st.text(max_size=40)),
        marks=tuple(draw(st.lists(st.builds(NoteMark, st.integers(0, 40), words), max_size=3))),
        notes=tuple(its_notes),
        evidence=tuple(draw(st.lists(st.builds(Evidence, spans, known, numbers), max_size=2))),
        score=draw(numbers),
        score_parts=draw(parts),
    )


chances = st.floats(0, 1)
answers = st.builds(
    Answer,
    words,
    st.lists(citations(), max_size=2).map(tuple),
    chances,
    chances,
    st.lists(st.tuples(words, st.lists(words, max_size=2).map(tuple)), max_size=2).map(tuple),
    parts,
)


@settings(max_examples=40)
@given(answers)
def test_answer_survives_json_round_trip(answer: Answer) -> None:
    assert from_dict(json.loads(to_json(answer))) == answer


@settings(max_examples=40)
@given(answers)
def test_every_answer_validates_against_the_schema(answer: Answer) -> None:
    jsonschema.validate(to_dict(answer), SCHEMA)


def test_schema_rejects_unknown_and_missing_fields() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    wrong: list[dict[str, Any]] = [to_dict(ANSWER) | {"extra": 1}, to_dict(ANSWER) | {"version": 1}]
    wrong.append({key: value for key, value in to_dict(ANSWER).items() if key != "answered"})
    for values in wrong:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(values, SCHEMA)


def test_json_contains_the_text_of_the_evidence() -> None:
    evidence = to_dict(ANSWER)["citations"][0]["evidence"][0]
    assert evidence["text"] == "依《章程》（*Harbour Code*），船長負責。"


@pytest.mark.parametrize(
    "values", [{}, {"version": 2}, {"version": 1}, {"version": 2, "question": "?"}]
)
def test_from_dict_refuses_values_that_are_not_an_answer(values: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"answer"):
        from_dict(values)


@settings(max_examples=40)
@given(answers, st.sampled_from(["en", "zh"]))
def test_written_answers_contain_no_control_characters(answer: Answer, language: Any) -> None:
    for written in (to_text(answer, language), to_markdown(answer, language), to_json(answer)):
        assert escape_controls(written) == written
        written.encode()


def test_escape_controls_shows_control_characters_as_symbols() -> None:
    assert escape_controls("a\x1b[31mb\x9b1m\u202ec\td\r\n") == "a␛[31mb\ufffd1m⟨U+202E⟩c d␍\n"
    assert escape_controls("\ud800\x7f\u2066") == "\ufffd␡⟨U+2066⟩"
    assert escape_controls("同註３，“quoted” – 한국어 👩‍🚀") == "同註３，“quoted” – 한국어 👩‍🚀"


def test_plain_text_contains_all_parts_of_an_answer() -> None:
    assert to_text(ANSWER, "en") == (
        "1. 夜間引水\n"
        "   Night Pilotage\n"
        "   沈望舒 (Shen Wang-shu) · 研究社\n"
        "   濱海觀察 第 12 期 · 2 May 2024 · from p. 12\n"
        "   參、調整 › 二、責任\n"
        "   ▸ 依《章程》（Harbour Code），船長負責。\n"
        "\n"
        "   時限改為十二小時¹⁵，須評估風浪。¹⁶此舉源於擱淺。\n"
        "   依《章程》（Harbour Code），船長負責。其餘不變。\n"
        "\n"
        f"   ¹⁵ 林恩，〈潮汐〉，The Harbour，<{URL}>。\n"
        "   ¹⁶ 同註 15。\n"
        f"   → stands for note 15: 林恩，〈潮汐〉，The Harbour，<{URL}>。\n"
    )


def test_plain_text_states_that_the_library_has_no_answer() -> None:
    unsure = replace(ANSWER, confidence=0.1)
    assert to_text(unsure, "en").startswith(
        "This is not in the library. The nearest passages:\n\n1. "
    )
    assert to_text(unsure, "zh").startswith("館藏中沒有這個問題的答案。")
    empty = to_text(replace(unsure, citations=(), confidence_parts=()), "en")
    assert empty == "There is nothing in this library to search yet. Add publications first.\n"


def test_markdown_renders_emphasis_links_and_notes() -> None:
    html = MARKDOWN.render(to_markdown(ANSWER, "zh"))
    assert "<strong>1. 夜間引水</strong>" in html
    assert "<strong>依《章程》（<em>Harbour Code</em>），船長負責</strong>。其餘不變。" in html
    assert '<a href="https://example.org/tides?x=1&amp;y=2">' in html
    assert html.count("<li>") == 2
    assert "即註 15：林恩" in html


@given(st.text(alphabet="ab 甲。「」*_`<>[]()!#+-=.1|~$&\\:/\n", max_size=40))
def test_markdown_in_document_text_is_escaped(text: str) -> None:
    hostile = text.replace("*", "＊")  # paired asterisks are emphasis; they have tests of their own
    citation = replace(ANSWER.citations[0], text=hostile, marks=(), notes=(), evidence=())
    html = MARKDOWN.render(to_markdown(replace(ANSWER, citations=(citation,))))
    inside = html.split("<blockquote>")[-1].split("</blockquote>")[0] if hostile.strip() else ""
    assert set(_tags(inside)) <= {"p", "/p"}


def _tags(html: str) -> list[str]:
    return [piece.split(">")[0].split(" ")[0] for piece in html.split("<")[1:]]


@given(
    st.text(alphabet="ab 甲*。\n", max_size=30),
    st.lists(st.builds(NoteMark, st.integers(-2, 35), st.sampled_from("12*")), max_size=3),
    st.lists(spans, max_size=2),
)
def test_text_runs_contain_all_text_marks_and_evidence(
    text: str, marks: list[NoteMark], evidence: list[Span]
) -> None:
    runs = [run for paragraph in split_paragraphs(text, marks, evidence) for run in paragraph]
    shown = "".join(run.text for run in runs)
    assert shown.replace("*", "") == text.replace("*", "").replace("\n", "")
    assert sorted(run.note for run in runs if run.note) == sorted(mark.note for mark in marks)
    highlighted = "".join(run.text for run in runs if run.evidence)
    covered = {place for start, end in evidence for place in range(start, end)}
    expected = "".join(character for place, character in enumerate(text) if place in covered)
    assert highlighted.replace("*", "") == expected.replace("*", "").replace("\n", "")


@pytest.mark.parametrize(
    ("text", "emphasised"),
    [
        ("見*Title A*一書", ["Title A"]),
        ("**bold** and *thin*", ["bold", "thin"]),
        ("2*3 and 4*5", []),
        ("a * b * c", []),
        ("*unclosed", []),
        ("*over\nlines*", []),
    ],
)
def test_paired_asterisks_become_emphasis(text: str, emphasised: list[str]) -> None:
    runs = [run for paragraph in split_paragraphs(text) for run in paragraph]
    assert [run.text for run in runs if run.emphasis] == emphasised


def test_urls_become_separate_text_runs() -> None:
    longer = "https://example.org/a*b*c"
    shorter = "https://example.org/a"
    text = f"見 {shorter}，<{longer}>。"
    (runs,) = split_paragraphs(text, urls=(shorter, longer, "javascript:alert(1)"))
    assert [run.url for run in runs] == [None, shorter, None, longer, None]
    assert runs[3] == TextRun(longer, url=longer)
    assert find_detached_urls(text, (shorter, "https://example.org/z", "javascript:z")) == (
        "https://example.org/z",
    )


def test_marks_inside_evidence_belong_to_the_evidence() -> None:
    (runs,) = split_paragraphs("甲乙丙", (NoteMark(1, "1"), NoteMark(3, "2")), (Span(0, 3),))
    assert [(run.note, run.evidence) for run in runs if run.note] == [("1", True), ("2", False)]


def test_byline_publication_line_and_title_are_formatted() -> None:
    citation = ANSWER.citations[0]
    assert format_byline(citation.article, "zh") == "沈望舒 · 研究社"
    assert (
        format_publication_line(citation, "zh")
        == "濱海觀察 第 12 期 · 2024 年 5 月 2 日 · 第 12 頁起"
    )
    assert get_title_translation(citation.article, "zh") == ""
    assert get_title_translation(citation.article, "en") == "Night Pilotage"
    assert format_date(date(2025, 12, 31), "en") == "31 December 2025"
    assert (format_note_mark("27"), format_note_mark("a")) == ("²⁷", "[a]")


@pytest.mark.parametrize(
    ("definition", "field", "values"),
    [
        ("statement", "field", MetadataField),
        ("listing", "form", ListingForm),
        ("listing", "remark", ListingRemark),
    ],
)
def test_schema_has_every_value_of_the_model(definition: str, field: str, values: object) -> None:
    described = SCHEMA["$defs"][definition]["properties"][field]
    assert set(described["enum"]) == set(get_args(values))
