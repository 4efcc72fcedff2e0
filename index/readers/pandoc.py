"""Read OpenDocument, LaTeX, reStructuredText and Quarto files by pandoc, a process of its own."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
from importlib.util import find_spec
from pathlib import Path

from index.document import Publication
from index.errors import ReadError
from index.messages import MessageCatalogue
from index.readers import html
from index.readers.formats import PANDOC_FORMATS

_MESSAGES = MessageCatalogue("index", "readers")

_TIME_LIMIT = 120  # seconds, on a busy machine
_PROCESSOR_SECONDS = 20
_PROCESSOR_SECONDS_PER_MB = 20
_LIMITED = ("sh", "-c", 'ulimit -S -t "$0" && exec "$@"')
_NOTE_MARK = re.compile(rb'(<a href="#fn\d{1,5}" class="footnote-ref"[^<>]{0,80}><sup>)(\d{1,5})')
_TITLE_SIGNS = "*†‡§¶"


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
    command = [program, "--sandbox", "--from", PANDOC_FORMATS[path.suffix.lower()], "--to", "html5"]
    command += ["--standalone", "--wrap", "none", "--metadata", f"pagetitle={path.stem}"]
    try:
        result = subprocess.run(  # noqa: S603 - a program that was found, with our own arguments
            [*_LIMITED, str(_limit_seconds(data)), *command, "+RTS", "-M1G", "-RTS"],
            input=_prepare(data, path),
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
    return html.read(_separate_title_notes(result.stdout), path)


def _limit_seconds(data: bytes) -> int:
    """Return how many seconds of the processor pandoc may use: some files keep it busy for ever."""
    return _PROCESSOR_SECONDS + _PROCESSOR_SECONDS_PER_MB * len(data) // 1_000_000


def _separate_title_notes(page: bytes) -> bytes:
    r"""Return pandoc's page with signs for the notes of its title, as LaTeX prints (\thanks).

    Pandoc numbers all notes alike, so that those of the text would not have their own numbers.
    """
    header_end = page.find(b"</header>")
    title_notes = len(_NOTE_MARK.findall(page, 0, max(header_end, 0)))

    def renumber(match: re.Match[bytes]) -> bytes:
        number = int(match[2]) - title_notes
        label = str(number) if number > 0 else _TITLE_SIGNS[(int(match[2]) - 1) % len(_TITLE_SIGNS)]
        return match[1] + label.encode()

    return _NOTE_MARK.sub(renumber, page) if title_notes else page


def _prepare(data: bytes, path: Path) -> bytes:
    """Return the content of a file; LaTeX with the end that pandoc wants, if it is not there."""
    if path.suffix.lower() == ".tex":
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
