"""Tests of the formats that pandoc converts."""

from __future__ import annotations

from pathlib import Path

import pytest

from index import readers
from index.errors import ReadError
from index.readers import pandoc
from index.readers.pandoc import find_pandoc

_LATEX = r"""
\documentclass{article}
\title{The Dry Harbour\thanks{Read at Port Sel.}}
\author{Ada Merrow}
\begin{document}
\maketitle
\section{Silt}
The harbour fell dry.\footnote{Merrow, \emph{Silt} (Port Sel: Tide Press, 2001), 3.}
Nobody dredged it.\footnote{Ibid.}
\end{document}
"""


@pytest.mark.skipif(find_pandoc() is None, reason="pandoc is not installed")
def test_notes_of_a_latex_title_have_signs_and_no_numbers(tmp_path: Path) -> None:
    file = tmp_path / "harbour.tex"
    file.write_text(_LATEX)
    articles = readers.read(file).articles
    assert [note.number for article in articles for note in article.notes] == ["*", "1", "2"]
    (mark_numbers,) = [
        [mark.note for mark in paragraph.marks]
        for article in articles
        for section in article.sections
        for paragraph in section.paragraphs
        if "harbour fell" in paragraph.text
    ]
    assert mark_numbers == ["1", "2"]


def test_pandoc_that_never_ends_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "pandoc"
    program.write_text("#!/bin/sh\nwhile :; do :; done\n")
    program.chmod(0o755)
    monkeypatch.setattr(pandoc, "find_pandoc", lambda: str(program))
    monkeypatch.setattr(pandoc, "_PROCESSOR_SECONDS", 1)
    with pytest.raises(ReadError, match="did not finish"):
        pandoc.read(_LATEX.encode(), Path("harbour.tex"))
