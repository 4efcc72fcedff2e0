"""Tests of references by author and date, and the list of references that they lead to."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.readers import FileReading, read_with_text
from index.readers.accounting import audit_characters
from index.readers.notes.author_date import link_author_dates
from tests.helpers.note_texts import list_marks, read_text

LIST = """
## References

- Merrow, Ada. 2019. *Dry Harbour*. Port Sel: Foghorn Press.
- Orme, J., & Voss, I. (2022). The pilot's diary. Foghorn Press.
- Voss, Ina. 2021a. "Silt." *Coastal Papers* 3: 4-9.
- Voss, Ina. 2021b. "Sand." *Coastal Papers* 3: 10-12.
- Goff, Jane, and Ada Merrow. 2005. *Ships of the Sel*. Port Sel: Foghorn Press.
- Lamp, Carl. 2001. *Light*. Port Sel: Foghorn Press.

## 参考文献

沈一帆. 潮与风[M]. 海声: 海声出版社, 2019: 33.

冯一娜（2021）。泥沙与金钱。海岸学刊，3(2)，11-19。
"""


def _read(tmp_path: Path, text: str) -> FileReading:
    path = tmp_path / "harbours.md"
    path.write_text(f"# Dry Harbours\n\n{text}\n{LIST}", encoding="utf-8")
    return read_with_text(path)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Silt came back (Merrow 2019, 14).", ["Merrow 2019"]),
        ("Silt came back (see Merrow 2019; Voss 2021b, 4).", ["Merrow 2019", "Voss 2021b"]),
        ("As Merrow (2019) shows, silt came back.", ["Merrow 2019"]),
        ("Silt came back (Orme & Voss, 2022, p. 3).", ["Orme 2022"]),
        ("Silt came back (Orme et al., 2022).", ["Orme 2022"]),
        ("泥沙很快又回来（沈一帆，2019：14）。", ["沈一帆 2019"]),
        ("据冯一娜（2021）说，水又回来了。", ["冯一娜 2021"]),
        ("Silt came back (Merrow 14).", ["Merrow 2019"]),
        ("Silt came back (see Lamp, p. 3; Merrow 14–15).", ["Lamp 2001", "Merrow 2019"]),
        ("Silt came back [Merrow 2019, 14].", ["Merrow 2019"]),
        ("Silt came back (Voss 2021a; 2021b).", ["Voss 2021a", "Voss 2021b"]),
        ("Silt came back (Voss 14).", []),
        ("Silt came back (see Orme and Voss).", ["Orme 2022"]),
        ("Silt came back (Lamp).", ["Lamp 2001"]),
        ("Silt came back (LAMP).", []),
        ("Silt came back (Voss).", []),
        ("Silt came back (Merrow says 14).", []),
        ("Silt came back (Voss 2021).", []),
        ("Silt came back (Merrow 2020).", []),
        ("Silt came back (in 2019).", []),
        ("The harbour (Port Sel 2019) is dry.", []),
        ("Silt came back (Goff and Merrow 2005: 12).", ["Goff 2005"]),
    ],
)
def test_author_date_references_lead_to_entries(
    tmp_path: Path, text: str, labels: list[str]
) -> None:
    article = _read(tmp_path, text).publication.articles[0]
    paragraph = article.sections[0].paragraphs[0]
    assert paragraph.text == text
    assert [mark.note for mark in paragraph.marks] == labels
    assert {note.number for note in article.notes} == set(labels)
    assert all(note.sources[0].text in note.text for note in article.notes)


def test_every_character_of_cited_and_other_entries_is_accounted_for(tmp_path: Path) -> None:
    reading = _read(tmp_path, "Silt came back (Merrow 2019, 14).")
    audit = audit_characters(reading.text, reading.publication)
    assert audit.missing == audit.extra == {}
    others = reading.publication.articles[0].sections[1].paragraphs
    assert len(others) == 5


def test_printed_notes_stand_beside_the_list(tmp_path: Path) -> None:
    text = "Silt came back (Merrow 2019, 14).[^1]\n\n[^1]: So does Lamp (2001).\n"
    (article,) = _read(tmp_path, text).publication.articles
    assert [note.number for note in article.notes] == ["1", "Merrow 2019", "Lamp 2001"]
    assert [mark.note for mark in article.notes[0].marks] == ["Lamp 2001"]
    marks = [mark.note for mark in article.sections[0].paragraphs[0].marks]
    assert marks == ["Merrow 2019", "1"]


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        (
            "# Pilots\n\nDepth was measured (Gale 2003, 3; Gale 1999).\n\n## References\n\n"
            "Gale, Tom. 1999. Pilots. Sel: Port Press.\n\n———. 2003. Depth. Sel: Port Press.\n",
            ["Gale 2003", "Gale 1999"],
        ),
        (
            "# 漁港\n\n漁港影響魚價（林清，2003：14）。\n\n## 參考文獻\n\n"
            "林清. (2003). 漁港經濟學. 海聲出版社.\n",
            ["林清 2003"],
        ),
    ],
    ids=["dashes for the authors before", "authors of two characters"],
)
def test_entries_are_found_by_author(tmp_path: Path, text: str, labels: list[str]) -> None:
    path = tmp_path / "list.md"
    path.write_text(text, encoding="utf-8")
    (article,) = read_with_text(path).publication.articles
    assert [mark.note for mark in article.sections[0].paragraphs[0].marks] == labels
    assert {note.number for note in article.notes} == set(labels)


def test_entries_line_by_line_are_parted_where_authors_and_years_begin() -> None:
    publication = link_author_dates(
        read_text(
            "Melting Margins\n\nMargins melt (Tarrant 1921; Dent and Orr 2004, 12).\n\n"
            "References\n\nDent, A. and L. Orr (2004). Ice. Batt.\n"
            "Orr, L. (2010). “Snow,” Pell Econ. J. 4, 1–9.\n"
            "Tarrant, O. (1921). “Straw,” Pell Review 3(2), 1–19.\n"
        )
    )
    assert list_marks(publication.articles[0]) == ["Tarrant 1921", "Dent 2004"]
