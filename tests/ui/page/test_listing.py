"""Tests of lists, counts, outlines and comparisons on the page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from index.storage.library import Library
from rag.retriever import Retriever
from ui.page.render import render_template


@pytest.fixture(scope="module")
def retriever(sample_library: Path) -> Iterator[Retriever]:
    with Library.open(sample_library) as library:
        yield Retriever(library)


def _render(retriever: Retriever, question: str) -> str:
    answer = retriever.retrieve(question)
    templates = ("lede.html", "answer.html")
    return "".join(render_template(name, "en", answer=answer, number=1) for name in templates)


def test_sentences_link_to_the_article_and_fold_their_notes(retriever: Retriever) -> None:
    html = _render(retriever, "How often is 渡輪 mentioned?")
    assert "“渡輪” in the text, without notes and headings: 3 (articles: 1)" in html
    assert 'href="read/' in html
    assert "mark=" in html
    assert '<details class="notes">' in html


def test_notes_show_the_note_that_they_stand_for(retriever: Retriever) -> None:
    html = _render(retriever, "Which notes cite Dorrit Quayle or 汐望仲裁協會?")
    assert "同註 5。" in html
    assert "stands for note 5" in html


def test_long_listings_open_their_first_group_alone(retriever: Retriever) -> None:
    html = _render(retriever, "What are the most cited works?")
    assert html.count('class="listing-group"') > 30
    assert html.count(" open>") == 1


def test_what_is_not_there_is_said_first(retriever: Retriever) -> None:
    html = _render(retriever, "Is <b>Reuters</b> cited anywhere?")
    assert "<b>Reuters</b>" not in html
    assert "No note cites" in _render(retriever, "Is Reuters cited anywhere?")
    assert "The text does not say" in _render(retriever, "How often is 颱風眼 mentioned?")
