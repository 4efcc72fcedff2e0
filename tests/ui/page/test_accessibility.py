"""Tests with axe-core of every screen, wide and narrow, light and dark, in both languages."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from index.messages import Language, MessageCatalogue
from tests.helpers.browsing import Open, ask, checked
from ui.page.auth.middleware import render_login

_MESSAGES = MessageCatalogue("ui", "page")


@pytest.mark.parametrize(
    ("language", "width", "dark"),
    [("zh", 1280, True), ("en", 320, False)],  # each walk takes half a minute
)
def test_every_screen_passes_accessibility_checks(
    chat: str, stub: str, visit: Open, language: Language, width: int, dark: bool
) -> None:
    locale = {"zh": "zh-TW", "en": "en-GB"}[language]
    page = visit(chat, locale, width=width, dark=dark)
    check_first_screen(page, language)
    check_screen(page)
    check_first_answer(page, language)
    open_all_folds(page)
    page.click("[data-verdict=elsewhere]")
    expect(page.locator(".verdict .verdict-details")).to_be_visible()
    check_screen(page)  # an answer with notes, explanation and feedback
    page.locator("a.to-article").first.click()
    page.locator(".pane a.note-mark").first.click()
    check_screen(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    ask(page, "Who wrote about tides?")
    page.click("[data-drawer=conversations]")
    page.click("[data-delete]")
    check_screen(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.click("[data-drawer=library]")
    open_all_folds(page)
    check_screen(page)
    page.locator("[data-remove]").first.click()
    check_screen(page)
    page.keyboard.press("Escape")
    page.locator("[data-kind=author]").first.click()
    expect(page.locator("#chips .chip")).to_be_visible()
    ask(page, "What is the recipe for apple pie? " * 12)
    open_all_folds(page)
    check_screen(page)  # a long question with filters that the library does not answer
    page = visit(stub, locale, width=width, dark=dark)
    ask(page, "odd")
    ask(page, "absent")
    check_screen(page)
    page.goto(f"{chat}read")
    check_screen(page)
    page.locator(".contents .entry").nth(1).click()
    page.locator("a.note-mark").first.click()
    check_screen(page)
    page.goto(f"{page.url.partition('#')[0]}?find=a")
    check_screen(page)
    page.locator(".works-cited .work").first.click()
    check_screen(page)
    with page.expect_navigation():
        page.locator(".trail a").click()
    check_screen(page)
    page.set_content(render_login("login", {}, _MESSAGES["wrong_password"], language))
    check_screen(page)


def check_first_screen(page: Page, language: Language) -> None:
    examples_title = {"zh": "試著問", "en": "For example"}[language]
    expect(page.locator("#examples-title")).to_have_text(examples_title)
    expect(page.locator(".library-summary li")).to_have_count(1)
    composer = page.locator("#composer").bounding_box()
    assert composer
    assert composer["height"] < 120  # it does not grow where there is room
    tag = page.evaluate("document.documentElement.lang")
    assert tag == {"zh": "zh-Hant", "en": "en"}[language]


def check_first_answer(page: Page, language: Language) -> None:
    question = {"zh": "夜市的隔音工程花了多少錢？", "en": "What happened to the lamp levy in 1996?"}
    notes = {"zh": "註與出處", "en": "Notes and sources"}[language]
    ask(page, question[language])
    expect(page.locator(".question")).to_have_text(question[language])
    expect(page.locator(".welcome")).to_be_hidden()
    assert page.locator(".citation blockquote").count() >= 1
    assert page.locator(".citation mark").count() >= 1
    expect(page.locator(".notes summary").first).to_contain_text(notes)
    assert page.input_value("#question textarea") == ""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def open_all_folds(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(fold => (fold.open = true))")


def check_screen(page: Page) -> None:
    """Check with axe-core, that nothing is wider than the window, and that it is light or dark."""
    checked(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    picture = Image.open(BytesIO(page.screenshot())).convert("L")
    paper = max(picture.getcolors(2**20) or (), key=lambda count_and_gray: count_and_gray[0])[1]
    dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert paper < 40 if dark else paper > 60  # beside a drawer and a question it is shaded twice
    ink = picture.getextrema()[1 if dark else 0]
    assert ink > 200 if dark else ink < 60
