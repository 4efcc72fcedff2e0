"""Tests of notes with several labels ([2][3] 林知遠), and of marks in tables and bylines."""

from __future__ import annotations

import pytest

from tests.helpers.note_texts import list_marks, list_texts, read_text

SENTENCES = "鹽稅起於漢代{0}。唐代又有榷鹽{1}，宋代因之{2}。至清不廢{3}，其後{4}。\n\n"


@pytest.mark.parametrize("as_markdown", [False, True])
@pytest.mark.parametrize("form", ["[{}]", "［{}］", "〔{}〕", "①②③④⑤", "【{}】", "（註{}）"])
@pytest.mark.parametrize(
    ("openings", "repeated"),
    [
        (((1,), (2, 3), (4,), (5,)), {"3": "2"}),
        (((1, 3, 5), (2,), (4,)), {"3": "1", "5": "1"}),
        (((1, 2), (3,), (4, 5)), {"2": "1", "5": "4"}),
    ],
)
def test_labels_before_one_note_are_notes_with_its_text(
    openings: tuple[tuple[int, ...], ...], repeated: dict[str, str], form: str, as_markdown: bool
) -> None:
    def print_label(number: int) -> str:
        return form.format(number) if "{}" in form else form[number - 1]

    notes = [
        "".join(map(print_label, labels)) + f" 林知遠，《鹽鐵》，頁 {labels[0]}。"
        for labels in openings
    ]
    text = SENTENCES.format(*map(print_label, range(1, 6))) + "\n".join(notes)
    article = read_text(text, as_markdown=as_markdown).articles[0]
    assert list_marks(article) == ["1", "2", "3", "4", "5"]
    resolved = {note.number: note.resolves_to for note in article.notes if note.resolves_to}
    assert resolved == repeated
    assert [note.number for note in article.notes if not note.text] == [*repeated]
    assert not any(note.is_unresolved for note in article.notes)


def test_the_note_after_one_with_several_labels_repeats_its_text() -> None:
    text = (
        "鹽稅起於漢代[1]。唐代又有榷鹽[2]，至清不廢[3]。\n\n[1][2] 林知遠，《鹽鐵》。\n[3] 同上。\n"
    )
    notes = read_text(text).articles[0].notes
    assert [note.resolves_to for note in notes] == [None, "1", "1"]


@pytest.mark.parametrize(("mark", "note"), [("ᵃ", "ᵃ "), ("[a]", "[a] "), ("①", "① "), ("ⓐ", "ⓐ ")])
def test_marks_in_tables_of_markdown_lead_to_notes(mark: str, note: str) -> None:
    text = (
        f"# 鹽稅\n\n鹽稅年表如下。\n\n| 年份 | 歲入 |\n|---|---|\n| 1905 | 12{mark} |\n\n"
        f"{note}含滷水。\n"
    )
    article = read_text(text, as_markdown=True).articles[0]
    assert list_marks(article) == [note.number for note in article.notes]
    assert [note.text for note in article.notes] == ["含滷水。"]


@pytest.mark.parametrize("as_markdown", [False, True])
def test_marks_of_markdown_lead_to_printed_notes(as_markdown: bool) -> None:
    text = "鹽稅起於漢代[^1]。唐代又有榷鹽[^2]。\n\n1. 林知遠，《鹽鐵》，頁 12。\n2. 同上，頁 5。\n"
    article = read_text(text, as_markdown=as_markdown).articles[0]
    assert list_marks(article) == ["1", "2"]
    assert list_texts(article) == ["鹽稅起於漢代。唐代又有榷鹽。"]
    assert article.notes[1].resolves_to == "1"


def test_notes_numbered_as_lists_are_with_marks_in_brackets() -> None:
    text = (
        "一、緣起\n\n鹽稅起於漢代（一）。唐代又有榷鹽（二），至清不廢（三）。\n\n附註\n"
        "一、林知遠，《鹽鐵》，頁 12。\n二、同上，頁 5。\n三、王雨的日記。\n"
    )
    article = read_text(text).articles[0]
    assert list_marks(article) == ["一", "二", "三"]
    assert article.sections[0].heading == "一、緣起"
    assert article.notes[1].resolves_to == "一"


