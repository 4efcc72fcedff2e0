"""Follow-ups of structured questions: "and article 3?" asks the one before of something else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from index.text.patterns import LANGUAGES
from index.text.scripts import fold
from rag.structured.parse import (
    QUOTATION_MARKS,
    StructuredQuestion,
    find_as_written,
    list_languages,
    load_language_patterns,
    normalize_question,
)


def read_substitute(question: str) -> str:
    """Return what a follow-up puts in the place of something before; "" if it is none.

    Args:
        question: The question.

    >>> read_substitute("那第三篇呢？"), read_substitute("And those of 2019?")
    ('第三篇', '2019')
    """
    folded = fold(question)
    for language in list_languages(folded):
        pattern = load_language_patterns(language)["substitute"]
        match = pattern.fullmatch(normalize_question(folded, language))
        if match is not None:
            return (match["substitute"] if language == "zh" else match["en_substitute"]).strip()
    return ""


def list_substitutions(previous: StructuredQuestion, question: str) -> Iterator[StructuredQuestion]:
    """Yield the ways in which a follow-up may repeat a structured question of something else.

    Args:
        previous: The question before, as it was understood.
        question: The follow-up.
    """
    words = read_substitute(question)
    if not words:
        return
    year = _read_year(words)
    printed_words = find_as_written(question, words)
    if year and previous.form in ("notes", "works"):
        yield replace(previous, year=year, narrowed_by=printed_words)
    if previous.form != "comparison":
        yield replace(previous, scope=words, narrowed_by=printed_words)
    subject = words.strip(QUOTATION_MARKS)
    if previous.subject and subject:
        yield replace(
            previous,
            subject=subject,
            printed_subject=find_as_written(question, subject),
            narrowed_by="",
        )


def _read_year(words: str) -> str:
    """Return the year that words are; "" if they are anything else."""
    for language in LANGUAGES:
        match = load_language_patterns(language)["year-alone"].fullmatch(words)
        if match is not None:
            return str(match["year"] if language == "zh" else match["en_year"])
    return ""
