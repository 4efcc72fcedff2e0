"""Tests of notes that stand on one line: ①《潮》，頁 3。②同上。"""

from __future__ import annotations

import pytest

from tests.helpers.note_texts import list_marks, read_text

SENTENCE = "鹽稅起於漢代{0}。唐代又有榷鹽{1}，至清不廢{2}。\n\n"


@pytest.mark.parametrize("as_markdown", [False, True])
@pytest.mark.parametrize("form", ["①②③", "[{}]", "〔{}〕", "（註{}）", "【{}】"])
@pytest.mark.parametrize("printed", ["{0}{1}{2}", "{0}{1}\n{2}", "{0}\n{1}{2}"])
def test_notes_on_one_line(form: str, printed: str, as_markdown: bool) -> None:
    labels = [form.format(number) if "{}" in form else form[number - 1] for number in (1, 2, 3)]
    texts = ("林知遠，《鹽鐵》，頁 12。", "同上，頁 5。", "王雨的日記。")
    notes = [label + text for label, text in zip(labels, texts, strict=True)]
    text = SENTENCE.format(*labels) + printed.format(*notes) + "\n"
    article = read_text(text, as_markdown=as_markdown).articles[0]
    assert [note.text for note in article.notes] == [*texts]
    assert list_marks(article) == ["1", "2", "3"]
    assert article.notes[1].resolves_to == "1"


def test_items_of_a_list_in_a_note_are_no_notes() -> None:
    text = SENTENCE.format("①", "②", "③") + (
        "①三策為：①官收；②商運；③民製。見《鹽鐵》，頁 12。\n②同上。①與②不同。\n③王雨的日記。\n"
    )
    notes = read_text(text).articles[0].notes
    assert [note.number for note in notes] == ["1", "2", "3"]
    assert notes[0].text.startswith("三策為：①官收；②商運")
    assert notes[1].text == "同上。①與②不同。"
