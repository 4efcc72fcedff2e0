"""Tests of rarer forms of notes: without numbers, in indented text, with tags or unknown labels."""

from __future__ import annotations

import pytest

from tests.helpers.note_texts import list_marks, list_texts, read_text


@pytest.mark.parametrize("form", ["〔註〕", "[註]", "（註釋）", "（注）"])
@pytest.mark.parametrize("as_markdown", [False, True])
def test_a_single_note_without_a_number(form: str, as_markdown: bool) -> None:
    label = "註釋" if "釋" in form else form[1]
    text = f"鹽稅起於漢代{form}，至清不廢。\n\n{label}：林知遠，《鹽鐵》，頁 12。\n"
    article = read_text(text, as_markdown=as_markdown).articles[0]
    assert (list_marks(article), [note.number for note in article.notes]) == (
        [label[0]],
        [label[0]],
    )
    assert read_text("註：本文譯自《鹽鐵》。\n\n鹽稅起於漢代。\n").articles[0].notes == ()


def test_bare_marks_and_brackets_with_han_numbers() -> None:
    notes = ("林知遠，《鹽鐵》，頁 12。", "同前註。", "王雨的日記。")
    sentences = (
        "鹽稅起於漢代{}，唐代有榷鹽{}，至清不廢{}。",
        "鹽稅起於漢代{}。唐代有榷鹽 {}，不廢{}。",
    )
    for form, opening in (("註{}", "註{}："), ("（{}）", "（{}）"), ("({})", "({}) ")):
        for sentence in sentences:
            marks = [form.format(number) for number in "一二三"]
            printed = [
                opening.format(number) + note for number, note in zip("一二三", notes, strict=True)
            ]
            article = read_text(sentence.format(*marks) + "\n\n" + "\n".join(printed)).articles[0]
            assert list_marks(article) == [*"一二三"]
            assert [note.text for note in article.notes] == [*notes]


def test_headings_with_han_numbers_in_brackets_are_no_notes() -> None:
    text = (
        "鹽稅分為三種，如（一）、（二）及（三）所述。\n\n（一）官收\n\n官收始於漢代。\n\n"
        "（二）商運\n\n商運始於唐代。\n\n（三）民製\n\n民製至清不廢。\n"
    )
    assert read_text(text).articles[0].notes == ()


INDENTED = (
    "鹽稅小史\n\n{indent}鹽稅起於漢代，其後各朝相沿不廢。{0}唐代又有榷鹽之法。\n\n"
    "{1}林知遠，《鹽鐵》，頁 12。\n{indent}此書論鹽稅的起源甚詳。\n\n"
    "{indent}宋代行鹽引，商人輸粟於邊，以引換鹽。{2}其法屢變。\n\n"
    "{indent}元代鹽課，占歲入十之八，民不堪其苦。\n\n{3}王雨，《鹽引》，頁 3。\n\n"
    "{indent}明代行開中法，至弘治而壞，於是有折色之議。{4}\n\n{5}同前註。\n"
)


@pytest.mark.parametrize("indent", ["\u3000\u3000", "    "])
@pytest.mark.parametrize(("marks", "notes"), [("①①①", "①①①"), ("¹²³", "¹²³"), ("123", "123")])
def test_indented_paragraphs_after_notes_are_text(indent: str, marks: str, notes: str) -> None:
    labels = [f"{note} " for note in notes]
    places = [label for pair in zip(marks, labels, strict=True) for label in pair]
    article = read_text(INDENTED.format(*places, indent=indent)).articles[0]
    assert [text[:4] for text in list_texts(article)] == [
        "鹽稅起於",
        "宋代行鹽",
        "元代鹽課",
        "明代行開",
    ]
    assert len(list_marks(article)) == len(article.notes) == 3
    text = article.notes[0].text.replace("\n", "")
    assert text == "林知遠，《鹽鐵》，頁 12。此書論鹽稅的起源甚詳。"


def test_numbers_on_lines_of_their_own_in_indented_text() -> None:
    text = (
        "    鹽稅起於漢代，其後各朝相沿不廢。1 唐代又有榷鹽之法。2\n\n"
        "    1\n        林知遠，《鹽鐵》，頁 12。\n    2\n        王雨，《鹽引》，頁 3。\n\n"
        "                1\n\n    宋代行鹽引，商人輸粟於邊，以引換鹽。3\n\n"
        "    3\n        同前註，頁 15。\n\n                2\n"
    )
    article = read_text(text).articles[0]
    assert list_marks(article) == ["1", "2", "3"]
    assert article.notes[2].resolves_to == "2"


