"""Read numbers and dates of issues off the names of files, where a folder shows a series."""

from __future__ import annotations

import os
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path, PurePath
from typing import NamedTuple

from index.document import MetadataSource, Publication, Span
from index.readers.dates import find_date
from index.readers.formats import SUPPORTED_SUFFIXES
from index.readers.publication_id import normalize_for_comparison
from index.text.patterns import load_patterns

_PATTERNS = load_patterns("index.readers")
_MIN_FILES = 2
_MIN_TITLE = 3  # characters of a title that name a series
_DIGITS = re.compile(r"\d+")
_FRAME_GAP = re.compile(r"\d+|\0+")
_ISSUE_NUMBER = re.compile(r"\d{1,5}")
_PART_NUMBER = re.compile(r"\d{1,3}")  # of a volume and its issue, side by side
_YEAR_FIRST = re.compile(
    r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<sep>[-. ]?)(?P<m>0[1-9]|1[0-2])"
    r"(?:(?P=sep)(?P<d>0[1-9]|[12]\d|3[01]))?(?!\d)"
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_MASK = "\0"
_AROUND = " -–—.,:;#(["
"""What may part a title from a number."""


class IssueName(NamedTuple):
    """What the name of a file says of the issue in it.

    Attributes:
        number: Its number as the name has it, or "".
        date_printed: Its date as the name has it, or "".
        parsed_date: That date, where it has a day.
        title: What the name has before the number.
        is_bare: Whether the number is but a number, without a word such as 第…期 or No.
    """

    number: str = ""
    date_printed: str = ""
    parsed_date: date | None = None
    title: str = ""
    is_bare: bool = False


class _ParsedName(NamedTuple):
    """A name with its numbers: those of issues and dates that a word or their form shows.

    Attributes:
        text: The name without its ending, in one width, with blanks between words.
        printed: The same with the hyphens that it has.
        number: Where a number of an issue stands, if a word shows that it is one.
        found_date: Where a date stands.
        parsed_date: That date, where it has a day.
        plain: All other numbers.
    """

    text: str
    printed: str
    number: Span | None
    found_date: Span | None
    parsed_date: date | None
    plain: tuple[Span, ...]

    @property
    def pattern(self) -> tuple[object, ...]:
        """What is the same in the names of all files of a series.

        What follows the first number or date may be an issue's own title.
        """
        known = [span for span in (self.number, self.found_date) if span]
        if not known:
            return (self.frame,)
        prefix = self.text[: min(span.start for span in known)]
        return (self.number is not None, self.found_date is not None, _get_letters(prefix))

    @property
    def frame(self) -> str:
        """All of the name but its numbers."""
        masked = _mask(_mask(self.text, self.number), self.found_date)
        return _FRAME_GAP.sub("#", "".join(masked.split())).casefold()

    @property
    def title(self) -> str:
        """What stands before the first number."""
        known = [span for span in (self.number, self.found_date, *self.plain) if span]
        return self.printed[: min(span.start for span in known)].strip(_AROUND) if known else ""


def parse_issue_names(names: Iterable[str]) -> dict[str, IssueName]:
    """Return what the names of files in one folder say of their issues.

    A number or a date counts where several files have it in the same place of their names, and
    not the same one.

    Args:
        names: The names of the files.

    >>> names = parse_issue_names(["tides-87.pdf", "tides-88.pdf", "2021年第5期.docx", "a-3.md"])
    >>> {name: issue.number for name, issue in names.items()}
    {'tides-87.pdf': '87', 'tides-88.pdf': '88'}
    """
    stems = {name: _fold_width(PurePath(name).stem) for name in sorted(names)}
    yearly_numbers = _find_yearly_numbers(stems.values())
    groups: dict[tuple[object, ...], dict[str, _ParsedName]] = defaultdict(dict)
    for name, stem in stems.items():
        parsed = _parse_name(stem, has_months=_DIGITS.sub("#", stem) not in yearly_numbers)
        groups[parsed.pattern][name] = parsed
    result: dict[str, IssueName] = {}
    for group in groups.values():
        issues = _read_group(group)
        if len({(issue.number, issue.date_printed) for issue in issues.values()}) >= _MIN_FILES:
            result |= issues
    return result


