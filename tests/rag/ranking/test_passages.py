"""Tests of the sentences of passages and of their notes."""

from __future__ import annotations

from pathlib import Path

from index.storage.library import Library
from index.update.update import update_library
from rag.ranking.passages import PassageLoader
from tests.helpers.hashing_encoder import HashingEncoder

TEXT = """# 港口

港口於一九三二年關閉。[^1]漁船遷往北港。[^2]新閘門由省府出資。[^3]

[^1]: 王小明，《港口史》，頁 3。
[^2]: 同註 1。
[^3]: 同註 9。
"""


def test_a_reference_to_another_note_is_one_where_that_note_is_missing_too(tmp_path: Path) -> None:
    (file := tmp_path / "harbour.md").write_text(TEXT, encoding="utf-8")
    update_library(tmp_path / "library", add=[file], encoder=HashingEncoder())
    with Library.open(tmp_path / "library") as library:
        loader = PassageLoader(library)
        (passage,) = loader.load([0])
        sentences = loader.load_sentences(passage)
    notes = {item.ref.note: item.is_cross_reference for item in sentences if item.ref.note}
    assert notes == {"1": False, "2": True, "3": True}
