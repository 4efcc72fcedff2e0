"""Tests of written paragraphs on the page, without a browser and with a scripted endpoint."""

from __future__ import annotations

import asyncio
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from index.document import Span
from rag.answer.model import Answer, ArticleRef, Citation, Evidence, PublicationRef
from rag.written.endpoint import Endpoint
from rag.written.evidence import number_sentences
from rag.written.plan import WritingPlan, plan_translation
from tests.helpers.hostile_passages import MARKUP, ORDERS
from tests.helpers.serving import serve_app
from tests.helpers.stub_endpoint import (
    StubEndpoint,
    serve_replies,
    stream_pieces,
    write_sentences,
)
from ui.conversations.export import render_conversation_json, render_conversation_markdown
from ui.conversations.model import Turn
from ui.conversations.store import ConversationStore
from ui.page.render import render_conversation
from ui.page.visitor import VISITOR_COOKIE
from ui.page.writing.routes import build_writing_routes
from ui.service.errors import RequestError
from ui.service.query import Query
from ui.service.service import Service
from ui.service.writing import Writer

ANNA, BEN = "a" * 43, "b" * 43
QUESTION = "鯨門潮汐電廠何時開始商轉？"
TRUE = ("鯨門潮汐電廠於 2021 年 11 月 6 日開始商轉。", [1])
FALSE = ("電廠於 1820 年由拿破崙建成。", [1])


@pytest.fixture(scope="module")
def service(sample_library: Path) -> Iterator[Service]:
    with Service(sample_library) as opened:
        yield opened


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ConversationStore]:
    opened = ConversationStore.open(tmp_path / "store.sqlite3")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def answer(service: Service) -> Answer:
    return service.ask(Query(QUESTION, 3))


@pytest.fixture
def conversation(store: ConversationStore, answer: Answer) -> str:
    return keep(store, answer)


def keep(store: ConversationStore, answer: Answer) -> str:
    conversation = store.add_question(ANNA, "", answer.question)
    store.save_answer(ANNA, conversation, Turn(answer.question, answer))
    return conversation


def open_page(service: Service, store: ConversationStore, endpoint: Endpoint | None) -> TestClient:
    writer = Writer(service, endpoint) if endpoint else None
    app = Starlette(routes=build_writing_routes(store, writer))
    return TestClient(app, cookies={VISITOR_COOKIE: ANNA}, headers={"accept-language": "en"})


def find_number(answer: Answer, words: str) -> int:
    return next(item.number for item in number_sentences(answer) if words in item.text)


def post(page: TestClient, conversation: str, **fields: str) -> list[dict[str, str]]:
    form = {"conversation": conversation, "turn": "1"} | fields
    response = page.post("/write?pane=1", data=form)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line) for line in response.text.splitlines()]


def test_nothing_is_sent_before_the_visitor_agrees_and_the_page_says_what_is(
    service: Service, store: ConversationStore, conversation: str, answer: Answer
) -> None:
    with serve_replies(write_sentences(TRUE)) as stub:
        page = open_page(service, store, stub.endpoint)
        address = f"/write?conversation={conversation}&turn=1&pane=1"
        form = page.get(address).text
        sent = len(number_sentences(answer))
        assert f"sent to {stub.endpoint.host}: your question, and {sent} sentences of the" in form
        assert "the machine that serves this page" in form
        assert "data-submit" not in form
        refused = page.post("/write?pane=1", data={"conversation": conversation, "turn": "1"})
        assert refused.status_code == 403
        assert "agree" in refused.text
        assert stub.requests == []
        post(page, conversation, agree="yes")
        assert len(stub.requests) == 1
        # Once is enough, for this address alone.
        assert "data-submit" in page.get(address).text
        post(page, conversation)
        assert len(stub.requests) == 2
    other = open_page(service, store, Endpoint("https://models.example/v1", "m"))
    other.cookies.update(page.cookies)
    form = other.get(address).text
    assert "What leaves this server, for models.example: your question, and" in form
    assert "data-submit" not in form


