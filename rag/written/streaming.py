"""Write an answer sentence by sentence: each one is given once it has been checked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing

from index.text.scripts import detect_language
from rag.answer.model import Answer
from rag.written.endpoint import Endpoint, drop_reasoning, stream_reply
from rag.written.evidence import number_sentences
from rag.written.model import NumberedSentence, Verdict, WrittenAnswer, WrittenSentence
from rag.written.request import (
    DraftSentence,
    build_messages,
    choose_task,
    parse_complete_sentences,
    parse_reply,
)

_MAX_STREAMED = 20_000  # characters of a reply that are looked at before it is whole

Verify = Callable[[str, Sequence[int], Sequence[NumberedSentence]], Verdict]
"""Checks a sentence, by what it cites, against the evidence; see `Verifier.verify`."""


async def stream_answer(
    answer: Answer, endpoint: Endpoint, verify: Verify
) -> AsyncGenerator[WrittenAnswer, None]:
    """Yield an answer that a model writes, with one more checked sentence each time.

    The last one is whole. Nothing is asked for where the library does not answer. To close the
    iterator ends the request.

    Args:
        answer: What the library answers.
        endpoint: Where the model is asked.
        verify: Checks the sentences, in a thread.

    Raises:
        WritingError: If the model is away or answers nonsense.
    """
    if not answer.is_answered:
        return
    evidence = number_sentences(answer)
    if not evidence:
        return
    task = choose_task(answer)
    messages = build_messages(answer, evidence, detect_language(answer.question), task)
    checked: dict[DraftSentence, WrittenSentence] = {}

    async def check(draft: DraftSentence) -> WrittenSentence:
        if draft not in checked:
            verdict = await asyncio.to_thread(verify, draft.text, draft.cites, evidence)
            checked[draft] = WrittenSentence(draft.text, draft.cites, verdict)
        return checked[draft]

    def build(sentences: Sequence[WrittenSentence]) -> WrittenAnswer:
        return WrittenAnswer(endpoint.model, endpoint.host, tuple(sentences), evidence, task)

    reply = ""
    sentences: list[WrittenSentence] = []
    async with aclosing(stream_reply(endpoint, messages)) as pieces:
        async for piece in pieces:
            reply += piece
            if "]" not in piece:
                continue
            beginning = drop_reasoning(reply)[:_MAX_STREAMED]
            for draft in parse_complete_sentences(beginning)[len(sentences) :]:
                sentences.append(await check(draft))
                yield build(sentences)
    whole = [await check(draft) for draft in parse_reply(drop_reasoning(reply))]
    if whole and whole != sentences:
        yield build(whole)
