"""Set aside the markup that generators of sites and programs for notes add to Markdown, and HTML.

Attributes (`{#sec .unnumbered}`, `{:toc}`), divs (`::: note`), short codes (`{{< fig >}}`,
`{% raw %}`), placeholders of contents (`[TOC]`), comments (`{/* */}`, `%% %%`), names of blocks
(`^a1b2c3`), abbreviations (`*[HTML]: …`), page breaks of LaTeX, the brackets of links of wikis
(`[[page|text]]`), imports and components of MDX, anchors and tags print nothing. They are taken
out before Markdown is parsed, so that what they enclose is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.readers.report import Report

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_DIV = re.compile(r" {0,3}:{3,}(?:\s*(?:\{[^{}]*\}|[\w-]+(?:\s*\{[^{}]*\})?)\s*:*)?\s*$")
_ATTRIBUTE = (
    r"(?:[#.][\w:.-]{1,80}|[\w:-]{1,40}=(?:\"[^\"{}]{0,400}\"|'[^'{}]{0,400}'|[^\s{}\"']{1,200})|-)"
)
_BLOCK_TAGS = (
    "address|article|aside|blockquote|body|caption|center|dd|details|div|dl|dt|figcaption|figure"
    "|footer|h[1-6]|head|header|hr|html|iframe|img|li|link|main|meta|nav|ol|p|script|section"
    "|style|summary|table|tbody|td|tfoot|th|thead|title|tr|ul|video"
)
_TITLED_DIV = re.compile(
    r" {0,3}:{3,}\s*[\w-]{1,40}(?:\[(?P<bracketed>[^\[\]]{1,200})\]"
    r"|\s(?P<title>[^\s:{][^{}]{0,200}))\s*$"
)
_CONTENTS_PLACEHOLDER = re.compile(
    r"\s*(?:\[\[?_{0,2}TOC_{0,2}\]?\]|@\[TOC\](?:\([^()]{0,80}\))?|\{\{\s?TOC\s?\}\}|\\tableofcontents)\s*$",
    re.IGNORECASE,
)
_CONTENTS_ATTRIBUTE = re.compile(r"\s*\{:\s*toc\b[^{}]{0,200}\}\s*$")
_IMPORT = re.compile(
    r"import\s(?:[\w$*{},\s]{1,400}\sfrom\s{1,4})?(?:'[^'\s]{1,200}'|\"[^\"\s]{1,200}\")\s?;?\s*$"
)
_ABBREVIATION = re.compile(r"\s{0,3}\*\[[^\[\]\n]{1,60}\]:\s")
_PAGE_BREAK = re.compile(
    r"\s*\\(?:newpage|pagebreak|clearpage|cleardoublepage|bigskip|medskip|noindent)\s*$"
)
_UNPRINTED_LINES = (
    _ABBREVIATION,
    _PAGE_BREAK,
    _CONTENTS_PLACEHOLDER,
    _CONTENTS_ATTRIBUTE,
    _IMPORT,
)
_PLACEHOLDER_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,2}\.)\s+\S[^\n]{0,80}$")
_BLOCK_NAME = re.compile(r"(?<=\S)\s\^(?=[\w-]{0,39}[a-z])[A-Za-z0-9-]{3,40}\s*$")
_COMPONENT = re.compile(r"</([A-Z]\w{0,40})>|<([A-Z]\w{0,40})(?:\s[^<>]{0,400})?/>")
_CODE_BLOCK = re.compile(r"\s*\{%-?\s*(end)?highlight\b[^{}]{0,200}%\}\s*$")
_MAX_BLOCK_NAME = 48  # characters
_INLINE_TAGS = (
    "a|abbr|b|bdi|bdo|big|cite|code|del|dfn|em|font|i|ins|kbd|label|mark|q|rp|rt|ruby|s|small|span"
    "|strike|strong|sub|time|tt|u|var|wbr"
)
_NOTE_ITEM = re.compile(
    r"<li\s[^<>]{0,60}?\bid=\"?((?:fn?|ftn|cite_note|footnote|endnote|note|ref|en|n)[:_.-]?\d{1,3})\b[^<>]{0,60}>"
)
_LINK_TARGET = re.compile(r"href=\"?#([\w:.-]{1,40})")
_MARKUP = re.compile(
    r"(?P<code>(?P<ticks>`{1,3})(?!`)[^\n]{0,2000}?(?<!`)(?P=ticks)(?!`))"
    r"|(?P<shortcode>\{%-?\s?comment\s?-?%\}[^{}]{0,2000}\{%-?\s?endcomment\s?-?%\}"
    r"|\{\{[<%][^{}]{0,2000}[>%]\}\}|\{%[^{}]{0,500}%\}|\{/\*[^{}]{0,2000}\*/\}|%%[^%\n]{1,2000}%%)"
    rf"|(?P<attributes>\s?(?<=\S)\s?\{{:?\s*{_ATTRIBUTE}(?:\s+{_ATTRIBUTE}){{0,20}}\s*\}})"
    rf"|(?P<attribute_line>^\s*\{{:?\s*{_ATTRIBUTE}(?:\s+{_ATTRIBUTE}){{0,20}}\s*\}}\s*$)"
    r"|(?P<linebreak><br\s*/?>)"
    rf"|(?P<block></?(?:{_BLOCK_TAGS})(?:\s[^<>\n]{{0,2000}})?/?>)"
    rf"|(?P<inline></?(?:{_INLINE_TAGS})(?:\s[^<>\n]{{0,2000}})?/?>)"
    r"|(?P<component></?(?P<name>(?-i:[A-Z])\w{0,40})(?:\s[^<>\n]{0,2000})?/?>)"
    r"|(?P<comment><!--.{0,2000}?-->)"
    r"|(?P<embedded>!\[\[[^\[\]\n]{1,300}\]\](?!\())"
    r"|(?P<opening>\[\[(?:[^\[\]|\n]{1,200}\|)?)(?P<shown>(?!\d{1,4}\])[^\[\]|\n]{1,200})\]\](?!\()",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Names:
    """The names that a file uses in its markup: of targets of links, and of components of MDX."""

    targets: frozenset[str]
    components: frozenset[str]


@dataclass(slots=True)
class _Stripper:
    """Strips the lines of a file one by one; `fence` and `is_code` say what the last one is in."""

    names: _Names
    report: Report
    fence: str = ""
    is_code: bool = False
    carried: str = ""

    def strip(self, line: str, number: int) -> str:
        """Return a line without markup, which is set aside."""
        if self._is_fenced(line):
            return line
        boundary = _CODE_BLOCK.match(line) if "{%" in line else None
        if boundary:
            self.is_code = not boundary[1]
        elif self.is_code:
            return f"    {line}"  # as Markdown marks code
        if boundary or any(pattern.match(line) for pattern in _UNPRINTED_LINES):
            self.report.set_aside(number, line, "markup")
            return ""
        stripped = self.carried + _strip_line(line, number, self.report, self.names)
        is_carried = bool(_NOTE_ITEM.fullmatch(stripped.strip()))  # the note is on the next line
        self.carried = stripped.strip() if is_carried else ""
        return "" if is_carried else stripped

    def _is_fenced(self, line: str) -> bool:
        """Return whether a line stands in a fenced block of code, or opens or closes it."""
        opening = _FENCE.match(line)
        if opening and not self.fence:
            self.fence = opening[1]
        elif opening and opening[1].startswith(self.fence) and line.strip() == opening[1]:
            self.fence = ""
        return bool(self.fence or opening)


def strip_extensions(lines: Sequence[str], report: Report) -> list[str]:
    """Return the lines without markup that plain Markdown does not know; code stays as it is.

    Args:
        lines: The lines of the file.
        report: Receives the markup.
    """
    names = _Names(
        frozenset(target for line in lines for target in _LINK_TARGET.findall(line)),
        frozenset(
            name for line in lines for match in _COMPONENT.findall(line) for name in match if name
        ),
    )
    stripper = _Stripper(names, report)
    stripped_lines: list[str] = []
    for number, line in enumerate(lines, 1):
        previous_line = stripped_lines[-1] if stripped_lines else ""
        if _CONTENTS_ATTRIBUTE.match(line) and _PLACEHOLDER_ITEM.match(previous_line):
            report.set_aside(number - 1, stripped_lines.pop(), "markup")
            stripped_lines.append("")
        stripped_lines.append(stripper.strip(line, number))
    report.set_aside(len(lines), stripper.carried, "markup")
    return stripped_lines


def _strip_line(line: str, number: int, report: Report, names: _Names) -> str:
    if not any(character in line for character in ("{", "<", ":", "%", "^", "[[")):
        return line
    if _DIV.match(line) or _TITLED_DIV.match(line):
        return _strip_div(line, number, report)
    markup: list[str] = []

    def replace(match: re.Match[str]) -> str:
        item = _NOTE_ITEM.fullmatch(match[0])
        is_kept = match["component"] and match["name"] not in names.components
        if match["code"] or is_kept or (item and item[1] in names.targets):
            return match[0]
        if match["shown"]:
            markup.extend((match["opening"], "]]"))
            return match["shown"]
        markup.append(match[0].strip())
        if match["linebreak"]:
            return "  " if match.end() == len(line.rstrip()) else " "
        return " " if match["block"] else ""

    stripped = _MARKUP.sub(replace, line)
    block_name = _BLOCK_NAME.search(stripped[-_MAX_BLOCK_NAME:]) if "^" in stripped else None
    if block_name:
        markup.append(block_name[0].strip())
        stripped = stripped.rstrip()[: -len(block_name[0].rstrip())]
    report.set_aside(number, " ".join(markup), "markup")
    if not markup:
        return line
    indent = line[: len(line) - len(line.lstrip())]
    return indent + stripped.lstrip() if stripped.strip() else ""


def _strip_div(line: str, number: int, report: Report) -> str:
    """Return the title that a line which opens or closes a div has, as a line of its own."""
    titled = None if _DIV.match(line) else _TITLED_DIV.match(line)
    title = titled["title"] or titled["bracketed"] if titled else ""
    report.set_aside(number, line.replace(title, " ", 1) if title else line, "markup")
    return f"{title}  " if title else ""