@dataclass(slots=True)
class IssueNames:
    """What the names of files say, of all files in the folders of those that are asked about.

    Attributes:
        other_names: Names of files that count as if they were in each folder.
    """

    other_names: Sequence[str] = ()
    _by_folder: dict[Path, dict[str, IssueName]] = field(default_factory=dict)

    def get(self, path: Path) -> IssueName | None:
        """Return what the name of a file says; None where its folder shows no series.

        Args:
            path: The file.
        """
        folder = path.parent
        if folder not in self._by_folder:
            self._by_folder[folder] = parse_issue_names({*_list_names(folder), *self.other_names})
        return self._by_folder[folder].get(path.name)

    def fill(self, publication: Publication, path: Path) -> Publication:
        """Return a publication with the number and the date that only its file's name has.

        One without a title gets what the name has before the number; one that then has neither
        title nor number gets the title of its only article, else the file's name.

        A number without a word such as 第…期 counts if the name, or the folder's, is that of a
        periodical (週報, bulletin), or is the publication's title.

        Args:
            publication: As it was read.
            path: Its file.
        """
        issue = self.get(path)
        return _fill_title(_fill_issue(publication, issue, path) if issue else publication, path)


def _fill_issue(publication: Publication, issue: IssueName, path: Path) -> Publication:
    """Return a publication with the number and the date of its issue that it does not have."""
    filled: list[MetadataSource] = []
    if issue.number and not publication.number and _is_number_of(issue, publication, path):
        publication = replace(publication, number=issue.number)
        filled.append(MetadataSource("number", "file-name"))
        if issue.title and not publication.title:
            publication = replace(publication, title=issue.title, is_titled_by_file=True)
            filled.append(MetadataSource("title", "file-name"))
    if issue.date_printed and not publication.date and not publication.date_printed:
        publication = replace(publication, date=issue.parsed_date, date_printed=issue.date_printed)
        filled.append(MetadataSource("date", "file-name"))
    return replace(publication, metadata_sources=(*publication.metadata_sources, *filled))


def _fill_title(publication: Publication, path: Path) -> Publication:
    """Return a publication that has a name: of one without any, that of its article or its file."""
    if publication.title or publication.number:
        return publication
    if len(publication.articles) == 1:
        (article,) = publication.articles
        named = replace(publication, title=article.title, title_translated=article.title_translated)
        source = MetadataSource("title", "heading")
    else:
        title = " ".join(unicodedata.normalize("NFC", path.stem).split())
        named = replace(publication, title=title, is_titled_by_file=True)
        source = MetadataSource("title", "file-name")
    return replace(named, metadata_sources=(*publication.metadata_sources, source))


def _is_number_of(issue: IssueName, publication: Publication, path: Path) -> bool:
    """Return whether the number in a file's name is one of an issue."""
    if not issue.is_bare:
        return True
    name = _separate_words(_fold_width(f"{path.parent.name} {path.stem}"))
    if _PATTERNS["periodical-name"].search(name):
        return True
    if publication.is_titled_by_file:
        return not _PATTERNS["part-name"].search(name)
    title = normalize_for_comparison(publication.title)
    series = _get_letters(issue.title)
    return len(series) >= _MIN_TITLE and series in _get_letters(title)


def _list_names(folder: Path) -> list[str]:
    """Return the names of the files in a folder that could be read; [] if it cannot be listed."""
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries]
    except OSError:
        return []
    return [
        name
        for name in names
        if not name.startswith(".") and PurePath(name).suffix.lower() in SUPPORTED_SUFFIXES
    ]


def _fold_width(stem: str) -> str:
    return unicodedata.normalize("NFKC", stem).replace("_", " ")


def _separate_words(stem: str) -> str:
    return stem.replace("-", " ")


def _get_letters(text: str) -> str:
    return "".join(char for char in text if char.isalpha()).casefold()


