"""Tests of the page in a real browser."""

from __future__ import annotations

import re

import httpx
import pytest
from playwright.sync_api import expect

from tests.helpers.browsing import PATIENCE, Open, ask


def test_note_mark_opens_the_note_and_its_source(chat: str, visit: Open) -> None:
    page = visit(chat)
    ask(page, "What happened to the lamp levy in 1996?")
    page.evaluate("document.querySelectorAll('.further').forEach(fold => (fold.open = true))")
    identity = page.evaluate(
        """[...document.querySelectorAll(".citation .notes:not([open]) li:has(a.url)")].find(
          (note) => document.querySelector(`a.note-mark[href="#${note.id}"]`)).id"""
    )
    fold = page.locator(".citation", has=page.locator(f"#{identity}"))
    expect(fold.locator(".notes ol")).to_be_hidden()
    mark = fold.locator(f"a.note-mark[href='#{identity}']").first
    mark.click()
    side_note = page.locator("#transcript .side-note")
    expect(side_note).to_be_focused()
    expect(side_note.locator(".number")).to_have_text(mark.inner_text())
    # It stands beside the text, level with its mark, and the text has not moved.
    text, note_box, mark_box = (locator.bounding_box() or {} for locator in (fold, side_note, mark))
    assert note_box["x"] >= text["x"] + text["width"]
    assert note_box["x"] + note_box["width"] <= 1280
    assert note_box["y"] == pytest.approx(mark_box["y"], abs=24)
    page.keyboard.press("Escape")
    expect(side_note).to_have_count(0)
    expect(mark).to_be_focused()
    fold.locator(".notes summary").click()
    note = page.locator(mark.get_attribute("href") or "")
    expect(note).to_be_visible()
    mark.click()
    source = "<title>the source</title>"
    page.context.route(
        "https://example.org/**", lambda route: route.fulfill(content_type="text/html", body=source)
    )
    link = side_note.locator("a.url").first
    assert link.get_attribute("rel") == "noopener noreferrer"
    with page.context.expect_page() as opening:
        link.click()
    assert opening.value.url.startswith("https://example.org/")
    assert opening.value.title() == "the source"
    assert opening.value.evaluate("window.opener") is None
    # What was opened stays open when the conversation goes on.
    ask(page, "Who wrote about tides?")
    expect(note).to_be_visible()
    expect(page.locator(".turn")).to_have_count(2)


def test_example_question_is_asked_and_language_switched(chat: str, visit: Open) -> None:
    page = visit(chat, path="?lang=zh")
    example = page.locator(".example").last  # the first one asks for a list, which cites nothing
    question = example.inner_text()
    example.click()
    page.wait_for_selector(".citation")
    expect(page.locator(".question")).to_have_text(question)
    choice = page.locator(".language-choice")
    expect(choice).to_have_value("zh")
    choice.select_option("en")
    expect(page.locator("#ask")).to_have_text("Ask")
    expect(page.locator(".question")).to_have_text(question)
    expect(page.locator(".notes summary").first).to_contain_text("Notes and sources")
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.title() == "Tongzhu — ask the library"
    # In simplified script, too; what is quoted stays as printed. The choice is remembered.
    quoted = page.locator(".citation .heading").first.inner_text()
    choice.select_option("zh-Hans")
    expect(page.locator("#ask")).to_have_text("提问")
    expect(page.locator(".notes summary").first).to_contain_text("注与出处")
    assert page.locator(".citation .heading").first.inner_text() == quoted
    page.goto(chat)
    expect(choice).to_have_value("zh-Hans", timeout=PATIENCE)
    assert page.title() == "同注——向馆藏提问"
    mainland = visit(chat, "zh-CN")
    expect(mainland.locator(".welcome .lede")).to_contain_text("原文段落，并附其所依据的脚注")
    assert mainland.evaluate("document.documentElement.lang") == "zh-Hans"


