"""Statutes, typeset as they are printed, have their parts, chapters and articles as headings."""

from __future__ import annotations

from pathlib import Path

import pytest
import typst

from index.readers.pdf import read
from index.text.scripts import convert_to_simplified
from tests.helpers.typesetting import FONT, quote

pytestmark = pytest.mark.usefixtures("chinese_font")

SIZES = {1: 16, 2: 14, 3: 12}
LAW = (
    (0, "海岸燈塔管理法"),
    (1, "第一編　總則"),
    (2, "第一章　通則"),
    (3, "第一條"),
    (4, "為管理沿岸燈塔，維護航行安全，特制定本法。^本法未規定者，適用其他法律之規定。"),
    (4, "本法所稱主管機關：在中央為港務局；在地方為直轄市政府及縣政府。"),
    (3, "第二條之一"),
    (4, "燈塔之設置，應經主管機關許可。但臨時燈標，不在此限。"),
    (4, "前項許可，應記載設置人姓名、設置地點及燈光之射程。^"),
    (1, "第二編　罰則"),
    (2, "第一章　處罰"),
    (3, "第三條"),
    (4, "毀損燈塔者，處二年以下有期徒刑，並得令其賠償修復之費用。"),
)
CODE = (
    (0, "Harbour Lights Code"),
    (1, "Chapter 1. General Provisions"),
    (3, "§ 101. Purpose"),
    (4, "The keeper of a harbour light shall see that it burns from dusk until dawn.^"),
    (4, "No other light may be shown within a mile of it, except by order of the board."),
    (3, "§ 102. Definitions"),
    (4, "In this chapter, a light is any lamp that is shown to vessels at sea.^"),
    (1, "Chapter 2. Penalties"),
    (3, "§ 201. Damage to lights"),
    (4, "Who damages a light shall pay the cost of its repair and a fine to the board."),
)
FURTHER = {  # so that paragraphs have several lines
    "zh": "其細則由主管機關會商有關機關定之，並於公報刊登後施行；已設置之燈塔，從其舊制。",
    "en": " What the board has ordered is printed in the gazette and binds from the day after.",
}
NOTES = {
    "zh": ("立法理由見港務局公報第三卷。", "同註 1。"),
    "en": ("Board Gazette, vol. 3.", "Ibid."),
}


def typeset(lines: tuple[tuple[int, str], ...], notes: tuple[str, str], columns: int) -> bytes:
    remaining = iter(notes)
    parts = [
        f'#set page(paper: "a4", columns: {columns}, margin: 25mm, numbering: "1")',
        f'#set text(font: ("Libertinus Serif", "{FONT}"), size: 12pt)',
        "#set par(justify: true, first-line-indent: (amount: 2em, all: true))",
    ]
    for level, text in lines:
        pieces = text.split("^")
        source = f"#{quote(pieces[0])}"
        for piece in pieces[1:]:
            source += f"#footnote[#{quote(next(remaining))}]#{quote(piece)}"
        if level == 0:
            parts.append(f"#align(center, text(20pt)[*{source}*])")
        elif level in (1, 2):
            parts.append(f"#v(1em)\n#align(center, text({SIZES[level]}pt)[*{source}*])")
        else:
            parts.append(f"#par(first-line-indent: 0em)[*{source}*]" if level == 3 else source)
    return typst.compile("\n\n".join(parts).encode(), format="pdf")


@pytest.mark.parametrize("columns", [1, 2])
@pytest.mark.parametrize("language", ["zh-Hant", "zh-Hans", "en"])
def test_headings_and_paragraphs_of_a_statute(language: str, columns: int) -> None:
    lines, notes = (CODE, NOTES["en"]) if language == "en" else (LAW, NOTES["zh"])
    further = FURTHER[language[:2]]
    lines = tuple((level, text + further * (level == 4)) for level, text in lines)
    if language == "zh-Hans":
        lines = tuple((level, convert_to_simplified(text)) for level, text in lines)
        notes = convert_to_simplified(notes[0]), convert_to_simplified(notes[1])
    publication, _ = read(typeset(lines, notes, columns), Path("statute.pdf"))
    article = publication.articles[0]
    assert len(publication.articles) == 1
    assert article.title == lines[0][1]
    texts = [
        text.replace("　", " ")
        for section in article.sections
        for text in (section.heading, *(paragraph.text for paragraph in section.paragraphs))
        if text
    ]
    assert texts == [text.replace("　", " ").replace("^", "") for _, text in lines[1:]]
    levels = [level for level, _ in lines[1:] if level < 4]
    depths = [len(section.path) for section in article.sections if section.path]
    order = {level: index for index, level in enumerate(sorted(set(levels)))}
    first = depths[0]
    assert [depth - first for depth in depths] == [order[level] for level in levels]
    assert [note.text for note in article.notes] == list(notes)
    assert article.notes[1].resolves_to == "1"
