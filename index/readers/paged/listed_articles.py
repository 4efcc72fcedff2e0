"""Build what both the head of an article and the contents state: titles, authors."""

from __future__ import annotations

from collections.abc import Sequence

from index.document import Article, Author
from index.readers.paged import people
from index.readers.paged.blocks import Line
from index.readers.paged.contents import ContentsRow, TableOfContents
from index.readers.publication_id import normalize_for_comparison
from index.readers.report import Report


def choose_titles(
    title: str, has_marks: bool, row: ContentsRow | None, translated_row: ContentsRow | None
) -> tuple[str, str]:
    """Return the title of an article, with the blanks that the contents print, and its translation.

    A title with marks stays as it stands above the article: the marks have their places there.

    Args:
        title: As it stands above the article.
        has_marks: Whether marks stand in it.
        row: The row of the article in the first list of the contents, if any.
        translated_row: Its row in the list in the other language, if any.
    """
    for own, other in ((row, translated_row), (translated_row, row)):
        if own and normalize_for_comparison(own.title) == normalize_for_comparison(title):
            translated = other.title if other else ""
            if normalize_for_comparison(translated) == normalize_for_comparison(title):
                translated = ""
            is_same_text = "".join(own.title.split()) == "".join(title.split())
            return own.title if is_same_text and not has_marks else title, translated
    return title, ""


def build_head_authors(text: str, line: int, romanised: str, report: Report) -> tuple[Author, ...]:
    """Return the authors of an article.

    Args:
        text: The line of their names.
        line: Where it stands in the file.
        romanised: Their names in the other list of the contents, or "".
        report: Receives what introduces and parts the names.
    """
    printed_names = people.parse_names(text)
    romanised_names = people.parse_names(romanised)
    if printed_names is None:
        return (Author(text, romanised),) if text else ()
    report.set_aside(line, printed_names.label, "label")
    return people.build_authors(
        printed_names.items, romanised_names.items if romanised_names else ()
    )


def set_contents_aside(
    table_of_contents: TableOfContents,
    row_indexes: Sequence[int | None],
    articles: Sequence[Article],
    report: Report,
) -> None:
    """Set the lines of the contents aside, except for what an article took from them.

    Args:
        table_of_contents: The contents.
        row_indexes: For each article the index of its row, if the contents list it.
        articles: In order.
        report: Receives the lines.
    """
    remaining_text = {line: line.text for line in table_of_contents.lines}
    for row_index, article in zip(row_indexes, articles, strict=True):
        row, translated_row = table_of_contents.get_rows(row_index)
        row_lines = [listed.line for listed in (translated_row, row) if listed]
        for piece in (
            article.title_translated,
            *(author.romanised for author in article.authors),
        ):
            _remove_first(piece, row_lines, remaining_text)
    for line in sorted(remaining_text, key=lambda line: line.position):
        report.set_aside(line.number, remaining_text[line], "contents")


def _remove_first(piece: str, row_lines: Sequence[Line], remaining_text: dict[Line, str]) -> None:
    """Remove a title or a name from the first of these lines that holds it."""
    for line in row_lines:
        if piece and piece in remaining_text[line]:
            remaining_text[line] = remaining_text[line].replace(piece, " ", 1)
            return
