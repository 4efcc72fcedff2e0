"""Tests of the words of quotations that are explained: the route, and what a reader sees."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect
from starlette.applications import Starlette
from starlette.testclient import TestClient

from tests.helpers.browsing import Open, ask, checked
from ui.page.words import build_words_route
from ui.service import limits
from ui.service.service import Service

FIND_WORD = """word => {
  const quotation = document.querySelector(".answer-text");
  if (!quotation) return null;
  const walker = document.createTreeWalker(quotation, 4);
  while (walker.nextNode()) {
    const start = walker.currentNode.data.indexOf(word);
    if (start < 0) continue;
    const range = document.createRange();
    range.setStart(walker.currentNode, start);
    range.setEnd(walker.currentNode, start + word.length);
    walker.currentNode.parentElement.scrollIntoView({ block: "center", behavior: "instant" });
    const box = range.getClientRects()[0];
    return [box.x + box.width / 2, box.y + box.height / 2];
  }
}"""


def test_route_explains_the_words_of_a_sentence(sample_library: Path) -> None:
    with (
        Service(sample_library) as service,
        TestClient(Starlette(routes=[build_words_route(service)])) as client,
    ):
        words = client.get("/words", params={"text": "國防部。", "lang": "en"}).json()
        assert [word["text"] for word in words] == ["國防部", "。"]
        assert words[0]["entries"][0]["reading"] == "Guófángbù"
        assert client.get("/words").json() == []
        long = client.get("/words", params={"text": "海" * 5_000, "lang": "en"}).json()
        assert len("".join(word["text"] for word in long)) == limits.MAX_EXPLAINED_LENGTH


def point_at(page: Page, word: str) -> None:
    x, y = page.wait_for_function(FIND_WORD, arg=word).json_value()
    page.wait_for_timeout(200)  # until the page has scrolled
    page.mouse.move(x - 3, y)
    page.mouse.move(x, y)


def test_words_are_explained_under_the_pointer_and_by_keys_until_turned_off(
    chat: str, visit: Open
) -> None:
    page = visit(chat)
    ask(page, "夜市的隔音工程花了多少錢？")
    card = page.locator("#word-card")
    height = page.evaluate("document.documentElement.scrollHeight")
    point_at(page, "隔音")
    expect(card).to_contain_text("soundproof")
    assert page.evaluate("document.documentElement.scrollHeight") == height
    checked(page)
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    page.locator(".citation").first.focus()
    status = page.locator(".word-status")
    page.keyboard.press("w")
    expect(card).to_be_visible()
    first = status.text_content()
    page.keyboard.press("ArrowRight")
    expect(status).not_to_have_text(first or "")
    page.keyboard.press("ArrowLeft")
    expect(status).to_have_text(first or "")
    page.click(".words-switch")
    expect(page.locator(".words-switch")).to_have_attribute("aria-pressed", "false")
    page.reload()
    page.wait_for_selector(".citation")
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.keyboard.press("w")
    point_at(page, "隔音")
    page.wait_for_timeout(600)  # twice as long as the pointer must rest
    assert not [url for url in requested if "/words" in url]
    page.goto(f"{chat}read")
    expect(page.locator(".words-switch")).to_have_attribute("aria-pressed", "false")