def test_markup_in_a_document_is_shown_as_text(stub: str, visit: Open) -> None:
    page = visit(stub)
    ask(page, "<script>window.owned = 1</script>**hostile** {{value}}")
    page.locator(".notes summary").click()
    assert page.evaluate("window.owned") is None
    shown = page.locator("#transcript")
    assert shown.locator("script, img, svg, iframe, style").count() == 0
    expect(shown.locator(".question")).to_have_text(
        "<script>window.owned = 1</script>**hostile** {{value}}"
    )
    expect(shown.locator("blockquote")).to_contain_text("<img src=x onerror=")
    expect(shown.locator("blockquote")).to_contain_text("${window.owned = 1} {{#each x}} @children")
    expect(shown.locator("blockquote")).to_contain_text("⟨U+202E⟩txt.exe")
    links = set(shown.locator("a").evaluate_all("links => links.map(link => link.href)"))
    assert {link for link in links if not link.startswith(stub)} == {"https://example.org/safe"}
    # Nor does anything become markup where it is explained, judged, limited, listed or saved.
    shown.locator("details.explanation summary").click()
    page.click("[data-verdict=wrong]")
    note = page.locator(".verdict [name=note]")
    note.fill("<img src=x onerror='window.owned = 1'>\u202e")
    note.press("Enter")
    expect(page.locator(".verdict .verdict-status")).to_have_text("Kept.")
    page.click("[data-drawer=library]")
    page.locator("[data-kind=author]").click()
    expect(page.locator("#chips .chip")).to_contain_text("<script>window.owned = 1</script>")
    ask(page, "<svg onload='window.owned = 1'>")
    expect(shown.locator(".turn .chip")).to_contain_text("<img src=x onerror=")
    page.click("[data-drawer=conversations]")
    expect(page.locator("#drawer-conversations .entries .entry-title")).to_contain_text(
        "<script>window.owned"
    )
    name = page.url.rpartition("=")[2]
    saved = page.request.get(f"{stub}conversations/{name}.md").text()
    assert "\\<script" in saved
    assert re.search(r"(?<!\\)<script", saved) is None
    assert "\u202e" not in saved
    page.reload()
    expect(shown.locator(".turn")).to_have_count(2, timeout=PATIENCE)
    places = page.locator("#transcript, #library, #conversations, #chips, #welcome")
    assert places.locator("script, img, svg, iframe, style").count() == 0
    assert page.evaluate("window.owned") is None


def test_errors_are_shown_in_the_readers_language(stub: str, visit: Open) -> None:
    page = visit(stub, "zh-TW")
    expect(page.locator(".welcome .error-text")).to_contain_text("tongzhu index")
    expect(page.locator("#examples")).to_be_hidden()
    ask(page, "odd")
    expect(page.locator("#transcript .error-text[role=alert]")).to_have_text("這個問題很奇怪。")
    ask(page, "crash")
    last = page.locator(".turn:last-of-type .error-text")
    expect(last).to_contain_text("伺服器發生錯誤")
    assert "secret" not in page.content()
    ask(page, "absent")
    expect(page.locator(".turn:last-of-type .not-found")).to_have_text("館藏中尚無可查的內容。")


@pytest.mark.parametrize(("language", "description"), [("en", "Every answer"), ("zh", "每個回答")])
def test_shared_address_has_a_title_and_description(
    stub: str, language: str, description: str
) -> None:
    headers = {"accept-language": "fr", "accept-encoding": "identity"}
    response = httpx.get(stub, params={"lang": language, "passage": "0" * 16}, headers=headers)
    head, _, _ = response.text.partition("<script>")
    assert re.search(f'og:description" content="[^"]*{description}', head)
    assert head.count("og:title") == head.count("<title>") == 1
    assert not re.search("<meta[^>]*gradio", head, re.IGNORECASE)
    assert "https://" not in head


def test_page_loads_resources_from_its_own_origin_only(stub: str, visit: Open) -> None:
    page = visit(stub)
    headers = page.request.get(stub).headers
    assert "connect-src 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    refused = "fetch('https://example.com/').then(() => 'sent', () => 'refused')"
    assert page.evaluate(refused) == "refused"


def test_question_is_limited_by_filters(chat: str, visit: Open) -> None:
    page = visit(chat)
    page.click("[data-drawer=library]")
    page.locator(".publication-list details summary").click()
    expect(page.locator(".publication-list details li")).to_have_count(7)
    author = page.locator("[data-kind=author]", has_text="Marian Okell")
    author.click()
    expect(page.locator("#chips .chip")).to_be_in_viewport()
    expect(page.locator("#chips .chip")).to_have_text(re.compile("By Marian Okell"))
    ask(page, "大橋為什麼停徵通行費？")
    expect(page.locator(".turn .chip")).to_have_text(re.compile("By Marian Okell"))
    bylines = page.locator(".citation .byline").all_text_contents()
    assert bylines
    assert all("Okell" in byline for byline in bylines)
    page.locator("#chips button").click()
    expect(page.locator("#chips .chip")).to_have_count(0)
    # Filters that no article meets are given as the reason.
    page.click("[data-drawer=library]")
    page.fill("#library [name=after]", "2031-01-01")
    page.keyboard.press("Enter")
    expect(page.locator("#chips .chip")).to_have_count(1)
    ask(page, "大橋為什麼停徵通行費？")
    expect(page.locator(".turn:last-of-type .not-found")).to_contain_text("The filters leave")
    expect(page.locator(".turn:last-of-type .verdict")).to_have_count(0)
    page.reload()
    expect(page.locator(".turn .chip")).to_have_count(2, timeout=PATIENCE)


