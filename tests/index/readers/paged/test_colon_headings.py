"""Tests of headings that end in a colon, and of introductions that have the number 0."""

from __future__ import annotations

import pytest

from tests.helpers.note_texts import list_texts, read_text


def _list_headings(text: str) -> list[str]:
    article = read_text(f"Harbour Report\n\nAda Okell\n\n{text}\n").articles[0]
    return [section.heading for section in article.sections if section.path]


@pytest.mark.parametrize(
    ("text", "headings"),
    [
        (
            "What Divers Found:\n\nSilt closed the port.\n\nWhat They Advise:\n\nDredge.",
            ["What Divers Found:", "What They Advise:"],
        ),
        ("Summary:\n\nSilt closed the port.", ["Summary:"]),
        ("結論：\n\n泥沙封閉了港口。", ["結論："]),
        ("0 引言\n\n港口淤塞。\n\n1 疏浚\n\n疏浚無效。", ["0 引言", "1 疏浚"]),
    ],
)
def test_headings_are_found(text: str, headings: list[str]) -> None:
    assert _list_headings(text) == headings


@pytest.mark.parametrize(
    "text",
    [
        "Dear Sirs:\n\nSilt closed the port.",
        "The Pilot:\n\nIt is silt.\n\nA Clerk:\n\nIs it?\n\nThe Pilot:\n\nIt is.",
        "We Need Two Things:\n\n1. Rope.\n\nAnd Two More:\n\n(a) Oil.",
        "0 degrees are rare\n\nSilt closed the port.",
    ],
)
def test_other_lines_stay_text(text: str) -> None:
    assert _list_headings(text) == []


def test_a_name_over_notes_is_no_heading() -> None:
    article = read_text("Harbour Report\n\nSilt came.[1]\n\nNotes:\n\n[1] In 1811.\n").articles[0]
    assert list_texts(article) == ["Silt came."]
    assert [section.path for section in article.sections] == [()]
