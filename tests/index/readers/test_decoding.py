"""Tests of the loading of files: encodings, line ends, and what cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.errors import ReadError
from index.readers import read
from index.readers.decoding import load_text

TEXT = """潮汐季刊

第 12 期

本期所收的文章，都在說明燈塔與港灣的關係。
對於這些問題，我們不得不承認：風是海的信。
"""


@pytest.mark.parametrize(
    "encoding",
    [
        "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "big5", "cp950",
        "gb18030", "gbk",
    ],
)  # fmt: skip
def test_text_is_decoded_from_every_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(TEXT.encode(encoding))
    assert load_text(path) == TEXT


def test_simplified_text_in_gb18030_is_decoded(tmp_path: Path) -> None:
    text = "潮汐季刊\n\n这是关于灯塔与港湾的文章，我们对于这些问题有新的看法。\n"
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode("gb18030"))
    assert load_text(path) == text


FRENCH = "Le café fut fermé à Noël – « trop salé », dit l’élève de la marée."
GERMAN = "Die Fähre für Gäste lief aus; im Hafen “Süderöög” blieb das Öl."
JAPANESE = "港の門は閉じた。泥はすぐに戻り、カフェの主人は潮の日記を書いた。"
KOREAN = "항구의 문은 닫혔다. 진흙은 곧 돌아왔고 등대지기는 일기를 썼다."
CANTONESE = "佢哋喺港口度睇船，啲嘢嘅價錢唔啱，咁點解我哋仲嚟？"
SIMPLIFIED = "港口的门已经关了，泥沙很快又回来了；管灯塔的人写了日记。"


@pytest.mark.parametrize(
    ("text", "encoding", "name"),
    [
        (FRENCH, "cp1252", "Windows-1252"),
        (GERMAN, "cp1252", "Windows-1252"),
        ("The señor sold his caféteria in Züllich.", "latin-1", "Windows-1252"),
        (FRENCH, "mac-roman", "Mac Roman"),
        (JAPANESE, "cp932", "Shift-JIS"),
        (JAPANESE, "euc-jp", "EUC-JP"),
        (KOREAN, "euc-kr", "EUC-KR"),
        (CANTONESE, "big5hkscs", "Big5-HKSCS"),
        (SIMPLIFIED, "gb18030", "GB18030"),
        (SIMPLIFIED + KOREAN + "¹", "gb18030", "GB18030"),
        (SIMPLIFIED, "utf-16-le", "UTF-16"),
        (GERMAN, "utf-16-be", "UTF-16"),
    ],
)
def test_an_encoding_is_guessed_and_reported(
    tmp_path: Path, text: str, encoding: str, name: str
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode(encoding))
    assert load_text(path) == text
    finding = read(path).findings[0]
    assert finding.kind == "encoding"
    assert f"read as {name} (99% sure)" in finding.message.en


@pytest.mark.parametrize(
    "text", ["港口※\n\n※ 渡口在港的下游。\n", "●渡口 ○港口 ◎\n", "│港│渡│\n├─┼─┤\n", "☆本刊★\n"]
)
@pytest.mark.parametrize("encoding", ["gb18030", "cp950"])
def test_short_texts_with_signs_are_decoded(tmp_path: Path, text: str, encoding: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode(encoding))
    assert load_text(path) == text


def test_uncertain_encoding_is_reported_with_advice(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("潮汐\n".encode("gbk"))
    finding = read(path).findings[0]
    assert finding.kind == "unsure-encoding"
    assert "save it as UTF-8" in finding.message.en


def test_damaged_utf8_is_not_taken_for_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "damaged.txt"
    path.write_bytes(f"{GERMAN}\n{FRENCH}".encode().replace(b"\xc3\xa8", b"\xc3"))
    assert "not UTF-8 text" in _read_error(path)


def test_line_ends_become_newlines(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("風\r\n雨\r雲\n".encode())
    assert load_text(path) == "風\n雨\n雲\n"


def _read_error(path: Path) -> str:
    with pytest.raises(ReadError) as error:
        read(path)
    message = error.value.message
    assert path.name in message.en
    assert path.name in message.zh
    assert message.en != message.zh
    assert "\n" not in message.en + message.zh
    return message.en


@pytest.mark.parametrize("content", [b"", b" \n\t\n", b"\xef\xbb\xbf"])
def test_empty_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "empty.txt"
    path.write_bytes(content)
    assert "no text" in _read_error(path)


@pytest.mark.parametrize(
    "content", [b"\x00\x01\x02\x03" * 40, b"%PDF\x00\xff\xfe\x00\x01" * 9, b"a\x01\x02\x03b" * 9]
)
def test_binary_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "data.txt"
    path.write_bytes(content)
    assert "this is no text" in _read_error(path)


def test_damaged_text_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "damaged.txt"
    path.write_bytes(b"The tide\nrose \xff\xff\xff\xff\n")
    assert "line 2" in _read_error(path)


@pytest.mark.parametrize("name", ["a.pdf", "a.docx"])
def test_text_with_the_ending_of_another_format_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(TEXT, encoding="utf-8")
    assert f"this file is not what its ending {path.suffix} says" in _read_error(path)


@pytest.mark.parametrize("name", ["a.pptx", "a"])
def test_unsupported_file_is_refused_with_supported_suffixes(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(TEXT, encoding="utf-8")
    message = _read_error(path)
    assert ".txt" in message
    assert ".md" in message
