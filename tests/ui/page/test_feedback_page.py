"""Tests of feedback, explanations and library search in a real browser."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, Route, expect

from tests.helpers.browsing import PATIENCE, Open, ask, checked


def pressed(page: Page) -> list[str]:
    return page.locator(".verdict [aria-pressed=true]").all_inner_texts()


def test_feedback_is_saved_changed_removed_and_downloaded(chat: str, visit: Open) -> None:
    page = visit(chat)
    ask(page, "What happened to the lamp levy in 1996?")
    verdict = page.locator("form.verdict")
    other = verdict.get_by_role("button", name="Another passage")
    other.focus()
    page.keyboard.press("Enter")
    expect(verdict.locator(".verdict-status")).to_have_text("Kept.")
    expect(other).to_be_focused()
    choice = verdict.get_by_role("radio").nth(1)
    choice.check()
    expect(choice).to_be_focused()
    page.reload()
    expect(verdict.get_by_role("radio").nth(1)).to_be_checked(timeout=PATIENCE)
    assert pressed(page) == ["Another passage"]
    verdict.get_by_role("button", name="Wrong").click()
    expect(verdict.get_by_role("checkbox")).to_be_visible()
    note = verdict.get_by_role("textbox")
    note.fill("their <b>pensions</b>")
    note.press("Enter")
    expect(verdict.locator(".verdict-status")).to_have_text("Kept.")
    verdict.get_by_role("checkbox").check()
    expect(note).to_have_value("their <b>pensions</b>")
    verdict.get_by_role("button", name="Right").click()
    expect(verdict.locator(".verdict-details")).to_have_count(0)
    page.click("[data-drawer=conversations]")
    with page.expect_download() as downloading:
        page.locator(".feedback-download a").click()
    (line,) = downloading.value.path().read_text().splitlines()
    assert json.loads(line)["question"] == "What happened to the lamp levy in 1996?"
    assert visit(chat).request.get(f"{chat}feedback").body().startswith(b"PK")  # another has none
    page.keyboard.press("Escape")
    verdict.get_by_role("button", name="Right").click()
    expect(verdict.locator(".verdict-status")).to_have_text("Taken back.")
    expect(page.locator(".feedback-download")).to_have_count(0)
    page.reload()
    expect(verdict).to_be_visible(timeout=PATIENCE)
    assert pressed(page) == []


def delay_first_event(page: Page) -> list[Route]:
    """Returns where the request of the next event is held until it is continued."""
    waiting: list[Route] = []

    def delay_first(route: Route) -> None:
        if waiting:
            route.continue_()
        else:
            waiting.append(route)

    page.route("**/gradio_api/run/**", delay_first)
    return waiting


def test_verdict_pressed_before_and_released_after_a_reply_is_saved(chat: str, visit: Open) -> None:
    page = visit(chat)
    ask(page, "What happened to the lamp levy in 1996?")
    waiting = delay_first_event(page)
    verdict = page.locator("form.verdict")
    verdict.get_by_role("button", name="Wrong").click()
    right = verdict.get_by_role("button", name="Right")
    right.hover()
    page.mouse.down()
    waiting[0].continue_()
    page.wait_for_timeout(200)
    page.mouse.up()
    expect(right).to_have_attribute("aria-pressed", "true")


def test_filters_removed_while_the_one_before_is_removed_are_removed(
    chat: str, visit: Open
) -> None:
    page = visit(chat)
    for kind in ("author", "publication"):
        page.click("[data-drawer=library]")
        page.locator(f"#library [data-kind={kind}]").first.click()
        expect(page.locator(f"#chips [data-kind={kind}]")).to_be_visible()
    waiting = delay_first_event(page)
    page.locator("#chips [data-kind=author]").click()
    page.locator("#chips [data-kind=publication]").click()
    waiting[0].continue_()
    expect(page.locator("#chips [data-kind]")).to_have_count(0)


def test_question_asked_while_a_filter_is_set_is_limited_by_it(chat: str, visit: Open) -> None:
    page = visit(chat)
    waiting = delay_first_event(page)
    page.click("[data-drawer=library]")
    page.locator("#library [data-kind=author]", has_text="Marian Okell").first.click()
    field = page.locator("#question textarea")
    field.fill("What happened to the lamp levy in 1996?")
    field.press("Enter")
    page.wait_for_timeout(200)
    expect(page.locator(".turn")).to_have_count(0)
    waiting[0].continue_()
    expect(page.locator(".turn .chip")).to_have_count(1, timeout=PATIENCE)


def test_a_judgement_changed_while_the_one_before_is_saved_is_saved_after_it(
    chat: str, visit: Open
) -> None:
    page = visit(chat)
    ask(page, "What happened to the lamp levy in 1996?")
    waiting = delay_first_event(page)
    verdict = page.locator("form.verdict")
    verdict.get_by_role("button", name="Wrong").click()
    right = verdict.get_by_role("button", name="Right")
    right.click()
    waiting[0].continue_()
    expect(right).to_have_attribute("aria-pressed", "true")
    expect(verdict.locator(".verdict-details")).to_have_count(0)
    page.reload()
    expect(verdict).to_be_visible(timeout=PATIENCE)
    assert pressed(page) == ["Right"]


@pytest.mark.parametrize(
    ("locale", "width", "dark", "expected_text"),
    [
        ("zh-TW", 390, True, "把握相同的十個回答"),
        ("en-GB", 1280, False, "Of ten answers as sure as this one"),
    ],
)
def test_explanation_of_an_answer_is_shown(
    chat: str, visit: Open, locale: str, width: int, dark: bool, expected_text: str
) -> None:
    page = visit(chat, locale, width=width, dark=dark)
    ask(page, "What caused the fire at the archive?")
    explanation = page.locator("details.explanation")
    explanation.locator("summary").click()
    expect(explanation.locator(".confidence-scale")).to_contain_text(expected_text)
    expect(explanation.locator(".bar")).to_have_count(page.locator(".citation").count())
    label = explanation.locator(".bar").first.get_attribute("aria-label") or ""
    assert "%" in label
    for legend in explanation.locator(".legend li").all_inner_texts():
        assert legend
    expect(explanation.locator(".word-pair", has_text="archive").first).to_contain_text("檔案")
    chart_box = explanation.locator(".bars").bounding_box()
    for bar in explanation.locator(".bar span").all():
        box = bar.bounding_box()
        assert box
        assert chart_box
        assert box["x"] + box["width"] <= chart_box["x"] + chart_box["width"] + 1
    page.locator(".verdict [data-verdict=elsewhere]").click()
    page.wait_for_selector(".verdict .verdict-details")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_large_library_is_searched_on_the_page(stub: str, visit: Open) -> None:
    page = visit(stub)
    page.click("[data-drawer=library]")
    expect(page.locator(".catalogue .match-count")).to_have_text("50 of 120 publications")
    publications = page.locator(".publication-list > li")
    page.locator("[data-show-more]").click()
    expect(publications).to_have_count(100)
    expect(publications.nth(50).locator(".entry-title")).to_be_focused()
    checked(page)
    field = page.locator("[data-search]")
    field.press_sequentially("NO. 119")
    expect(publications).to_have_count(1)
    expect(field).to_be_focused()
    assert page.evaluate("window.owned") is None
    field.press("Escape")
    expect(publications).to_have_count(50)
    field.fill("nothing of the kind")
    expect(page.locator(".catalogue .match-count")).to_have_text("0 publications")
    field.fill("119")
    publications.locator("[data-kind=publication]").click()
    expect(page.locator("#chips .chip")).to_be_visible()
