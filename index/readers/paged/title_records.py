"""Tell what stands below the title of a document or a judgment: its number, its date."""

from __future__ import annotations

from index.readers import dates
from index.text.patterns import load_patterns

_PATTERNS = load_patterns("index.readers")
_MAX_DEGREE_LINE = 300  # characters


def is_document_number(text: str) -> bool:
    """Return whether a line is nothing but the number of a document or a case (國發〔2020〕1號).

    Args:
        text: A line without blanks at its ends.
    """
    return bool(_PATTERNS["document-number"].fullmatch(text))


def is_title_record(text: str) -> bool:
    """Return whether a line is nothing but such a number or a date, in brackets or not.

    Args:
        text: A line without blanks at its ends.
    """
    if is_document_number(text):
        return True
    match = dates.find_date(text)
    return match is not None and not (
        text[: match.span.start].strip("（( ") or text[match.span.end :].strip(")） ")
    )


def is_below_title(text: str) -> bool:
    """Return whether a line is such a record, or says in brackets how a law was adopted.

    Args:
        text: A line without blanks at its ends.
    """
    return is_title_record(text) or bool(_PATTERNS["enactment"].fullmatch(text))


def is_degree_line(text: str) -> bool:
    """Return whether a line says for which degree a thesis was written (某大學碩士論文).

    Args:
        text: A line or a block.
    """
    return len(text) <= _MAX_DEGREE_LINE and bool(_PATTERNS["degree-line"].fullmatch(text))
