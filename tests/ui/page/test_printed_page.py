"""The printed page beside a citation, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from playwright.sync_api import Browser, Page, expect
from starlette.applications import Starlette
from starlette.testclient import TestClient

from index.errors import damaged_library_error
from index.update.update import update_library
from rag.answer.model import Answer
from tests.helpers.browsing import CHAT, Open, ask, checked, start
from tests.helpers.small_pdf import typeset_pages
from tests.helpers.stub_service import StubService
from ui.page.printed_page import build_picture_route
from ui.service.service import Service

QUESTION = "In what ink is the ledger kept?"
LOADED = "picture => picture.complete && picture.naturalWidth > 0"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("printed")
    (folder / "harbour.pdf").write_bytes(typeset_pages())
    update_library(folder / "library", [folder / "harbour.pdf"])
    return folder / "library"


@pytest.fixture(scope="module")
def address(
    browser: Browser, library: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    yield from start(tmp_path_factory.mktemp("chat"), *CHAT, str(library), "--port")


def test_a_file_that_was_taken_away_gives_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def draw(*_: object) -> bytes:
        raise damaged_library_error(Path("library"), "harbour.pdf", "missing")

    service = StubService(lambda *_: Answer("?", (), 0.0, 0.5))
    monkeypatch.setattr(service, "draw_pages", draw, raising=False)
    app = Starlette(routes=[build_picture_route(cast("Service", service))])
    response = TestClient(app).get("/printed-page?passage=a")
    assert response.status_code == 503
    assert "harbour.pdf" in response.text
    assert "\n" not in response.text


def open_fold(page: Page) -> None:
    fold = page.locator("details.printed-page").first
    fold.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(fold.locator("a:not([hidden]), p:not([hidden])").first).to_be_visible()


@pytest.mark.parametrize(("locale", "width"), [("en-GB", 1280), ("zh-TW", 390)])
def test_the_printed_page_comes_when_it_is_asked_for(
    address: str, visit: Open, locale: str, width: int
) -> None:
    page = visit(address, locale=locale, width=width, dark=width < 600)
    urls: list[str] = []
    page.on("request", lambda request: urls.append(request.url))
    ask(page, QUESTION)
    fold = page.locator("details.printed-page").first
    expect(fold.locator("summary")).to_contain_text("8")
    assert not any("printed-page" in url for url in urls)
    open_fold(page)
    picture = fold.locator("img")
    page.wait_for_function(LOADED, arg=picture.element_handle())
    assert "8" in (picture.get_attribute("alt") or "")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.keyboard.press("Tab")
    expect(fold.locator("a")).to_be_focused()
    checked(page)
    # What was opened stays open when the conversation goes on.
    ask(page, QUESTION)
    expect(page.locator("details.printed-page").first.locator("img")).to_be_visible()


def test_a_picture_that_cannot_come_says_why(address: str, visit: Open) -> None:
    page = visit(address)
    ask(page, QUESTION)
    page.route("**/printed-page**", lambda route: route.fulfill(status=404))
    open_fold(page)
    expect(page.locator(".printed-page .error-text").first).to_contain_text("no copy")
    expect(page.locator(".printed-page a").first).to_be_hidden()


def test_an_article_shows_its_printed_pages_in_their_places(address: str, visit: Open) -> None:
    page = visit(address, width=390)
    ask(page, QUESTION)
    page.goto(address + (page.locator("a.to-article").first.get_attribute("href") or ""))
    for name, link in (
        ("sentence", page.locator(".block .facts a.page-mark")),
        ("page", page.locator("p a.page-mark[id]").first),
    ):
        link.click()
        picture = page.locator(".page-picture img")
        page.wait_for_function(LOADED, arg=picture.element_handle())
        expect(link).to_have_attribute("aria-expanded", "true")
        assert picture.get_attribute("alt"), name
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        checked(page)
        link.click()
        expect(picture).to_have_count(0)
        expect(link).to_have_attribute("aria-expanded", "false")
