r"""Keep the notes that pandoc loses: placeholders before it converts a file, their traces after it.

Pandoc copies a note for each of its marks, drops notes without marks and marks without notes, and
knows `\footnote` of all commands for notes. So the source gets a name before each note, a note
for each mark that lacks one, and a mark for each note that does; the page shows what became of
them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

_VERBATIM = re.compile(
    r"(\\begin\{(verbatim|lstlisting|minted|comment)\*?\}(?:(?!\\begin\{\2).)*?\\end\{\2\*?\})",
    re.DOTALL,
)
_NOTE_COMMAND = re.compile(
    r"\\(?:endnote|sidenote|pagenote|tablefootnote|parnote|Footnote|footnote[A-Z])(?=\s*[\[{])"
    r"(?:\[[^\]\[{}]{0,40}\]){0,2}"
)
_NOTE_MARK = re.compile(r"\\(?:foot|end|side)notemark(?:\[(\w{1,9})\])?(?:\{\})?")
_NOTE_TEXT = re.compile(r"\\(?:foot|end|side)notetext(?:\[(\w{1,9})\])?(?=\{)")
_MARGIN = re.compile(r"\\margin(?:par|note)(?:\[[^\]\[{}]{0,400}\])?(?=\{)")
_CITATION = re.compile(
    r"\\(?P<kind>foot|auto|text|paren|smart|footfull|full)?cite(?:[pt]|alp|author|year)?\*?"
    r"(?:\[(?P<first>[^\]]{0,200})\])?(?:\[(?P<second>[^\]]{0,200})\])?\{(?P<keys>[^{}]{1,400})\}"
)
_ITEM = re.compile(r"\\bibitem(?:\[[^\]]{0,200}\])?\{([^{}]{1,200})\}")
_RST_LABEL = r"\[(\d{1,4}|#[\w.-]{0,60}|\*|[A-Za-z][\w.-]{0,60})\]"
_RST_NOTE = re.compile(rf"^(\.\. {_RST_LABEL})[ \t]*", re.MULTILINE)
_RST_MARK = re.compile(rf"(?<![\w`:\]]){_RST_LABEL}_(?![_\w])")
_RST_HEADER = re.compile(r"(?:[A-Z][\w-]{0,30}:[^\n]*\n(?:[ \t]+\S[^\n]*\n){0,40}){2,30}(?=\s*\n)")
_RST_FIELD = re.compile(
    r"^(Title|Authors?|Date):[ \t]*(\S[^\n]*\n(?:[ \t]+\S[^\n]*\n){0,40})", re.MULTILINE
)
_MARKDOWN_NOTE = re.compile(r"^(\[\^([^\]\s]{1,60})\]:)[ \t]*", re.MULTILINE)
_MARKDOWN_MARK = re.compile(r"\[\^([^\]\s]{1,60})\](?!:)")
_TYPST_NAMED = re.compile(r"#footnote\[((?:[^\[\]]|\[[^\[\]]*\]){0,5000})\]\s?<([\w.-]{1,60})>")
_TYPST_MARK = re.compile(r"#footnote\(<([\w.-]{1,60})>\)")
_INCLUDE = {
    "latex": re.compile(r"^[^%\n]*?\\(?:input|include|subfile)\{([^{}]{1,200})\}", re.MULTILINE),
    "rst": re.compile(r"^\.\. (?:include|literalinclude)::\s*(\S{1,200})", re.MULTILINE),
    "markdown": re.compile(r"\{\{<\s*include\s+(\S{1,200})\s*>\}\}"),
    "typst": re.compile(r"^#(?:include|import)\s+\"([^\"\n]{1,200})\".*", re.MULTILINE),
}

_NAME, _SAME, _MISSING, _UNUSED = "TZNAME", "TZSAME", "TZLOST", "TZUNUSED"
_TRACE = re.compile(r"(TZNAME|TZSAME|TZLOST)([0-9a-f]*)L([0-9a-f]*)E\s?")
_PAGE_MARK = re.compile(
    r'<a href="#fn(?P<id>\d{1,5})" class="footnote-ref" id="[^"]{1,20}"[^<>]{0,80}>'
    r"<sup>\d{1,5}</sup></a>"
)
_PAGE_NOTE = re.compile(
    r'<li id="fn(?P<id>\d{1,5})">(?P<text>.*?)(?=<li id="fn\d|</ol>\s*</section>)', re.DOTALL
)
_UNUSED_MARKS = re.compile(rf"<p>{_UNUSED}.*?</p>\n?", re.DOTALL)
_CITATION_KEYS = re.compile(r'(<span class="citation"\s+data-cites="([^"]{1,400})">)\s*(?=</span>)')
_TITLE_SIGNS = "*†‡§¶"


def find_includes(source: str, kind: str) -> list[str]:
    """Return the names of the files that a source includes, which are not read.

    Args:
        source: The text of the file.
        kind: Pandoc's name of its format.
    """
    pattern = _INCLUDE.get(kind)
    return list(dict.fromkeys(pattern.findall(source))) if pattern else []


def prepare(source: str, kind: str) -> str:
    """Return a source in which pandoc loses no note.

    Args:
        source: The text of the file.
        kind: Pandoc's name of its format.
    """
    if kind == "latex":
        parts = _VERBATIM.split(source)
        text = "".join(parts[::3])
        return "".join(
            _prepare_latex(part, text) if index % 3 == 0 else part if index % 3 == 1 else ""
            for index, part in enumerate(parts)
        )
    if kind == "rst":
        return _prepare_rst(source)
    if kind == "markdown":
        return _add_names(source, _MARKDOWN_NOTE, _MARKDOWN_MARK, "[^{0}]", "[^{0}]: {1}", str)
    if kind == "typst":
        source = _INCLUDE[kind].sub("", source)  # pandoc reads none of a file that has them
        named = _TYPST_NAMED.sub(
            lambda match: f"#footnote[{_write(_NAME, match[2])}{match[1]}]", source
        )
        return _TYPST_MARK.sub(lambda match: f"#footnote[{_write(_SAME, match[1])}]", named)
    return source


def _write(name: str, key: str, label: str = "") -> str:
    return f"{name}{key.encode().hex()}L{label.encode().hex()}E "


def _prepare_latex(source: str, whole: str) -> str:
    source = _NOTE_COMMAND.sub(lambda _: r"\footnote", source)
    source = _replace_arguments(source, _MARGIN, lambda _, text: f" [{text}]")
    numbers = {key: str(number) for number, key in enumerate(_ITEM.findall(whole), 1)}
    source = _CITATION.sub(lambda match: _write_citation(match, numbers), source)
    texts: list[tuple[str | None, str]] = []

    def collect(match: re.Match[str], text: str) -> str:
        texts.append((match[1], text))
        return ""

    source = _replace_arguments(source, _NOTE_TEXT, collect)
    seen: set[str] = set()

    def place(match: re.Match[str]) -> str:
        number = match[1]
        if number in seen:
            return rf"\footnote{{{_write(_SAME, number or '')}}}"
        index = next((i for i, (other, _) in enumerate(texts) if other == number), None)
        if index is None:
            return rf"\footnote{{{_write(_MISSING, number or '', number or '')}}}"
        seen.update({number} - {None})
        name = _write(_NAME, number, number) if number else ""
        return rf"\footnote{{{name}{texts.pop(index)[1]}}}"

    return _NOTE_MARK.sub(place, source)


def _write_citation(match: re.Match[str], numbers: dict[str, str]) -> str:
    keys = [numbers.get(key.strip(), key.strip()) for key in match["keys"].split(",")]
    before = match["first"] if match["second"] is not None else ""
    pages = match["second"] if match["second"] is not None else match["first"]
    cited = ", ".join(filter(None, [*keys, pages]))
    text = f"{before} {cited}".strip()
    return rf"\footnote{{{text}.}}" if (match["kind"] or "").startswith("foot") else f"{{[}}{text}]"


def _replace_arguments(
    source: str, pattern: re.Pattern[str], write: Callable[[re.Match[str], str], str]
) -> str:
    """Return LaTeX in which commands with an argument in braces are written otherwise."""
    parts: list[str] = []
    position = 0
    for match in pattern.finditer(source):
        if match.start() < position:
            continue
        end = _find_end(source, match.end())
        if end:
            parts += [source[position : match.start()], write(match, source[match.end() + 1 : end])]
            position = end + 1
    return "".join([*parts, source[position:]])


def _find_end(source: str, start: int) -> int:
    """Return where the brace that opens at a place is closed; 0 if it is not within a page."""
    depth = 0
    for match in re.compile(r"\\.|[{}]", re.DOTALL).finditer(source, start, start + 10_000):
        depth += {"{": 1, "}": -1}.get(match[0], 0)
        if not depth:
            return match.start()
    return 0


def _prepare_rst(source: str) -> str:
    """Return reStructuredText with the printed number of each note, and citations as notes."""
    source = _write_fields(source)
    labels = [match[2] for match in _RST_NOTE.finditer(source)]
    taken = {label for label in labels if label.isdecimal()}
    automatic = (str(number) for number in range(1, 10_000) if str(number) not in taken)
    numbers = {label: next(automatic) for label in labels if len(label) > 1 and label[0] == "#"}

    def get_label(label: str) -> str:
        return numbers.get(label, "" if label in ("#", "*") else label)

    citations = {label for label in labels if label[0].isalpha()}
    text = _add_names(source, _RST_NOTE, _RST_MARK, "[{0}]_", ".. [{0}] {1}", get_label)
    for label in citations:
        text = text.replace(f".. [{label}] ", f".. [#{label}] ").replace(
            f"[{label}]_", f"[#{label}]_"
        )
    return text


def _write_fields(source: str) -> str:
    """Return reStructuredText with title and authors of a header like a letter's as fields."""
    header = _RST_HEADER.match(source)
    fields = list(_RST_FIELD.finditer(header[0])) if header else []
    if header is None or not any(match[1] == "Title" for match in fields):
        return source
    written = "".join(f":{match[1]}: {match[2]}" for match in fields)
    return f"{written}\n{_RST_FIELD.sub('', header[0])}{source[header.end() :]}"


