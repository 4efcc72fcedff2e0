"""Tests of what notes cite and explain, and of the notes that they refer to."""

from __future__ import annotations

import pytest

from index.document import Note
from index.readers.notes.references import extract_urls
from index.readers.notes.resolve import resolve_notes
from tests.helpers.timing import measure_time

SMITH = "Jo Smith, “Tides at Sea,” *Harbour Review*, Vol. 3, No. 2, 2019, pp. 3-9."
LIN = "林知遠，〈潮汐與燈塔〉，《海島》，2024 年 5 月 3 日，<https://example.org/a>。"


def _resolve(*texts: str) -> tuple[Note, ...]:
    notes = [Note(str(number), text) for number, text in enumerate(texts, 1)]
    return resolve_notes(notes).notes


def _find_unresolved(*texts: str) -> list[str]:
    notes = [Note(str(number), text) for number, text in enumerate(texts, 1)]
    return [note.number for note in resolve_notes(notes).unresolved]


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("同註 1。", "1"),
        ("同註1", "1"),
        ("同註一。", "1"),
        ("同註１，頁 5。", "1"),
        ("同注 1。", "1"),
        ("同前揭註 1，頁 12-15。", "1"),
        ("前揭註 1，頁 3。", "1"),
        ("林知遠，前揭註 1，頁 3。", "1"),
        ("同前註。", "2"),
        ("同前註，頁 31。", "2"),
        ("同上註。", "2"),
        ("同上。", "2"),
        ("同前揭書，頁 4。", "2"),
        ("Ibid.", "2"),
        ("*Ibid.*", "2"),
        ("*Ibid*., p. 69.", "2"),
        ("Ibid., pp. 3–5.", "2"),
        ("Id. at 5.", "2"),
        ("*loc. cit.*", "2"),
        ("Smith, *op. cit.*, p. 4.", "2"),
        ("Jo Smith, op. cit., p. 4.", "2"),
        ("林知遠，前揭文，頁 4。", "1"),
        ("林知遠，前揭書。", "1"),
        ("林知遠，前引文，頁 4。", "1"),
        ("見上引林文，頁 4。", "1"),
        ("前引林知遠文。", "1"),
        ("See Smith 2019.", "2"),
        ("(Smith).", "2"),
        ("Smith, *supra* note 2, p. 8.", "2"),
        ("Smith, supra note 2, at 8.", "2"),
    ],
)
def test_abbreviated_note_resolves_to_an_earlier_one(text: str, target: str) -> None:
    note = _resolve(LIN, SMITH, text)[2]
    assert note.resolves_to == target
    assert note.sources == ()
    assert note.explanation == ""
    assert note.see_also == ()


@pytest.mark.parametrize(
    ("text", "see"),
    [
        ("參見註 1。", ("1",)),
        ("見註1。", ("1",)),
        ("參閱前揭註 2。", ("2",)),
        ("詳見註 1 及註 2。", ("1", "2")),
        ("參見註 1、2。", ("1", "2")),
        ("See note 1.", ("1",)),
        ("See also *supra* note 2.", ("2",)),
        ("See notes 1 and 2 above.", ("1", "2")),
        ("Cf. note 2.", ("2",)),
    ],
)
def test_see_also_notes_are_resolved(text: str, see: tuple[str, ...]) -> None:
    note = _resolve(LIN, SMITH, text)[2]
    assert note.see_also == see
    assert note.resolves_to is None
    assert note.explanation == ""
    assert note.sources == ()


@pytest.mark.parametrize(
    ("texts", "text"),
    [
        (("Ada Merrow, *Silt* (Port Sel: Foghorn, 1921), 3.", LIN), "Orme (n 1) 4."),
        ((LIN, SMITH), "沈一帆，前揭註 1，頁 3。"),
        (
            ("沈一帆：《潮》，海聲社1980年版。", "沈一帆：《風》，海聲社1985年版。"),
            "沈一帆，前揭書，頁3。",
        ),
        (
            ("A. Merrow, *Silt* (Port Sel: Foghorn, 1921).", "A. Merrow, *Mud* (1925)."),
            "Merrow, 4.",
        ),
    ],
)
def test_name_that_fits_no_note_or_several_is_unresolved(texts: tuple[str, ...], text: str) -> None:
    note = _resolve(*texts, text)[2]
    assert (note.resolves_to, note.is_unresolved) == (None, True)


