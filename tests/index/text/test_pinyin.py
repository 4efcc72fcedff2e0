"""Tests of Hanyu Pinyin with tone marks."""

from __future__ import annotations

import pytest

from index.text.pinyin import format_pinyin


@pytest.mark.parametrize(
    ("numbered", "marked"),
    [
        ("guo2 fang2 bu4", "guófángbù"),
        ("Bei3 jing1 Shi4", "Běijīng Shì"),
        ("Xi1 an1", "Xī'ān"),
        ("nu:3 er2", "nǚ'ér"),
        ("lu:e4", "lüè"),
        ("hou4 huai2 liu2 gui3 xiong2", "hòuhuáiliúguǐxióng"),
        ("hua1 r5", "huār"),
        ("ma5", "ma"),
        ("m2", "ḿ"),
        ("Nan2 xi1 · Pei4 luo4 xi1", "Nánxī · Pèiluòxī"),
        ("yi1 fen1 geng1 yun2 , yi1 fen1", "yīfēngēngyún, yīfēn"),
        ("ka3 la1 O K", "kǎlā O K"),
        ("", ""),
    ],
)
def test_tone_stands_on_the_vowel_that_carries_it(numbered: str, marked: str) -> None:
    assert format_pinyin(numbered) == marked
