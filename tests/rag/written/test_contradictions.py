"""Tests of what a written sentence says otherwise, or more, and of words for it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.written.labelled import LabelledSet, load_labelled
from index.text.dictionary import load_dictionary
from rag.ranking.parameters import load_parameters
from rag.written.contradictions import find_contradictions
from rag.written.cues import load_cues


def list_kinds(text: str, cited: str) -> set[str]:
    parameters = load_parameters().verification
    return {kind for kind, _ in find_contradictions(text, [cited], load_dictionary(), parameters)}


@pytest.mark.parametrize(
    ("text", "cited", "kind"),
    [
        ("The council approved the new harbour.", "市議會否決了新港口。", "direction"),
        ("議會通過了修正案。", "The assembly rejected the amendment.", "direction"),
        ("The society's rules encouraged politics.", "學社章程不鼓勵參政。", "direction"),
        ("男性占多數。", "女性占多數。", "direction"),
        ("The dean overestimated the costs.", "院長低估了費用。", "direction"),
        ("The bell was proved to be a forgery.", "The bell may be a forgery.", "modality"),
        ("館長證實銅鐘是後鑄的。", "The director suspects that the bell was recast.", "modality"),
        ("The bridge has already been sold.", "鐵路局擬出售該橋。", "modality"),
        ("Papers must pay a fine.", "Papers may pay a fine.", "modality"),
        ("All farmers accept it.", "Many farmers accept it.", "scope"),
        ("Most families left.", "Of the 160 families 40 left.", "scope"),
        ("Part of the deposits was paid.", "商會墊付了全部存款。", "scope"),
        ("The port closed because of the war.", "The port closed in 1932.", "cause"),
        ("由於戰爭，港口關閉了。", "The port closed in 1932.", "cause"),
        ("The mechanics supported the foremen.", "The foremen supported the mechanics.", "role"),
        ("宋伯年指責黎敬修延誤工程。", "黎敬修指責宋伯年延誤工程。", "role"),
        ("The harbour was not opened.", "The harbour was opened.", "negation"),
        ("港口沒有開放。", "The harbour was opened.", "negation"),
        ("The brooch was later recovered.", "The brooch has never been recovered.", "negation"),
    ],
)
def test_what_is_said_otherwise_or_more_is_found(text: str, cited: str, kind: str) -> None:
    assert kind in list_kinds(text, cited)


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("The council did not approve the harbour.", "市議會否決了港口。"),
        ("Fares fell.", "票價沒有上漲，反而下降。"),
        ("The director believes that it may be a forgery.", "The bell is probably a forgery."),
        ("All ports were closed.", "No port stayed open."),
        ("He died in 1931, which ended the work.", "He died in 1931; the work ended."),
        ("宋伯年遭黎敬修指責。", "黎敬修指責宋伯年延誤工程。"),
        ("Unmarked graves were found.", "Graves without a mark were found."),
        ("未滿三十歲者更有意願。", "三十歲以下者更有意願。"),
        ("No fewer than 40 came.", "At least 40 came."),
        ("Judgments are poorly reasoned.", "判決說理不清。"),
        ("Entrance is free.", "入場不收費。"),
        ("其中產業類占多數。", "移工七十五萬人，其中產業類五十二萬人。"),
        ("Most families left.", "原有農戶一百六十戶，只剩四十戶。"),
        ("Those who do not report are fined.", "應於一月底前申報，違者處罰鍰。"),
        ("About a third are men.", "女性占百分之六十八。"),
        ("法院認為該條並不違憲。", "The court held the article constitutional."),
        ("It may stay four years at most.", "It may stay four years."),
    ],
)
def test_what_is_said_in_other_words_is_let_pass(text: str, cited: str) -> None:
    assert list_kinds(text, cited) == set()


@pytest.mark.parametrize("name", ["labelled", "contrasts"])
def test_no_sentence_contradicts_itself(name: LabelledSet) -> None:
    texts = {text for item in load_labelled("tuning", name) for text in item.cited}
    assert [text for text in texts if list_kinds(text, text)] == []


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_is_compared(first: str, second: str) -> None:
    list_kinds(first, second)


def test_every_word_is_looked_for() -> None:
    cues = load_cues()
    patterns = [*cues.patterns.values()]
    patterns += [pattern for pair in cues.opposites for pattern in (pair.first, pair.second)]
    assert not any(pattern.fullmatch("") for pattern in patterns)