@pytest.mark.parametrize(
    ("full", "short"),
    [
        ("*Tide Tables of the North* (Port Sel: Foghorn, 1921) (hereafter *TTN*).", "*TTN*, 3:14."),
        ("《港務局公報彙編》第3卷（以下簡稱《公報》），海聲社1980年版。", "《公報》第3卷，第5頁。"),
        ("Ada Merrow, *Silt* (Port Sel: Foghorn, 1921), 3.", "Merrow, 14."),
        ("Merrow, A. (2019). *Silt*. Foghorn Press.", "Merrow (2019, p. 4)."),
        ("丸岡眞一『潮』（海声社、1952年）20頁。", "丸岡前掲『潮』22頁。"),
    ],
)
def test_short_form_or_author_with_pages_means_the_work(full: str, short: str) -> None:
    note = _resolve(full, LIN, short)[2]
    assert (note.resolves_to, note.is_unresolved) == ("1", False)


def test_chains_of_references_resolve_to_the_first_note() -> None:
    notes = _resolve(LIN, "同註 1。", "同註 2，頁 3。", "*Ibid.*", "同註 4。")
    assert [note.resolves_to for note in notes] == [None, "1", "1", "1", "1"]


def test_reference_to_a_note_with_a_source_of_its_own_ends_there() -> None:
    notes = _resolve(LIN, f"同註 1；另見{LIN}", "同註 2。")
    assert notes[1].resolves_to == "1"
    assert len(notes[1].sources) == 1
    assert notes[2].resolves_to == "2"


@pytest.mark.parametrize("text", ["*Ibid.*, p. 4.", "同上，頁 4。", "同註。", "前揭書，頁 4。"])
def test_the_note_before_is_meant_whatever_it_says(text: str) -> None:
    notes = _resolve(SMITH, "風起於海，雨落於山。", text)
    assert notes[2].resolves_to == "2"


@pytest.mark.parametrize(
    "texts",
    [
        ("同註 9。",),
        ("同註 1。",),
        ("Ibid.",),
        ("同註 2。", "同註 1。"),
        ("同註 2。", "同註 3。", "同註 2。"),
        ("Unknown, *op. cit.*, p. 3.",),
        ("參見註 12。",),
    ],
)
def test_unresolvable_reference_is_reported(texts: tuple[str, ...]) -> None:
    assert "1" in _find_unresolved(*texts)
    assert _resolve(*texts)[0].resolves_to is None


def test_a_work_by_the_name_within_the_words_that_refer_to_it() -> None:
    cited = "佐藤二郎「関税の起源」『史学雑誌』第12巻第3号、1985年、33頁。"
    assert _resolve(cited, "前掲佐藤論文、35頁。")[1].resolves_to == "1"


@pytest.mark.parametrize(
    "text", ["ibid [40].", "Ibid., [40]–[42].", "Там же. С. 45.", "위의 책, 45-47쪽."]
)
def test_pages_of_a_repeated_work_explain_nothing(text: str) -> None:
    note = _resolve(SMITH, text)[1]
    assert (note.resolves_to, note.explanation) == ("1", "")


@pytest.mark.parametrize(
    "text",
    [
        "*Coastal Papers* 12, no. 3 (1999): 45. Archived at https://example.org/a.",
        "*Coastal Papers*, May 3, 1999, 45, available online at https://example.org/a.",
        "〈鹽與白銀〉，《海聲評論》，二卷一期，民國七十年三月，頁一二至一五。",
        "王大年 1999，頁 33。",
    ],
)
def test_a_reference_is_one_source_to_its_end(text: str) -> None:
    note = _resolve(text)[0]
    assert [source.text for source in note.sources] == [text.rstrip("。.")]


