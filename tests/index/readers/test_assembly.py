"""What of a file becomes an article."""

from __future__ import annotations

from index.readers.assembly import assemble
from index.readers.flow import FlowBlock, FlowMark, FlowMetadata, FlowNote
from index.readers.paged.blocks import Block, Line
from index.readers.report import Report
from index.readers.signed_heads import find_signed_issue


def list_articles(*headings: str) -> list[str]:
    blocks = [
        block
        for heading in headings
        for block in (FlowBlock(heading, level=1), FlowBlock("The harbour silted up."))
    ]
    publication = assemble(blocks, (), FlowMetadata(title="Quay v. Harbour"), Report())
    return [article.title for article in publication.articles]


def test_headings_of_the_highest_level_begin_articles_unless_one_is_repeated() -> None:
    titles = ["On the Silting of Harbours", "Lanterns", "A Keeper's Diary"]
    assert list_articles(*titles) == titles
    assert list_articles("THE COURT OF AVERIL", "THE COURT OF AVERIL", "Silt") == [
        "Quay v. Harbour"
    ]


def test_commas_that_part_two_marks_are_no_text() -> None:
    marks = tuple(FlowMark(offset, index, str(index)) for index, offset in enumerate((8, 9, 13)))
    blocks = [FlowBlock("Silt", level=1), FlowBlock("It rose., and fell, too.", marks=marks)]
    notes = [FlowNote(str(number), "Merrow, 3.") for number in range(3)]
    (article,) = assemble(blocks, notes, FlowMetadata(), Report()).articles
    (paragraph,) = article.sections[0].paragraphs
    assert paragraph.text == "It rose. and fell, too."
    assert [mark.offset for mark in paragraph.marks] == [8, 8, 12]


def test_lettered_sections_below_headings_are_no_names_of_authors() -> None:
    blocks = [
        FlowBlock("Delay As Policy", level=2),
        FlowBlock("A. Strategic Silence", level=3),
        FlowBlock("The agency waits."),
        FlowBlock("Delay As Practice", level=2),
        FlowBlock("A. Quiet Remand", level=3),
        FlowBlock("The court waits."),
    ]

    def find(*further: FlowBlock) -> bool:
        listed = [*blocks, *further]
        printed = [Block((Line(1, block.text),)) for block in listed]
        return find_signed_issue(listed, printed, []) is not None

    assert find()
    assert not find(FlowBlock("B. Vacatur", level=3), FlowBlock("Both wait."))