def test_sentences_come_checked_and_are_kept_and_exported(
    service: Service, store: ConversationStore, conversation: str, answer: Answer
) -> None:
    number = find_number(answer, "2021 年 11 月 6 日")
    reply = write_sentences((TRUE[0], [number]), (FALSE[0], [number]))
    pieces = [reply[start : start + 20] for start in range(0, len(reply), 20)]
    with serve_replies(stream_pieces(*pieces)) as stub:
        page = open_page(service, store, stub.endpoint)
        *steps, last = post(page, conversation, agree="yes")
    assert [step["html"].count("<li") for step in steps] == [1, 2]
    assert "1820" not in steps[0]["html"]
    assert "1 of 2 sentences" in last["status"]
    (turn,) = store.read_turns(ANNA, conversation)
    html = render_conversation((turn,), "en", conversation_id=conversation, can_write=True)
    for text in (last["whole"], html):
        assert 'class="unsupported"' in text
        assert "Not supported: " in text
        assert re.search(r"href=\"#c1-\d\"[^>]*>\[\d\]", text)
        assert "not the publications" in text
    # The quotation stays where it was.
    before = render_conversation(
        (replace(turn, paragraph=None),), "en", conversation_id=conversation, can_write=True
    )
    assert html.startswith(before[: before.index('href="write?')])
    markdown = render_conversation_markdown("n", (turn,), "en")
    assert f"{TRUE[0]}[^1-" in markdown.replace("\\", "")
    kept = json.loads(render_conversation_json("n", (turn,)))["turns"][0]["written"]
    assert [item["supported"] for item in kept["sentences"]] == [True, False]
    assert kept["model"] == "stub"
    assert kept["written_at"].endswith("+00:00")
    file = page.get(f"/write/word?conversation={conversation}&turn=1")
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        assert TRUE[0] in archive.read("word/document.xml").decode()
        assert archive.read("word/footnotes.xml").count(b"<w:footnote ") > 3
    page.cookies = {VISITOR_COOKIE: BEN}  # type: ignore[assignment]
    assert page.get(f"/write/word?conversation={conversation}&turn=1").status_code == 404


def test_without_a_script_the_paragraph_has_a_page(
    service: Service, store: ConversationStore, conversation: str, answer: Answer
) -> None:
    number = find_number(answer, "2021 年 11 月 6 日")
    with serve_replies(write_sentences((TRUE[0], [number]))) as stub:
        page = open_page(service, store, stub.endpoint)
        form = {"conversation": conversation, "turn": "1", "agree": "yes"}
        shown = page.post("/write", data=form)
        assert shown.history[0].status_code == 303
        assert TRUE[0] in shown.text
        assert f'<h1 dir="auto" lang="zh-Hant">{QUESTION}</h1>' in shown.text
        assert shown.text.index("<blockquote") < shown.text.index('class="paragraph"')
        assert 'href="read/' in shown.text
    gone = page.post("/write", data=form)
    assert gone.status_code == 502
    assert gone.text.count('class="error-text"') == 1


def test_without_a_model_the_page_is_unchanged(
    service: Service, store: ConversationStore, answer: Answer, conversation: str
) -> None:
    turn = Turn(QUESTION, answer)
    assert "write?" not in render_conversation((turn,), "en", conversation_id="x")
    assert "write?" in render_conversation((turn,), "en", conversation_id="x", can_write=True)
    assert "write?" not in render_conversation((turn,), "en", can_write=True)  # not kept
    page = open_page(service, store, None)
    assert page.get(f"/write?conversation={conversation}&turn=1").status_code == 404
    assert page.post("/write", data={"agree": "yes"}).status_code == 404


