"""Publications as values that are equal where files of different formats say the same."""

from __future__ import annotations

import re

from index.document import Article, NoteMark, Publication

_CJK = "\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7a3\uff00-\uffef"
_BLANK = re.compile(rf"(?<=[{_CJK}])\s+|\s+(?=[{_CJK}])")


def list_texts(publication: Publication) -> list[object]:
    """Return all that a publication says, article by article.

    Blanks beside characters of Chinese, Japanese and Korean, and the asterisks of emphasis, are
    left out: a page does not show the one, and sets the other in italics.
    """
    return [
        *map(
            _simplify,
            (
                publication.title,
                publication.title_translated,
                publication.number,
                publication.date_printed,
                publication.publisher,
                publication.publisher_translated,
                publication.imprint,
            ),
        ),
        publication.date,
        *(_list_article(article) for article in publication.articles),
    ]


def _list_article(article: Article) -> list[object]:
    return [
        _place(article.title, article.marks),
        _simplify(article.title_translated),
        [(_simplify(author.name), _simplify(author.romanised)) for author in article.authors],
        _simplify(article.institute),
        [_simplify(topic) for topic in article.topics],
        article.page,
        *(
            (
                [_simplify(heading) for heading in section.path],
                _place(section.heading, section.marks),
                [_place(paragraph.text, paragraph.marks) for paragraph in section.paragraphs],
            )
            for section in article.sections
        ),
        *(
            (
                note.number,
                _simplify(note.text),
                [(_simplify(source.text), source.urls) for source in note.sources],
                _simplify(note.explanation),
                note.resolves_to,
                note.see_also,
                note.is_unresolved,
            )
            for note in article.notes
        ),
    ]


def _place(text: str, marks: tuple[NoteMark, ...]) -> tuple[str, list[tuple[int, str]]]:
    """Return a text, and the offsets into it of its marks."""
    places = [(len(_simplify(text[: mark.offset])), mark.note) for mark in marks]
    return _simplify(text), places


def _simplify(text: str) -> str:
    return _BLANK.sub("", text.replace("*", "")).strip()
