"""Characters: numerals in every form, brackets, widths, bigrams; and the word lists."""

from __future__ import annotations

import re

import pytest

from index.text import characters
from index.text.characters import (
    BRACKETS,
    HAN,
    HANGUL,
    KANA,
    contains_han,
    join_bigrams,
    join_terms,
    measure_width,
    parse_number,
    split_bigrams,
)
from index.text.word_lists import abbreviation_expression, load_abbreviations, load_stop_words


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("", 0), ("7", 7), ("０８７", 87), ("〇", 0), ("二〇二五", 2025), ("二○二五", 2025)),
        *(("十", 10), ("十二", 12), ("二十", 20), ("二十三", 23), ("廿", 20), ("卅一", 31)),
        *(("百", 100), ("一百零五", 105), ("三千二百", 3200), ("兩千", 2000), ("两万", 20_000)),
        *(("参", 3), ("參", 3), ("貳拾", 20), ("拾壹", 11)),
        *(("1.9億", 190_000_000), ("3千", 3000), ("万", 10_000), ("一億三千萬", 130_000_000)),
    ],
)
def test_numerals_of_any_form_are_parsed(text: str, value: int) -> None:
    assert parse_number(text) == value


def test_brackets_are_pairs_and_their_subsets_agree() -> None:
    for subset in (
        characters.SENTENCE_BRACKETS,
        characters.PARAGRAPH_BRACKETS,
        characters.REFERENCE_BRACKETS,
    ):
        assert subset.items() <= BRACKETS.items()
    assert BRACKETS["「"] == "」"
    assert len(set(BRACKETS.values())) == len(BRACKETS)


def test_ranges_do_not_overlap() -> None:
    for character in "港㐀々〇豈𠀀":
        assert re.fullmatch(f"[{HAN}]", character)
        assert not re.fullmatch(f"[{KANA}{HANGUL}]", character)
    assert re.fullmatch(f"[{KANA}]+", "ひらカナー")
    assert not re.fullmatch(f"[{KANA}]", "・")
    assert re.fullmatch(f"[{HANGUL}]+", "항만")
    assert contains_han("the 港口")
    assert not contains_han("the harbour ・ひ")


def test_width_counts_full_width_characters_twice() -> None:
    assert measure_width("港口 ab，항") == 4 + 1 + 2 + 2 + 1


@pytest.mark.parametrize("word", ["港", "港口", "港口管理局"])
def test_bigrams_are_joined_to_the_word_that_they_come_from(word: str) -> None:
    assert join_bigrams(split_bigrams(word)) == word
    assert join_terms(split_bigrams(word)) == word


def test_words_are_joined_by_blanks() -> None:
    assert join_terms(["harbour", "master"]) == "harbour master"


def test_words_of_several_uses_are_in_each_list() -> None:
    assert "的" in load_stop_words("zh", "terms") & load_stop_words("zh", "translation")
    assert "什么" in load_stop_words("zh", "translation") - load_stop_words("zh", "boundary")
    assert load_stop_words("zh", "never-inside") <= load_stop_words("zh", "boundary")
    assert "the" in load_stop_words("en", "terms")
    assert not any(word.endswith((":", ",")) for word in load_stop_words("zh", "translation"))
    assert "Mr" in load_abbreviations("line-end") <= load_abbreviations("note")
    assert re.fullmatch(abbreviation_expression("note"), "e.g")
    with pytest.raises(KeyError):
        load_stop_words("en", "no-such-use")