@pytest.mark.parametrize(
    ("reply", "requests"),
    [((429, "slow down"), 3), ((500, "no"), 3), ((401, "no <b>key"), 1), ((200, "{}"), 1),
     (stream_pieces('{"sentences": [{"text": "It', end=""), 1),
     (write_sentences(), 1), ("I cannot help with that.", 1),
     (stream_pieces(end='data: {"error": {"message": "<b>full"}}\n\n'), 1)],
)  # fmt: skip
def test_a_model_that_fails_costs_one_line(
    service: Service, store: ConversationStore, conversation: str, reply: Any, requests: int
) -> None:
    with serve_replies(reply) as stub:
        lines = post(open_page(service, store, stub.endpoint), conversation, agree="yes")
        assert len(stub.requests) == requests
    (line,) = lines
    assert line["failure"].count("<p") == 1
    assert stub.endpoint.host in line["failure"]
    assert "<b>" not in line["failure"]
    assert store.read_turns(ANNA, conversation)[0].paragraph is None


@pytest.mark.parametrize(
    "form",
    [{}, {"conversation": "no"}, {"turn": "2"}, {"turn": "0"}, {"turn": "-1"}, {"turn": "9" * 30},
     {"turn": "¹"}],
)  # fmt: skip
def test_only_kept_answers_of_the_visitor_are_sent(
    service: Service, store: ConversationStore, conversation: str, form: dict[str, str]
) -> None:
    with serve_replies(write_sentences(TRUE)) as stub:
        page = open_page(service, store, stub.endpoint)
        if not form:
            page.cookies = {VISITOR_COOKIE: BEN}  # type: ignore[assignment]
        fields = {"conversation": conversation, "turn": "1", "agree": "yes"} | form
        response = page.post("/write?pane=1", data=fields)
        assert response.status_code == 404
        assert "There is no answer to write from" in response.text
        assert page.get("/write", params=fields | {"pane": "1"}).status_code == 404
        assert stub.requests == []


