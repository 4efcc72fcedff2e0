"""Tests of the page's API with Gradio's client."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from index.messages import Message
from rag import Answer, LibraryError, Retriever
from tests.helpers.serving import ANSWER, QUESTION, run_example
from ui.conversations.fallback_store import FallbackStore
from ui.conversations.store import ConversationStore
from ui.page.chat_sessions import ChatSessions
from ui.page.gradio_offline import gr
from ui.page.layout import build_page
from ui.service.service import Service


@pytest.fixture(scope="module")
def service(sample_library: Path) -> Service:
    return Service(sample_library)


@pytest.fixture(scope="module")
def address(service: Service, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    store = ConversationStore.open(tmp_path_factory.mktemp("kept") / "conversations.sqlite")
    page: gr.Blocks = build_page(ChatSessions(service, FallbackStore(store)))
    _, url, _ = page.launch(prevent_thread_lock=True, quiet=True, share=False, ssr_mode=False)
    yield url
    page.close(verbose=False)


@pytest.fixture(scope="module")
def client(address: str) -> Client:
    return Client(address, verbose=False)


def test_gradio_api_has_one_named_endpoint(client: Client) -> None:
    described: Any = client.view_api(return_format="dict")
    assert set(described["named_endpoints"]) == {"/ask"}
    assert not described["unnamed_endpoints"]
    parameters = [
        parameter["parameter_name"]
        for parameter in described["named_endpoints"]["/ask"]["parameters"]
    ]
    assert parameters == ["question", "history", "filters", "k", "threshold"]


def test_gradio_client_gets_the_retrievers_answer(
    client: Client, sample_retriever: Retriever
) -> None:
    values = client.predict(QUESTION, api_name="/ask")
    assert Answer.from_dict(values) == sample_retriever.retrieve(QUESTION)
    narrowed = client.predict(
        "那是誰的？",
        history=[QUESTION],
        filters={"author": "nobody of that name"},
        api_name="/ask",
    )
    assert narrowed["citations"] == []
    (citation,) = client.predict(QUESTION, k=1, api_name="/ask")["citations"]
    assert citation == values["citations"][0]
    assert not client.predict(QUESTION, threshold=1, api_name="/ask")["answered"]


@pytest.mark.parametrize(
    ("arguments", "expected_message"),
    [
        (["?"], "no words"),
        (["a" * 2_001], "question must have at most 2000 characters"),
        ([5], "question must be text"),
        ([None], "question is missing"),
        ([QUESTION, "one text"], "history must be a list"),
        ([QUESTION, ["a"] * 21], "history must hold at most 20"),
        ([QUESTION, [], {"colour": "red"}], "filters.colour is not known"),
        ([QUESTION, [], ["red"]], "filters must be an object"),
        ([QUESTION, [], {"after": "yesterday"}], "filters.after must be a day"),
        ([QUESTION, [], {}, 0], "k must be at least 1"),
        ([QUESTION, [], {}, 1_000_000], "k must be at most 50"),
        ([QUESTION, [], {}, "three"], "k must be a whole number"),
        ([QUESTION, [], {}, 3, 2], "threshold must be at most 1"),
    ],
)
def test_invalid_arguments_are_refused_in_one_line(
    client: Client, arguments: list[Any], expected_message: str
) -> None:
    with pytest.raises(AppError, match=expected_message) as error:
        client.predict(*arguments, api_name="/ask")
    assert "\n" not in str(error.value)


def test_library_error_is_logged_and_not_shown(
    client: Client,
    service: Service,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fails(_: object) -> Answer:
        raise LibraryError(Message("/srv/library: damaged", "/srv/library：已損壞"))

    monkeypatch.setattr(service, "ask", fails)
    with pytest.raises(AppError, match="cannot be read at the moment") as error:
        client.predict(QUESTION, api_name="/ask")
    assert "/srv" not in str(error.value)
    assert "/srv/library: damaged" in caplog.text


def test_example_in_docs_runs_unchanged(address: str) -> None:
    assert ANSWER in run_example("gradio-client.md", {"TONGZHU_URL": address})
