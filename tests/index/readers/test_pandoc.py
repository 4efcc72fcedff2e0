"""Tests of the formats that pandoc converts."""

from __future__ import annotations

from pathlib import Path

import pytest

from index import readers
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
