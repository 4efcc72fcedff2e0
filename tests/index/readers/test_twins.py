"""Tests that simplified publications are read as traditional ones are."""

from __future__ import annotations

from pathlib import Path

import pytest

from index import sample
from index.readers.decoding import load_text
from tests.helpers.paths import SHARED
from tests.helpers.twins import list_differences, print_text


def test_the_sample() -> None:
    assert list_differences(load_text(sample.get_path())) == []


def test_the_real_issue() -> None:
    files = sorted((SHARED / "corpus").glob("*.txt"))
    if not files:
        pytest.skip("needs the real issue in shared/corpus")
    assert [list_differences(load_text(file)) for file in files] == [[] for _ in files]


@pytest.mark.parametrize("number", range(12))
def test_generated_publications(number: int) -> None:
    assert list_differences(print_text(number)) == []


MARKDOWN = """---
title: 海港疏濬的代價
---

# 海港疏濬的代價

沈一帆

關鍵詞：海港、疏濬

## 第一節 研究背景

內港在二〇一九年關閉。[^1]帳目見後。[^2]表列如下。[^3]

圖 1、內港

資料來源：作者整理。

[^1]: 港務局：《港務年報》，海聲出版社，2020年版，第14頁。
[^2]: 同上註，第 45 頁。
[^3]: 馮一娜，參見前註1，頁47。
"""


def test_markdown(tmp_path: Path) -> None:
    assert list_differences(MARKDOWN, ".md") == []
