"""Tests of replies that come piece by piece, and of what is checked of them meanwhile."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import cast

import pytest

from index.document import Span
from rag.answer.model import Answer, ArticleRef, Citation, Evidence, PublicationRef
from rag.written import endpoint as endpoint_module
from rag.written.endpoint import Endpoint, WritingError, complete
from rag.written.model import NumberedSentence, Verdict, WrittenAnswer
from rag.written.plan import WritingPlan, plan_answer, plan_translation
from rag.written.streaming import stream_written
from tests.helpers.stub_endpoint import (
    StubEndpoint,
    serve_replies,
    stream_pieces,
    wrap_content,
    write_sentences,
)

MESSAGES = [{"role": "user", "content": "?"}]
TEXT = "The dam was built in 1931. It holds nine million tons."
ANSWER = Answer(
    "When was the dam built?",
    (
        Citation(
            "p1", PublicationRef("p", "Works"), ArticleRef(0, "Dams"), 0, (), TEXT,
            evidence=(Evidence(Span(0, 26)),),
        ),
    ),
    confidence=0.9,
    threshold=0.5,
)  # fmt: skip
PLAN = cast("WritingPlan", plan_answer(ANSWER))
REPLY = write_sentences(("It dates from 1931.", [1]), ("It holds nine million tons.", [2]))


def check(text: str, cites: Sequence[int], evidence: Sequence[NumberedSentence]) -> Verdict:
    assert evidence
    return Verdict((), 1.0, {"length": float(len(text))})


def write(endpoint: Endpoint) -> list[WrittenAnswer]:
    async def collect() -> list[WrittenAnswer]:
        return [written async for written in stream_written(PLAN, endpoint, check)]

    return asyncio.run(collect())


def list_texts(snapshots: Sequence[WrittenAnswer]) -> list[list[str]]:
    return [[sentence.text for sentence in written.sentences] for written in snapshots]


def chunk(**delta: object) -> str:
    return f"data: {json.dumps({'choices': [{'index': 0, 'delta': delta}]})}\n\n"


SSE_DIALECTS = {
    # reasoning in a field of its own, usage in a chunk without choices
    "vllm": chunk(role="assistant", content="")
    + chunk(reasoning_content="let me [1] see")
    + chunk(content=REPLY)
    + 'data: {"choices": [], "usage": {"total_tokens": 9}}\n\ndata: [DONE]\n\n',
    # the role in every chunk, an empty one at the end
    "ollama": chunk(role="assistant", content="", reasoning="hm")
    + chunk(role="assistant", content=REPLY)
    + chunk(role="assistant", content="")
    + "data: [DONE]\n\n",
    # sources as an event of their own, without choices
    "open-webui": 'data: {"sources": [{"document": ["x"]}]}\n\n'
    + chunk(content=REPLY)
    + "data: [DONE]\n\n",
    "comments, no space, and no end": f": waiting\n\nevent: x\ndata:{chunk(content=REPLY)[6:]}",
    "carriage returns": chunk(content=REPLY).replace("\n", "\r\n") + "data: [DONE]\r\n\r\n",
    "thinks aloud": chunk(content='<think>{"sentences": []} [1]')
    + chunk(content=f"</think>{REPLY}"),
    "whole after all": wrap_content(REPLY),
    "whole, in lines": json.dumps(json.loads(wrap_content(REPLY)), indent=1),
}


@pytest.mark.parametrize("body", SSE_DIALECTS.values(), ids=SSE_DIALECTS.keys())
def test_the_dialects_of_endpoints_are_read(body: str) -> None:
    with serve_replies((200, body)) as stub:
        assert complete(stub.endpoint, MESSAGES) == REPLY
        assert list_texts(write(stub.endpoint))[-1] == [
            "It dates from 1931.",
            "It holds nine million tons.",
        ]
        assert stub.requests[0]["stream"] is True


def test_a_sentence_comes_once_it_is_whole_and_checked() -> None:
    pieces = [REPLY[:n] for n in (12, 40, 52, 60, 90)] + [REPLY]
    steps = [later[len(earlier) :] for earlier, later in zip(["", *pieces], pieces, strict=False)]
    with serve_replies(stream_pieces(*steps)) as stub:
        assert list_texts(write(stub.endpoint)) == [
            ["It dates from 1931."],
            ["It dates from 1931.", "It holds nine million tons."],
        ]


def test_of_a_reply_that_is_cut_off_whole_sentences_are_kept() -> None:
    cut = REPLY[: REPLY.index("nine")]
    with serve_replies(stream_pieces(cut, end="")) as stub:
        assert list_texts(write(stub.endpoint)) == [["It dates from 1931."]]


def test_errors_within_a_stream_give_one_line() -> None:
    error = 'data: {"error": {"message": "out of\\nmemory", "code": 500}}\n\n'
    with serve_replies(stream_pieces("{", end=error)) as stub:
        with pytest.raises(WritingError, match="out of") as caught:
            write(stub.endpoint)
        assert "\n" not in caught.value.message.en
        assert len(stub.requests) == 1


def test_a_stream_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint_module, "_TOTAL_TIMEOUT", 0.1)
    with serve_replies(stream_pieces(*["x"] * 40), pause=0.01) as stub:
        with pytest.raises(WritingError, match="not replied"):
            write(stub.endpoint)
        assert stub.is_left.wait(5)
    monkeypatch.setattr(endpoint_module, "_MAX_TRANSFER", 1_000)
    with serve_replies((200, "x" * 2_000)) as stub, pytest.raises(WritingError, match="no answer"):
        write(stub.endpoint)


async def _leave_after_first(stub: StubEndpoint) -> None:
    async with aclosing(stream_written(PLAN, stub.endpoint, check)) as snapshots:
        async for _ in snapshots:
            break


def test_whoever_stops_reading_ends_the_request() -> None:
    body = stream_pieces(REPLY[:60], *[" "] * 100, REPLY[60:])
    with serve_replies(body, pause=0.01) as stub:
        asyncio.run(_leave_after_first(stub))
        assert stub.is_left.wait(5)


def test_a_cancelled_task_ends_a_request_that_nothing_has_answered_yet() -> None:
    async def cancel(stub: StubEndpoint) -> None:
        task = asyncio.ensure_future(_leave_after_first(stub))
        while not stub.requests:
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with serve_replies(stream_pieces(*[" "] * 200), delay=0.2, pause=0.005) as stub:
        asyncio.run(cancel(stub))
        assert stub.is_left.wait(5)


def test_nothing_is_to_be_written_where_the_library_does_not_answer() -> None:
    unsure = replace(ANSWER, confidence=0.1)
    empty = replace(ANSWER, citations=())
    for answer in (unsure, empty):
        assert plan_answer(answer) is None
        assert plan_translation(answer) is None
    assert (
        plan_translation(replace(ANSWER, citations=(replace(ANSWER.citations[0], evidence=()),)))
        is None
    )


def test_a_translation_is_of_the_quotation_alone_and_in_the_other_language() -> None:
    plan = cast("WritingPlan", plan_translation(ANSWER))
    assert (plan.language, [item.text for item in plan.evidence]) == (
        "zh",
        ["The dam was built in 1931."],
    )
    reply = write_sentences(("水壩建於 1931 年。", [1]), ("It dates from 1931.", [1]))

    async def collect(endpoint: Endpoint) -> list[WrittenAnswer]:
        return [written async for written in stream_written(plan, endpoint, check)]

    with serve_replies(reply) as stub:
        *_, written = asyncio.run(collect(stub.endpoint))
        assert ANSWER.question not in str(stub.requests)
    assert written.task == "translation"
    assert [sentence.verdict.is_supported for sentence in written.sentences] == [True, False]


def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve_replies(REPLY) as stub, serve_replies(REPLY) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.endpoint.url)
        monkeypatch.setenv("ALL_PROXY", proxy.endpoint.url)
        assert complete(stub.endpoint, MESSAGES) == REPLY
        assert proxy.requests == []