def test_notes_after_one_that_is_not_recognised_are_read_and_it_is_named() -> None:
    text = (
        "The works opened.1 They closed.2 They opened again.3 They burnt.4 They are gone.5\n\n"
        "1 Okell, Salt (Port Sel: Foghorn, 1999), 5.\n2 Ibid., 8.\n"
        "3. Merrow, The Works (Port Sel: Foghorn, 2001), 9.\n4 Okell, Salt, 12.\n5 Ibid., 13.\n"
    )
    publication = read_text(text)
    assert [note.number for note in publication.articles[0].notes] == ["1", "2", "4", "5"]
    findings = [finding for finding in publication.findings if finding.kind == "missing-note"]
    assert [finding.message.en for finding in findings] == [
        "Line 1: mark 3 leads to no note of this article; it stays in the text."
    ]


def test_notes_that_begin_with_a_law_report() -> None:
    text = (
        "Pilots owe a duty.1 In Okell v. Board,2 it was denied.3\n\n"
        "1 42 U.S.C. § 1983.\n2 347 U.S. 483 (1954).\n3 Id. at 490.\n"
    )
    article = read_text(text).articles[0]
    assert list_marks(article) == ["1", "2", "3"]
    assert article.notes[2].resolves_to == "2"


NOTES = ("林知遠，《鹽鐵》，頁 12。", "同上，頁 5。", "王雨，《海》，頁 8。")


@pytest.mark.parametrize("as_markdown", [False, True])
@pytest.mark.parametrize(
    ("mark", "opening"),
    [("[R{}]", "[R{}] "), ("[#{}]", "[#{}] "), ("#{}", "#{} "), ("**{}**", "{}. ")],
)
def test_labels_of_no_known_form_are_named(mark: str, opening: str, as_markdown: bool) -> None:
    marks = [mark.format(number) for number in (1, 2, 3)]
    notes = [opening.format(number) + text for number, text in enumerate(NOTES, 1)]
    text = "鹽稅起於漢代{}。唐代又有榷鹽{}，至清不廢{}。\n\n".format(*marks) + "\n\n".join(notes)
    publication = read_text(text, as_markdown=as_markdown)
    assert [finding.kind for finding in publication.findings if "unread" in finding.kind] == [
        "unread-notes"
    ]


@pytest.mark.parametrize(
    ("mark", "opening"),
    [
        ("➀➁➂", "➀➁➂"),
        ("⓵⓶⓷", "⓵⓶⓷"),
        ("⒈⒉⒊", "⒈⒉⒊"),
        ("【一】【二】【三】", "【一】【二】【三】"),
        ("〖1〗〖2〗〖3〗", "〖1〗〖2〗〖3〗"),
        ("[fn:1][fn:2][fn:3]", "[fn:1][fn:2][fn:3]"),
        ("（原註1）（原註2）（原註3）", "原註1：原註2：原註3："),
        ("[1][2][3]", "* [1] * [2] * [3] "),
    ],
)
def test_rare_forms_are_read(mark: str, opening: str) -> None:
    width, opening_width = len(mark) // 3, len(opening) // 3
    marks = [mark[index * width :][:width] for index in range(3)]
    openings = [opening[index * opening_width :][:opening_width] for index in range(3)]
    notes = [label + text for label, text in zip(openings, NOTES, strict=True)]
    text = "鹽稅起於漢代{}。唐代又有榷鹽{}，至清不廢{}。\n\n".format(*marks) + "\n".join(notes)
    article = read_text(text).articles[0]
    assert [note.text for note in article.notes] == [*NOTES]
    assert len(list_marks(article)) == 3


@pytest.mark.parametrize("form", ["[{}]", "①②③", "（{}）", "註{}"])
@pytest.mark.parametrize("as_markdown", [False, True])
def test_tags_around_marks_are_no_text(form: str, as_markdown: bool) -> None:
    labels = [form.format(number) if "{}" in form else form[number - 1] for number in (1, 2, 3)]
    marks = [f"<sup>{label}</sup>" for label in labels]
    sentence = "鹽稅起於漢代{}。唐代又有榷鹽{}，至清不廢{}。"
    notes = [f"{label} {text}" for label, text in zip(labels, NOTES, strict=True)]
    text = "\n\n".join([sentence.format(*marks), *notes])
    article = read_text(text, as_markdown=as_markdown).articles[0]
    assert list_texts(article) == [sentence.format("", "", "")]
    assert list_marks(article) == ["1", "2", "3"]


@pytest.mark.parametrize("as_markdown", [False, True])
def test_carets_before_numbers_mark_notes(as_markdown: bool) -> None:
    body = "The harbour opened in 1900.^1 It closed, 2^10 days later.^2"
    notes = "^1 Orme, *Silting*, 4.\n\n^2 Ibid.\n"
    text = f"鹽場與燈塔\n\n林望舒\n\n一、緣起\n\n{body}\n\n{notes}"
    article = read_text(text, as_markdown=as_markdown).articles[0]
    assert list_marks(article) == [note.number for note in article.notes] == ["1", "2"]
    assert list_texts(article)[-1] == "The harbour opened in 1900. It closed, 2^10 days later."
