"""Tests of items inside of web pages, as reference managers read them."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from hypothesis import given, settings

from index.references.model import Reference
from index.references.parse import parse_reference
from rag.works.formats.embedded import format_coins, list_meta_tags
from tests.helpers.references import references


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "鄭望. 湖冰[J]. 湖泊研究, 2015, 22(3): 101-109",
            {
                "rft_val_fmt": "info:ofi/fmt:kev:mtx:journal",
                "rft.genre": "article",
                "rft.atitle": "湖冰",
                "rft.jtitle": "湖泊研究",
                "rft.issue": "3",
                "rft.pages": "101-109",
                "rft.aulast": "鄭",
                "rft.aufirst": "望",
                "rft.date": "2015",
            },
        ),
        (
            "Voss, K. (2012). *Port economics*. Foghorn Press",
            {"rft.genre": "book", "rft.btitle": "Port economics", "rft.pub": "Foghorn Press"},
        ),
        (
            "謝望，〈海堤〉，《汐望晨報》，2020年5月6日，<https://example.org/a>",
            {"rft.title": "海堤", "rft.source": "汐望晨報", "rft.date": "2020-05-06"},
        ),
    ],
)
def test_coins_name_the_fields_of_each_type(text: str, expected: dict[str, str]) -> None:
    fields = {
        name: value for name, (value, *_) in parse_qs(format_coins(parse_reference(text))).items()
    }
    assert fields["ctx_ver"] == "Z39.88-2004"
    assert {name: fields.get(name) for name in expected} == expected


def test_a_page_names_its_article_in_meta_elements() -> None:
    reference = parse_reference("鄭望. 湖冰[J]. 湖泊研究, 2015, 22(3): 101-109")
    assert list_meta_tags(reference) == (
        ("citation_title", "湖冰"),
        ("citation_author", "鄭, 望"),
        ("citation_journal_title", "湖泊研究"),
        ("citation_volume", "22"),
        ("citation_issue", "3"),
        ("citation_publication_date", "2015"),
        ("citation_firstpage", "101"),
        ("citation_lastpage", "109"),
        ("citation_language", "zh"),
        ("DC.title", "湖冰"),
        ("DC.creator", "鄭, 望"),
        ("DC.source", "湖泊研究"),
        ("DC.date", "2015"),
        ("DC.language", "zh"),
    )


@given(references())
@settings(max_examples=60, deadline=None)
def test_every_reference_keeps_title_and_people(reference: Reference) -> None:
    fields = parse_qs(format_coins(reference))
    titles = {
        *fields.get("rft.title", ()),
        *fields.get("rft.atitle", ()),
        *fields.get("rft.btitle", ()),
    }
    assert reference.title in titles
    assert len(fields.get("rft.au", ())) == len(reference.authors)
    tags = list_meta_tags(reference)
    assert [value for name, value in tags if name == "citation_title"] == [reference.title]
    assert len([name for name, _ in tags if name == "citation_author"]) == len(reference.authors)
