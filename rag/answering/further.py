"""Which passages of an answer beside the first one answer, too."""

from __future__ import annotations

from rag.answer.model import Answer
from rag.ranking.parameters import load_parameters


def may_answer(answer: Answer, index: int) -> bool:
    """Return whether the best sentence of a passage may answer the question.

    That of the first passage does if the answer is confident; those of others do if passage and
    sentence score little less.

    Args:
        answer: The answer.
        index: The index of the passage's citation.
    """
    return answer.is_answered and _is_within(
        answer, index, load_parameters().further_passages.may_answer_margin
    )


def adds_answer(answer: Answer, index: int) -> bool:
    """Return whether a further passage answers about as well as the first one, in other words.

    Args:
        answer: The answer.
        index: The index of the passage's citation.
    """
    margin = load_parameters().further_passages.adds_margin
    sentence = answer.citations[index].evidence_text
    earlier = {citation.evidence_text for citation in answer.citations[:index]}
    return answer.is_answered and sentence not in earlier and _is_within(answer, index, margin)


def _is_within(answer: Answer, index: int, margin: float) -> bool:
    first, citation = answer.citations[0], answer.citations[index]
    if index == 0 or not (first.evidence and citation.evidence):
        return index == 0 and not first.statements
    passage_gap = first.score - citation.score
    sentence_gap = first.evidence[0].score - citation.evidence[0].score
    return max(passage_gap, sentence_gap) <= margin
