"""Tests of joining references to works."""

from __future__ import annotations

import pytest

from eval.benchmarks.works import count_invented, count_issue
from index.document import Article, Note, Publication
from index.glossary.gloss import Gloss
from index.readers.notes.resolve import resolve_notes
from rag.works.counts import count_citations
from rag.works.gather import join_references, list_references, merge
from rag.works.identity import Synonyms, build_synonyms
from rag.works.model import Work
from tests.helpers.paths import ROOT


def collect(*notes: str, synonyms: Synonyms | None = None) -> tuple[Work, ...]:
    numbered = [Note(str(number), text) for number, text in enumerate(notes, 1)]
    article = Article("論渡口", notes=tuple(resolve_notes(numbered).notes))
    publication = Publication("p", "渡口", articles=(article,))
    return join_references(list_references(publication), synonyms or Synonyms())


def test_pairs_of_two_invented_issues_are_joined_rightly() -> None:
    counts = count_invented()
    assert counts.errors == []
    assert counts.same > 50


def test_pairs_of_the_real_issue_are_joined_rightly() -> None:
    files = sorted((ROOT.parent / "shared" / "corpus").glob("*.txt"))
    if not files:
        pytest.skip("needs the real issue in a folder `shared` beside the project")
    assert count_issue(files[0]).errors == []


def test_a_note_that_repeats_another_cites_its_work() -> None:
    (work,) = collect(
        "周一葦：《渡口志》，江海出版社2010年版，第45頁。", "同註1，頁50。", "同上註。"
    )
    assert [(item.note, item.repeats) for item in work.citations] == [
        ("1", ""),
        ("2", "1"),
        ("3", "1"),
    ]


def test_a_source_and_the_one_it_is_quoted_in_are_two_works() -> None:
    works = collect(
        "賈潮：《理由》，潮社2001年版，第3頁，轉引自陳安：《潮》，潮社2007年版，第145頁。"
    )
    assert [work.reference.title for work in works] == ["理由", "潮"]
    assert [work.citations[0].is_quoted for work in works] == [False, True]
    (main, _) = (work.citations[0].reference for work in works)
    assert main.quoted_in
    assert main.quoted_in.title == "潮"


def test_works_of_one_title_and_different_days_are_two() -> None:
    notes = (
        "〈社論〉，《江海晚報》，2018年3月2日，版2。",
        "〈社論〉，《江海晚報》，2018年3月9日，版2。",
    )
    assert len(collect(*notes)) == 2


def test_an_author_named_in_two_scripts_is_one_where_the_glossary_says_so() -> None:
    notes = (
        "Wen-Chung Chai, “Ferries,” *Ferry Review* 3 (2019): 4.",
        "翟文中，“Ferries,” *Ferry Review* 3 (2019): 9。",
    )
    assert len(collect(*notes)) == 2
    synonyms = build_synonyms([Gloss(("翟文中", "Wen-Chung Chai"), "name")])
    (work,) = collect(*notes, synonyms=synonyms)
    assert work.reference.authors[0].other_name in ("翟文中", "Wen-Chung Chai")


def test_a_work_has_the_fields_that_only_one_reference_prints() -> None:
    (work,) = collect(
        "郑望、唐小舟：《湖冰厚度的变化》，《湖泊研究》2015年第3期，第101页。",
        "郑望, 唐小舟. 湖冰厚度的变化[J]. 湖泊研究, 2015, 22(3): 101-109.",
    )
    assert (work.reference.volume, work.reference.pages) == ("22", "101-109")
    assert work.reference.locator == ""
    assert merge(work.reference, work.reference) == work.reference


def test_outlets_authors_and_years_are_counted() -> None:
    works = collect(
        "何橋，〈渡輪停航〉，《江海晚報》，2018年3月2日，版5。",
        "何橋，〈渡輪復航〉，《江海晚報》，2019年3月2日，版5。",
        "同註1。",
    )
    (outlet,) = count_citations(works, "outlet")
    assert (outlet.name, outlet.works, outlet.notes, outlet.articles) == ("江海晚報", 2, 3, 1)
    assert [count.name for count in count_citations(works, "year")] == ["2018", "2019"]
    assert count_citations(works, "author")[0].name == "何橋"
    assert count_citations(works, "work")[0].name == "渡輪停航"