def test_page_is_operated_by_keyboard(chat: str, visit: Open) -> None:
    page = visit(chat)
    field = page.locator("#question textarea")
    field.fill("What happened to the lamp")
    field.press("Shift+Enter")
    field.press_sequentially("levy in 1996?")
    assert field.input_value().count("\n") == 1
    field.press("Enter")
    page.wait_for_selector(".citation")
    page.keyboard.press("Escape")
    expect(field).not_to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#c1-1")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#c1-2")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator("dialog.pane")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog.pane")).to_be_hidden()
    page.keyboard.press("/")
    expect(field).to_be_focused()
    # So it does while the pane is still closing.
    field.press("Escape")
    page.locator("#c1-1").press("Enter")
    expect(page.locator("dialog.pane")).to_be_visible()
    page.evaluate(
        "document.querySelector('dialog.pane').close();"
        "document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '/', bubbles: true }))"
    )
    expect(page).not_to_have_url(re.compile("open="))
    expect(field).to_be_focused()
    assert field.input_value() == ""
    expect(page.locator("#transcript [role=log], #transcript[role=log]")).to_have_count(1)


@pytest.mark.parametrize(
    ("locale", "buttons", "copied_message", "confidence_word"),
    [
        ("en-GB", ("Quotation", "Markdown", "Footnote"), "Copied.", "answer"),
        ("zh-TW", ("引文", "Markdown", "註腳"), "已複製。", "答案"),
    ],
)
def test_answer_text_comes_first_and_links_to_its_passage(
    chat: str,
    visit: Open,
    locale: str,
    buttons: tuple[str, ...],
    copied_message: str,
    confidence_word: str,
) -> None:
    page = visit(chat, locale)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, "What happened to the lamp levy in 1996?")
    answer_text = page.locator(".turn .answer-text")
    marked = page.locator(".citation mark").first.inner_text()
    assert answer_text.inner_text().strip("“”")[:20] == marked[:20]
    expect(page.locator(".confidence")).to_contain_text(confidence_word)
    # The live region contains the answer and not all passages.
    announcement = page.locator("#transcript [role=status].live-region")
    expect(announcement).to_have_text(
        f"{page.inner_text('.confidence')} {answer_text.inner_text()}"
    )
    page.locator(".lede .to-citation").click()
    expect(page.locator(".citation").first).to_be_focused()
    for button, begins in zip(buttons, ("“", "> ", ""), strict=True):
        page.locator(".citation").first.get_by_text(button, exact=True).click()
        expect(page.locator("#transcript .live-region")).to_have_text(copied_message)
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied.startswith(begins)
        assert page.locator(".citation h3 a").first.inner_text() in copied
    page.locator(".sources summary").click()
    works = page.locator(".sources .works li")
    page.locator(".sources [data-copy]").click()
    assert page.evaluate("navigator.clipboard.readText()").count("\n") == works.count() - 1


def test_marks_of_notes_in_selected_text_are_copied_as_raised_figures(
    chat: str, visit: Open
) -> None:
    page = visit(chat)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, "What happened to the lamp levy in 1996?")
    quotation = page.locator(".citation blockquote").first
    mark = quotation.locator("sup").first.inner_text()
    quotation.evaluate("quotation => getSelection().selectAllChildren(quotation)")
    page.keyboard.press("Control+c")
    copied = page.evaluate("navigator.clipboard.readText()")
    raised = "".join("⁰¹²³⁴⁵⁶⁷⁸⁹"[int(figure)] for figure in mark)
    assert raised in copied
    assert quotation.locator("sup").first.inner_text() == mark
    html = page.evaluate(
        "navigator.clipboard.read()"
        ".then(items => items[0].getType('text/html')).then(item => item.text())"
    )
    assert f"<sup>{mark}</sup>" in html


