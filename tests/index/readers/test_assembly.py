"""What of a file becomes an article."""

from __future__ import annotations

from index.readers.assembly import FlowBlock, FlowMetadata, assemble
from index.readers.report import Report


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
