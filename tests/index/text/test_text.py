from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import snowballstemmer
from hypothesis import given
from hypothesis import strategies as st

from index.text.scripts import convert_to_simplified, detect_language, fold
from index.text.sentences import split_sentences
from index.text.terms import analyze
from tests.helpers.timing import measure_time


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
def test_main_language_is_detected(text: str, language: str) -> None:
    assert detect_language(text) == language


def test_fold_maps_variants_to_one_form() -> None:
    assert fold("臺灣 ＭＭＣＡ “著”") == fold('台湾 mmca "着"')
    assert fold("naïve") == "naive"
    assert fold("\ud800臺\0") == "台\0"


def test_text_is_converted_to_simplified_script() -> None:
    assert convert_to_simplified("臺灣 MMCA 的「會議」\n") == "台湾 MMCA 的「会议」\n"
    assert convert_to_simplified("\ud800臺\0") == " 台\0"


@given(st.text(st.characters()))
def test_conversion_to_simplified_script_is_idempotent(text: str) -> None:
    once = convert_to_simplified(text)
    assert convert_to_simplified(once) == once


def split(text: str) -> list[str]:
    return [text[a:b] for a, b in split_sentences(text)]


@pytest.mark.parametrize(
    "pieces",
    [
        ["他說：「走吧。」", "我們走。", "真的嗎？！", "好"],
        ["他說「走。不走？」的時候很急。", "完"],
        ["據報（甲說。乙說。）成立。", "完"],
        ["甲成立。", "（乙說。）", "完"],
        ["《甲？乙！》一書出版；丙也是。", "完"],
        ["數據為 3.5 公里。", "美國總統川普（Donald J. Trump）宣布。", "完。"],
        ["甲、乙……等三人到場。", "丙未到。"],
        ["The U.S. Army left.", "It was 3.5 km away, said J. D. Smith.", "Then?"],
        ["He moved to the U.S. in May.", "They left the U.S.", "The rest stayed."],
        ["He said no.", "“Then go!”", "She went."],
        ["See Vol. 3, No. 4, pp. 5-6.", "Smith et al. disagree (cf. p. 7. and Fig. 2)."],
        [
            'A. Author, "Why? Because," *Journal*, May 1, 2025, <https://example.org/a?b=c.d>.',
            "Ibid.",
        ],
        ["It was founded in 1998.", "Prof. Dr. Lee et al. agree... mostly.", "Is it?"],
        ["1. The first item is this.", "2. The second is that."],
        ["Publisher: Harbour Institute", "ISSN 1234-5678", "Address: 12 Quay St., Mole", "Fax: 5"],
        [
            "ISSN 1234-5678",
            "發行人：李安",
            "總編輯：王明",
            "地 址：碼頭街十二號",
            "電話：(02) 2345-6789",
        ],
        ["He wrote: address: unknown, tel: none."],
        ["Wiring ............... Up to $6.", "Test ..... Up to $3.", "Wait...", "It ended."],
    ],
)
def test_text_is_split_into_sentences(pieces: list[str]) -> None:
    assert split("\n".join(pieces)) == pieces
    assert split(" ".join(pieces)) == pieces
    if not any("a" <= character.casefold() <= "z" for character in pieces[0]):
        assert split("".join(pieces)) == pieces


def test_punctuation_alone_is_not_a_sentence() -> None:
    assert split("甲。 。 乙。") == ["甲。 。", "乙。"]


@given(st.one_of(st.text(), st.text('甲。」（）？…. A\n1"', max_size=60)))
def test_sentences_contain_every_character(text: str) -> None:
    spans = split_sentences(text)
    assert "".join("".join(split(text)).split()) == "".join(text.split())
    assert all(text[a:b] == text[a:b].strip() != "" for a, b in spans)
    assert spans == sorted(spans)


@given(st.text())
def test_any_text_is_analyzed_into_terms(text: str) -> None:
    assert all(
        word and not any(character.isspace() for character in word) for word in analyze(text)
    )


@pytest.mark.parametrize(
    "unit", ["一", "1", "（", "「）", "1. ", ". ", "A? ", '",', "1,234,", "may "]
)
@pytest.mark.parametrize("function", [split_sentences, analyze, detect_language])
def test_time_is_linear(function: Callable[[str], object], unit: str) -> None:
    text = unit * (100_000 // len(unit))
    assert measure_time(lambda: function(text), 1) < 3  # a quadratic one takes minutes


@pytest.mark.parametrize(
    ("term", "spellings"),
    [
        (
            "5月8日",
            "5月8日|５ 月 ８ 日|五月八日|05月08日|May 8|8 May|on 8th May 2025|May 8, 2025|2025-5-8",
        ),
        ("2025", "2025年|二○二五|二〇二五年五月|民國114年|2025/5/8|May 2025|2,025"),
        ("190000000", "1.9億|1億9千萬|190 million|190,000,000|1.90 億"),
        ("15000", "一萬五千|1萬5千|15,000|1.5 萬|15 thousand"),
        ("80%", "80%|８０％|百分之八十|八成|80 percent|80 per cent"),
        ("第4条", "第四條|第4條|第 4 条|Article 4"),
        ("4项", "四項|4項|4 项"),
        ("2国", "兩國|2國"),
        ("20届", "20 屆四中|二十屆"),
        ("90天", "90天|九十天"),
        ("1990年代", "1990年代|1990s|九〇年代|90 年代|一九九〇年代"),
        ("4月3日", "4 月 2 日至 3 日|April 2-3|2–3 April"),
        ("f16", "F-16|F16|f-16"),
        ("240", "240mm|240 mm|240毫米"),
        ("10", "殲-10CE|殲 10"),
        ("15e", "15E|15e"),
        ("usa", "U.S.|US|the US's|u.s.|美中US"),
        ("uk", "U.K.|UK"),
        ("cbm", "CBMs|CBM|（ＣＢＭ）"),
        ("negoti", "negotiate|Negotiations|negotiating"),
        ("3", "three items|3 items|the 3rd"),
        ("台湾", "臺灣|台湾|台灣"),
    ],
)
def test_all_spellings_share_a_term(term: str, spellings: str) -> None:
    for spelling in spellings.split("|"):
        assert term in analyze(spelling), spelling


@pytest.mark.parametrize("text", ["四川", "統一一個", "三亞", "一些", "萬一", "百年"])
def test_digits_in_names_are_not_numbers(text: str) -> None:
    assert not any(character.isascii() for word in analyze(text) for character in word)


@pytest.mark.parametrize(
    "text", ["為什麼？", "什么", "如何", "What is the", "which of these", "哪些呢"]
)
def test_question_words_give_no_terms(text: str) -> None:
    assert analyze(text) == []


def test_chinese_text_gives_characters_and_bigrams() -> None:
    assert analyze("國家安全") == ["国", "家", "安", "全", "国家", "家安", "安全"]
    assert analyze("2025年度MMCA條約") == ["2025", "度", "mmca", "条", "约", "条约"]


@pytest.fixture
def _frequent_thread_switches() -> Iterator[None]:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("_frequent_thread_switches")
def test_threads_do_not_share_a_stemmer() -> None:
    stems = ("fathom", "harbour", "lantern", "meadow", "quarrel", "tremor", "vessel", "walnut")
    endings = ("ationally", "fulness", "ibilities", "ingly", "ization", "iveness", "ousli", "edly")
    words = [stem + ending for ending in endings for stem in stems]
    with ThreadPoolExecutor(4) as pool:
        terms = list(pool.map(analyze, words))
    assert terms == [[snowballstemmer.stemmer("english").stemWord(word)] for word in words]
