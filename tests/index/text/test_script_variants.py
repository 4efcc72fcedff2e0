"""Tests of regular expressions for both scripts."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text.script_variants import list_variants, match_either_script
from index.text.scripts import convert_to_simplified

CHARACTERS = "潮門門後后裡里發髮幹乾干鐘鍾钟第期頁一[]^-"


@pytest.mark.parametrize(
    ("expression", "expanded"),
    [
        ("門+", "[門门]+"),
        ("[^門]", "[^門门]"),
        ("[]門]", "[]門门]"),
        (r"\[門\]", r"\[[門门]\]"),
        ("[一-龥門]", "[一-龥門门]"),
        ("(?P<y>年)潮", "(?P<y>年)潮"),
        (r"[\u3400-\u9fff]", r"[\u3400-\u9fff]"),
    ],
)
def test_characters_are_expanded_within_and_without_classes(expression: str, expanded: str) -> None:
    assert match_either_script(expression) == expanded


@given(st.text(CHARACTERS, min_size=1), st.text(CHARACTERS))
def test_a_text_and_its_simplified_form_match_in_the_same_places(word: str, text: str) -> None:
    pattern = re.compile(match_either_script(re.escape(word)))
    spans = [match.span() for match in pattern.finditer(text)]
    assert spans == [match.span() for match in pattern.finditer(convert_to_simplified(text))]


@given(st.characters())
def test_variants_share_one_list(character: str) -> None:
    assert {list_variants(variant) for variant in list_variants(character)} == {
        list_variants(character)
    }
