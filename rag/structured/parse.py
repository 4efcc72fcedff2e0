"""Questions that the structure of a library answers, recognised by the patterns of this package."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from index.text.characters import FOLDED_HAN, contains_han, parse_number
from index.text.patterns import PatternTable, load_patterns
from index.text.scripts import Language, fold
from rag.answer.model import ListingForm

_PATTERNS: dict[Language, PatternTable] = {
    "zh": load_patterns("rag.structured", "zh"),
    "en": load_patterns("rag.structured", "en"),
}
_SPACE_BESIDE_HAN = re.compile(f"(?<=[{FOLDED_HAN}《》「」]) | (?=[{FOLDED_HAN}《》「」])")
_LATIN_WORD = re.compile("[a-z]{2}")
QUOTATION_MARKS = "\"'《》〈〉「」『』“”‘’ "
_FORMS: dict[str, ListingForm] = {
    "note-says": "notes",
    "ordinal-note-says": "notes",
    "what-is-new": "outline",
    "most-cited": "works",
    "most-cited-is": "works",
    "which-is-most-cited": "works",
    "the-most-cited": "works",
    "list-notes": "notes",
    "which-notes-cite": "notes",
    "notes-which-cite": "notes",
    "cited-in-which-notes": "notes",
    "cited-how-often": "notes",
    "cited-where": "notes",
    "where-cites": "notes",
    "notes-cite-or-not": "notes",
    "notes-have-or-not": "notes",
    "scope-cites-or-not": "notes",
    "scope-cites": "notes",
    "is-cited": "notes",
    "articles-that-cite": "notes",
    "who-cites": "notes",
    "works-of": "works",
    "sources-used-by": "works",
    "list-cites": "works",
    "sources-of": "works",
    "compare": "comparison",
    "differs-from": "comparison",
    "says-compared-with": "comparison",
    "pair-each-says": "comparison",
    "pair-says": "comparison",
    "subject-in-pair": "comparison",
    "abbreviation-of-what": "definition",
    "abbreviation-means": "definition",
    "short-for": "definition",
    "stands-for": "definition",
    "other-form": "definition",
    "what-is-form": "definition",
    "bare-form": "definition",
    "expand": "definition",
    "abbreviated-how": "definition",
    "in-other-language": "definition",
    "explained-where": "definition",
    "explains-where": "definition",
    "mentions-how-often": "mentions",
    "mentioned-how-often": "mentions",
    "how-many-places-mention": "mentions",
    "count-mentions": "mentions",
    "passages-that-mention": "mentions",
    "list-quoted": "mentions",
    "list-mentioned": "mentions",
    "where-mentioned": "mentions",
    "where-mentions": "mentions",
    "mentioned-where": "mentions",
    "scope-mentions-where": "mentions",
    "mentions-which": "mentions",
    "mentions-or-not": "mentions",
    "summarize": "outline",
    "summarize-it": "outline",
    "points-of": "outline",
    "says-what": "outline",
}
"""The patterns by name, in the order in which they are tried, with the form of the answer."""

CUES = "cues"
"""The pattern of a question that was recognised by its cue words alone."""

_STATES_NO_ABSENCE = frozenset(
    (CUES, "who-cites", "articles-that-cite", "mentions-or-not", "mentions-which", "list-mentioned")
)

CountedKind = Literal["outlet", "author", "work"]


@dataclass(frozen=True, slots=True)
class StructuredQuestion:
    """One way to understand a question.

    Attributes:
        form: The form of the answer.
        pattern: The name of the pattern that it matches.
        subject: What is looked for, folded; "" if nothing is.
        scope: The words that name articles or publications, folded; "" for the whole library.
        pair: The words that name the articles, authors or years of a comparison, folded.
        counted: What is to be counted, for the most cited.
        printed_subject: The subject as the question has it.
        year: The year of the works that are meant; "" for all.
        narrowed_by: The words of a follow-up that name its scope or year, as printed.
        note: The number of the note whose text is asked for; "" for none.
    """

    form: ListingForm
    pattern: str
    subject: str = ""
    scope: str = ""
    pair: str = ""
    counted: CountedKind = "work"
    printed_subject: str = ""
    year: str = ""
    narrowed_by: str = ""
    note: str = ""

    @property
    def named_subject(self) -> str:
        """The subject as printed, with what a follow-up narrows it by in brackets."""
        if not (self.printed_subject and self.narrowed_by):
            return self.printed_subject
        brackets = "（）" if contains_han(self.narrowed_by) else (" (", ")")
        return self.narrowed_by.join((self.printed_subject + brackets[0], brackets[1]))

    @property
    def states_absence(self) -> bool:
        """Whether it is an answer that what is looked for is not there; else a sentence answers."""
        return self.pattern not in _STATES_NO_ABSENCE

    @property
    def names_kind(self) -> bool:
        """Whether the subject is a kind of thing whose mentions are asked for: which drones."""
        return self.pattern in ("mentions-which", "list-mentioned")


def parse_structured_question(question: str) -> Iterator[StructuredQuestion]:
    """Yield the ways in which the structure of a library may answer a question.

    Args:
        question: The question.
    """
    folded = fold(question)
    for language in list_languages(folded):
        patterns = _PATTERNS[language]
        if patterns["possible-word"].search(folded) is None:
            continue
        text = normalize_question(folded, language)
        for name, form in _FORMS.items():
            match = patterns[name].fullmatch(text) if name in patterns else None
            if match is not None:
                yield _build(question, language, name, form, match.groupdict())


def list_languages(folded: str) -> list[Language]:
    """Return the languages whose patterns may match: those whose letters a question has.

    Args:
        folded: The question, folded.
    """
    has_letters = {"zh": contains_han(folded), "en": _LATIN_WORD.search(folded) is not None}
    return [language for language in _PATTERNS if has_letters[language]]


def load_language_patterns(language: Language) -> PatternTable:
    """Return the patterns of questions in one language.

    Args:
        language: The language.
    """
    return _PATTERNS[language]


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
    question: str,
    language: Language,
    name: str,
    form: ListingForm,
    matched: dict[str, str | None],
) -> StructuredQuestion:
    groups = {group.removeprefix("en_"): value or "" for group, value in matched.items()}
    subject = groups.get("subject", groups.get("kind", "")).strip(QUOTATION_MARKS)
    return StructuredQuestion(
        form,
        name,
        subject,
        (groups.get("scope") or groups.get("whole", "")).strip(),
        f"{groups.get('pair', '')} {groups.get('other', '')}".strip(),
        _classify_counted(groups.get("counted", ""), language),
        find_as_written(question, subject),
        note=_read_number(groups.get("note", "")),
    )


def _read_number(printed: str) -> str:
    """Return the number of a note as notes have it: in figures where it is one."""
    number = parse_number(printed) if contains_han(printed) else None
    return printed.lstrip("0") if number is None else str(number)


def _classify_counted(word: str, language: Language) -> CountedKind:
    patterns = _PATTERNS[language]
    if patterns["counted-outlets"].search(word):
        return "outlet"
    return "author" if patterns["counted-authors"].search(word) else "work"


def normalize_question(folded: str, language: Language) -> str:
    """Return a folded question without politeness and, in Chinese, spaces beside characters.

    Args:
        folded: The question, folded.
        language: The language whose words are looked at.
    """
    text = _SPACE_BESIDE_HAN.sub("", folded.strip()) if language == "zh" else folded.strip()
    for _ in range(2):
        text = _PATTERNS[language]["politeness"].sub("", text).strip(" ,")
    return text


def find_as_written(question: str, subject: str) -> str:
    """Return the part of a question that folds to a text; the text itself if there is none.

    Args:
        question: The question.
        subject: The text, folded.
    """
    wanted = "".join(subject.split())
    characters = [fold(character).strip() for character in question]
    offsets = [index for index, character in enumerate(characters) for _ in character]
    start = "".join(characters).find(wanted)
    if not wanted or start < 0:
        return subject
    return question[offsets[start] : offsets[start + len(wanted) - 1] + 1]