def _add_names(
    source: str,
    note_pattern: re.Pattern[str],
    mark_pattern: re.Pattern[str],
    mark: str,
    note: str,
    get_label: Callable[[str], str],
) -> str:
    """Return a source whose notes begin with their names, with a mark each, and its marks a note.

    Args:
        source: The text of the file.
        note_pattern: Matches the beginning of a note, its second group the label.
        mark_pattern: Matches a mark, its first group the label.
        mark: How a mark is written.
        note: How a note is written.
        get_label: Returns what a label prints; "" for the next number.
    """
    is_plain = mark.startswith("[^")
    defined = Counter(match[2] for match in note_pattern.finditer(source))
    marked = Counter(match[1] for match in mark_pattern.finditer(source))
    source = note_pattern.sub(
        lambda match: (
            match[0]
            if match[2] in ("#", "*")
            else f"{match[1]} " + _write(_NAME, match[2], "" if is_plain else get_label(match[2]))
        ),
        source,
    )
    lines = []
    for label, count in marked.items():
        is_anonymous = label in ("#", "*")
        if label[0].isalpha() and not is_plain and label not in defined:
            continue  # a link of reStructuredText, or a citation in a bibliography of its own
        lost = count - defined[label] if is_anonymous else int(label not in defined)
        printed = "" if is_anonymous or label[0] == "#" else label
        lines += [note.format(label, _write(_MISSING, label, printed))] * max(lost, 0)
    for label, count in defined.items():
        unused = count - marked[label] if label in ("#", "*") else int(not marked[label])
        lines += [f"{_UNUSED} {mark.format(label)}"] * max(unused, 0)
    return source + "\n\n" + "\n\n".join(lines) + "\n" if lines else source


