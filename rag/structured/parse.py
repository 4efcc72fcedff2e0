"""Questions that the structure of a library answers, recognised by the patterns of this package."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from index.text.characters import FOLDED_HAN
from index.text.patterns import PatternTable, load_patterns
from index.text.scripts import Language, detect_language, fold
from rag.answer.model import ListingForm

_PATTERNS: dict[Language, PatternTable] = {
    "zh": load_patterns("rag.structured", "zh"),
    "en": load_patterns("rag.structured", "en"),
}
_SPACE_BESIDE_HAN = re.compile(f"(?<=[{FOLDED_HAN}《》「」]) | (?=[{FOLDED_HAN}《》「」])")
_QUOTATION_MARKS = "\"'《》〈〉「」『』“”‘’ "
_FORMS: dict[str, ListingForm] = {
    "what-is-new": "outline",
    "most-cited": "works",
    "which-is-most-cited": "works",
    "the-most-cited": "works",
    "list-notes": "notes",
    "which-notes-cite": "notes",
    "cited-in-which-notes": "notes",
    "cited-how-often": "notes",
    "cited-where": "notes",
    "notes-cite-or-not": "notes",
    "notes-have-or-not": "notes",
    "scope-cites-or-not": "notes",
    "is-cited": "notes",
    "articles-that-cite": "notes",
    "works-of": "works",
    "sources-used-by": "works",
    "list-cites": "works",
    "sources-of": "works",
    "compare": "comparison",
    "pair-says": "comparison",
    "abbreviation-of-what": "definition",
    "abbreviation-means": "definition",
    "short-for": "definition",
    "stands-for": "definition",
    "other-form": "definition",
    "abbreviated-how": "definition",
    "in-other-language": "definition",
    "explained-where": "definition",
    "mentions-how-often": "mentions",
    "mentioned-how-often": "mentions",
    "passages-that-mention": "mentions",
    "where-mentioned": "mentions",
    "scope-mentions-where": "mentions",
    "mentions-which": "mentions",
    "summarize": "outline",
    "summarize-it": "outline",
    "points-of": "outline",
    "says-what": "outline",
}
"""The patterns by name, in the order in which they are tried, with the form of the answer."""

CountedKind = Literal["outlet", "author", "work"]


@dataclass(frozen=True, slots=True)
class StructuredQuestion:
    """One way to understand a question.

    Attributes:
        form: The form of the answer.
        pattern: The name of the pattern that it matches.
        subject: What is looked for, folded; "" if nothing is.
        scope: The words that name articles or publications, folded; "" for the whole library.
        pair: The words that name two articles or authors, folded.
        counted: What is to be counted, for the most cited.
        printed_subject: The subject as the question has it.
    """

    form: ListingForm
    pattern: str
    subject: str = ""
    scope: str = ""
    pair: str = ""
    counted: CountedKind = "work"
    printed_subject: str = ""


def parse_structured_question(question: str) -> Iterator[StructuredQuestion]:
    """Yield the ways in which the structure of a library may answer a question.

    Args:
        question: The question.
    """
    language = detect_language(question)
    patterns = _PATTERNS[language]
    folded = fold(question)
    if patterns["possible-word"].search(folded) is None:
        return
    text = _normalize(folded, language)
    for name, form in _FORMS.items():
        match = patterns[name].fullmatch(text) if name in patterns else None
        if match is not None:
            groups = {
                group.removeprefix("en_"): value or "" for group, value in match.groupdict().items()
            }
            yield _build(question, language, name, form, groups)


def match_part(name: str, text: str) -> bool:
    """Return whether the whole of a part of a question matches a pattern of either language.

    Args:
        name: The name of the pattern.
        text: The part, folded.
    """
    return any(
        patterns[name].fullmatch(text) for patterns in _PATTERNS.values() if name in patterns
    )


def _build(
    question: str, language: Language, name: str, form: ListingForm, groups: dict[str, str]
) -> StructuredQuestion:
    subject = groups.get("subject", groups.get("kind", "")).strip(_QUOTATION_MARKS)
    return StructuredQuestion(
        form,
        name,
        subject,
        groups.get("scope", "").strip(),
        groups.get("pair", "").strip(),
        _classify_counted(groups.get("counted", ""), language),
        _find_as_written(question, subject),
    )


def _classify_counted(word: str, language: Language) -> CountedKind:
    patterns = _PATTERNS[language]
    if patterns["counted-outlets"].search(word):
        return "outlet"
    return "author" if patterns["counted-authors"].search(word) else "work"


def _normalize(folded: str, language: Language) -> str:
    """Return a folded question without politeness and, in Chinese, spaces beside characters."""
    text = _SPACE_BESIDE_HAN.sub("", folded.strip()) if language == "zh" else folded.strip()
    for _ in range(2):
        text = _PATTERNS[language]["politeness"].sub("", text).strip(" ,")
    return text


def _find_as_written(question: str, subject: str) -> str:
    """Return the part of a question that folds to a text; the text itself if there is none."""
    characters = [fold(character) for character in question]
    offsets = [index for index, character in enumerate(characters) for _ in character]
    start = "".join(characters).find(subject)
    if not subject or start < 0:
        return subject
    return question[offsets[start] : offsets[start + len(subject) - 1] + 1]
