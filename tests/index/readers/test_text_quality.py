"""Text whose characters are wrong is told from text."""

from __future__ import annotations

import random

import pytest

from index import readers, sample
from index.document import Article, Paragraph, Publication, Section
from index.readers.text_quality import find_suspect_text
from index.readers.warnings import list_warnings

ENGLISH = "The harbour was dredged again in the spring, and nobody counted the barges. " * 9
CHINESE = "海港在春天再次疏浚，沒有人計算駁船的數目。這是第一次由政府支付的工程。" * 9
SHIFTED = str.maketrans("abcdefghijklmnopqrstuvwxyz", "defghijklmnopqrstuvwxyzabc")
RANDOM = random.Random(1)


def make_publication(text: str) -> Publication:
    section = Section((), (Paragraph(text),))
    return Publication("0" * 12, "Tides", articles=(Article("Tides", sections=(section,)),))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(ENGLISH.translate(SHIFTED), id="shifted letters"),
        pytest.param(ENGLISH.replace("a", "\ue001").replace("e", "\ue002"), id="private use"),
        pytest.param(ENGLISH.replace("t", "\x03"), id="control characters"),
        pytest.param(CHINESE.encode().decode("latin-1"), id="UTF-8 as Latin 1"),
        pytest.param(CHINESE.encode("big5").decode("latin-1"), id="Big5 as Latin 1"),
        pytest.param(
            "“Dredging” — it’s dear. ".encode().decode("cp1252", "replace") * 30, id="cp1252"
        ),
        pytest.param(CHINESE.encode().decode("gbk", "replace"), id="UTF-8 as GBK"),
        pytest.param(
            "".join(chr(RANDOM.randrange(0x4E00, 0x9FA5)) for _ in range(500)), id="random Han"
        ),
        pytest.param(
            "".join(RANDOM.choice("bcdfghjklmnpqrstvwxz ") for _ in range(900)), id="random letters"
        ),
        pytest.param("\N{REPLACEMENT CHARACTER}" * 50 + ENGLISH, id="replacement characters"),
    ],
)
def test_garbled_text_is_suspect_and_warned_of(text: str) -> None:
    publication = make_publication(text)
    finding = find_suspect_text(publication)
    assert finding is not None
    assert "\n" not in finding.message.en
    (reported,) = list_warnings(
        Publication("0" * 12, "Tides", articles=publication.articles, findings=(finding,))
    )
    assert reported == finding.message


@pytest.mark.parametrize(
    "text",
    [
        ENGLISH,
        CHINESE,
        "",
        "Der Hafen wurde im Frühjahr ausgebaggert, größer als je zuvor. " * 9,
        "Le port a été dragué à nouveau au printemps, où l’été commença. " * 9,
        "Przystań została pogłębiona wiosną przez żeglarzy. " * 9,
        "Bến cảng được nạo vét lại vào mùa xuân năm ấy. " * 9,
        "港が春に再び浚渫された。誰も艀を数えなかった。" * 9,
        "1 | 2 | 3\n4 | 5 | 6\n" * 50,
        "int main(void) { return printf(str, len); } " * 20,
    ],
)
def test_text_is_not_suspect(text: str) -> None:
    assert find_suspect_text(make_publication(text)) is None


def test_the_sample_is_not_suspect() -> None:
    assert find_suspect_text(readers.read(sample.get_path())) is None
