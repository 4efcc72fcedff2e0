"""The content of publications in forms that tests compare."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from index.document import Article, NoteMark, Publication
from index.readers import read_with_text


def read_bytes(tmp_path: Path, name: str, data: bytes) -> Publication:
    """Return the publication in a file of these bytes."""
    path = tmp_path / name
    path.write_bytes(data)
    return read_with_text(path).publication


def describe(publication: Publication) -> list[Any]:
    """Return titles, headings, paragraphs and notes, with marks by the order of their notes."""
    return [_describe_article(article) for article in publication.articles]


def _describe_article(article: Article) -> Any:
    order = {note.number: index for index, note in enumerate(article.notes)}

    def places(marks: tuple[NoteMark, ...]) -> list[tuple[int, int | None]]:
        return [(mark.offset, order.get(mark.note)) for mark in marks]

    return (
        article.title,
        places(article.marks),
        [
            (
                section.path,
                places(section.marks),
                [(paragraph.text, places(paragraph.marks)) for paragraph in section.paragraphs],
            )
            for section in article.sections
        ],
        [note.text for note in article.notes],
    )
