"""Tests that any question with any history gets an answer or a one-line error everywhere."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from mcp import Client
from starlette.testclient import TestClient

from index.errors import QuestionError
from index.messages import MessageCatalogue
from index.storage.library import Library
from index.update.update import update_library
from rag.answer.serialization import to_dict
from rag.render.text import to_text
from rag.retriever import Retriever
from tests.helpers.hashing_encoder import HashingEncoder
from tests.helpers.printing import print_to
from ui.api.app import build_app
from ui.asgi.api_keys import ApiKeys
from ui.asgi.origin import OriginPolicy
from ui.asgi.request_limits import AccessPolicy
from ui.asgi.workers import WorkerPool
from ui.cli.main import main
from ui.conversations.fallback_store import FallbackStore
from ui.conversations.store import ConversationStore
from ui.mcp.server import build_server
from ui.page.chat_sessions import ChatSessions, answer_turn
from ui.page.gradio_offline import gr
from ui.page.layout import build_page
from ui.service.limits import Limits
from ui.service.service import Service

FRAGMENTS = (
    "還有呢？", "還有什麼？", "Anything else?", "Tell me more.", "那第五條呢？",
    "what about the second one?", "這篇是誰寫的？", "Who wrote it?", "出處是什麼？",
    "Which source is cited?", "有多少人？", "港口", "铁路", "the second", "第 二 期", "上一篇",
    "it", "呢", "為什麼", "why", "2024 年 5 月", "三千公尺", "10³", "《港口》",
)  # fmt: skip
ODD = (
    "👍", "🏳️‍🌈", "한국어 질문", "ﷺ" * 9, "e\u0301", "\x00", "\x1b[31m", "\u202e", "\u200b",
    "\ud800", "\n", "'", "\\", "𠀀", "½",
)  # fmt: skip

questions = st.lists(
    st.sampled_from(FRAGMENTS) | st.sampled_from(ODD) | st.text(max_size=8), max_size=4
).map("".join) | st.sampled_from(["ﷺ" * 2_000, "問" * 2_001, "港" * 2_000])
histories = st.lists(questions, max_size=4)


class Conversation(NamedTuple):
    question: str
    history: list[str]


conversations = st.builds(Conversation, questions, histories)
MORE = [Conversation(question, []) for question in FRAGMENTS[:4]]


@pytest.fixture(scope="module")
def encoder() -> HashingEncoder:
    return HashingEncoder()


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory, encoder: HashingEncoder) -> Path:
    folder = tmp_path_factory.mktemp("any")
    files = [
        print_to(folder, 1, "港口的貨運量去年增加三成", "The railway carried 300 people in 2024"),
        print_to(folder, 2, "鐵路在 2024 年 5 月通車"),
    ]
    update_library(folder / "library", files, encoder=encoder)
    return folder / "library"


@pytest.fixture(scope="module")
def retriever(path: Path, encoder: HashingEncoder) -> Retriever:
    return Retriever(Library.open(path), encoder)


@pytest.fixture(scope="module")
def service(path: Path, encoder: HashingEncoder) -> Service:
    return Service(path, encoder)


@pytest.fixture(scope="module")
def client(service: Service) -> Iterator[TestClient]:
    policy = AccessPolicy(ApiKeys([]), OriginPolicy(frozenset({"testserver"})))
    app = build_app(service, Limits(), policy)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def check_line(error: Exception) -> None:
    """Check that an error is shown in one line."""
    assert is_one_line(str(getattr(error, "message", error)))


def is_one_line(text: str) -> bool:
    return bool(text.strip()) and len(text.strip().splitlines()) == 1


@settings(max_examples=25)
@given(conversations)
@example(MORE[0])
@example(MORE[3])
def test_any_question_is_answered_or_refused_in_python(
    retriever: Retriever, conversation: Conversation
) -> None:
    try:
        answer = retriever.retrieve(conversation.question, history=conversation.history)
    except QuestionError as error:
        check_line(error)
    else:
        json.dumps(to_dict(answer))
        for language in ("zh", "en"):
            assert to_text(answer, language)


@settings(max_examples=25)
@given(st.lists(questions, max_size=5))
@example([conversation.question for conversation in MORE])
def test_any_batch_is_answered_or_refused_in_python(
    retriever: Retriever, several: list[str]
) -> None:
    try:
        answers = retriever.retrieve_many(several)
    except QuestionError as error:
        check_line(error)
    else:
        assert len(answers) == len(several)


@settings(max_examples=25)
@given(conversations)
@example(MORE[1])
def test_any_question_is_answered_or_refused_on_the_command_line(
    path: Path, encoder: HashingEncoder, conversation: Conversation
) -> None:
    history = [part for earlier in conversation.history for part in ("--history", f" {earlier}")]
    arguments = [
        "--lang",
        "en",
        "ask",
        "--library",
        str(path),
        *history,
        "--",
        conversation.question,
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ui.service.service.load_encoder", lambda _: encoder)
        with redirect_stdout(io.StringIO()) as shown, redirect_stderr(io.StringIO()) as error:
            status = main(arguments)
    assert (status == 0 and shown.getvalue().strip()) or is_one_line(error.getvalue())
    assert "Traceback" not in error.getvalue()


@settings(max_examples=25)
@given(conversations)
@example(MORE[2])
def test_any_question_is_answered_or_refused_over_http(
    client: TestClient, conversation: Conversation
) -> None:
    messages = [
        {"role": "user", "content": text} for text in (*conversation.history, conversation.question)
    ]
    for route, body in (
        ("ask", {"question": conversation.question, "history": conversation.history}),
        ("batch", {"questions": [conversation.question, *conversation.history]}),
        ("chat/completions", {"model": "tongzhu", "messages": messages}),
    ):
        response = client.post(
            f"/v1/{route}", content=json.dumps(body), headers={"content-type": "application/json"}
        )
        assert response.status_code in (200, 400, 422), (route, response.text)
        assert response.json()


@settings(max_examples=25)
@given(st.lists(conversations, min_size=1, max_size=8))
@example(MORE)
def test_any_question_is_answered_or_refused_over_mcp(
    service: Service, several: Sequence[Conversation]
) -> None:
    async def ask_all() -> None:
        workers = WorkerPool(Limits())
        async with Client(build_server(service, workers, Limits(), "en")) as mcp_client:
            for conversation in several:
                if any("\ud800" in text for text in (conversation.question, *conversation.history)):
                    continue  # which the client does not send
                result = await mcp_client.call_tool("ask", conversation._asdict())
                assert result.content[0].text.strip()
                assert not result.is_error or is_one_line(result.content[0].text)
        workers.stop()

    asyncio.run(ask_all())


@settings(max_examples=25)
@given(conversations)
@example(MORE[0])
def test_any_question_is_answered_or_refused_on_the_page(
    service: Service, conversation: Conversation
) -> None:
    turn = answer_turn(service, conversation.question, conversation.history)
    page_error = MessageCatalogue("ui", "page")["page_error"]
    assert turn.error != page_error
    assert turn.answer or (turn.error and is_one_line(turn.error.en))


@pytest.fixture(scope="module")
def ask_in_gradio(service: Service, tmp_path_factory: pytest.TempPathFactory) -> Any:
    store = ConversationStore.open(tmp_path_factory.mktemp("kept") / "conversations.sqlite")
    page = build_page(ChatSessions(service, FallbackStore(store)))
    return next(endpoint.fn for endpoint in page.fns.values() if endpoint.api_name == "ask")


@settings(max_examples=25)
@given(conversations)
@example(MORE[0])
def test_any_question_is_answered_or_refused_by_the_gradio_api(
    ask_in_gradio: Any, conversation: Conversation
) -> None:
    try:
        answer = ask_in_gradio(conversation.question, conversation.history)
    except gr.Error as error:
        check_line(error)
    else:
        assert answer["question"]
