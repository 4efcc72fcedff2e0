"""Series of files: numbers and dates that only their names have."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import readers
from index.readers.series import IssueNames, parse_issue_names
from index.update.update import update_library
from tests.helpers.hashing_encoder import HashingEncoder

TEXT = "---\ntitle: {title}\n---\n\nThe ferry to the {title} sailed on time.\n"


@pytest.mark.parametrize(
    ("names", "numbers", "dates"),
    [
        (["fortnightly-87.pdf", "fortnightly-88.docx"], ["87", "88"], ["", ""]),
        (["tides-087.pdf", "tides-101.pdf"], ["87", "101"], ["", ""]),
        (["tides-3-2.pdf", "tides-4-1.pdf"], ["3-2", "4-1"], ["", ""]),
        (["第12期.docx", "第13期.docx"], ["第12期", "第13期"], ["", ""]),
        (["第十二期 海.docx", "第十三期 風.docx"], ["第十二期", "第十三期"], ["", ""]),
        (["汐望_2021年第5期.md", "汐望_2021年第6期.md"], ["第5期", "第6期"], ["2021年"] * 2),
        (["3卷2期.txt", "3卷3期.txt"], ["3卷2期", "3卷3期"], ["", ""]),
        (
            ["Vol. 3 No. 2 (2019-04).pdf", "Vol. 3 No. 3 (2019-06).pdf"],
            ["Vol. 3 No. 2", "Vol. 3 No. 3"],
            ["2019-04", "2019-06"],
        ),
        (["tides_v3n2.pdf", "tides_v3n4.pdf"], ["v3n2", "v3n4"], ["", ""]),
        (["2021-05.html", "2021-06.html"], ["", ""], ["2021-05", "2021-06"]),
        (["2021-05.html", "2021-13.html"], ["5", "13"], ["2021", "2021"]),
        (["tides 2019.epub", "tides 2020.epub"], ["", ""], ["2019", "2020"]),
        (["tides May 2021.md", "tides-june-2021.md"], ["", ""], ["May 2021", "june-2021"]),
        (
            ["tides 8 (May 2021).md", "tides 9 (June 2021).md"],
            ["8", "9"],
            ["May 2021", "June 2021"],
        ),
        (["2021 Q1.md", "2021 Q2.md"], ["", ""], ["2021 Q1", "2021 Q2"]),
        (["民國110年5月.md", "民國110年6月.md"], ["", ""], ["民國110年5月", "民國110年6月"]),
        (["Spring 2019.md", "Autumn 2019.md"], ["", ""], ["Spring 2019", "Autumn 2019"]),
    ],
)
def test_names_of_one_pattern_give_numbers_and_dates(
    names: list[str], numbers: list[str], dates: list[str]
) -> None:
    issues = parse_issue_names(names)
    assert [issues[name].number for name in names] == numbers
    assert [issues[name].date_printed for name in names] == dates


@pytest.mark.parametrize(
    "names",
    [
        ["fortnightly-87.pdf", "第12期.docx", "2021-05.html"],
        ["fortnightly-87.pdf", "fortnightly-87.docx"],
        ["report (1).pdf", "report (2).pdf"],
        ["2005.14165.pdf", "1706.03762.pdf"],
        ["scan 2021-05-03.pdf", "scan 2021-05-04 b.pdf"],
        ["harbour.md", "ferry.md"],
        ["a1b2.md", "a2b7.md", "c.md"],
    ],
)
def test_other_names_say_nothing(names: list[str]) -> None:
    assert not any(
        issue.number or issue.date_printed for issue in parse_issue_names(names).values()
    )


def test_days_are_parsed() -> None:
    issues = parse_issue_names(["20190415_news.md", "2019.5.1 news.md", "2019-02-30.md"])
    assert issues["20190415_news.md"].parsed_date == date(2019, 4, 15)
    assert issues["2019.5.1 news.md"].parsed_date == date(2019, 5, 1)
    assert issues["2019-02-30.md"].parsed_date is None


FORMS = {
    "tides-{number}": "{number}",
    "tides_{number:03}": "{number}",
    "第{number}期": "第{number}期",
    "{number} 期 港": "{number} 期",
    "Tides, No. {number}": "No. {number}",
    "vol. {number} no. 3 (draftsmen)": "vol. {number} no. 3",
    "Issue {number} {year}": "Issue {number}",
}


@given(
    st.sampled_from(sorted(FORMS)),
    st.sets(st.integers(min_value=1, max_value=999), min_size=2, max_size=9),
    st.lists(st.text(st.characters(categories=["L"]), min_size=1, max_size=9), max_size=4),
    st.sampled_from([".pdf", ".md", ".docx"]),
)
def test_numbers_are_read_back_whatever_else_is_in_the_folder(
    form: str, numbers: set[int], others: list[str], suffix: str
) -> None:
    names = {form.format(number=number, year=2001) + suffix: number for number in numbers}
    issues = parse_issue_names([*names, *(f"{other}.md" for other in others)])
    printed = {name: FORMS[form].format(number=number) for name, number in names.items()}
    assert {name: issues[name].number for name in names} == printed
    assert not any(f"{other}.md" in issues for other in others)


@given(st.lists(st.text(max_size=12), max_size=9))
def test_any_names_can_be_parsed(names: list[str]) -> None:
    issues = parse_issue_names(names)
    assert issues.keys() <= set(names)
    assert all(issue.number or issue.date_printed for issue in issues.values())


def _write(folder: Path, names: dict[str, str]) -> None:
    folder.mkdir(exist_ok=True)
    for name, title in names.items():
        (folder / name).write_text(TEXT.format(title=title), encoding="utf-8")


@pytest.mark.parametrize(
    ("folder", "names", "numbers"),
    [
        ("news", ["fortnightly-7.md", "fortnightly-8.md"], ["7", "8"]),
        ("news", ["harbour-7.md", "harbour-8.md"], ["7", "8"]),  # the publication's title
        ("fortnightly", ["7.md", "8.md"], ["7", "8"]),
        ("essays", ["paper-7.md", "paper-8.md"], ["", ""]),
        ("essays", ["7.md", "8.md"], ["", ""]),
        ("essays", ["第7期.md", "第8期.md"], ["第7期", "第8期"]),
    ],
)
def test_number_alone_counts_in_the_name_of_a_periodical(
    tmp_path: Path, folder: str, names: list[str], numbers: list[str]
) -> None:
    _write(tmp_path / folder, dict.fromkeys(names, "Harbour"))
    publications = [readers.read(tmp_path / folder / name) for name in names]
    assert [publication.number for publication in publications] == numbers
    sources = [dict(publication.metadata_sources).get("number") for publication in publications]
    assert sources == ["file-name" if number else None for number in numbers]


def test_what_the_document_says_is_kept(tmp_path: Path) -> None:
    for number in (7, 8):
        text = f"---\ntitle: Tides\ndate: 2020-01-0{number}\n---\n\nThe ferry sailed.\n"
        (tmp_path / f"Tides no. {number} (2019-05).md").write_text(text)
    publication = readers.read(tmp_path / "Tides no. 7 (2019-05).md")
    assert (publication.number, publication.date) == ("no. 7", date(2020, 1, 7))
    assert dict(publication.metadata_sources) == {
        "title": "front-matter",
        "number": "file-name",
        "date": "front-matter",
    }


def test_name_before_the_number_is_the_title_of_what_has_none(tmp_path: Path) -> None:
    for number in (7, 8):
        (tmp_path / f"Tide_Bulletin-{number}.txt").write_text("The quay\n\nThe ferry sailed.\n")
    publication = readers.read(tmp_path / "Tide_Bulletin-7.txt")
    assert (publication.title, publication.number) == ("Tide Bulletin", "7")
    assert publication.articles[0].title == "The quay"


def test_names_of_earlier_uploads_count() -> None:
    path = Path("/nowhere/第8期.md")
    assert IssueNames().get(path) is None
    issue = IssueNames(["第7期.md", "第8期.md"]).get(path)
    assert issue
    assert issue.number == "第8期"


def test_issues_of_a_library(tmp_path: Path) -> None:
    folder, library, encoder = tmp_path / "files", tmp_path / "library", HashingEncoder()
    first, second = folder / "第7期.md", folder / "第8期.md"

    def index(*files: Path) -> list[str]:
        report = update_library(library, add=files, encoder=encoder)
        changes = {"added": report.added, "replaced": report.replaced}
        lines = [f"{key} {item.number}" for key, items in changes.items() for item in items]
        return [*lines, *(f"unchanged {file.name}" for file in report.unchanged)]

    _write(folder, {first.name: "Harbour"})
    assert index(first) == ["added "]
    _write(folder, {second.name: "Ferry"})
    assert index(first, second) == ["added 第8期", "replaced 第7期"]
    assert index(first, second) == ["unchanged 第7期.md", "unchanged 第8期.md"]
    copy = tmp_path / "copies" / "第9期.md"
    _write(copy.parent, {copy.name: "Harbour", "第10期.md": "Quay"})
    assert index(copy) == ["unchanged 第9期.md"]
    renamed = first.rename(folder / "第6期.md")
    assert index(renamed, second) == ["replaced 第6期", "unchanged 第8期.md"]
    second.unlink()
    assert index(renamed) == ["unchanged 第6期.md"]


def test_publication_without_a_name_has_that_of_its_article_or_file(tmp_path: Path) -> None:
    single = tmp_path / "tea.txt"
    single.write_text("高山茶園的灌溉\n\n林可安\n\n一、水源\n\n茶園的水來自三座小水庫。\n")
    publication = readers.read(single)
    assert publication.title == publication.articles[0].title == "高山茶園的灌溉"
    assert not publication.is_titled_by_file
