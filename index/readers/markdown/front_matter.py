"""The front matter of a Markdown file: YAML between two lines of hyphens."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import yaml

from index.errors import ReadError
from index.readers.report import Report

_FENCE = re.compile(r"---\s*$")
_END = re.compile(r"(?:---|\.\.\.)\s*$")
_KEY = re.compile(r"[\w .-]+:(?:\s|$)")
_NAMES = {
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
_OF_AUTHORS = ("authors", "romanised", "institute")
_FIELDS = {name: key for key, names in _NAMES.items() for name in names}


@dataclass(slots=True)
class FrontMatter:
    """What a front matter says, by the fields that this project knows.

    `end` is the number of lines that it takes.
    """

    end: int = 0
    values: dict[str, list[str]] = field(default_factory=dict)

    def one(self, name: str) -> str:
        """The first value of a field, or ""."""
        return next(iter(self.values.get(name, ())), "")


def read(lines: Sequence[str], name: str, report: Report) -> FrontMatter:
    """The front matter at the head of a file; what is none of the known fields is set aside.

    Raises:
        ReadError: If it is not closed, or is not a YAML mapping.
    """
    if not lines or not _FENCE.match(lines[0]):
        return FrontMatter()
    end = next((index for index in range(1, len(lines)) if _END.match(lines[index])), None)
    if end is None:
        if len(lines) > 1 and _KEY.match(lines[1]):
            raise _malformed(name, 1, "it is not closed by a line ---", "缺少結尾的 ---")
        return FrontMatter()
    values = _Values("\n".join(lines[1:end]), name)
    report.aside(1, lines[0], "markup")
    for number, line in enumerate("".join(values.left).split("\n"), 2):
        report.aside(number, line, "markup")
    report.aside(end + 1, lines[end], "markup")
    return FrontMatter(end + 1, values.found)


class _Values:
    """The values of the known fields, and in `left` the characters that are in none of them."""

    def __init__(self, raw: str, name: str) -> None:
        self.left = list(raw)
        self.found: dict[str, list[str]] = {}
        if not raw.strip():
            return
        node = _composed(raw, name)
        if not isinstance(node, yaml.MappingNode):
            raise _malformed(name, 2, "it is not a list of 'key: value'", "內容不是「鍵: 值」")
        for key, value in node.value:
            self._field(key, value)

    def _field(self, key: yaml.Node, value: yaml.Node) -> None:
        wanted = _FIELDS.get(str(key.value).casefold())
        if wanted is None or wanted in self.found:
            return
        items = value.value if isinstance(value, yaml.SequenceNode) else [value]
        for item in items:
            if isinstance(item, yaml.ScalarNode):
                self._take(wanted, item)
            elif isinstance(item, yaml.MappingNode) and wanted == "authors":
                for inner, text in item.value:
                    role = _FIELDS.get(str(inner.value).casefold())
                    role = "authors" if inner.value == "name" else role
                    if role in _OF_AUTHORS and isinstance(text, yaml.ScalarNode):
                        self._take(role, text)

    def _take(self, wanted: str, node: yaml.ScalarNode) -> None:
        """Take a value as it reads; where YAML's escapes name other characters, as written."""
        start, end = node.start_mark.index, node.end_mark.index
        raw = self.left[start:end]
        value = " ".join(str(node.value).split())
        places = _subsequence(raw, value.replace(" ", ""))
        if places is None:
            value = " ".join("".join(raw).strip("\"' ").split())
            places = _subsequence(raw, value.replace(" ", "")) or []
        if not value or not places:
            return
        for place in places:
            self.left[start + place] = " "
        self.found.setdefault(wanted, []).append(value)


def _composed(raw: str, name: str) -> yaml.Node | None:
    try:
        return yaml.compose(raw, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = error.problem or "YAML"
        line = mark.line + 2 if mark else 1
        raise _malformed(name, line, problem, f"YAML 格式有誤（{problem}）") from None
    except yaml.YAMLError as error:
        problem = str(error).splitlines()[0]
        raise _malformed(name, 1, problem, f"YAML 格式有誤（{problem}）") from None
    except RecursionError:
        raise _malformed(name, 1, "it nests too deeply", "巢狀層數過多") from None


def _subsequence(raw: Sequence[str], wanted: str) -> list[int] | None:
    """Where the characters of a text stand in another in that order; None if they do not."""
    places: list[int] = []
    for index, char in enumerate(raw):
        if len(places) < len(wanted) and char == wanted[len(places)]:
            places.append(index)
    return places if len(places) == len(wanted) else None


def _malformed(name: str, line: int, en: str, zh: str) -> ReadError:
    return ReadError(
        f"{name}, line {line}: the front matter cannot be read: {en}. Mend it, or take it out.",
        f"{name}，第 {line} 行：無法讀取檔首資料：{zh}。請修正或移除。",
    )
