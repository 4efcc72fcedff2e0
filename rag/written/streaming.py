"""Write sentence by sentence: each one is given once it has been checked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from rag.written.endpoint import Endpoint, drop_reasoning, stream_reply
from rag.written.model import WrittenAnswer, WrittenSentence
from rag.written.plan import Verify, WritingPlan
from rag.written.request import DraftSentence, parse_complete_sentences, parse_reply

_MAX_STREAMED = 20_000  # characters of a reply that are looked at before it is whole


async def stream_written(
    plan: WritingPlan, endpoint: Endpoint, verify: Verify
) -> AsyncGenerator[WrittenAnswer, None]:
    """Yield what a model writes, with one more checked sentence each time; the last is whole.

    To close the iterator ends the request.

    Args:
        plan: What is to be written.
        endpoint: Where the model is asked.
        verify: Checks the sentences, in a thread.

    Raises:
        WritingError: If the model is away or answers nonsense.
    """
    checked: dict[DraftSentence, WrittenSentence] = {}

    async def check(draft: DraftSentence) -> WrittenSentence:
        if draft not in checked:
            checked[draft] = await asyncio.to_thread(plan.check_sentence, draft, verify)
        return checked[draft]

    def build(sentences: Sequence[WrittenSentence]) -> WrittenAnswer:
        return WrittenAnswer(
            endpoint.model, endpoint.host, tuple(sentences), plan.evidence, plan.task
        )

    reply = ""
    sentences: list[WrittenSentence] = []
    async with aclosing(stream_reply(endpoint, plan.build_messages())) as pieces:
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
