"""Tests of the reading of a real issue: its parts, and the places where its pages cut text."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from index.document import Article, NoteMark, Paragraph, Publication
from index.readers import paged, read
from index.readers.accounting import audit_characters
from index.readers.decoding import load_text
from index.readers.publication_id import normalize_for_comparison
from tests.helpers.timing import measure_time


@pytest.fixture(scope="module")
def issue(real_issue: Path) -> Publication:
    return read(real_issue)


def _paragraph(article: Article, beginning: str) -> Paragraph:
    paragraphs = [
        paragraph
        for section in article.sections
        for paragraph in section.paragraphs
        if paragraph.text.startswith(beginning)
    ]
    assert len(paragraphs) == 1, beginning
    return paragraphs[0]


def _marks(article: Article) -> list[str]:
    return [
        mark.note
        for section in article.sections
        for marks in (section.marks, *(paragraph.marks for paragraph in section.paragraphs))
        for mark in marks
    ]


def test_metadata_of_the_issue_are_read(issue: Publication) -> None:
    assert issue.title == "國防安全雙週報"
    assert issue.number == "第 87 期"
    assert issue.date == date(2025, 5, 22)
    assert issue.date_printed == "2025 年 5 月 22 日"
    assert issue.publisher == "財團法人國防安全研究院"
    assert issue.publisher_translated.startswith("Institute for")
    assert issue.imprint.startswith("發行人 /")
    assert len(issue.imprint.splitlines()) == 4
    assert len(issue.id) == 12


def test_articles_of_the_issue_are_read(issue: Publication) -> None:
    assert len(issue.articles) == 7
    assert [article.page for article in issue.articles] == [1, 7, 13, 19, 25, 31, 39]
    assert [len(article.topics) for article in issue.articles] == [1, 1, 2, 1, 2, 3, 2]
    assert [
        [(author.name, author.romanised) for author in article.authors]
        for article in issue.articles
    ] == [
        [("翟文中", "Wen-Chung Chai")],
        [("劉翎端", "Ling-Tuan Linda Liu")],
        [("洪子傑", "Tzu-Chieh Hung")],
        [("王占璽", "Chan-Hsi Wang")],
        [("林志豪", "Chih-Hao Lin")],
        [("曾怡碩", "Yi-Suo Tzeng")],
        [("沈明室", "Ming-Shih Shen")],
    ]
    for article in issue.articles:
        assert article.title
        assert (
            article.title_translated.isascii()
            or "“" in article.title_translated
            or "’" in (article.title_translated)
        )
        assert article.institute.endswith("研究所")
    # Titles that run over two lines are whole.
    assert " " not in issue.articles[2].title
    assert " " not in issue.articles[3].title


def test_sections_have_the_expected_paths(issue: Publication) -> None:
    shapes = [
        "".join(str(len(section.path)) for section in article.sections)
        for article in issue.articles
    ]
    assert shapes == [
        "11221222",
        "1122122222",
        "1122122",
        "1122122",
        "1122122",
        "112221222",
        "112221222",
    ]
    for article in issue.articles:
        tops = [section.heading[0] for section in article.sections if len(section.path) == 1]
        assert tops == ["壹", "貳", "參"]
        for section in article.sections:
            assert len(section.path) == 1 or section.heading[1] == "、"
    assert issue.articles[1].sections[-1].heading.startswith("五、")


def test_notes_and_marks_are_numbered_consecutively(issue: Publication) -> None:
    counts = [9, 19, 9, 11, 15, 10, 3]
    assert [len(article.notes) for article in issue.articles] == counts
    for article, count in zip(issue.articles, counts, strict=True):
        numbers = [str(number) for number in range(1, count + 1)]
        assert [note.number for note in article.notes] == numbers
        assert _marks(article) == numbers
        assert all(note.text.endswith(("。", ".")) for note in article.notes)


def test_text_contains_no_note_marks(issue: Publication) -> None:
    for article in issue.articles:
        for section in article.sections:
            for paragraph in section.paragraphs:
                assert not set(paragraph.text) & set("⁰¹²³⁴⁵⁶⁷⁸⁹")
                assert all(0 <= mark.offset <= len(paragraph.text) for mark in paragraph.marks)


def test_paragraphs_end_with_punctuation(issue: Publication) -> None:
    counts = [
        sum(len(section.paragraphs) for section in article.sections) for article in issue.articles
    ]
    assert counts == [6, 12, 11, 16, 17, 14, 10]
    for article in issue.articles:
        for section in article.sections:
            for paragraph in section.paragraphs:
                assert paragraph.text[-1] in "。」", paragraph.text[-8:]


def test_paragraphs_cut_by_pages_are_joined(issue: Publication) -> None:
    first, second, third, fourth, fifth, *_ = issue.articles
    assert "在雙方克制" in _paragraph(first, "1994").text
    assert "首次嚴重海上對峙，1996 年" in _paragraph(first, "1994").text
    assert "以及稀土礦物" in _paragraph(second, "觀察美烏").text
    assert "於白宮會談所" in _paragraph(second, "此協議簽署也").text
    assert "指涉對象" in _paragraph(third, "然而，在強調").text
    assert "直接點出「美國" in _paragraph(third, "然而，在強調").text
    assert "角度來看" in _paragraph(fourth, "「中國不跪」").text
    assert "已經進行" in _paragraph(fifth, "根據韓國").text
    assert "東北部主要港口" in _paragraph(fifth, "隨著俄國").text


def test_notes_continued_on_the_next_page_are_joined(issue: Publication) -> None:
    sixth = issue.articles[0].get_note("6")
    assert "Barry M. Blechman" in sixth.text
    assert sixth.text.endswith("p. 80.")
    fourth = issue.articles[3].get_note("4")
    assert fourth.text.endswith("32397432.html>。")
    assert len(fourth.sources[0].urls) == 1


def test_detached_mark_is_restored(issue: Publication) -> None:
    article = issue.articles[2]
    paragraph = _paragraph(article, "因此，在對台")
    assert paragraph.marks == (NoteMark(len(paragraph.text), "7"),)
    loose = [finding for finding in issue.findings if finding.kind == "loose-mark"]
    assert [finding.line for finding in loose] == [242]


def test_abbreviated_notes_are_resolved(issue: Publication) -> None:
    targets = {
        (index, note.number): note.resolves_to
        for index, article in enumerate(issue.articles, 1)
        for note in article.notes
        if note.resolves_to
    }
    assert targets == {
        (1, "7"): "6",
        (2, "7"): "1",
        (2, "9"): "1",
        (2, "11"): "6",
        (2, "16"): "5",
        (2, "19"): "18",
        (4, "6"): "3",
        (5, "10"): "3",
    }


def test_notes_have_sources_or_explanations(issue: Publication) -> None:
    two = {
        (index, note.number)
        for index, article in enumerate(issue.articles, 1)
        for note in article.notes
        if len(note.sources) == 2
    }
    assert two == {
        (1, "2"), (2, "10"), (3, "1"), (3, "3"), (4, "2"), (4, "9"), (4, "10"), (4, "11"), (5, "9"),
    }  # fmt: skip
    explaining = {
        (index, note.number): len(note.sources)
        for index, article in enumerate(issue.articles, 1)
        for note in article.notes
        if note.explanation
    }
    assert explaining == {
        (1, "2"): 2, (1, "9"): 1, (3, "2"): 1, (3, "4"): 0, (3, "7"): 1, (5, "7"): 0, (5, "9"): 2,
        (5, "11"): 1, (5, "13"): 1, (5, "14"): 1, (5, "15"): 0,
    }  # fmt: skip
    for article in issue.articles:
        for note in article.notes:
            assert note.sources or note.explanation or note.resolves_to
            for source in note.sources:
                assert source.text in note.text
                for url in source.urls:
                    assert url.startswith(("http://", "https://"))
                    assert url in source.text
                    assert url[-1] not in "。.>,;，；"
    assert sum(len(s.urls) for a in issue.articles for n in a.notes for s in n.sources) == 64


def test_findings_of_the_issue_are_repairs_only(issue: Publication) -> None:
    assert {finding.kind for finding in issue.findings} == {"joined", "loose-mark"}
    for finding in issue.findings:
        assert finding.message.en
        assert finding.message.zh
        assert str(finding.line) in finding.message.en


def test_every_character_is_accounted_for(issue: Publication, real_issue: Path) -> None:
    audit = audit_characters(load_text(real_issue), issue)
    assert audit.is_balanced, (audit.missing, audit.extra)
    assert audit.total == sum(audit.by_destination.values()) == 34279
    assert {aside.reason for aside in issue.set_aside} == {"cover", "contents", "label"}


def test_reading_stays_within_the_time_limit(real_issue: Path) -> None:
    read(real_issue)  # patterns are compiled
    assert measure_time(lambda: read(real_issue)) < 0.5  # about 0.35 s


def test_articles_are_found_without_the_contents_too(issue: Publication, real_issue: Path) -> None:
    lines = load_text(real_issue).split("\n")
    without = [
        line
        for number, line in enumerate(lines)
        if number > 40 or not (line.startswith(("|", "- |")) or line.endswith(tuple("1379")))
    ]
    text = "\n".join(without)
    publication = paged.read(text)
    assert audit_characters(text, publication).is_balanced
    articles = publication.articles
    assert [normalize_for_comparison(article.title) for article in articles] == [
        normalize_for_comparison(article.title) for article in issue.articles
    ]
    for article, listed in zip(articles, issue.articles, strict=True):
        assert article.sections == listed.sections
        assert article.notes == listed.notes
        assert [author.name for author in article.authors] == [a.name for a in listed.authors]
        assert (article.institute, article.topics) == (listed.institute, listed.topics)


@pytest.mark.parametrize("encoding", ["utf-16", "gb18030", "utf-8-sig"])
def test_other_encodings_and_line_ends_read_equal(
    issue: Publication, real_issue: Path, tmp_path: Path, encoding: str
) -> None:
    path = tmp_path / "issue.txt"
    path.write_bytes(load_text(real_issue).replace("\n", "\r\n").encode(encoding))
    assert read(path) == issue
