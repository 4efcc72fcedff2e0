"""Tests of conversations in a real browser: whose they are, how they are kept, renamed, deleted."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.helpers.browsing import PATIENCE, Open, ask, free_port, start


def test_visitors_cannot_see_each_others_conversations(chat: str, visit: Open) -> None:
    first = visit(chat)
    ask(first, "Who wrote about tides?")
    second = visit(chat)
    expect(second.locator(".turn")).to_have_count(0)
    # The address of another visitor's conversation looks like that of a missing one.
    _, _, address = first.url.partition(chat)
    for path in (address, "?c=0123456789abcdef"):
        stranger = visit(chat, "zh-TW", path)
        expect(stranger.locator(".missing-conversation")).to_contain_text("這裡沒有這段對話")
        expect(stranger.locator(".welcome")).to_be_visible()
        assert stranger.url == chat
        exported = stranger.request.get(
            f"{chat}conversations/{path.removeprefix('?c=')}.md?lang=zh"
        )
        assert exported.status == 404
        assert "這裡沒有這段對話" in exported.text()
    ask(stranger, "Who wrote about tides?")
    expect(stranger.locator(".missing-conversation")).to_have_count(0)
    # Visitors without cookies are separated too: each is identified by the open page.
    for page, question in [(first, "Who decides on tides?"), (second, "Who wrote about lamps?")]:
        page.context.clear_cookies()
        page.click("[data-new]")
        expect(page.locator(".turn")).to_have_count(0)
        ask(page, question)
        expect(page.locator(".unsaved")).to_contain_text("refuses this page's cookie")
        expect(page.locator(".question")).to_have_text(question)
        page.click("[data-drawer=conversations]")
        expect(page.locator("#drawer-conversations .entries")).to_have_count(0)
        page.keyboard.press("Escape")
        ask(page, "And then?")
        expect(page.locator(".turn")).to_have_count(2)


def test_questions_are_queued_and_none_is_lost(stub: str, visit: Open) -> None:
    page = visit(stub)
    field, line = page.locator("#question textarea"), page.locator(".composer-line")
    questions = page.locator(".question")
    for question in ("  ", "slow", "too early"):  # each within milliseconds of the one before
        field.fill(question)
        field.press("Enter")
    expect(line).to_have_text("It will be asked as soon as the question before it is answered.")
    expect(page.locator(".searching[role=status]")).to_have_text("Searching the library …")
    expect(questions).to_have_text(["slow", "too early"])
    expect(field).to_have_value("")
    expect(line).to_be_hidden()
    # A question that is still edited is not sent, and is kept over a reload.
    for question in ("slow again", "changed"):
        field.fill(question)
        field.press("Enter")
    field.fill("changed again")
    expect(line).to_be_hidden()
    expect(questions).to_have_count(3)
    expect(page.locator(".searching")).to_have_count(0)
    page.reload()
    expect(field).to_have_value("changed again", timeout=PATIENCE)
    expect(questions).to_have_count(3)
    # A question whose response is lost is not asked twice.
    page.route("**/run/predict*", lambda route: (route.fetch(), route.abort()), times=1)
    field.press("Enter")
    expect(line).to_contain_text("The server does not answer just now")
    expect(field).to_have_value("changed again")
    expect(page.locator(".toast-body >> visible=true")).to_have_count(0)
    expect(field).to_have_value("", timeout=PATIENCE)
    expect(questions).to_have_text(["slow", "too early", "slow again", "changed again"])
    # If the server keeps failing, an error is shown and the question is kept.
    page.route("**/run/predict*", lambda route: route.fulfill(status=500, body="{}"))
    page.evaluate("sessionStorage.tongzhu_reloads = JSON.stringify(Array(3).fill(Date.now()))")
    field.fill("And then?")
    field.press("Enter")
    expect(line).to_contain_text("The server could not answer", timeout=PATIENCE)
    expect(field).to_have_value("And then?")


def test_conversation_is_shown_again_after_a_reload(chat: str, visit: Open) -> None:
    page = visit(chat, "zh-TW")
    ask(page, "夜市的隔音工程花了多少錢？")
    quoted = page.locator(".citation blockquote").all_inner_texts()
    ask(page, "Who wrote about tides?")
    page.reload()
    expect(page.locator(".turn")).to_have_count(2, timeout=PATIENCE)
    expect(page.locator(".welcome")).to_be_hidden()
    assert page.locator(".turn:first-of-type blockquote").all_inner_texts() == quoted
    # Its address without the name of the conversation begins anew; Back leads to it again.
    page.click("[data-new]")
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.locator(".welcome")).to_be_visible()
    page.go_back()
    expect(page.locator(".turn")).to_have_count(2)
    # Nobody else can open it.
    other = visit(chat, path=page.url.removeprefix(chat))
    expect(other.locator(".welcome")).to_be_visible()
    name = page.url.rpartition("=")[2]
    assert other.request.get(f"{chat}conversations/{name}.md").status == 404
    cookie = next(c for c in page.context.cookies() if c["name"] == "tongzhu_visitor")
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")


def test_new_turn_is_appended_without_redrawing_the_others(chat: str, visit: Open) -> None:
    page = visit(chat)
    ask(page, "What happened to the lamp levy in 1996?")
    ask(page, "Who wrote about tides?")
    expect(page.locator("#t2 :is(.citation, .not-found)").first).to_be_visible()
    page.evaluate("document.querySelector('#t1').before = 'as it was'")
    ask(page, "夜市的隔音工程花了多少錢？")
    expect(page.locator("#t3 :is(.citation, .not-found)").first).to_be_visible()
    # It stands at the top of the window, and the field for the next question at its foot.
    boxes = [page.locator(name).bounding_box() for name in ("#masthead", "#t3", "#composer")]
    head, top, composer = (box or {} for box in boxes)
    assert head["y"] == 0
    assert top["y"] == pytest.approx(head["height"], abs=20)
    assert composer["y"] + composer["height"] == pytest.approx(800, abs=1)
    # Only the new turn was inserted: earlier turns are unchanged.
    assert page.evaluate("document.querySelector('#t1').before") == "as it was"
    page.click("[data-new]")
    expect(page.locator(".turn")).to_have_count(0)
    ask(page, "Who wrote about tides?")
    expect(page.locator(".turn")).to_have_count(1)
    page.reload()
    expect(page.locator("#t1 :is(.citation, .not-found)").first).to_be_visible()
    expect(page.locator(".turn")).to_have_count(1)


def test_conversations_are_renamed_exported_and_deleted(stub: str, visit: Open) -> None:
    page = visit(stub)
    ask(page, "first <b>question</b>")
    page.click("[data-new]")
    expect(page.locator(".turn")).to_have_count(0)
    ask(page, "second question")
    page.click("[data-drawer=conversations]")
    names = page.locator("#drawer-conversations .entries .entry-title")
    expect(names).to_have_text(["second question", "first <b>question</b>"])
    page.fill("[data-history-search]", "FIRST")
    expect(names).to_have_text(["first <b>question</b>"])
    page.keyboard.press("Escape")
    expect(names).to_have_count(2)
    page.locator("#drawer-conversations .entries li").nth(1).locator("[data-rename]").click()
    page.keyboard.press("Control+A")
    page.keyboard.type("on <i>tides</i>")
    page.keyboard.press("Enter")
    expect(names).to_have_text(["second question", "on <i>tides</i>"])
    with page.expect_download() as markdown:
        page.locator("#drawer-conversations .entries li").nth(1).get_by_text("Markdown").click()
    assert markdown.value.suggested_filename == "on i tides i.md"
    text = markdown.value.path().read_text()
    assert text.startswith("# on \\<i\\>tides\\</i\\>\n\n## first")
    names.nth(1).click()
    expect(page.locator(".question")).to_have_text("first <b>question</b>")
    page.click("[data-drawer=conversations]")
    current = page.locator("#drawer-conversations .entries li.current")
    current.locator("[data-delete]").click()
    page.keyboard.press("Escape")
    expect(current.locator("[data-delete]")).to_be_visible()
    current.locator("[data-delete]").click()
    current.locator("[data-confirm]").click()
    expect(names).to_have_text(["second question"])
    expect(page.locator(".turn")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator("#drawer-conversations")).to_be_hidden()


def test_conversation_continues_after_a_restart_and_without_storage(
    tmp_path: Path, visit: Open
) -> None:
    running, port = contextmanager(start), free_port()
    with running(tmp_path, "-m", "tests.helpers.stub_chat", port=port) as address:
        page = visit(address, "zh-TW")
        ask(page, "What?")
        quoted = page.locator(".citation blockquote").all_inner_texts()
    # A question sent while the server is down is answered after its restart.
    page.fill("#question textarea", "And then?")
    page.press("#question textarea", "Enter")
    expect(page.locator(".composer-line")).to_contain_text("目前連不上伺服器")
    expect(page.locator("#question textarea")).to_have_value("And then?")
    with running(tmp_path, "-m", "tests.helpers.stub_chat", port=port):
        expect(page.locator(".turn .citation")).to_have_count(2, timeout=PATIENCE)
        expect(page.locator("#question textarea")).to_have_value("")
        expect(page.locator(".composer-line")).to_be_hidden()
        assert page.locator(".turn:first-of-type blockquote").all_inner_texts() == quoted
        # A question that cannot be stored is answered, too.
        page.click("[data-new]")
        expect(page.locator(".turn")).to_have_count(0)
        database = sqlite3.connect(tmp_path / "conversations.sqlite3", isolation_level=None)
        database.execute("BEGIN IMMEDIATE")
        ask(page, "What?")
        expect(page.locator(".unsaved[role=alert]")).to_contain_text("無法保存")
        expect(page.locator(".citation")).to_have_count(1)
        ask(page, "And then?")
        expect(page.locator(".turn")).to_have_count(2)
        page.locator("[data-verdict=right]").first.click()
        expect(page.locator(".verdict-status").first).to_contain_text("無法保存")
        assert str(tmp_path) not in page.content()
        database.execute("ROLLBACK")
        database.close()
        page.reload()
        expect(page.locator(".turn")).to_have_count(2, timeout=PATIENCE)
