"""Tests of the user's glossary file: terms are read, and invalid lines reported by number."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import ReadError
from index.glossary.user_file import ParsedGlossary, parse_glossary, read_glossary


def read(folder: Path, text: str) -> ParsedGlossary:
    path = folder / "terms.txt"
    path.write_text(text, encoding="utf-8")
    return read_glossary(path)


def test_terms_are_separated_by_equals_signs_or_tabs(tmp_path: Path) -> None:
    text = (
        "\ufeff# mine\n\n"
        "磋商機制 = consultation mechanism; MMCA\n"
        "引水人＝pilot；harbour pilot   # ashore\n"
        "夜航\tnight sailing\t# section 2\n"
    )
    entries = read(tmp_path, text)
    assert entries.faults == ()
    assert [gloss.forms for gloss in entries.glosses] == [
        ("磋商機制", "consultation mechanism", "MMCA"),
        ("引水人", "pilot", "harbour pilot"),
        ("夜航", "night sailing"),
    ]
    assert [gloss.line for gloss in entries.glosses] == [3, 4, 5]


@pytest.mark.parametrize(
    "line",
    ["磋商機制", "磋商機制 =", "= pilot", "pilot = PILOT", "引水人 = ！？", f"引水人 = {'x' * 300}",
     "引水人 = pi\x07lot", "a = " + "; ".join(f"b{n}" for n in range(20))],
)  # fmt: skip
def test_invalid_line_is_reported_by_number(tmp_path: Path, line: str) -> None:
    entries = read(tmp_path, f"夜航 = night sailing\n{line}\n")
    assert [gloss.forms for gloss in entries.glosses] == [("夜航", "night sailing")]
    (fault,) = entries.faults
    assert "line 2: " in fault.en
    assert "第 2 行：" in fault.zh
    assert "\n" not in fault.en + fault.zh


def test_duplicate_entries_are_merged(tmp_path: Path) -> None:
    assert len(read(tmp_path, "夜航 = night sailing\nNight Sailing = 夜航\n").glosses) == 1


def test_missing_binary_or_large_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "terms.txt"
    with pytest.raises(ReadError, match=r"terms\.txt"):
        read_glossary(path)
    path.write_bytes("夜航 = night\n引水".encode() + "引水".encode("big5"))
    with pytest.raises(ReadError, match="line 2: not UTF-8"):
        read_glossary(path)
    path.write_bytes(b"x" * (5 << 20))
    with pytest.raises(ReadError, match="at most 4 MB"):
        read_glossary(path)


@given(st.text(alphabet="a夜=;；\t# \n", max_size=40))
def test_every_line_gives_at_most_one_gloss_or_fault(text: str) -> None:
    entries = parse_glossary(text, "terms.txt")
    assert all(len(gloss.forms) > 1 for gloss in entries.glosses)
    assert len(entries.glosses) + len(entries.faults) <= len(text.splitlines())