def test_a_deleted_conversation_keeps_nothing(
    service: Service, store: ConversationStore, conversation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve_replies(write_sentences(TRUE)) as stub:
        verify = service.verify

        def delete_meanwhile(*arguments: Any) -> Any:
            store.delete(ANNA, conversation)
            return verify(*arguments)

        monkeypatch.setattr(service, "verify", delete_meanwhile)
        page = open_page(service, store, stub.endpoint)
        lines = post(page, conversation, agree="yes")
    assert "There is no answer" in lines[-1]["failure"]


def test_only_a_few_are_written_at_once(
    service: Service, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.service.limits.MAX_WRITERS", 1)

    async def write_two(stub: StubEndpoint) -> None:
        writer = Writer(service, stub.endpoint)
        first = asyncio.ensure_future(writer.write(answer))
        while not stub.requests:
            await asyncio.sleep(0.01)
        with pytest.raises(RequestError, match="at once") as refused:
            await writer.write(answer)
        assert refused.value.status == 503
        assert (await first).sentences
        assert (await writer.write(answer)).sentences

    with serve_replies(write_sentences(TRUE), delay=0.1) as stub:
        asyncio.run(write_two(stub))
        assert len(stub.requests) == 2


@pytest.mark.parametrize("query", ["?pane=1", ""])
def test_a_visitor_who_leaves_ends_the_request_and_nothing_is_kept(
    service: Service, store: ConversationStore, conversation: str, query: str
) -> None:
    with serve_replies(stream_pieces(*[" "] * 2_000), pause=0.01) as stub:
        app = Starlette(routes=build_writing_routes(store, Writer(service, stub.endpoint)))
        with serve_app(app) as address, pytest.raises(httpx.ReadTimeout):
            httpx.post(
                f"{address}/write{query}",
                data={"conversation": conversation, "turn": "1", "agree": "yes"},
                cookies={VISITOR_COOKIE: ANNA},
                timeout=httpx.Timeout(20, read=0.6),
            )
        assert stub.is_left.wait(10)
    assert store.read_turns(ANNA, conversation)[0].paragraph is None


class _Links(HTMLParser):
    """Collects the tags of HTML and what they lead to."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.names: set[str] = set()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.names |= {name for name, _ in attributes}
        self.addresses += [
            value or "" for name, value in attributes if name in ("href", "src", "action")
        ]


@pytest.mark.parametrize("markup", MARKUP)
def test_hostile_passages_reach_the_page_as_checked_text_alone(
    service: Service, store: ConversationStore, markup: str
) -> None:
    order = ORDERS[MARKUP.index(markup) % len(ORDERS)]
    passage = f"The harbour was dredged again in the spring of 1931. {order} {markup}"
    answer = Answer(
        f"When was the harbour dredged? {markup}",
        (
            Citation(
                "p", PublicationRef("p", markup), ArticleRef(0, markup), 0, (markup,),
                passage, evidence=(Evidence(Span(0, 52)),),
            ),
        ),
        confidence=0.9,
        threshold=0.5,
    )  # fmt: skip
    conversation = keep(store, answer)
    sentences = (
        ("The harbour was dredged again in the spring of 1931.", [1]),
        (f"The harbour was dredged again in the spring of 1931 {markup}.", [1]),
        (f"The harbour was dredged again in the spring of 1931 {markup}.", [1, 2, 3]),
    )
    with serve_replies(write_sentences(*sentences)) as stub:
        page = open_page(service, store, stub.endpoint)
        *steps, last = post(page, conversation, agree="yes")
        # What the passage says is sent as data alone.
        system, user = stub.requests[0]["messages"]
        assert order not in system["content"]
        assert json.loads(user["content"])["question"] == answer.question
        assert set(stub.requests[0]) & {"tools", "functions", "tool_choice"} == set()
    shown = _Links()
    for html in (*(step["html"] for step in steps), last["whole"]):
        shown.feed(html)
    own = {"section", "h3", "p", "ul", "li", "span", "div", "a", "button"}
    assert shown.tags <= own
    assert not {name for name in shown.names if name.startswith("on") or name == "autofocus"}
    assert set(shown.addresses) <= {
        "#c1-1",
        f"write/word?conversation={conversation}&turn=1",
    }
    for fragment in ("\u202e", "\u200b", "\x07", "\x1b", "://", "www."):
        assert fragment not in steps[-1]["html"]


def test_a_quotation_is_translated_beside_the_paragraph(
    service: Service, store: ConversationStore, conversation: str, answer: Answer
) -> None:
    number = find_number(answer, "2021 年 11 月 6 日")
    replies = (
        write_sentences(("The plant began to operate commercially on 6 November 2021.", [1])),
        write_sentences((TRUE[0], [number])),
    )
    with serve_replies(*replies) as stub:
        page = open_page(service, store, stub.endpoint)
        form = page.get(f"/write?conversation={conversation}&turn=1&task=translation&pane=1").text
        count = len(cast("WritingPlan", plan_translation(answer)).evidence)
        assert f"sent to {stub.endpoint.host}: {count} sentence" in form
        *_, last = post(page, conversation, agree="yes", task="translation")
        assert 'data-kind="translation"' in last["whole"]
        assert QUESTION not in str(stub.requests[0])
        post(page, conversation)
    (turn,) = store.read_turns(ANNA, conversation)
    assert [kept.written.task for kept in turn.written] == ["translation", "answer"]
    html = render_conversation((turn,), "en", conversation_id=conversation, can_write=True)
    assert html.index('id="written-t1"') < html.index('id="written-1"')
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert "Translate the quotation" in html
    assert "翻譯引文" not in render_conversation(
        (turn,), "zh", conversation_id=conversation, can_write=True
    )
    values = json.loads(render_conversation_json("n", (turn,)))["turns"][0]
    assert values["translation"]["task"] == "translation"
    assert "[^1-t1]" in render_conversation_markdown("n", (turn,), "en")
    file = page.get(f"/write/word?conversation={conversation}&turn=1&task=translation")
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        assert "6 November 2021" in archive.read("word/document.xml").decode()