def test_note_with_two_sources_is_split() -> None:
    zh, en = LIN.rstrip("。"), SMITH.rstrip(".")
    for text in (f"{zh}；{en}。", f"{en}; {zh}."):
        note = _resolve(text)[0]
        assert {source.text for source in note.sources} == {zh, en}
        assert note.explanation == ""


def test_explanation_before_or_after_a_source_is_separated() -> None:
    explanation = "所謂潮差，係指高潮與低潮之差。"
    before, after = _resolve(explanation + LIN, SMITH + " " + explanation)
    for note in (before, after):
        assert len(note.sources) == 1
        assert note.explanation == explanation


def test_explanatory_note_that_names_a_treaty_has_no_source() -> None:
    explanation = "1994 年簽訂的《潮汐協定》規定，各港須設燈塔。"
    note = _resolve(explanation)[0]
    assert note.sources == ()
    assert note.explanation == explanation


def test_english_explanation_after_a_source_is_separated() -> None:
    note = _resolve(SMITH + " The tide was high that day, and nobody sailed.")[0]
    assert [source.text for source in note.sources] == [SMITH.rstrip(".")]
    assert note.explanation == "The tide was high that day, and nobody sailed."


def test_introductory_words_are_excluded_from_the_source() -> None:
    notes = _resolve("詳見，" + LIN, "See also " + SMITH, "轉引自" + LIN)
    assert [note.sources[0].text[:3] for note in notes] == ["林知遠", "Jo ", "林知遠"]
    assert all(note.explanation == "" for note in notes)


def test_title_that_contains_a_sentence_is_not_split() -> None:
    text = "林知遠，〈風來了。雨也來了！〉，《海島》，第 3 期，2020 年 4 月，頁 6。"
    note = _resolve(text)[0]
    assert [source.text for source in note.sources] == [text.rstrip("。")]


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        ("見 https://example.org/a。", ("https://example.org/a",)),
        ("<https://example.org/a_b/c.html>。", ("https://example.org/a_b/c.html",)),
        ("see https://example.org/x?a=1&b=2.", ("https://example.org/x?a=1&b=2",)),
        ("(https://example.org/x)", ("https://example.org/x",)),
        ("https://example.org/x_(y), and", ("https://example.org/x_(y)",)),
        ("HTTPS://example.org/x；http://a.example", ("HTTPS://example.org/x", "http://a.example")),
        ("ftp://example.org/x javascript:alert(1)", ()),
    ],
)
def test_urls_are_extracted_from_a_note(text: str, urls: tuple[str, ...]) -> None:
    assert extract_urls(text) == urls


def test_long_notes_take_linear_time() -> None:
    notes = [
        [piece * 5_000]
        for piece in (
            "（",
            "「a。",
            "*a* ",
            '"a',
            "同註",
            "1, ",
            "；",
            "參見註 1、",
            "<http://",
            "a,b,",
        )
    ]
    notes += [[f"同註 {number + 1}。" for number in range(1, 5_000)], ["Ibid."] * 5_000]
    assert measure_time(lambda: [_resolve(*texts) for texts in notes], 1) < 6  # some 3


@pytest.mark.parametrize(
    ("reference", "target"),
    [("前引文，頁41。", "1"), ("前揭書，頁5。", "2"), ("前引書。", "2"), ("同上，頁9。", "2")],
)
def test_an_article_cited_before_is_not_the_book_cited_last(reference: str, target: str) -> None:
    book = "周婉君，《年代》（臺北：潮社，2003），頁45。"
    assert _resolve(LIN, book, reference)[-1].resolves_to == target
    reversed_target = {"1": "2", "2": "1"}[target] if not reference.startswith("同") else "2"
    assert _resolve(book, LIN, reference)[-1].resolves_to == reversed_target


def test_a_book_is_that_of_the_note_before_where_no_article_was_cited() -> None:
    book = "周婉君，《年代》（臺北：潮社，2003），頁45。"
    assert _resolve(book, "前引文，頁41。")[-1].resolves_to == "1"
    assert _resolve(LIN, "本節沿用當時用法。", "前引書，頁41。")[-1].resolves_to == "2"