def test_blanks_between_all_characters_are_removed() -> None:
    text = (
        "明 治 三 十 年 ， 航 線 始 開 （ １ ） 。 其 後 增 至 九 線 （ ２ ） 。\n\n註 釋 ：\n"
        "（ １ ） 總 督 府 ， 《 交 通 要 覽 》 ， 頁 １ ５ 。\n（ ２ ） 同 上 ， 頁 ２ ０ 。\n"
    )
    article = read_text(text).articles[0]
    assert list_texts(article) == ["明治三十年，航線始開。其後增至九線。"]
    assert [note.resolves_to for note in article.notes] == [None, "1"]
    assert read_text("鹽　稅 史\n\n鹽稅起於漢代，至清不廢。\n").articles[0].title == "鹽　稅 史"


@pytest.mark.parametrize(("mark", "note"), [("†", "† "), ("[^2]", "[^2]: "), ("①", "① ")])
def test_marks_beside_the_authors_of_markdown(mark: str, note: str) -> None:
    text = (
        f"# 鹽稅*\n\n林知遠{mark}\n\n鹽稅起於漢代[^1]。\n\n\\* 初稿曾宣讀。\n\n"
        f"{note}海聲大學歷史系。\n\n[^1]: 王雨，《鹽鐵》，頁 12。\n"
    )
    article = read_text(text, as_markdown=True).articles[0]
    assert [author.name for author in article.authors] == ["林知遠"]
    byline_mark = article.marks[-1].note
    assert article.get_note(byline_mark).text == "海聲大學歷史系。"
    assert {mark.note for mark in article.marks} == {"*", byline_mark}


def test_plain_marks_with_blanks_before_them() -> None:
    text = (
        "看守人多為洋員 1。光緒末始用華人 2 。薪水相差三倍 3。\n\n註釋\n"
        "1　林知遠，《燈塔》，頁 12。\n2　同前註，頁 40。\n3　同前註。\n"
    )
    article = read_text(text).articles[0]
    assert list_marks(article) == ["1", "2", "3"]
    assert [note.resolves_to for note in article.notes] == [None, "1", "1"]


def test_references_of_which_marks_are_lost_or_that_begin_later() -> None:
    notes = ("Harbour Commission, Report (Arden, 1869), 4.", "Ibid., 9.", "Ibid., 1881, 12.")
    openings = "\n".join(f"{number}. {text}" for number, text in enumerate(notes, 1))
    text = "The force was raised in 1868. It had nine men.2 By 1880 it had forty.3\n\n" + openings
    publication = read_text(text)
    assert [note.resolves_to for note in publication.articles[0].notes] == [None, "1", "1"]
    assert [f.kind for f in publication.findings if "mark" in f.kind] == ["missing-mark"]
    text = "商船東至長崎。7其利甚厚。8\n\n7 林知遠，《鹽鐵》，頁 12。\n8 同上，頁 15。\n"
    assert list_marks(read_text(text).articles[0]) == ["7", "8"]


def test_a_note_after_one_that_is_lost_repeats_no_other() -> None:
    sentence = "鹽稅起於漢代{}。唐代又有榷鹽{}，至清不廢{}。其後{}。\n\n"
    notes = ("[1] 林知遠，《鹽鐵》。", "王雨的日記。", "[3] 同上，頁 5。", "[4] 同前註。")
    text = sentence.format("[1]", "[2]", "[3]", "[4]") + "\n".join(notes) + "\n"
    publication = read_text(text)
    assert [note.number for note in publication.articles[0].notes] == ["1", "3", "4"]
    assert [note.resolves_to for note in publication.articles[0].notes] == [None, None, "3"]
    assert publication.articles[0].notes[1].is_unresolved
    kinds = {finding.kind for finding in publication.findings}
    assert kinds >= {"missing-note", "unresolved"}


def test_labels_of_markdown_that_skip_a_number_hide_no_note() -> None:
    text = "鹽稅起於漢代[^1]。至清不廢[^4]。\n\n[^1]: 林知遠，《鹽鐵》。\n\n[^4]: 同上，頁 5。\n"
    assert read_text(text, as_markdown=True).articles[0].notes[1].resolves_to == "1"
