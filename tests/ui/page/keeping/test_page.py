"""Saving passages and sharing answers in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.helpers.browsing import Open, ask, checked


@pytest.mark.parametrize(("locale", "width"), [("en-GB", 1280), ("zh-TW", 390)])
def test_passages_are_saved_and_answers_shared_by_keyboard(
    chat: str, visit: Open, locale: str, width: int
) -> None:
    page = visit(chat, locale=locale, width=width, dark=width < 600)
    ask(page, "Who wrote about tides?")
    link = page.locator(".citation [data-form]").first
    link.focus()
    page.keyboard.press("Enter")
    form = page.locator(".inline-form form")
    expect(form.locator("[name=name]")).to_be_focused()
    checked(page)
    page.keyboard.press("Escape")
    expect(form).to_have_count(0)
    expect(link).to_be_focused()
    page.keyboard.press("Enter")
    expect(form.locator("[name=name]")).to_be_focused()
    page.keyboard.type("Tides <b>")
    page.keyboard.press("Tab")
    page.keyboard.type("compare")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    line = page.locator(".inline-form [role=status]")
    expect(line).to_contain_text("Tides <b>")
    # The answer is shared, and seen by somebody else.
    page.locator(".turn > .actions [data-form]").nth(0).click()
    with page.expect_download() as file:
        page.locator(".inline-form .export-line button").click()
    assert file.value.suggested_filename == "passages.docx"
    checked(page)
    page.locator(".turn > .actions [data-form]").nth(1).click()
    page.locator(".inline-form [value=share]").click()
    address = page.locator(".inline-form .address").input_value()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    checked(page)
    stranger = visit(chat, locale, width=width, dark=width < 600)
    stranger.goto(address)
    expect(stranger.locator("h1")).to_have_text("Who wrote about tides?")
    checked(stranger)
    line.get_by_role("link").click()
    expect(page.locator("h1")).to_have_text("Tides <b>")
    expect(page.locator("textarea")).to_have_value("compare")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    checked(page)
