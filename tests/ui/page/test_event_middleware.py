"""Tests that the middleware answers events of the page as Gradio would."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from gradio.routes import App
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from tests.helpers.serving import QUESTION
from ui.conversations.fallback_store import FallbackStore
from ui.conversations.store import ConversationStore
from ui.page.chat_sessions import ChatSessions, answer_turn
from ui.page.event_middleware import EventMiddleware
from ui.page.gradio_offline import gr
from ui.page.layout import build_page
from ui.page.visitor import VISITOR_COOKIE
from ui.service.service import Service

VISITOR = "v" * 43
FILTERS = '{"author": "nobody of that name"}'

Values = dict[str, Any]


@pytest.fixture(scope="module")
def sessions(sample_library: Path, tmp_path_factory: pytest.TempPathFactory) -> ChatSessions:
    store = ConversationStore.open(tmp_path_factory.mktemp("kept") / "conversations.sqlite")
    return ChatSessions(Service(sample_library), FallbackStore(store))


@pytest.fixture(scope="module")
def page(sessions: ChatSessions) -> gr.Blocks:
    return build_page(sessions)


def serve(page: gr.Blocks, *middleware: Middleware) -> TestClient:
    app = App.create_app(page, app_kwargs={"middleware": list(middleware)})
    return TestClient(app, cookies={VISITOR_COOKIE: VISITOR}, raise_server_exceptions=False)


@pytest.fixture(scope="module")
def gradio_client(page: gr.Blocks) -> TestClient:
    return serve(page)


@pytest.fixture(scope="module")
def middleware_client(page: gr.Blocks) -> TestClient:
    return serve(page, Middleware(EventMiddleware, page=page))


def find_index(page: gr.Blocks, name: str) -> int:
    names = {getattr(fn.fn, "__name__", ""): index for index, fn in page.fns.items()}
    return names[name]


def send(client: TestClient, index: int, *data: object, **event: str) -> Values:
    body = {"fn_index": index, "data": data, "event_data": event or None, "session_hash": "one"}
    response = client.post("/gradio_api/run/predict", json=body)
    values: Values = response.json()
    if isinstance(outputs := values.get("data"), list):
        # Gradio adds the mark of an update to the properties of an HTML, which changes nothing.
        values["data"] = [
            {key: value for key, value in output.items() if key != "props"}
            if isinstance(output, dict)
            else output
            for output in outputs
        ]
    return {"status": response.status_code} | {
        key: value for key, value in values.items() if not key.endswith("duration")
    }


def test_middleware_answers_events_as_gradio_does(
    gradio_client: TestClient,
    middleware_client: TestClient,
    page: gr.Blocks,
    sessions: ChatSessions,
) -> None:
    store = sessions.conversations.store
    conversation = store.add_question(VISITOR, "", QUESTION)
    store.save_answer(VISITOR, conversation, answer_turn(sessions.service, QUESTION))
    session = (conversation, "en")
    events: list[tuple[str, tuple[str, ...], dict[str, str]]] = [
        ("load_page", (), {}),
        ("answer_question", session, {}),
        ("answer_question", ("", "zh"), {}),
        ("answer_question", ("of nobody", "zh"), {}),
        ("submit_question", (FILTERS, *session), {"question": "  "}),
        ("switch_language", (FILTERS, conversation), {"language": "zh-Hans"}),
        ("refresh_library", (FILTERS, *session), {}),
        ("open_conversation", ("zh",), {"id": conversation}),
        ("start_conversation", ("en",), {}),
        ("change_filters", (FILTERS, "zh"), {"kind": "topic", "value": "港"}),
        ("rename_conversation", session, {"id": conversation, "name": "A name"}),
        ("save_judgement", session, {"turn": "1", "verdict": "wrong", "note": "no"}),
        ("delete_conversation", session, {"id": "of nobody"}),
    ]
    assert {name for name, _, _ in events} == {
        fn.fn.__name__ for fn in page.fns.values() if fn.api_name != "ask" and fn.fn
    }
    for name, data, event in events:
        index = find_index(page, name)
        assert send(middleware_client, index, *data, **event) == send(
            gradio_client, index, *data, **event
        ), name


def test_question_is_submitted_and_answered_in_two_events(
    middleware_client: TestClient, page: gr.Blocks, sessions: ChatSessions
) -> None:
    begun = send(
        middleware_client, find_index(page, "submit_question"), "", "", "en", question=QUESTION
    )
    conversation = begun["data"][1]
    answered = send(middleware_client, find_index(page, "answer_question"), conversation, "en")
    assert "citation" in answered["data"][1]
    (turn,) = sessions.conversations.store.read_turns(VISITOR, conversation)
    assert turn.answer == answer_turn(sessions.service, QUESTION).answer


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        '{"data": []}',
        '{"fn_index": 99, "data": []}',
        '{"fn_index": 0, "data": ["more", "than it takes"]}',
        '{"fn_index": 0, "data": [{"a": 1}]}',
        '{"fn_index": "load_page", "data": null}',
    ],
)
def test_invalid_events_are_passed_to_gradio(
    gradio_client: TestClient, middleware_client: TestClient, body: str
) -> None:
    ours, theirs = (
        client.post("/gradio_api/run/predict", content=body)
        for client in (middleware_client, gradio_client)
    )
    assert (ours.status_code, ours.text) == (theirs.status_code, theirs.text)


def test_ask_endpoint_answers_as_gradio_does(
    gradio_client: TestClient, middleware_client: TestClient, page: gr.Blocks
) -> None:
    index = next(index for index, fn in page.fns.items() if fn.api_name == "ask")
    data = [QUESTION, None, None, None, None]
    assert send(middleware_client, index, *data) == send(gradio_client, index, *data)


def test_failing_event_is_logged_and_reveals_no_details(
    middleware_client: TestClient,
    page: gr.Blocks,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a secret of the server")

    monkeypatch.setattr("ui.page.events.parse_visitor", fail)
    failed = send(middleware_client, find_index(page, "start_conversation"), "en")
    assert failed == {"status": 500, "error": None}
    assert "a secret of the server" in caplog.text
