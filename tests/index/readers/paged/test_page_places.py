"""Tests that paged text knows its pages: by form feeds and by printed numbers, or not at all."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.document import Note, Paragraph, Publication
from index.page_numbers import PrintedNumber, infer_page_labels, parse_printed_numbers
from index.readers import paged
from tests.helpers.timing import measure_time

HEAD = "潮汐觀察\n\n王小明\n\n海洋研究所\n\n焦點類別：海洋\n\n壹、前言\n\n"
BODY = "這一頁的文字說明漁港與潮汐的關係，並且從頭到尾都在同一頁上，沒有任何換頁的地方。" * 3


def read_pages(pages: Sequence[str], separator: str = "\n\n") -> Publication:
    return paged.read(HEAD + separator.join(pages))


def list_paragraphs(publication: Publication) -> list[Paragraph]:
    return [
        paragraph
        for article in publication.articles
        for section in article.sections
        for paragraph in section.paragraphs
    ]


def list_notes(publication: Publication) -> list[Note]:
    return [note for article in publication.articles for note in article.notes]


def get_labels(publication: Publication) -> list[list[str]]:
    return [
        [region.label for region in paragraph.regions] for paragraph in list_paragraphs(publication)
    ]


def set_pages(numbers: Sequence[str], *, at_feet: bool) -> list[str]:
    return [
        f"第{mark}段。{BODY}\n\n{number}" if at_feet else f"{number}\n\n第{mark}段。{BODY}"
        for mark, number in zip("甲乙丙丁戊己", numbers, strict=False)
    ]


@pytest.mark.parametrize(
    "form", ["{}", "- {} -", "第 {} 頁", "Page {} of 90", "雙月刊 第 12 期　{}"]
)
@pytest.mark.parametrize("at_feet", [True, False])
def test_form_feeds_part_pages_and_running_numbers_are_their_labels(
    form: str, at_feet: bool
) -> None:
    numbers = [form.format(number) for number in range(27, 32)]
    pages = set_pages(numbers, at_feet=at_feet)
    assert get_labels(read_pages(pages, "\n\f")) == [[str(number)] for number in range(27, 32)]


@pytest.mark.parametrize("form", ["- {} -", "第 {} 頁"])
def test_without_form_feeds_numbers_at_the_feet_part_pages(form: str) -> None:
    numbers = [form.format(number) for number in range(27, 32)]
    publication = read_pages(set_pages(numbers, at_feet=True))
    assert get_labels(publication) == [[str(number)] for number in range(27, 32)]


def test_ambiguous_page_numbers_give_no_labels() -> None:
    pages = set_pages([f"- {number} -" for number in range(27, 31)], at_feet=True)
    assert get_labels(read_pages([*pages, f"末段。{BODY}"])) == [[]] * 5


@pytest.mark.parametrize("numbers", [["3", "7", "12", "20"], ["27", "28", "", ""], [""] * 4])
def test_pages_without_consecutive_numbers_have_no_label(numbers: list[str]) -> None:
    pages = set_pages(numbers, at_feet=True)
    assert get_labels(read_pages(pages, "\n\f")) == [[""]] * 4
    assert get_labels(read_pages(pages)) == [[]] * 4


def test_numbers_of_a_list_are_no_page_numbers() -> None:
    items = "\n\n".join(f"{number}\n\n短項{mark}。" for number, mark in enumerate("甲乙丙丁", 1))
    assert get_labels(read_pages([items, BODY])) == [[]] * 5


def test_paragraph_and_note_over_two_pages_have_two_regions() -> None:
    pages = [
        f"開頭是{BODY[:-1]}，而且¹\n\n¹ 王小明，〈潮汐\n\n6",
        "還沒有結束的句子。\n\n觀察〉，《海洋》，頁 3。\n\n² 又一則。\n\n7",
        f"結尾²。{BODY}\n\n8",
    ]
    publication = read_pages(pages, "\n\f")
    paragraph = list_paragraphs(publication)[0]
    first, second = paragraph.regions
    assert (first.offset, first.page, first.label) == (0, 1, "6")
    assert (second.page, second.label) == (2, "7")
    assert paragraph.text[second.offset :].startswith("還沒有結束")
    note = list_notes(publication)[0]
    assert [region.label for region in note.regions] == ["6", "7"]


def test_region_offsets_exclude_note_marks() -> None:
    pages = [f"甲¹乙²{BODY[:-1]}，還沒有", "結束³的句子。\n\n¹ 一。\n\n² 二。\n\n³ 三。"]
    paragraph = list_paragraphs(read_pages(pages, "\n\f"))[0]
    assert paragraph.text[paragraph.regions[1].offset :] == "結束的句子。"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("27", {27}),
        ("－２７－", {27}),
        ("第27頁，共90頁", {27, 90}),
        ("A Title 27", {27}),
        ("27th Session, 3.4, 3-12", set()),
        ("xiv", {14}),
        ("civil vixen", set()),
    ],
)
def test_printed_numbers_in_a_running_line_are_parsed(text: str, values: set[int]) -> None:
    assert {number.value for number in parse_printed_numbers(text)} == values


def test_numbers_without_a_constant_offset_are_no_labels() -> None:
    assert infer_page_labels([{PrintedNumber(value)} for value in (8, 31, 5)]) == ["", "", ""]


def test_two_numbers_with_a_constant_offset_leave_a_page_without_a_label() -> None:
    pages = [{PrintedNumber(page), PrintedNumber(page + 40)} for page in range(4)]
    assert infer_page_labels(pages) == [""] * 4


@given(
    first=st.integers(1, 900),
    others=st.lists(st.frozensets(st.integers(1, 999), max_size=2), min_size=3, max_size=9),
    missing=st.sets(st.integers(1, 5)),
)
def test_page_label_is_printed_or_interpolated(
    first: int, others: list[frozenset[int]], missing: set[int]
) -> None:
    pages = [
        {PrintedNumber(value) for value in page}
        | (set() if index in missing else {PrintedNumber(first + index)})
        for index, page in enumerate(others)
    ]
    labels = infer_page_labels(pages)
    offsets = [int(label) - index for index, label in enumerate(labels) if label]
    for index, label in enumerate(labels):
        if label and PrintedNumber(int(label)) not in pages[index]:
            assert int(label) - index in offsets[: offsets.index(int(label) - index) + 1]
            assert offsets.count(int(label) - index) >= 3


def test_time_is_linear() -> None:
    texts = (
        HEAD + "".join(f"風雨¹山川，\f{number}\n\n" for number in range(5_000)),
        HEAD + "".join(f"風雨山川。\n\n- {number} -\n\n" for number in range(5_000)),
    )
    seconds = measure_time(lambda: [paged.read(text) for text in texts], 1)
    assert seconds < 10  # some 4; with quadratic time far more
