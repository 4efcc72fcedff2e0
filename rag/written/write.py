"""Write an answer from what a library answers, and check every sentence of it."""

from __future__ import annotations

from index.text.scripts import detect_language
from rag.answer.model import Answer
from rag.written.endpoint import Endpoint, complete
from rag.written.evidence import number_sentences
from rag.written.model import WrittenAnswer, WrittenSentence
from rag.written.request import build_messages, parse_reply
from rag.written.verification import Verifier


def write_answer(answer: Answer, endpoint: Endpoint, verifier: Verifier) -> WrittenAnswer | None:
    """Return an answer that a model wrote, each sentence checked; None where there is none.

    Nothing is asked for where the library does not answer.

    Args:
        answer: What the library answers.
        endpoint: Where the model is asked.
        verifier: Checks the sentences.

    Raises:
        WritingError: If the model is away or answers nonsense.
    """
    if not answer.is_answered:
        return None
    evidence = number_sentences(answer)
    messages = build_messages(answer, evidence, detect_language(answer.question))
    drafts = parse_reply(complete(endpoint, messages))
    sentences = tuple(
        WrittenSentence(text, cites, verifier.verify(text, cites, evidence))
        for text, cites in drafts
    )
    return WrittenAnswer(endpoint.model, endpoint.host, sentences, evidence) if sentences else None
