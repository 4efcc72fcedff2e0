"""Tests of the questions that turn to another article though they begin like follow-ups."""

from __future__ import annotations

from eval.benchmarks.turning import count_right, list_follow_ups, list_turns
from eval.questions.sets import find_set
from rag.retriever import Retriever


def test_most_questions_that_turn_are_answered_from_the_article_that_they_turn_to(
    sample_retriever: Retriever,
) -> None:
    questions = [q for q in find_set("sample").questions if q.split == "test"]
    turning = list(list_turns(questions))
    assert len(turning) > 10
    assert all(question.history and question.text for question in turning)
    assert count_right(sample_retriever, turning) >= 0.9 * len(turning)
    follow_ups = list_follow_ups(questions)
    assert count_right(sample_retriever, follow_ups) >= 0.8 * len(follow_ups)
