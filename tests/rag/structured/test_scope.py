"""Tests of which titles a description is found in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text.scripts import fold
from index.text.terms import analyze
from rag.structured.scope import _match_titles

WORDS = (
    *("Harbours", "harbour", "dredging", "dredged", "skies", "sky", "dying", "studies", "study"),
    *(
        "1,000",
        "1000",
        "five",
        "5",
        "U.S.",
        "USA",
        "CBMs",
        "naïve",
        "news",
        "early",
        "cost-benefit",
    ),
)
TITLES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join).map(fold)


@given(TITLES, TITLES)
def test_title_matches_if_it_has_all_terms(description: str, title: str) -> None:
    terms, title_terms = set(analyze(description)), set(analyze(title))
    assert _match_titles(description, 0.0)(title) == (bool(terms) and terms <= title_terms)


@pytest.mark.parametrize(
    ("description", "title", "is_in"),
    [
        ("港口疏浚", "論港口之疏浚", True),
        ("疏浚港口", "論港口之疏浚", False),
        ("疏浚", "港口 疏浚", True),
        ("港疏浚", "港口疏浚", True),
    ],
)
def test_chinese_title_matches_if_it_has_the_characters_in_order(
    description: str, title: str, is_in: bool
) -> None:
    assert _match_titles(fold(description), 0.0)(fold(title)) == is_in
