"""Read OpenDocument, LaTeX and other files by pandoc, a process of its own."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from html import escape as html_escape
from importlib.util import find_spec
from pathlib import Path

from index.document import Finding, Publication
from index.errors import ReadError
from index.messages import MessageCatalogue
from index.readers import html
from index.readers.decoding import decode_text
from index.readers.formats import PANDOC_FORMATS
from index.readers.markdown.front_matter import parse_front_matter
from index.readers.open_document import DocumentProperties, read_properties
from index.readers.pandoc_notes import find_includes, finish, prepare
from index.readers.report import Report

_MESSAGES = MessageCatalogue("index", "readers")

_TIME_LIMIT = 120  # seconds, on a busy machine
_PROCESSOR_SECONDS = 20
_PROCESSOR_SECONDS_PER_MB = 20
_LIMITED = ("sh", "-c", 'ulimit -S -t "$0" && exec "$@"')
_MAX_NAMES = 5
_TITLE = re.compile(r'<h1 class="title">((?:[^<]|<(?!/?h1)){1,2000})</h1>')
_TAGS = re.compile(r"<a .{0,300}?</a>|<[^<>]*>", re.DOTALL)
_NAMELESS = re.compile(r'<meta name="author" content="true" />|<p class="author">true</p>')
_PAGE_TITLE = re.compile(r"(<title>).{0,500}?(</title>)", re.DOTALL)


def read(data: bytes, path: Path) -> tuple[Publication, str]:
    """Return the publication in a file that pandoc converts, and all its text.

    Args:
        data: The file's content.
        path: The file; its ending names the format.

    Raises:
        ReadError: If there is no pandoc, or it cannot convert the file.
    """
    program = find_pandoc()
    if program is None:
        raise ReadError(_MESSAGES["pandoc.missing"].format(path=path))
    kind = PANDOC_FORMATS[path.suffix.lower()]
    source = "" if kind == "odt" else decode_text(data, path.name).text
    if source:
        data = prepare(source, kind).encode()
    if kind == "latex":
        data = _end_latex(data)
    command = [program, "--sandbox", "--from", kind, "--to", "html5"]
    command += ["--standalone", "--wrap", "none", "--metadata", f"pagetitle={path.stem}"]
    try:
        result = subprocess.run(  # noqa: S603 - a program that was found, with our own arguments
            [*_LIMITED, str(_limit_seconds(data)), *command, "+RTS", "-M1G", "-RTS"],
            input=data,
            capture_output=True,
            timeout=_TIME_LIMIT,
            check=True,
        )
    except subprocess.TimeoutExpired as error:
        raise ReadError(_MESSAGES["pandoc.too_slow"].format(path=path)) from error
    except subprocess.CalledProcessError as error:
        if error.returncode == -signal.SIGXCPU:
            raise ReadError(_MESSAGES["pandoc.too_slow"].format(path=path)) from error
        reason = " ".join(error.stderr.decode("utf-8", "replace").split())[:200]
        raise ReadError(_MESSAGES["pandoc.failed"].format(path=path, reason=reason)) from error
    page = finish(result.stdout.decode("utf-8", "replace"))
    if kind == "odt":
        page = _describe_page(page, read_properties(data, path))
    if _NAMELESS.search(page):
        stated = parse_front_matter(source.splitlines(), path.name, Report()).values
        page = _name_authors(page, stated.get("authors", []))
    page = _name_page(page)
    publication, text = html.read(page.encode(), path)
    if names := find_includes(source, kind):
        message = _MESSAGES["finding.missing_files"].format(names=", ".join(names[:_MAX_NAMES]))
        finding = Finding("missing-file", 1, message)
        publication = replace(publication, findings=(finding, *publication.findings))
    return publication, text


def _describe_page(page: str, properties: DocumentProperties) -> str:
    """Return a page of pandoc's with the title, the authors and the date of an OpenDocument text.

    Its title is a heading where a paragraph has nothing else.
    """
    title = html_escape(properties.title, quote=False)
    described = [("author", name) for name in properties.authors]
    described += [("dcterms.date", properties.date)] if properties.date else []
    metas = "".join(
        f'<meta name="{name}" content="{html_escape(value)}" />' for name, value in described
    )
    page = page.replace("</head>", f"{metas}</head>", 1)
    if not title:
        return page
    paragraph = re.compile(rf"<(p|h1[^<>]{{0,200}})>\s*({re.escape(title)})\s*</(?:p|h1)>")
    page = paragraph.sub(r'<h1 class="title">\2</h1>', page, count=1)
    return _PAGE_TITLE.sub(lambda match: f"{match[1]}{title}{match[2]}", page, count=1)


def _name_authors(page: str, names: Sequence[str]) -> str:
    """Return a page of pandoc's with the names of authors of whom a file says more than these."""
    metas = "".join(f'<meta name="author" content="{html_escape(name)}" />' for name in names)
    return _NAMELESS.sub("", page).replace("</head>", f"{metas}</head>", 1)


def _name_page(page: str) -> str:
    """Return a page of pandoc's named by its title, where the file states one, and not by it."""
    title = _TITLE.search(page)
    name = _TAGS.sub("", title[1]).strip() if title else ""
    return (
        _PAGE_TITLE.sub(lambda match: f"{match[1]}{name}{match[2]}", page, count=1)
        if name
        else page
    )


def _limit_seconds(data: bytes) -> int:
    """Return how many seconds of the processor pandoc may use: some files keep it busy for ever."""
    return _PROCESSOR_SECONDS + _PROCESSOR_SECONDS_PER_MB * len(data) // 1_000_000


def _end_latex(data: bytes) -> bytes:
    """Return LaTeX with the end that pandoc wants, if it is not there."""
    ends = [line for line in data.splitlines() if line.lstrip().startswith(b"\\end{document}")]
    if b"\\begin{document}" in data and not ends:
        return data + b"\n\\end{document}\n"
    return data


def find_pandoc() -> str | None:
    """Return the path of pandoc: that of the package pypandoc_binary, else one on the path."""
    spec = find_spec("pypandoc")
    if spec and spec.origin:
        bundled = Path(spec.origin).parent / "files" / "pandoc"
        if bundled.is_file():
            return str(bundled)
    return shutil.which("pandoc")
