"""Tests that damaged publications are read without loss: each line once, whatever was changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import sample
from index.readers import paged
from index.readers.decoding import load_text
from tests.helpers.generator import Generator, Shape, shapes
from tests.helpers.mutations import MUTATIONS, Step, describe_imbalance, mutate
from tests.helpers.printer import Printer

STEPS = st.lists(
    st.tuples(st.sampled_from(MUTATIONS), st.integers(0, 9_999), st.integers(0, 9_999)), max_size=8
)
SMALL = st.builds(
    Shape,
    seed=st.integers(0, 2**32 - 1),
    articles=st.integers(1, 3),
    sections=st.integers(1, 2),
    notes=st.integers(0, 4),
    contents=st.just(True),
    contents_translated=st.booleans(),
    english=st.booleans(),
    several_authors=st.booleans(),
    imprint=st.booleans(),
    tables=st.booleans(),
    tight=st.booleans(),
)

ROWS = "風帆與潮汐的來歷 …… 葉以汀 …… 1\n港灣裡的舊燈塔 …… 賀嵐遠 …… 13\n"
PROSE = (
    "海風自東北來，帶著鹽與泥沙，年年堆在舊港的堤外，漁"
    "人因此把船移往南岸，只留下燈塔與看守人的小屋在原處。"
)
CASES = {
    "prose above the contents": (
        f"{PROSE}\n\n目錄\n\n{ROWS}\n風帆與潮汐的來歷\n\n葉以汀\n\n風起。\n\n港灣裡的舊燈塔\n\n賀嵐遠\n\n雨落。\n"
    ),
    "contents below the title of an article": f"風帆與潮汐的來歷\n{ROWS}",
    "contents amid an article": f"{ROWS}\n風帆與潮汐的來歷\n\n風起。\n\n{ROWS}",
    "contents below a byline": f"風帆的來歷\n\n葉以汀\n\n壹、前言\n\n{ROWS}",
    "contents at the end": f"風帆與潮汐的來歷\n\n風起。\n\n港灣裡的舊燈塔\n\n雨落。\n\n{ROWS}",
    "contents amid titles": f"季刊\n\n風帆與潮汐的來歷\n\n{ROWS}\n風帆與潮汐的來歷\n\n風起。",
    "contents in place of a title": "目錄\n風帆的來歷 …… 葉以汀 …… 1\n焦點類別：海事、氣候",
    "a table of an article": f"{ROWS}\n風帆與潮汐的來歷\n\n風起。\n\n| 風 | 7 |\n| 雨 | 78 |\n",
    "a heading of contents in an article": f"{ROWS}\n風帆與潮汐的來歷\n\n目 次\n\n風起。",
    "a title in other letters": (
        "The Tide …… Ann Lee …… 1\nThe Sea …… Ann Lee …… 7\n\ntHE tIDE\n\nIt rose.\n"
    ),
    "a title of another width": f"{ROWS}海圖 AB 卷 …… 溫石 …… 20\n\n海圖ＡＢ卷\n\n風起。",
}


@pytest.mark.parametrize("text", CASES.values(), ids=CASES.keys())
def test_no_text_is_lost_or_read_twice(text: str) -> None:
    assert not describe_imbalance(text)


def test_table_in_an_article_is_not_taken_for_contents() -> None:
    publication = paged.read(CASES["a table of an article"])
    (article,) = publication.articles
    tables = [paragraph for section in article.sections for paragraph in section.paragraphs]
    assert [paragraph.text for paragraph in tables if paragraph.kind == "table"] == [
        "| 風 | 7 |\n| 雨 | 78 |"
    ]
    assert [
        paragraph.text for paragraph in publication.set_aside if paragraph.reason == "contents"
    ] == (ROWS.splitlines())


def test_title_on_the_cover_does_not_begin_the_article() -> None:
    publication = paged.read(CASES["contents amid titles"])
    assert publication.title == "季刊"
    assert [(article.title, article.page, article.line) for article in publication.articles] == [
        ("風帆與潮汐的來歷", 1, 8)
    ]


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.one_of(SMALL, shapes()), STEPS)
def test_damaged_publications_are_accounted_for(shape: Shape, steps: list[Step]) -> None:
    text = Printer(Generator(shape).publication(), shape).text()
    assert not describe_imbalance(mutate(text, steps))


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(STEPS)
def test_a_damaged_sample_is_accounted_for(steps: list[Step]) -> None:
    assert not describe_imbalance(mutate(load_text(sample.get_path()), steps))


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_a_damaged_real_issue_is_accounted_for(real_issue: Path, steps: list[Step]) -> None:
    assert not describe_imbalance(mutate(load_text(real_issue), steps))
