"""A paragraph by a language model, in a real browser and with a scripted endpoint."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.helpers.browsing import CHAT, Open, ask, checked, start
from tests.helpers.hostile_passages import MARKUP
from tests.helpers.stub_endpoint import (
    StubEndpoint,
    serve_replies,
    stream_pieces,
    write_sentences,
)

QUESTION = "鯨門潮汐電廠何時開始商轉？"
TRUE = "鯨門潮汐電廠於 2021 年 11 月 6 日開始商轉。"
REPLY = write_sentences(
    (TRUE, [1, 2, 3, 4, 5, 6]),
    (TRUE.replace("於", "在"), [1, 2, 3, 4, 5, 6]),
    (f"{TRUE} {' '.join(MARKUP)}", [1, 2]),
    ("It was built in 1820.", [1]),
)
PIECES = [REPLY[start : start + 150] for start in range(0, len(REPLY), 150)]
ENDLESS = stream_pieces(REPLY[: REPLY.index("]")] + "]", *[" "] * 3_000)


@pytest.fixture(scope="module")
def model() -> Iterator[StubEndpoint]:
    """Never ends the first reply to each of the two visitors, then writes."""
    written = stream_pieces(*PIECES)
    with serve_replies(ENDLESS, written, ENDLESS, written, (500, "no"), pause=0.01) as stub:
        yield stub


@pytest.fixture(scope="module")
def page_address(
    browser: Browser,
    chat_library: Path,
    model: StubEndpoint,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TONGZHU_LLM_URL", model.endpoint.url)
        patch.setenv("TONGZHU_LLM_MODEL", "stub")
        folder = tmp_path_factory.mktemp("writing")
        yield from start(folder, *CHAT, str(chat_library), "--port")


def open_form(page: Page) -> None:
    link = page.locator(".turn > .actions a[href^=write]").first
    link.focus()
    page.keyboard.press("Enter")


@pytest.mark.parametrize(("locale", "width"), [("en-GB", 1280), ("zh-TW", 390)])
def test_a_paragraph_is_agreed_to_stopped_written_and_kept(
    page_address: str, model: StubEndpoint, visit: Open, locale: str, width: int
) -> None:
    request_count = len(model.requests)
    page = visit(page_address, locale=locale, width=width, dark=width < 600)
    ask(page, QUESTION)
    quotation = page.locator(".turn .lede").inner_html()
    open_form(page)
    form = page.locator("form.write")
    expect(form).to_contain_text(model.endpoint.host)
    checked(page)
    page.keyboard.press("Escape")
    expect(form).to_have_count(0)
    assert len(model.requests) == request_count
    # It is stopped, which ends the request.
    open_form(page)
    expect(form.locator("[name=agree]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".written-so-far li")).to_have_count(1)
    assert len(model.requests) == request_count + 1
    checked(page)
    model.is_left.clear()
    expect(page.locator("[data-stop]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".writing-failure")).not_to_be_empty()
    assert model.is_left.wait(20)
    expect(page.locator(".paragraph")).to_have_count(0)
    # It is written, without being asked again.
    page.keyboard.press("Enter")
    paragraph = page.locator(".turn > .paragraph")
    expect(paragraph).to_be_focused()
    assert len(model.requests) == request_count + 2
    expect(paragraph.locator("li.supported")).not_to_have_count(0)
    expect(paragraph.locator("li.unsupported")).not_to_have_count(0)
    boxes = [
        page.locator(place).bounding_box() for place in (".paragraph li >> nth=0", "#composer")
    ]
    assert boxes[0]
    assert boxes[1]
    assert boxes[0]["y"] < boxes[1]["y"]  # it is not behind the question field
    checked(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator(".turn .lede").inner_html() == quotation
    assert page.locator(".paragraph :is(img, script, iframe, form, svg, style)").count() == 0
    paragraph.locator("[data-toggle-unsupported]").click()
    expect(paragraph.locator("li.unsupported").first).to_be_hidden()
    # What is left out is not copied either.
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    left_out = paragraph.locator("li.unsupported .sentence-text").first.text_content()
    for button in paragraph.locator("[data-copy]").all():
        button.click()
        expect(button).to_have_class(re.compile("copied"))
        copied = page.evaluate("navigator.clipboard.readText()")
        assert TRUE in copied.replace("\\", "")
        assert left_out
        assert left_out not in copied
    # All of it is there after a reload.
    page.reload()
    expect(paragraph.locator("li.supported").first).to_contain_text(TRUE)
    expect(paragraph.locator("li.unsupported").first).to_be_hidden()
    paragraph.locator("a.to-citation").first.click()
    expect(page.locator("#c1-1")).to_be_focused()
    with page.expect_download() as file:
        paragraph.locator("a[download]").click()
    assert file.value.suggested_filename == "paragraph.docx"
    # A stranger with whom it is shared sees it as it was checked, and can change nothing.
    page.locator(".turn > .actions a[href^=share]").click()
    page.locator(".inline-form [value=share]").click()
    stranger = visit(page_address, locale=locale, width=width, dark=width < 600)
    stranger.goto(page.locator(".inline-form .address").input_value())
    shared = stranger.locator(".paragraph")
    expect(shared.locator("li.supported").first).to_contain_text(TRUE)
    expect(shared.locator("li.unsupported").first).to_be_visible()
    assert shared.locator(":is(button, form, img, script, a[download])").count() == 0
    assert stranger.evaluate("document.documentElement.scrollWidth") <= width
    checked(stranger)
    shared.locator("li.supported a").first.click()
    expect(stranger.locator("main")).to_contain_text("2021")
    # The agreement is withdrawn.
    paragraph.locator("[data-withdraw]").click()
    open_form(page)
    expect(form.locator(".what-is-sent")).to_be_visible()
    assert len(model.requests) == request_count + 2
