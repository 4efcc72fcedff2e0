"""Set aside the markup that Hugo, Quarto, Pandoc and kramdown add to Markdown, and HTML tags.

Attributes (`{#sec .unnumbered}`), divs (`::: note`), short codes (`{{< fig >}}`, `{% raw %}`),
anchors and tags print nothing. They are taken out before Markdown is parsed, so that what they
enclose is.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence

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
    r"|(?P<shortcode>\{\{[<%][^{}]{0,2000}[>%]\}\}|\{%[^{}]{0,500}%\})"
    rf"|(?P<attributes>\s?(?<=\S)\s?\{{:?\s*{_ATTRIBUTE}(?:\s+{_ATTRIBUTE}){{0,20}}\s*\}})"
    rf"|(?P<attribute_line>^\s*\{{:?\s*{_ATTRIBUTE}(?:\s+{_ATTRIBUTE}){{0,20}}\s*\}}\s*$)"
    r"|(?P<linebreak><br\s*/?>)"
    rf"|(?P<block></?(?:{_BLOCK_TAGS})(?:\s[^<>\n]{{0,2000}})?/?>)"
    rf"|(?P<inline></?(?:{_INLINE_TAGS})(?:\s[^<>\n]{{0,2000}})?/?>)"
    r"|(?P<comment><!--.{0,2000}?-->)",
    re.IGNORECASE,
)


def strip_extensions(lines: Sequence[str], report: Report) -> list[str]:
    """Return the lines without markup that plain Markdown does not know; code stays as it is.

    Args:
        lines: The lines of the file.
        report: Receives the markup.
    """
    stripped_lines: list[str] = []
    fence = carried = ""
    targets = {target for line in lines for target in _LINK_TARGET.findall(line)}
    for number, line in enumerate(lines, 1):
        opening = _FENCE.match(line)
        if opening and not fence:
            fence = opening[1]
        elif opening and opening[1].startswith(fence) and line.strip() == opening[1]:
            fence = ""
        elif not fence:
            stripped = carried + _strip_line(line, number, report, targets)
            is_carried = bool(
                _NOTE_ITEM.fullmatch(stripped.strip())
            )  # the note is on the next line
            carried = stripped.strip() if is_carried else ""
            stripped_lines.append("" if is_carried else stripped)
            continue
        stripped_lines.append(line)
    report.set_aside(len(lines), carried, "markup")
    return stripped_lines


def _strip_line(line: str, number: int, report: Report, targets: Container[str]) -> str:
    if not any(character in line for character in "{<:"):
        return line
    if _DIV.match(line):
        report.set_aside(number, line, "markup")
        return ""
    markup: list[str] = []

    def replace(match: re.Match[str]) -> str:
        item = _NOTE_ITEM.fullmatch(match[0])
        if match["code"] or (item and item[1] in targets):
            return match[0]
        markup.append(match[0].strip())
        if match["linebreak"]:
            return "  " if match.end() == len(line.rstrip()) else " "
        return " " if match["block"] else ""

    stripped = _MARKUP.sub(replace, line)
    report.set_aside(number, " ".join(markup), "markup")
    if not markup:
        return line
    return stripped if stripped.strip() else ""
