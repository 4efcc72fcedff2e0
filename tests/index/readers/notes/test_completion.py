"""References of which an author, further pages or the like stood outside what was found."""

from __future__ import annotations

import pytest

from index.document import Note
from index.readers.notes.resolve import resolve_notes


@pytest.mark.parametrize(
    ("before", "reference", "after"),
    [
        ("Der Druck ist umstritten: ", "Gerda Lohse (*Buchhandel*, S. 201)", "."),
        ("然", "楊雲萍（《南明研究與文化》，頁212）", "以為此係後人所增。"),
        ("契字散見於", "《文獻叢刊補編》第14種，頁88、91", "的抄件。"),
        ("學說上，", "吳庚、盛子龍，《行政法》，增訂十六版，三民，2020年，頁244", "。"),
        ("早期工作可參文獻：", "陈渡. 河口模型[J]. 水利学刊, 2009, 31(4): 55-63", "。"),
        ("其后为", "2016年10月30日《人民日报》第1版", "所载意见细化。"),
        ("", "同治《番禺县志》卷七《舆地略》", "；光绪《广州府志》卷十六。"),
        ("", "吉見一郎『時刻表の歴史』（鉄路書房、1999年）、第3章", "。"),
        ("", "HC Deb 14 March 1911, vol 22, cols 2010–2012", "."),
        (
            "관해서는 ",
            "정바다, 『어촌』, 부산: 파도, 2013, 15쪽",
            "과 한소금, 「염전」, 『염업』 7, 2017, 99쪽을 참고.",
        ),
        ("如", "“徐某诉河岸公司案”，江岸市法院（2015）江民终字第99号民事判决书", "。"),
    ],
)
def test_references_are_whole(before: str, reference: str, after: str) -> None:
    (note,) = resolve_notes([Note("1", before + reference + after)]).notes
    assert reference in [source.text for source in note.sources]


@pytest.mark.parametrize(
    "reference",
    [
        "Treaty of Amity between Norland and Essen, signed 4 June 1843, art. 6, 31 BFSP 902",
        "《宋会要辑稿》食货二三之八",
        "梁金訪談，大澳，2001年8月9日",
        "內政部台內營字第154833號函",
        "联合国大会第2625（XXV）号决议，1970年10月24日",
        "「在外公館報告雑纂」第3巻、外交史料館所蔵",
    ],
)
def test_references_of_rarer_kinds_are_found(reference: str) -> None:
    (note,) = resolve_notes([Note("1", f"{reference}。")]).notes
    assert [source.text for source in note.sources] == [reference]


@pytest.mark.parametrize(
    ("note", "source"),
    [
        ("该法自2004年起施行（《港口法》第十二条第二款）。", "《港口法》第十二条第二款"),
    ],
)
def test_words_beside_a_reference_are_no_part_of_it(note: str, source: str) -> None:
    (resolved,) = resolve_notes([Note("1", note)]).notes
    assert [source.text for source in resolved.sources] == [source]


def test_a_quoted_word_after_an_adverb_is_no_source() -> None:
    text = "Throughout, “the Company” means the body of 1672 and not its successor."
    (note,) = resolve_notes([Note("1", text)]).notes
    assert not note.sources
