"""Tests of written answers as text, as Markdown and as a section of a Word file."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from index.document import NoteMark, Source, Span
from index.readers import word
from rag.answer.model import Answer, ArticleRef, Citation, CitedNote, Evidence, PublicationRef
from rag.render.word import to_word
from rag.render.written import (
    list_supporting_notes,
    written_to_markdown,
    written_to_section,
    written_to_text,
)
from rag.written.model import (
    NumberedSentence,
    Problem,
    Verdict,
    WritingTask,
    WrittenAnswer,
    WrittenSentence,
)
from rag.written.serialization import written_from_dict, written_to_dict

WORK = "周一葦，《渡口志》，台北：水門書局，1931 年，頁 45。"
TEXT = "渡輪停航。橋已通車。"
NOTES = (
    CitedNote("1", WORK, sources=(Source(WORK),)),
    CitedNote("2", "同註 1", resolves_to=CitedNote("1", WORK, sources=(Source(WORK),))),
)
CITATION = Citation(
    "a",
    PublicationRef("p", "渡口月刊", "第 8 期"),
    ArticleRef(0, "論渡輪"),
    0,
    (),
    TEXT,
    marks=(NoteMark(5, "1"), NoteMark(10, "2")),
    notes=NOTES,
    evidence=(Evidence(Span(0, 5)),),
)
ANSWER = Answer("渡輪？", (CITATION,), confidence=0.9, threshold=0.5)
EVIDENCE = (
    NumberedSentence(1, "渡輪停航。", 0, Span(0, 5)),
    NumberedSentence(2, "橋已通車。", 0, Span(5, 10)),
    NumberedSentence(3, WORK, 0, Span(0, len(WORK)), "1"),
)
SENTENCES = (
    WrittenSentence("The ferry *stopped*.", (1,), Verdict((), 0.9, {})),
    WrittenSentence("A bridge is open.", (2,), Verdict((), 0.8, {})),
    WrittenSentence("It cost 3 <b>.", (2,), Verdict((Problem("number", "3"),), 0.2, {})),
)
WRITTEN = WrittenAnswer("m", "127.0.0.1:1", SENTENCES, EVIDENCE)


def test_notes_come_along_and_one_work_is_named() -> None:
    assert [(item.rank, item.note.number) for item in list_supporting_notes(WRITTEN, ANSWER)] == [
        (1, "1"),
        (1, "2"),
    ]
    text = written_to_text(WRITTEN, ANSWER, "en")
    assert "✓ A bridge is open. [1]" in text
    assert "✗ It cost 3 <b>. (not in what it cites: 3)" in text
    assert "2 of these sentences rest on one work: " in text
    assert "渡口志" in text.split("rest on one work")[1].split("\n")[0]
    assert "→ 周一葦" in text


def test_markdown_has_footnotes_and_nothing_that_the_model_could_mark_up() -> None:
    text = written_to_markdown(WRITTEN, ANSWER, "en", prefix="2-")
    assert "The ferry \\*stopped\\*.[^2-1] A bridge is open.[^2-1]" in text
    assert "It cost 3 \\<b\\>. (not supported: not in what it cites: 3)" in text
    assert "[^2-1]: " in text
    assert "「渡輪停航。」 「橋已通車。」" in text
    assert text.count("同註 1") == 1


def test_what_is_not_supported_can_be_left_out_of_every_copy() -> None:
    for text in (
        written_to_text(WRITTEN, ANSWER, "en", supported_only=True),
        written_to_markdown(WRITTEN, ANSWER, "en", supported_only=True),
    ):
        assert "A bridge is open" in text
        assert "It cost" not in text
        assert "left out: 1" in text
    section = written_to_section(WRITTEN, ANSWER, "en", supported_only=True)
    assert not any("It cost" in text for text, _ in section.sentences)
    assert len(section.sentences) == len(WRITTEN.supported)


def test_a_word_file_has_the_quotation_first_and_real_footnotes() -> None:
    appended = written_to_section(WRITTEN, ANSWER, "zh")
    publication = word.read(to_word([CITATION], "zh", title="渡輪？", section=appended), "a.docx")[
        0
    ]
    (article,) = publication.articles
    assert [section.path[-1] for section in article.sections] == ["論渡輪", "語言模型撰寫的段落"]
    notes = [note.text for note in article.notes]
    assert len(notes) == 5
    assert all("「渡輪停航。」 「橋已通車。」" in note for note in notes[-2:])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_too_little_that_is_supported_is_not_shown(language: str) -> None:
    written = replace(WRITTEN, sentences=SENTENCES[2:])
    for render in (written_to_text, written_to_markdown):
        text = render(written, ANSWER, language)  # type: ignore[operator]
        assert "It cost" not in text
        assert "127.0.0.1:1" in text
    assert written_to_section(written, ANSWER, "en").sentences == ()


def test_json_is_read_back() -> None:
    values = json.loads(json.dumps(written_to_dict(WRITTEN)))
    again = written_from_dict(values)
    assert written_to_dict(again) == values
    assert written_to_text(again, ANSWER, "en") == written_to_text(WRITTEN, ANSWER, "en")
    values["sentences"][2]["problems"][0]["kind"] = "of another release"
    for broken in (values, {}, {"sentences": 3}, {"sentences": [{}]}):
        with pytest.raises(ValueError, match=r"."):
            written_from_dict(broken)


def test_what_is_not_supported_may_be_left_out_and_is_counted() -> None:
    text = written_to_text(WRITTEN, ANSWER, "en", supported_only=True)
    assert "✗" not in text
    assert "It cost 3" not in text
    assert "left out: 1" in text


@pytest.mark.parametrize(
    ("task", "word_of_it"), [("summary", "summary"), ("translation", "transl")]
)
def test_a_word_file_says_what_was_written_and_which_work_it_rests_on(
    task: WritingTask, word_of_it: str
) -> None:
    section = written_to_section(replace(WRITTEN, task=task), ANSWER, "en")
    assert word_of_it in section.heading
    assert "rest on one work" in section.line
