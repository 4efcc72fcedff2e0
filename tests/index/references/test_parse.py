"""Tests of reading sources as references with fields."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.benchmarks.references import Comparison, count_fields, load_sets
from index.references.dates import find_date
from index.references.names import parse_names
from index.references.parse import parse_reference
from tests.helpers.paths import ROOT
from tests.helpers.timing import measure_time


@pytest.fixture(scope="module")
def sets() -> dict[str, list[Comparison]]:
    return load_sets(issue_folder=ROOT.parent / "shared" / "corpus")


def test_fields_of_common_styles_are_read(sets: dict[str, list[Comparison]]) -> None:
    errors = [(item.text, item.list_errors()) for item in sets["eleven styles"]]
    assert [error for error in errors if error[1]] == []


def test_fields_of_many_styles_are_read(sets: dict[str, list[Comparison]]) -> None:
    scores = {name: count.f1 for name, count in count_fields(sets["labelled with notes"]).items()}
    assert scores["all"] > 0.95
    assert min(scores.values()) > 0.9


@pytest.mark.parametrize(
    "text",
    [
        "Ada Merrow, The Law of Tides, 44 *Sel L. Rev.* 101, 105 (1999)",
        "Ada Merrow, *The Law of Tides*, 44 *Sel L. Rev.* 101, 105 (1999)",
        "Ada Merrow, ‘The Law of Tides’ (1999) 44 *Sel L. Rev.* 101, 105",
    ],
)
def test_a_law_review_in_italics_is_the_container(text: str) -> None:
    reference = parse_reference(text)
    assert [person.name for person in reference.authors] == ["Ada Merrow"]
    assert (reference.title, reference.container) == ("The Law of Tides", "Sel L. Rev.")
    assert (reference.volume, reference.date and reference.date.year) == ("44", 1999)


def test_fields_of_the_real_issue_are_read(sets: dict[str, list[Comparison]]) -> None:
    if "real issue" not in sets:
        pytest.skip("needs the real issue in a folder `shared` beside the project")
    assert {
        item.text: item.list_errors() for item in sets["real issue"] if item.list_errors()
    } == {}


def test_a_source_quoted_in_another_has_both() -> None:
    reference = parse_reference(
        "賈潮：《理由》，《海岸》2006年第2期，轉引自陳安：《潮》，潮社2007年版，第145頁"
    )
    assert (reference.title, reference.issue) == ("理由", "2")
    assert reference.quoted_in is not None
    assert (reference.quoted_in.title, reference.quoted_in.locator) == ("潮", "145")


def test_text_of_no_field_is_kept_and_marked() -> None:
    reference = parse_reference("Minutes, 9 May 1949, box 12, folder 3, Harbour Board Archives")
    assert "title" in reference.unsure
    assert "box 12, folder 3" in " ".join(reference.rest)


def test_a_publisher_read_by_its_place_alone_is_marked() -> None:
    assert "publisher" in parse_reference("P. Brandt, Harbour Works, Foghorn, Selby, 1996").unsure


@pytest.mark.parametrize(
    ("text", "year", "month", "day"),
    [
        ("民國98年5月3日", 2009, 5, 3),
        ("昭和49・11・6", 1974, 11, 6),
        ("2010. 3. 25.", 2010, 3, 25),
        ("12 maio 1968", 1968, 5, 12),
        ("二〇一五年四月", 2015, 4, 0),
        ("Maják, 2001", 2001, 0, 0),
    ],
)
def test_dates_are_read(text: str, year: int, month: int, day: int) -> None:
    from index.readers.notes.masking import fold_widths

    candidate = find_date(fold_widths(text))
    assert candidate is not None
    assert (candidate.date.year, candidate.date.month, candidate.date.day) == (year, month, day)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("丁文、陳琳與張懋", ["丁|文", "陳|琳", "張|懋"]),
        ("Voss, Kit, and Lena Teague", ["Voss|Kit", "Teague|Lena"]),
        ("Elmo R. Holt, Jr.", ["Holt|Elmo R., Jr."]),
        ("Merrow A, Orme JB", ["Merrow|A", "Orme|JB"]),
        ("司馬望舒", ["司馬|望舒"]),
        ("［英］芬威克", ["|"]),
        ("Mayer & Holt LLP", ["|"]),
        ("van der Berg, H.", ["van der Berg|H."]),
        ("Van Evera, Stephen", ["Van Evera|Stephen"]),
        ("Stephen Van Evera", ["Van Evera|Stephen"]),
        ("Della Porta, D.", ["Della Porta|D."]),
        ("Al Gore", ["Gore|Al"]),
        ("Lee, J., Li, X. and Xu, K.-W.", ["Lee|J.", "Li|X.", "Xu|K.-W."]),
    ],
)
def test_names_are_split(text: str, names: list[str]) -> None:
    people = parse_names(text).people
    assert [f"{person.family}|{person.given}" for person in people] == names


@pytest.mark.parametrize(
    ("start", "repeated"),
    [
        ("Ostrow, ", "P."),
        ("R. Quayle, S. ", "A"),
        ("Orme, Port i morze, ", "W"),
        ("Word order in letters of pilots.", " "),
        ("最高人民法院知识产权法庭", "（"),
    ],
)
def test_what_looks_like_a_reference_over_and_over_takes_little_time(
    start: str, repeated: str
) -> None:
    text = (start + repeated * 2_000)[:1_990]
    assert measure_time(lambda: parse_reference(text), 1) < 2


@given(st.text(alphabet="Aa1 ,.:;()[]《》〈〉“”*-年第頁v編譯與", max_size=80))
def test_any_text_is_read(text: str) -> None:
    reference = parse_reference(text)
    assert reference.text == text
    for value in (reference.title, reference.container, reference.publisher):
        assert value == "" or value.replace("*", "") in text.replace("*", "")