def finish(page: str) -> str:
    r"""Return pandoc's page with each note once, and its marks with the numbers that are printed.

    The notes of its title have signs, as LaTeX prints them (\thanks): pandoc numbers all alike.

    Args:
        page: What pandoc made of a file that `prepare` returned.
    """
    page = _CITATION_KEYS.sub(lambda match: f"{match[1]}[{match[2]}]", page)
    page = _UNUSED_MARKS.sub("", page)
    texts = {match["id"]: match["text"] for match in _PAGE_NOTE.finditer(page)}
    header_end = page.find("</header>")
    labels: dict[str, str] = {}
    targets: dict[str, str] = {}
    names: dict[str, str] = {}
    number = title_count = 0
    for match in _PAGE_MARK.finditer(page):
        identifier = match["id"]
        trace = _TRACE.search(texts.get(identifier, ""))
        first = names.setdefault(trace[2], identifier) if trace and trace[2] else identifier
        targets[identifier] = first
        if first in labels:
            continue
        is_title = match.start() < header_end
        title_count += is_title
        number += not is_title
        own = bytes.fromhex(trace[3]).decode() if trace else ""
        labels[first] = own or (_TITLE_SIGNS[(title_count - 1) % 5] if is_title else str(number))
    return _rewrite(page, texts, labels, targets)


def _rewrite(
    page: str, texts: dict[str, str], labels: dict[str, str], targets: dict[str, str]
) -> str:
    def write_mark(match: re.Match[str]) -> str:
        first = targets.get(match["id"], match["id"])
        label = labels.get(first, match["id"])
        is_first = first == match["id"]
        own = f' id="fnref{first}"' if is_first else ""
        return (
            f'<a href="#fn{first}" class="footnote-ref"{own} role="doc-noteref">'
            f"<sup>{label}</sup></a>"
        )

    def write_note(match: re.Match[str]) -> str:
        identifier, text = match["id"], match["text"]
        trace = _TRACE.search(text)
        if targets.get(identifier, identifier) != identifier or (trace and trace[1] == _MISSING):
            return ""
        label = ""
        if trace and identifier not in targets:  # no mark is left
            name = bytes.fromhex(trace[3] or trace[2]).decode()
            label = f"[{name}] " if name.isdecimal() else ""
        text = _TRACE.sub(label, text, count=1)
        return f'<li id="fn{identifier}">{text}'

    page = _PAGE_MARK.sub(write_mark, page)
    return _PAGE_NOTE.sub(write_note, page) if texts else page
