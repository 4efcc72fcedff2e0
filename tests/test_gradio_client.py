"""The page's own API, asked by Gradio's client."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from serving import ANSWER, QUESTION, run_example

from rag import Answer, Retriever
from ui.conversations import Conversations
from ui.desk import Desk
from ui.offline import gr
from ui.room import Room
from ui.web import build


@pytest.fixture(scope="module")
def address(sample_retriever: Retriever, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    def retrieve(question: str, before: Any, filters: Any) -> Answer:
        return sample_retriever.retrieve(question, history=before, filters=filters)

    desk = Desk((), retrieve, lambda passage: None)
    kept = Conversations(tmp_path_factory.mktemp("kept") / "conversations.sqlite")
    page: gr.Blocks = build(Room(lambda: desk, kept))
    _, url, _ = page.launch(prevent_thread_lock=True, quiet=True, share=False, ssr_mode=False)
    yield url
    page.close(verbose=False)


@pytest.fixture(scope="module")
def client(address: str) -> Client:
    return Client(address, verbose=False)


def test_the_api_is_one_endpoint_of_a_clean_name(client: Client) -> None:
    described: Any = client.view_api(return_format="dict")
    assert set(described["named_endpoints"]) == {"/ask"}
    assert not described["unnamed_endpoints"]
    taken = [each["parameter_name"] for each in described["named_endpoints"]["/ask"]["parameters"]]
    assert taken == ["question", "history", "filters"]


def test_a_program_gets_the_answer(client: Client, sample_retriever: Retriever) -> None:
    values = client.predict(QUESTION, api_name="/ask")
    assert Answer.from_dict(values) == sample_retriever.retrieve(QUESTION)
    narrowed = client.predict(
        "那是誰的？",
        history=[QUESTION],
        filters={"author": "nobody of that name"},
        api_name="/ask",
    )
    assert narrowed["citations"] == []


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["?"], "no words"),
        ([5], "a question is a str"),
        ([QUESTION, "one text"], "history is"),
        ([QUESTION, [], {"colour": "red"}], "colour"),
        ([QUESTION, [], ["red"]], "filters are"),
        ([QUESTION, [], {"after": "yesterday"}], "yesterday"),
    ],
)
def test_what_cannot_be_asked_is_told_so(client: Client, asked: list[Any], said: str) -> None:
    with pytest.raises(AppError, match=said) as told:
        client.predict(*asked, api_name="/ask")
    assert "\n" not in str(told.value)


def test_the_example_of_the_page_runs(address: str) -> None:
    assert ANSWER in run_example("gradio-client.md", {"TONGZHU_URL": address})
