"""Tests of mining glosses from brackets, titles and names of publications."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import sample
from index.glossary.acronyms import find_long_form
from index.glossary.gloss import Gloss
from index.glossary.mining import extract_bracket_glosses, mine_glosses
from index.glossary.phonetics import is_romanisation, phonetic_similarity
from index.glossary.term_boundary import MiningContext, fold_characters
from index.readers import read
from index.text.dictionary import Dictionary, load_dictionary


def forms(text: str) -> list[tuple[str, ...]]:
    return list(
        extract_bracket_glosses(text, MiningContext(load_dictionary(), fold_characters(text)))
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "首個「信任建立措施」(Confidence Building Measures, CBMs)。",
            ("信任建立措施", "Confidence Building Measures", "CBMs"),
        ),
        (
            "經濟部推動再生能源憑證（Renewable Energy Certificate, REC）制度。",
            ("再生能源憑證", "Renewable Energy Certificate", "REC"),
        ),
        ("這稱為灰色地帶衝突（gray zone conflict）。", ("灰色地帶衝突", "gray zone conflict")),
        ("北約秘書長呂特（Mark Rutte）呼籲盟國。", ("呂特", "Mark Rutte")),
        ("俄軍控制東部盧甘斯克（Luhansk）的大部分。", ("盧甘斯克", "Luhansk")),
        ("製程仰賴荷蘭艾斯摩爾（ASML）的機器。", ("艾斯摩爾", "ASML")),
        ("根據國際貨幣基金（IMF）的預測。", ("國際貨幣基金", "IMF")),
        ("世界衛生組織（以下簡稱世衛）宣布疫情結束。", ("世界衛生組織", "世衛")),
        (
            "企業訓練生成式 AI (Generative artificial intelligence) 模型。",
            ("生成式 AI", "Generative artificial intelligence"),
        ),
        ("改名為「朝俄大橋(조로다리)」的橋。", ("朝俄大橋", "조로다리")),
        (
            "Taiwan's Overall Defense Concept (ODC, 整體防衛構想) was never adopted.",
            ("Overall Defense Concept", "整體防衛構想", "ODC"),
        ),
        ("Each of the lights owed a lamp levy (燈捐).", ("lamp levy", "燈捐")),
        (
            "Officials of the World Trade Organization (WTO) met.",
            ("World Trade Organization", "WTO"),
        ),
        (
            "The IMF (International Monetary Fund) lends to states.",
            ("IMF", "International Monetary Fund"),
        ),
    ],
)
def test_bracket_glosses_the_preceding_term(text: str, expected: tuple[str, ...]) -> None:
    assert [set(mined_forms) for mined_forms in forms(text)] == [set(expected)]
    assert forms(text)[0][0] == expected[0]


@pytest.mark.parametrize(
    "text",
    [
        "該條約（2024 年 6 月簽署）已生效。",
        "他在書中（頁 33-35）談到代價（兼論其限制）。",
        "受訪者多半認為太慢（僅兩成滿意），補助不足（n = 412）。",
        "新型預警機(2025)與飛彈（如圖一）。",
        "內容將西方（特別是美國）視為威脅（第八條）。",
        "*On Watch* (New York: New York Times Book Co., 1976), p. 12.",
        "電話 (02) 2331-2360",
        "不肯哭一場 (you are the hero)。",
        "The fleet sailed (see Figure 2) on Friday (May 20, 2024).",
        "Risks that everybody sees (but nobody acts on).",
        "（IMF）",
        "",
    ],
)
def test_brackets_without_a_gloss_are_ignored(text: str) -> None:
    assert forms(text) == []


def test_start_of_a_term_is_found_by_other_occurrences() -> None:
    bare = "茶農在土中埋設張力計（Tensiometer）。"
    assert forms(bare) == []
    assert forms(f"{bare}張力計每天讀一次。") == [("張力計", "Tensiometer")]


@given(st.text(alphabet="信任措施裴洛西的與在「」（）()ABMs, ;簡稱為12\n*", max_size=60))
def test_glossed_term_is_text_of_the_input(text: str) -> None:
    for term, *others in forms(text):
        assert others
        assert term in text
        assert term.strip()


@pytest.mark.parametrize(
    "text", ["(" * 20_000, "A(b" * 10_000, "信" * 20_000 + "（Trust）", "x " * 20_000 + "(AB)"]
)
def test_glosses_are_extracted_in_linear_time(text: str) -> None:
    began = time.process_time()
    forms(text)
    assert time.process_time() - began < 5


def test_long_form_of_an_acronym_is_found_in_preceding_words() -> None:
    assert (
        find_long_form("a few Confidence Building Measures", "CBMs")
        == "Confidence Building Measures"
    )
    assert find_long_form("the Voice of the Reef", "VoR") == "Voice of the Reef"
    assert find_long_form("they came. Trade Unions", "WTU") == ""
    assert find_long_form("nothing alike", "WTO") == ""


def test_phonetic_similarity_matches_names_with_characters() -> None:
    read_ = load_dictionary().readings("裴洛西莫迪")
    pelosi = [read_[character] for character in "裴洛西"]
    assert phonetic_similarity(pelosi, "Pelosi") == 1
    assert phonetic_similarity(pelosi, "Modi") < 0.5
    assert phonetic_similarity([read_[character] for character in "莫迪"], "Modi") == 1


@pytest.mark.parametrize(
    ("characters", "name", "same"),
    [
        ("赖清德", "Lai Ching-te", True),
        ("赖清德", "Lai Qingde", True),
        ("云背", "Yunpei", True),
        ("卫月", "Weiyueh", True),
        ("翟文中", "Chai Wen-Chung", True),
        ("赖清德", "Lai Ching-kuo", False),
    ],
)
def test_romanised_names_match_pinyin_or_wade_giles(characters: str, name: str, same: bool) -> None:
    read_ = load_dictionary().readings(characters)
    assert is_romanisation(name, [read_[character] for character in characters]) is same


@pytest.fixture(scope="module")
def mined() -> tuple[Gloss, ...]:
    lexicon: Dictionary = load_dictionary()
    return mine_glosses(read(sample.get_path()), lexicon)


def test_titles_names_and_terms_of_the_sample_are_mined(mined: tuple[Gloss, ...]) -> None:
    mined_glosses = {(gloss.forms, gloss.kind) for gloss in mined}
    assert (("容量因數", "Capacity Factor", "CF"), "bracket") in mined_glosses
    assert (("雲背", "Yunpei"), "name") in mined_glosses
    assert (("溫沛霖", "Pei-Lin Wen", "Wen Pei-Lin"), "name") in mined_glosses
    titles = [gloss.forms for gloss in mined if gloss.kind == "title"]
    assert any("Rebuilding Rotational Irrigation" in forms_[1] for forms_ in titles)


def test_mined_glosses_have_line_numbers_and_are_unique(mined: tuple[Gloss, ...]) -> None:
    lines = sample.get_path().read_text(encoding="utf-8").splitlines()
    for gloss in mined:
        if gloss.kind == "bracket":
            assert any(gloss.forms[1] in line for line in lines[gloss.line - 1 : gloss.line + 12])
    assert len({gloss.key for gloss in mined}) == len(mined)