def _find_yearly_numbers(stems: Iterable[str]) -> set[str]:
    """Return the patterns of names with a year and a number that is over 12 in some: no months."""
    result = set()
    for stem in stems:
        year, number, *others = (*_DIGITS.findall(stem), "", "")
        if _YEAR.fullmatch(year) and len(number) == 2 and int(number) > 12 and not any(others):
            result.add(_DIGITS.sub("#", stem))
    return result


def _parse_name(stem: str, *, has_months: bool) -> _ParsedName:
    text = _separate_words(stem)
    found_date, parsed_date = _find_date(stem, text, has_months=has_months)
    masked = _mask(text, found_date)
    match = _PATTERNS["issue-name"].search(masked)
    number = Span(*match.span()) if match else None
    plain = tuple(Span(*digits.span()) for digits in _DIGITS.finditer(_mask(masked, number)))
    return _ParsedName(text, stem, number, found_date, parsed_date, plain)


def _find_date(stem: str, text: str, *, has_months: bool) -> tuple[Span | None, date | None]:
    if _PATTERNS["draft-name"].search(text):
        return None, None
    if match := _YEAR_FIRST.search(text) if has_months else None:
        return Span(*match.span()), _build_date(match)
    if match_in_text := find_date(stem) or find_date(text):
        return match_in_text.span, match_in_text.parsed_date
    match = _PATTERNS["date-name"].search(text)
    return (Span(*match.span()), None) if match else (None, None)


def _build_date(match: re.Match[str]) -> date | None:
    try:
        return date(*map(int, match.group("y", "m", "d"))) if match["d"] else None
    except ValueError:
        return None


def _mask(text: str, span: Span | None) -> str:
    if span is None:
        return text
    return text[: span.start] + _MASK * (span.end - span.start) + text[span.end :]


def _read_group(group: dict[str, _ParsedName]) -> dict[str, IssueName]:
    """Return what names of one pattern say."""
    years, numbers = _find_plain(list(group.values()))
    result = {}
    for name, parsed in group.items():
        number = _cut(parsed.text, parsed.number)
        printed_date = _cut(parsed.printed, parsed.found_date)
        if is_bare := bool(numbers) and not number:
            span = Span(parsed.plain[numbers[0]].start, parsed.plain[numbers[-1]].end)
            number = _cut(parsed.printed, span).lstrip("0")
        if years and not printed_date:
            printed_date = _cut(parsed.text, parsed.plain[years[0]])
        if number or printed_date:
            result[name] = IssueName(
                number, printed_date, parsed.parsed_date, parsed.title, is_bare
            )
    return result


def _find_plain(names: Sequence[_ParsedName]) -> tuple[list[int], list[int]]:
    """Return the indexes of the plain numbers that are years, and of those that count issues.

    The first are years in all names. The others differ from name to name: one, or two side by side.
    """
    if len({parsed.frame for parsed in names}) > 1:
        return [], []
    columns = [
        [_cut(parsed.text, parsed.plain[index]) for parsed in names]
        for index in range(len(names[0].plain))
    ]
    years = [index for index, column in enumerate(columns) if all(map(_YEAR.fullmatch, column))]
    numbers = [
        index for index, column in enumerate(columns) if index not in years and len(set(column)) > 1
    ]
    if not all(_may_count_issues(parsed, numbers) for parsed in names):
        numbers = []
    return years[:1], numbers


def _may_count_issues(parsed: _ParsedName, indexes: Sequence[int]) -> bool:
    """Return whether some plain numbers of a name may be an issue's: not those of copies, (1)."""
    spans = [parsed.plain[index] for index in indexes]
    texts = [_cut(parsed.text, span) for span in spans]
    if any(parsed.text[: span.start].endswith("(") for span in spans):
        return False
    if len(spans) == 1:
        return _ISSUE_NUMBER.fullmatch(texts[0]) is not None
    if len(spans) != 2 or not all(map(_PART_NUMBER.fullmatch, texts)):
        return False
    between = parsed.text[spans[0].end : spans[1].start]
    return len(between) == 1 and not between.isalnum()


def _cut(text: str, span: Span | None) -> str:
    return " ".join(text[span.start : span.end].split()) if span else ""
