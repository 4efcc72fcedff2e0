"""References that were found as one, and prose that was found as part of one."""

from __future__ import annotations

import pytest

from index.document import Note
from index.readers.notes.resolve import resolve_notes

TOGETHER = (
    ("Ada Merrow, *Silt*, 4", "Jo Orme, *Tides* (Leeds, 1974), 9"),
    ("沈一帆，《潮與風》，頁88", "馮一娜，《沙》（香港：潮社，2002），頁19"),
)


def _list_sources(text: str) -> list[str]:
    (note,) = resolve_notes([Note("1", text)]).notes
    return [source.text for source in note.sources]


@pytest.mark.parametrize("pair", TOGETHER)
@pytest.mark.parametrize("separator", ["; ", " / ", "；"])
def test_two_references_in_a_note_are_two_sources(pair: tuple[str, str], separator: str) -> None:
    assert _list_sources(f"{separator.join(pair)}.") == [*pair]


@pytest.mark.parametrize(
    "parts",
    [
        ("沈一帆，《潮與風》，頁88", " ", "馮一娜，《沙》（香港：潮社，2002），頁19"),
        ("沈一帆《潮与风》，潮社1999年版，第22页", "。", "《海声县志》卷五，第12页"),
        ("潮社編《三十年史》（東京，1936）頁四十一", "、", "楊一帆著《沙金》頁九九"),
        ("《新界條例》（第97章）第15條", "及", "馮一娜：《沙》（香港：潮社，1995），頁44以下"),
        ("王一川. 折叠书架: 2015100.X[P]. 2015-08-12", ". ", "沈和. 慢城[N]. 海声报, 2012-05-06"),
        ("Merrow, Ada. *Silt*. Leeds: Quill, 2003", ". ", "Orme, Jo. *Tides*. Hull: Lee, 1997"),
        ("Ada Merrow, *Silt*, 4", ", citing ", "Jo Orme, “Tides,” *Coast* 3 (2001): 9"),
        (
            "Voss v. Orme, 512 F.2d 88 (1971)",
            ", relying instead on ",
            "In re Salt, 14 F.4th 2 (2021)",
        ),
        (
            "海事局. 公报[EB/OL]. (2019-01-15)[2020-02-01]. https://a.example/2018",
            ". ",
            "孟浪. 船闸: 201720001111.2[P]. 2017-11-03",
        ),
        ("福建省档案馆，档号11-7-1234", "，又载", "《海关档案选》，海声出版社1990年版，第45页"),
        ("蔣一帆，〈午砲〉，頁210-215", "，收於", "林玉山主編，《聲音》（臺北：聯潮，2011）"),
    ],
)
def test_references_are_parted_where_nothing_or_a_word_parts_them(
    parts: tuple[str, str, str],
) -> None:
    first, between, second = parts
    assert _list_sources(f"{first}{between}{second}。") == [first, second]


@pytest.mark.parametrize(
    ("reference", "prose"),
    [
        ("《香港政府憲報》，1898年6月11日，頁567", "，該條例自公布日起生效"),
        ("《德臣西報》，1898年6月13日", "稱延至七月始行"),
        ("馮一娜，《沙金集》，卷7，〈明時書帕〉", "亦有專條"),
        ("应凤凰，〈刘守宜与《文学》〉，《文讯》，第20期，页119", "，文中将创刊时间误植为1957年"),
    ],
)
def test_prose_after_a_reference_is_no_part_of_it(reference: str, prose: str) -> None:
    assert _list_sources(f"{reference}{prose}。") == [reference]


@pytest.mark.parametrize(
    ("prose", "reference"),
    [
        ("“The clerk was the state,” ", "Grace Obi, “The Clerks’ Navy,” *Ocean* 9 (2023): 12"),
        ("英文著作首推 ", "Astrid Vold, *The Herring Kings* (Bergen: Nordlys, 1999)"),
        ("The act defines “vessel” broadly, ", "33 U.S.C. § 902(21)"),
    ],
)
def test_prose_before_a_reference_is_no_part_of_it(prose: str, reference: str) -> None:
    assert _list_sources(f"{prose}{reference}; the rest is in doubt.") == [reference]


@pytest.mark.parametrize(
    ("before", "inside"),
    [
        (
            "The clerk wrote of the fog",
            "A. Orme to F. Voss, 11 Dec. 1888, box 3, Hale Papers",
        ),
        ("早川はこれを開国と呼ぶ", "早川樹『蘭と帝国』潮書林、2010年、77頁"),
    ],
)
def test_a_sentence_before_parentheses_is_no_part_of_what_is_in_them(
    before: str, inside: str
) -> None:
    assert _list_sources(f"{before} ({inside}).") == [inside]


@pytest.mark.parametrize(
    "reference",
    [
        "Orme, J.; Voss, K. (1998). *Harbour Walls* (2nd ed.). Foghorn Press. pp. 33–35",
        "“Gecko Layout Engine”. example.org. 2008. Archived on 2010-11-28. Retrieved 2012-05-10",
        "《宋史》，卷97，〈河渠志七〉，頁2397",
        "高拱，〈鑄鐘碑記〉（康熙三十五年），收入黃典權輯，《碑文集成》（南投：潮社，1994），頁3",
    ],
)
def test_one_reference_stays_one(reference: str) -> None:
    assert _list_sources(f"{reference}.") == [reference]
