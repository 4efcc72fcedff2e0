"""Tests of the question sets over the written articles that are held out."""

from __future__ import annotations

from eval.questions.gold import check_gold
from eval.training.held_out import is_held_out
from eval.training.written_questions import PASSAGES_FILE, load_written_sets, read_publication


def test_written_questions_have_their_answers_in_the_publication() -> None:
    publication = read_publication(PASSAGES_FILE)
    assert not publication.findings
    sets = load_written_sets()
    faults = [
        fault
        for questions in sets.values()
        for question in questions
        for fault in check_gold(question, publication)
    ]
    assert not faults
    for questions in sets.values():
        assert any(question.near_miss for question in questions)
        assert any(question.is_answerable for question in questions)
    ids = [question.id for questions in sets.values() for question in questions]
    assert len(ids) == len(set(ids))


def test_only_articles_that_are_held_out_are_read() -> None:
    publication = read_publication(PASSAGES_FILE)
    labels = {note.number for article in publication.articles for note in article.notes}
    assert labels
    assert all(is_held_out(f"written/{label.split('-')[0]}") for label in labels)


def test_the_halves_ask_about_different_articles() -> None:
    articles: dict[str, set[int]] = {"written-1": set(), "written-2": set()}
    for name, questions in load_written_sets().items():
        articles[name.partition(".")[0]] |= {
            section.article for question in questions for section in question.gold_sections
        }
    first, second = articles.values()
    assert first
    assert second
    assert not first & second
