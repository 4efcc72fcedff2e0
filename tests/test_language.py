from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.language import fold, script, sentences, words


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("MMCA 是什麼", "zh"),
        ("MMCA 是什么？", "zh"),
        ("What is 總體國家安全觀?", "en"),
        ("Center for Something and Others 的報告說了什麼？", "zh"),
        ("第四條", "zh"),
        ("Article 4", "en"),
        ("", "en"),
    ],
)
def test_script(text: str, language: str) -> None:
    assert script(text) == language


def test_fold_is_one_form_for_all_variants() -> None:
    assert fold("臺灣 ＭＭＣＡ “著”") == fold('台湾 mmca "着"')
    assert fold("naïve") == "naive"


def cut(text: str) -> list[str]:
    return [text[a:b] for a, b in sentences(text)]


@pytest.mark.parametrize(
    "pieces",
    [
        ["他說：「走吧。」", "我們走。", "真的嗎？！", "好"],
        ["據報（甲說。乙說。）成立。", "完"],
        ["The U.S. Army left.", "It was 3.5 km away, said J. D. Smith.", "Then?"],
        ['He said "no." Then went.'.replace(" Then", "\nThen")],
        ["See Vol. 3, No. 4, pp. 5-6.", "Smith et al. disagree."],
        ["美國總統川普（Donald J. Trump）宣布。", "完。"],
    ],
)
def test_sentences(pieces: list[str]) -> None:
    pieces = [p for piece in pieces for p in piece.split("\n")]
    for glue in (" ", "\n"):
        assert cut(glue.join(pieces)) == pieces


@given(st.one_of(st.text(), st.text('甲。」（）？…. A\n1"', max_size=60)))
def test_sentences_hold_every_character(text: str) -> None:
    spans = sentences(text)
    assert "".join("".join(cut(text)).split()) == "".join(text.split())
    assert all(text[a:b] == text[a:b].strip() != "" for a, b in spans)
    assert spans == sorted(spans)


@given(st.text())
def test_words_take_any_text(text: str) -> None:
    assert all(word == word.strip() != "" for word in words(text))
