"""Notes of two series in one text: the author's or a translator's beside numbered ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from index import readers
from index.document import Publication
from index.readers.notes.numbering import DUPLICATE_SUFFIX, find_series

HEAD = "潮汐與燈塔的關係\n\n王大年\n\n壹、前言\n\n"
SMITH = "Jo Smith, *Tides* (Leeds: Quill, 2001), 3."
BETWEEN = f"""風起。{{other}}雨落。{{first}}

{{other}} 譯者按：甲說。

{{first}} {SMITH}

水退。{{second_other}}潮來。{{second}}天晴。{{third}}

{{second_other}} 譯者按：乙說。

{{second}} Ibid., 5.

{{third}} 同{{note}}，頁7。
"""
SERIES = {
    "circled": ("①", "②", "[1]", "[2]", "[3]"),
    "superscript": ("①", "②", "¹", "²", "³"),
    "sign": ("†", "‡", "¹", "²", "³"),
}


def _read(text: str, folder: Path, name: str = "a.txt") -> Publication:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return readers.read(path)


def _list_kinds(publication: Publication) -> list[str]:
    return [finding.kind for finding in publication.findings]


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
@pytest.mark.parametrize("labels", SERIES.values(), ids=SERIES)
def test_notes_of_two_series_are_counted_and_resolved_apart(
    labels: tuple[str, ...], name: str, tmp_path: Path
) -> None:
    other, second_other, first, second, third = labels
    text = BETWEEN.format(
        other=other,
        second_other=second_other,
        first=first,
        second=second,
        third=third,
        note="註1",
    )
    head = "# 潮汐\n\n## 前言\n\n" if name.endswith(".md") else HEAD
    publication = _read(head + text, tmp_path, name)
    notes = publication.articles[0].notes
    assert len(notes) == 5
    cited = next(note.number for note in notes if note.text == SMITH)
    assert [note.resolves_to for note in notes] == [None, None, None, cited, cited]
    assert "duplicate-note" not in _list_kinds(publication)


def test_a_sign_between_numbered_notes_is_not_the_note_before(tmp_path: Path) -> None:
    text = f"""Tides and Winds

Jo Smith

1. Introduction

The wind rose.¹ The rain fell.* It stopped.²

¹ {SMITH}

* A remark of the editor.

² Ibid., 5.
"""
    notes = _read(text, tmp_path).articles[0].notes
    assert [(note.number, note.resolves_to) for note in notes] == [
        ("1", None),
        ("*", None),
        ("2", "1"),
    ]


def test_a_number_that_one_series_has_twice_is_reported(tmp_path: Path) -> None:
    notes = "① 甲說。\n\n¹ 乙說。\n\n² 丙說。\n\n² 丁說。"
    publication = _read(f"{HEAD}風起。①雨落。¹天晴。²潮來。\n\n{notes}", tmp_path)
    assert _list_kinds(publication).count("duplicate-note") == 1


def test_notes_that_begin_anew_on_each_page_follow_those_of_another_form(tmp_path: Path) -> None:
    pages = [
        f"風起。①雨落。②\n\n① {SMITH}\n\n② 王大年，《沙》（臺北：潮社，2001），頁4。",
        "水退。[1]潮來。[2]\n\n[1] 同上，頁5。\n\n[2] 同上，頁7。",
        "天晴。①又雨。②\n\n① 同上，頁8。\n\n② 同上，頁9。",
    ]
    notes = _read(HEAD + "\n\n".join(pages), tmp_path).articles[0].notes
    assert [note.resolves_to for note in notes] == [None, None, "2", "2", "2", "2"]


def test_numbers_of_two_series_differ(tmp_path: Path) -> None:
    notes = "① 甲說。\n\n[1] 乙說。"
    article = _read(f"{HEAD}風起。①雨落。[1]\n\n{notes}", tmp_path).articles[0]
    assert [note.number for note in article.notes] == ["1", f"1{DUPLICATE_SUFFIX}"]


def test_notes_of_a_further_form_go_on_with_a_series_that_they_do_not_begin() -> None:
    assert find_series(["1", "2", "3"], ["a", "b", "a"]) == ["a", "a", "a"]
    assert find_series(["1", "*", "2", "†"], ["a", "b", "a", "b"]) == ["a", "b", "a", "b"]
