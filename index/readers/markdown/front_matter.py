"""Parse the front matter of a Markdown file.

That is YAML between lines `---`, TOML between lines `+++`, an object of JSON, lines such as
`Title: …` up to the first blank one (MultiMarkdown), or lines that begin with `%` (Pandoc).
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import yaml

from index.errors import ReadError
from index.messages import Message, MessageCatalogue
from index.readers.report import Report

_MESSAGES = MessageCatalogue("index", "readers")

_FENCE = re.compile(r"---\s*$")
_TOML_FENCE = re.compile(r"\+\+\+\s*$")
_MAX_TABLE_DEPTH = 3  # of fields in the tables of TOML and JSON: [params], [taxonomies]
_END = re.compile(r"(?:---|\.\.\.)\s*$")
_KEY_LINE = re.compile(r"[\w .-]+:(?:\s|$)")
_FIELD_LINE = re.compile(r"([A-Za-z][\w -]{0,40}):[ \t]+(\S.*)")
_PERCENT_LINE = re.compile(r"%[ \t]*(.*)")
_PERCENT_FIELDS = ("title", "authors", "date")
_CONTINUATION = (" ", "\t")
_FIELD_ALIASES = {
    "title": ("title",),
    "title_translated": ("title_translated", "title_en", "title_zh", "translated_title"),
    "publication": ("publication", "journal", "periodical", "series"),
    "publication_translated": ("publication_translated", "journal_translated"),
    "number": ("number", "issue", "no"),
    "date": ("date", "published", "issued"),
    "publisher": ("publisher",),
    "publisher_translated": ("publisher_translated", "publisher_en", "publisher_zh"),
    "authors": ("authors", "author"),
    "romanised": ("romanised", "romanized", "author_romanised", "author_romanized"),
    "institute": ("institute", "institution", "affiliation"),
    "topics": ("topics", "topic", "keywords", "tags", "categories"),
    "page": ("page",),
}
_AUTHOR_FIELDS = ("authors", "romanised", "institute")
_FIELD_BY_ALIAS = {name: key for key, names in _FIELD_ALIASES.items() for name in names}


@dataclass(slots=True)
class FrontMatter:
    """The front matter of a file.

    Attributes:
        line_count: The number of lines that it takes.
        values: The values of each known field, as printed.
    """

    line_count: int = 0
    values: dict[str, list[str]] = field(default_factory=dict)

    def first_value(self, name: str) -> str:
        """Return the first value of a field, or "".

        Args:
            name: The field.
        """
        return next(iter(self.values.get(name, ())), "")


def parse_front_matter(lines: Sequence[str], file_name: str, report: Report) -> FrontMatter:
    """Return the front matter at the start of a file.

    Args:
        lines: The lines of the file.
        file_name: For errors.
        report: Receives what is in none of the known fields.

    Raises:
        ReadError: If it is not closed, or what fences part is not a YAML mapping or TOML.
    """
    if lines and _TOML_FENCE.match(lines[0]):
        return _parse_toml(lines, file_name, report)
    if not lines or not _FENCE.match(lines[0]):
        return _parse_json(lines, report) or _parse_title_block(lines, report)
    end = next((index for index in range(1, len(lines)) if _END.match(lines[index])), None)
    if end is None:
        if len(lines) > 1 and _KEY_LINE.match(lines[1]):
            raise _malformed_error(file_name, 1, _MESSAGES["front_matter.not_closed"])
        return FrontMatter()
    values = _FieldValues("\n".join(lines[1:end]), file_name)
    _set_aside(lines, end, "".join(values.unused_characters), report)
    return FrontMatter(end + 1, values.values)


def _parse_toml(lines: Sequence[str], file_name: str, report: Report) -> FrontMatter:
    end = next((index for index in range(1, len(lines)) if _TOML_FENCE.match(lines[index])), None)
    if end is None:
        return FrontMatter()
    raw = "\n".join(lines[1:end])
    try:
        table = tomllib.loads(raw)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise _malformed_error(
            file_name, 2, _MESSAGES["front_matter.toml"].format(problem=error)
        ) from None
    values, unused = _take_printed(_iterate_fields(table), raw)
    _set_aside(lines, end, unused, report)
    return FrontMatter(end + 1, values)


def _parse_json(lines: Sequence[str], report: Report) -> FrontMatter | None:
    """Return the front matter that is an object of JSON; None where the file begins otherwise."""
    if not lines or not lines[0].startswith("{"):
        return None
    text = "\n".join(lines)
    try:
        table, end = json.JSONDecoder().raw_decode(text)
    except (json.JSONDecodeError, RecursionError):
        return None
    if text[end : text.find("\n", end)].strip():
        return None
    values, unused = _take_printed(_iterate_fields(table), text[:end])
    _set_lines_aside(unused, report)
    return FrontMatter(text.count("\n", 0, end) + 1, values)


def _parse_title_block(lines: Sequence[str], report: Report) -> FrontMatter:
    """Return the front matter that has no fence; it states a title."""
    count = next((index for index, line in enumerate(lines) if not line.strip()), len(lines))
    block = lines[:count]
    fields = _list_percent_fields(block) if block and block[0][0] == "%" else _list_fields(block)
    if "title" not in dict(fields):
        return FrontMatter()
    values, unused = _take_printed(fields, "\n".join(block))
    _set_lines_aside(unused, report)
    return FrontMatter(count, values)


def _list_fields(block: Sequence[str]) -> list[tuple[str, str]]:
    """Return the known fields of lines such as `Title: …`; none if one line is otherwise."""
    fields: list[tuple[str, str]] = []
    for index, line in enumerate(block):
        match = _FIELD_LINE.fullmatch(line)
        if match is None and not (index and line.startswith(_CONTINUATION)):
            return []
        field_name = _FIELD_BY_ALIAS.get(match[1].casefold()) if match else None
        if index == 0 and field_name is None:
            return []
        if match and field_name:
            fields.append((field_name, match[2].strip()))
    return fields


def _list_percent_fields(block: Sequence[str]) -> list[tuple[str, str]]:
    """Return title, authors and date of lines that begin with `%`; none if one line is otherwise.

    A line that begins with a blank belongs to the field before it.
    """
    fields: list[tuple[str, str]] = []
    names = iter(_PERCENT_FIELDS)
    name = ""
    for line in block:
        match = _PERCENT_LINE.match(line)
        name = next(names, "") if match else name
        if not name or not (match or line.startswith(_CONTINUATION)):
            return []
        text = match[1] if match else line
        parts = text.split(";") if name == "authors" else [text]
        fields += [(name, part.strip()) for part in parts if part.strip()]
    return fields


def _take_printed(fields: Iterable[tuple[str, str]], raw: str) -> tuple[dict[str, list[str]], str]:
    """Return the values of fields by name, and what is printed without them.

    A value that is written with escapes is not taken: its characters are not in the file.
    """
    values: dict[str, list[str]] = {}
    for field_name, value in fields:
        if value in raw:
            raw = raw.replace(value, " " * len(value), 1)
            values.setdefault(field_name, []).append(value)
    return values, raw


def _set_lines_aside(unused: str, report: Report) -> None:
    for number, line in enumerate(unused.split("\n"), 1):
        report.set_aside(number, line, "markup")


def _set_aside(lines: Sequence[str], end: int, unused: str, report: Report) -> None:
    """Set the fences aside, and of the lines between them what is no value."""
    report.set_aside(1, lines[0], "markup")
    for number, line in enumerate(unused.split("\n"), 2):
        report.set_aside(number, line, "markup")
    report.set_aside(end + 1, lines[end], "markup")


def _iterate_fields(table: Mapping[str, object], depth: int = 1) -> Iterator[tuple[str, str]]:
    """Yield the names of the known fields in a table, and their values as printed."""
    for key, value in table.items():
        field_name = _FIELD_BY_ALIAS.get(key.casefold())
        if isinstance(value, dict) and depth < _MAX_TABLE_DEPTH:
            yield from _iterate_fields(value, depth + 1)
        elif field_name:
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, dict):
                    yield from _iterate_fields({field_name: item.get("name", "")}, depth)
                elif isinstance(item, datetime):
                    yield field_name, item.date().isoformat()
                else:
                    yield field_name, " ".join(str(item).split())


class _FieldValues:
    """Takes the values of the known fields out of YAML.

    Attributes:
        unused_characters: The YAML with blanks in place of these values.
        values: The values of each field.
    """

    def __init__(self, raw: str, file_name: str) -> None:
        self.unused_characters = list(raw)
        self.values: dict[str, list[str]] = {}
        if not raw.strip():
            return
        node = _compose_yaml(raw, file_name)
        if not isinstance(node, yaml.MappingNode):
            raise _malformed_error(file_name, 2, _MESSAGES["front_matter.not_a_mapping"])
        for key, value in node.value:
            self._read_field(key, value)

    def _read_field(self, key: yaml.Node, value: yaml.Node) -> None:
        field_name = _FIELD_BY_ALIAS.get(str(key.value).casefold())
        if field_name is None or field_name in self.values:
            return
        for item in value.value if isinstance(value, yaml.SequenceNode) else [value]:
            if isinstance(item, yaml.ScalarNode):
                self._take_value(field_name, item)
            elif isinstance(item, yaml.MappingNode) and field_name == "authors":
                self._read_author(item)

    def _read_author(self, author: yaml.MappingNode) -> None:
        for key, value in author.value:
            name = "authors" if key.value == "name" else str(key.value).casefold()
            field_name = _FIELD_BY_ALIAS.get(name)
            if field_name in _AUTHOR_FIELDS and isinstance(value, yaml.ScalarNode):
                self._take_value(field_name, value)

    def _take_value(self, field_name: str, node: yaml.ScalarNode) -> None:
        """Take a value as YAML reads it; where its escapes name other characters, as written."""
        start, end = node.start_mark.index, node.end_mark.index
        raw = self.unused_characters[start:end]
        value = " ".join(str(node.value).split())
        positions = _find_subsequence(raw, value.replace(" ", ""))
        if positions is None:
            value = " ".join("".join(raw).strip("\"' ").split())
            positions = _find_subsequence(raw, value.replace(" ", "")) or []
        if not value or not positions:
            return
        for position in positions:
            self.unused_characters[start + position] = " "
        self.values.setdefault(field_name, []).append(value)


def _compose_yaml(raw: str, file_name: str) -> yaml.Node | None:
    try:
        return yaml.compose(raw, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = error.problem or "YAML"
        line = mark.line + 2 if mark else 1
        raise _malformed_error(
            file_name, line, _MESSAGES["front_matter.yaml"].format(problem=problem)
        ) from None
    except yaml.YAMLError as error:
        problem = str(error).splitlines()[0]
        raise _malformed_error(
            file_name, 1, _MESSAGES["front_matter.yaml"].format(problem=problem)
        ) from None
    except RecursionError:
        raise _malformed_error(file_name, 1, _MESSAGES["front_matter.nested_too_deeply"]) from None


def _find_subsequence(raw: Sequence[str], target: str) -> list[int] | None:
    """Return where the characters of a text stand in another in that order, or None."""
    positions: list[int] = []
    for index, char in enumerate(raw):
        if len(positions) < len(target) and char == target[len(positions)]:
            positions.append(index)
    return positions if len(positions) == len(target) else None


def _malformed_error(file_name: str, line: int, problem: Message) -> ReadError:
    return ReadError(
        _MESSAGES["front_matter.malformed"].format(file=file_name, line=line, problem=problem)
    )