def test_printed_page_shows_everything_once(chat: str, visit: Open) -> None:
    page = visit(chat, dark=True, width=1000)
    ask(page, "What happened to the lamp levy in 1996?")
    page.emulate_media(media="print", color_scheme="dark")
    transcript = page.locator("#transcript")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    for notes in transcript.locator("details.notes ol").all():
        expect(notes).to_be_visible()
    mark = transcript.locator("mark").first
    expect(mark).to_have_css("background-color", "rgb(251, 223, 211)")
    expect(mark).to_have_css("print-color-adjust", "exact")
    expect(mark).to_have_css("color", "rgb(0, 0, 0)")
    expect(page.locator("#masthead, #composer, .verdict >> visible=true")).to_have_count(0)
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(transcript.locator("details.notes[open]")).to_have_count(0)
    # An open article is printed in place of the conversation, and not as a window of one screen.
    page.emulate_media(media="screen", color_scheme="dark")
    page.locator("a.to-article").first.click()
    pane = page.locator("#drawer-pane")
    expect(pane.locator("mark").first).to_be_in_viewport()
    address = page.url
    pane.locator("a.note-mark").first.click()
    page.emulate_media(media="print", color_scheme="dark")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(pane).to_have_css("position", "static")
    expect(pane.locator(".reading")).to_be_visible()
    assert pane.evaluate("pane => pane.clientHeight === pane.scrollHeight")
    expect(page.locator(":is(#transcript, #welcome, .side-note) >> visible=true")).to_have_count(0)
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert pane.evaluate("pane => pane.matches(':modal')")
    page.emulate_media(media="screen", color_scheme="dark")
    assert page.url == address
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(pane).to_be_hidden()


@pytest.mark.parametrize(
    ("locale", "width", "missing_text"),
    [("en-GB", 1280, "no passage 0000 any more"), ("zh-TW", 390, "沒有或已無段落 0000")],
)
def test_citation_opens_the_article_at_a_shareable_address(
    chat: str, visit: Open, locale: str, width: int, missing_text: str
) -> None:
    page = visit(chat, locale, width=width)
    ask(page, "What happened to the lamp levy in 1996?")
    marked = page.locator(".citation mark").first.inner_text()
    before = page.url
    link_to_article = page.locator("a.to-article").first
    link_to_article.click()
    pane = page.locator("dialog.pane")
    expect(pane.locator("mark").first).to_be_in_viewport()
    assert pane.locator("mark").first.inner_text()[:20] == marked[:20]
    assert pane.locator("section h2").count() > 3  # the sections around it, too
    assert pane.evaluate("pane => pane.matches(':modal')") == (width < 1200)
    mark = pane.locator("a.note-mark").first
    mark.click()
    note = pane.locator(".margin-note.open")
    expect(note).to_be_focused()
    expect(note.locator(".number")).to_have_text(mark.inner_text())
    page.keyboard.press("Escape")
    expect(note).to_have_count(0)
    expect(mark).to_be_focused()
    address = page.url
    assert "open=read" in address
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.keyboard.press("Escape")
    expect(pane).to_be_hidden()
    expect(link_to_article).to_be_focused()
    page.wait_for_url(before)
    # It opens again, and Back closes it too: the conversation is as it was.
    page.evaluate("document.querySelector('#t1').before = 'as it was'")
    link_to_article.click()
    expect(pane.locator("mark").first).to_be_in_viewport()
    page.go_back()
    expect(pane).to_be_hidden()
    page.go_forward()
    expect(pane).to_be_visible()
    page.keyboard.press("Escape")
    page.wait_for_url(before)
    assert page.evaluate("document.querySelector('#t1').before") == "as it was"
    # Another visitor at this address sees the article but not the conversation.
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    link_to_article.click()
    pane.locator("[data-copy-link]").click()
    expect(pane.locator(".live-region")).not_to_be_empty()
    shared = page.evaluate("navigator.clipboard.readText()")
    assert re.search(r"[?&]c=", address)
    assert re.fullmatch(rf"{chat}read/\w+/\d\?passage=\w+&mark=[\d%C,-]+#passage", shared)
    other = page.context.new_page()
    other.goto(shared)
    expect(other.locator("mark").first).to_be_in_viewport()
    assert other.locator("mark").first.inner_text()[:20] == marked[:20]
    lost = visit(chat, locale, path="?passage=0000&mark=%3Cscript%3E")
    expect(lost.locator(".pane-body .error-text")).to_contain_text(missing_text)
