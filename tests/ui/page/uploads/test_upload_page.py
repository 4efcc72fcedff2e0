"""Tests of uploads, removal and the password over HTTP and in a real browser."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import httpx
import pytest
import typst
from playwright.sync_api import Browser, FilePayload, Page, expect

from index.readers.pandoc import find_pandoc
from index.storage.library import Library
from index.update.update import update_library
from tests.helpers.browsing import CHAT, Open, ask, checked, start
from tests.helpers.hostile import make_docx, make_epub, make_footnotes, make_html, pack, paragraph
from ui.service import limits
from ui.service.limits import Limits

GOOD = """---
title: Ledgers
number: "4"
date: 2025-03-01
---
# The purple ledger of Averil

The harbour master of Averil enters every tide in a purple ledger.[^1]

[^1]: Averil Harbour Office, *Rules*, https://example.org/rules
[^2]: Orme, *op. cit.*, p. 7.
"""
HOSTILE = """---
title: "<script>window.owned=1</script> {{7*7}} \u202efdp"
number: "<img src=x onerror=window.owned=1>"
---
# <svg onload=window.owned=1> $$\\href{javascript:window.owned=1}{x}$$

The smuggler of Quarnell [hid](javascript:window.owned=1) a brass sextant \u202ein the crypt.[^1]

[^1]: <iframe src=javascript:window.owned=1> javascript:window.owned=1 https://example.org/safe
[^2]: 同註 40。
"""
PASSWORD = "a long secret"


@pytest.fixture(scope="module")
def password_page(
    browser: Browser, sample_library: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The page behind a password, without uploads."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TONGZHU_PASSWORD", PASSWORD)
        serving = contextmanager(start)
        data = tmp_path_factory.mktemp("locked")
        arguments = (*CHAT, str(sample_library), "--auth", "--no-uploads", "--port")
        with serving(data, *arguments) as address:
            patch.undo()
            yield address


@contextmanager
def visitor(address: str) -> Iterator[httpx.Client]:
    """A program with the cookie of a browser that has opened the page."""
    with httpx.Client(base_url=address, timeout=30) as client:
        assert client.get("/").status_code == 200
        yield client


def wait_until_finished(page: Page) -> None:
    page.wait_for_selector("#library [data-state=finished]", timeout=120_000)
    # The page shows the changed library, and the panel is still open.
    page.wait_for_load_state("networkidle")
    expect(page.locator("#drawer-library")).to_be_visible()


# --- Over HTTP


def test_upload_routes_are_absent_when_uploads_are_off(stub: str) -> None:
    with visitor(stub) as client:
        assert client.get("library/change").status_code == 404
        sent = client.post("library/files", files={"file": ("a.txt", b"text")})
        assert sent.status_code in (404, 405)
        assert client.post("library/remove?publication=x").status_code in (404, 405)


@pytest.mark.browser  # the servers' fixtures, which it asks for by name, start one
@pytest.mark.xdist_group("browser-2")
@pytest.mark.parametrize("server", ["stub", "chat"])
def test_file_routes_of_gradio_are_closed(server: str, request: pytest.FixtureRequest) -> None:
    with visitor(request.getfixturevalue(server)) as client:
        sent = client.post("gradio_api/upload", files={"files": ("a.txt", b"text")})
        assert sent.status_code == 404
        for path in ("upload_progress?upload_id=1", "file=/etc/passwd", "file/etc/passwd"):
            assert client.get(f"gradio_api/{path}").status_code == 404
        assert client.post("gradio_api/component_server", json={}).status_code == 404


def test_unacceptable_uploads_are_refused_in_one_line(chat: str) -> None:
    with visitor(chat) as client:

        def send(*files: tuple[str, bytes]) -> httpx.Response:
            sent = [("file", file) for file in files]
            return client.post("library/files?lang=zh", files=sent or None)

        assert (send().status_code, "沒有收到檔案" in send().text) == (400, True)
        many = send(*[(f"{number}.txt", b"x") for number in range(limits.MAX_UPLOADS + 1)])
        assert (many.status_code, "檔案過多" in many.text) == (400, True)
        connection = HTTPConnection("127.0.0.1", client.base_url.port, timeout=30)
        connection.putrequest("POST", "/library/files")
        connection.putheader("content-length", str(10 * limits.MAX_TOTAL_UPLOAD_BYTES))
        connection.putheader("cookie", f"tongzhu_visitor={client.cookies['tongzhu_visitor']}")
        connection.endheaders()
        assert connection.getresponse().status == 413  # before anything is sent
        connection.close()

        def endless() -> Iterator[bytes]:
            yield b"--x\r\ncontent-disposition: form-data; name=file; filename=a.txt\r\n\r\n"
            for _ in range(limits.MAX_TOTAL_UPLOAD_BYTES // 2**20 + 2):
                yield b"x" * 2**20

        kind = {"content-type": "multipart/form-data; boundary=x"}
        with suppress(httpx.TransportError):  # the server may close before the body ends
            assert client.post("library/files", content=endless(), headers=kind).status_code == 413
        broken = client.post("library/files", content=b"--x\r\nnonsense", headers=kind)
        assert broken.status_code == 400
        big = send(("big.txt", b"x" * (limits.MAX_UPLOAD_BYTES + 1)), ("a.exe", b"MZ"))
        assert big.status_code == 202
        assert "big.txt：檔案過大，此處至多可加入 8 MB" in big.text
        assert "a.exe：無法讀取這種檔案" in big.text


@pytest.mark.parametrize(
    "path", ["gradio_api/run/ask", "gradio_api/queue/join", "gradio_api/call/ask"]
)
def test_other_routes_refuse_a_large_body(chat: str, path: str) -> None:
    large = b'{"data": ["' + b"a" * (Limits().max_body_bytes + 1) + b'"]}'
    with httpx.Client(base_url=chat, timeout=30) as client:
        json = {"content-type": "application/json"}
        for content in (large, iter([large[:100], large[100:]])):
            response = client.post(path, content=content, headers=json)
            assert response.status_code == 413, response.text
        packed = client.post(path, content=b"abc", headers=json | {"content-encoding": "gzip"})
        assert packed.status_code == 415


def test_other_sites_and_machines_cannot_change_the_library(chat: str) -> None:
    file = {"file": ("a.txt", b"text")}
    assert httpx.post(f"{chat}library/files", files=file).status_code == 403
    with visitor(chat) as client:
        for headers, status in (
            ({"sec-fetch-site": "cross-site"}, 403),
            ({"origin": "https://example.org"}, 403),
            ({"host": "library.example"}, 421),
            ({"x-forwarded-for": "203.0.113.7"}, 403),
        ):
            sent = client.post("library/files", files=file, headers=headers)
            assert sent.status_code == status, headers
        assert client.get("library/change").text == ""


# --- In the browser


@dataclass(frozen=True)
class Upload:
    """A file that is added, and how the page shows it."""

    file_name: str
    text: str
    shown_file_name: str
    title: str
    question: str
    answer: str


LEDGERS = Upload(
    "ledgers.md", GOOD, "ledgers.md", "Ledgers 4", "Who keeps a purple ledger?", "purple ledger"
)
INJECTION = Upload(
    "../<img src=x onerror=window.owned=1>\u202egpj.md",
    HOSTILE,
    "<img src=x onerror=window.owned=1>gpj.md",
    "<script>window.owned=1</script> {{7*7}} ⟨U+202E⟩fdp <img src=x onerror=window.owned=1>",
    "Who hid a brass sextant in the crypt of Quarnell?",
    "a brass sextant ⟨U+202E⟩in the crypt",
)


@pytest.mark.parametrize(
    ("locale", "width", "dark", "done", "finding", "upload"),
    [
        ("en-GB", 1280, False, "Done: ", "note 2 refers to a note or a work", LEDGERS),
        ("zh-TW", 390, True, "完成：", "註 2 所指的註釋或著作無從得知", INJECTION),
    ],
    ids=["ledgers", "hostile"],
)
def test_publication_is_uploaded_queried_and_removed(
    chat: str,
    visit: Open,
    chat_library: Path,
    locale: str,
    width: int,
    dark: bool,
    done: str,
    finding: str,
    upload: Upload,
) -> None:
    page = visit(chat, locale, width=width, dark=dark)
    page.click("[data-drawer=library]")
    checked(page)
    file = {"name": upload.file_name, "mimeType": "text/markdown", "buffer": upload.text.encode()}
    empty = {"name": "empty.txt", "mimeType": "text/plain", "buffer": b""}
    page.set_input_files("#library input[type=file]", [file, empty])  # type: ignore[list-item]
    wait_until_finished(page)
    report = page.locator("#library .change-status")
    outcome = report.locator(".outcome")
    expect(outcome).to_contain_text(done)
    expect(outcome).to_be_focused()
    expect(page.locator("#library .live-region")).to_contain_text(done)
    expect(report.locator(".rejections li")).to_have_count(1)
    expect(report.locator(".rejections li")).to_contain_text("empty.txt")
    expect(report.locator(".change-items .name")).to_have_text(upload.title)
    expect(report.locator(".change-items .facts").first).to_have_text(upload.shown_file_name)
    fold = report.locator("details", has_text=finding)
    fold.evaluate("fold => { fold.open = true }")  # it may be open already
    expect(fold.locator("li", has_text=finding)).to_be_visible()
    checked(page)
    assert tempfile.gettempdir() not in page.content()
    names = page.locator("#library .publication-list .entry-title")
    expect(names).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    # It is used at once; a question can be limited to it.
    added = page.locator("#library .publication-list > li", has_text=upload.title)
    added.locator("[data-kind=publication]").click()
    ask(page, upload.question)
    expect(page.locator(".turn .answer-text")).to_contain_text(upload.answer)
    if upload is INJECTION:
        check_hostile_text(page, chat, chat_library)
    # Removing asks first, by keyboard too; Esc takes it back.
    page.click("[data-drawer=library]")
    row = page.locator("#library .publication-list > li", has_text=upload.title)
    remove = row.locator("[data-remove]")
    remove.focus()
    page.keyboard.press("Enter")
    dialog = page.locator("#removal-dialog")
    expect(dialog).to_be_visible()
    expect(dialog.locator(".name")).to_have_text(upload.title)
    expect(dialog.locator("[data-keep]")).to_be_focused()
    checked(page)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator("#drawer-library")).to_be_visible()
    expect(remove).to_be_focused()
    if upload is INJECTION:
        remove.click()
        dialog.locator("[data-confirm]").click()
    else:
        for key in ("Enter", "Tab", "Enter"):
            page.keyboard.press(key)
    # What was finished before, the upload, is shown until this change has begun.
    expect(names).to_have_count(1, timeout=120_000)
    wait_until_finished(page)
    expect(outcome).to_be_focused()
    page.locator("[data-change=dismiss]").click()
    expect(page.locator("#library .change-status > *")).to_have_count(0)
    page.keyboard.press("Escape")
    # The next question is not limited to what was removed.
    expect(page.locator("#chips .chip")).to_have_count(0)


def _build_files_of_each_kind() -> dict[str, bytes]:
    """Return a small file of each kind with one note, by name, and one of no kind that is read."""
    footnote = make_footnotes({1: paragraph("The ferry office.")})
    mark = '</w:r><w:r><w:footnoteReference w:id="1"/>'
    html = make_html(
        '<p>A tram left at noon.<a href="#n" id="r" role="doc-noteref">1</a></p>'
        '<aside id="n" role="doc-footnote"><p><a href="#r">1</a> The tram office.</p></aside>'
    )
    page = html.removeprefix(b"<!DOCTYPE html>").replace(b"tram", b"barge").decode()
    item = '<item id="b" href="META-INF/b.xml" media-type="application/xhtml+xml"/>'
    files = {
        "第7期.docx": make_docx(paragraph("A ferry left at noon.", mark), footnotes=footnote),
        "第8期.html": html,
        "book.epub": make_epub('<itemref idref="b"/>', item, b=page),
        "pilots": typst.compile(b"A pilot left at noon.#footnote[The pilot office.]"),  # a PDF
        "slides.pptx": pack({"ppt/slides/slide1.xml": "<p/>"}),
    }
    if pandoc := find_pandoc():
        command = [pandoc, "--from=markdown", "--to=odt", "--output=-"]
        text = b"A raft left at noon.[^1]\n\n[^1]: The raft office.\n"
        result = subprocess.run(command, input=text, capture_output=True, check=True)
        files["rafts.odt"] = result.stdout
    return files


ADDRESS = "電話 (000) 0000-0012，地址：燈塔路 8 號。\n\n"
DOUBTFUL = {
    "unsure.txt": "潮汐\n".encode("gbk"),
    "cover.txt": (
        f"海岸季刊\n\n{ADDRESS * 20}目錄\n\n鹽場 …… 3\n\n鹽場\n\n林望舒\n\n風起。\n"
    ).encode(),
    "unread.txt": (
        b"Salt\n\nThe pans were flooded, and the salt was lost.\n\nThe dyke was mended.\n\n"
        b"[1] Salt Office, Ledger, 1900, p. 3.\n[2] Salt Office, Ledger, 1901, p. 4.\n"
        b"[3] Salt Office, Ledger, 1902, p. 5.\n"
    ),
}


def test_files_of_each_kind_are_reported(chat: str, visit: Open, chat_library: Path) -> None:
    files = _build_files_of_each_kind()
    page = visit(chat, "en", width=1280)
    page.click("[data-drawer=library]")
    payload: list[FilePayload] = [
        {"name": name, "mimeType": "", "buffer": data} for name, data in (files | DOUBTFUL).items()
    ]
    page.set_input_files("#library input[type=file]", payload)
    wait_until_finished(page)
    report = page.locator("#library .change-status")
    expect(report.locator(".rejections li")).to_have_count(1)
    expect(report.locator(".rejections li")).to_contain_text("slides.pptx: files of this kind")
    for name in files.keys() - {"slides.pptx"}:
        item = report.locator(".change-items li", has=page.get_by_text(name, exact=True))
        expect(item).to_contain_text("1 note · 1 mark")
    expect(report).to_contain_text("number: name of the file")
    warnings = {
        "en": [
            "The encoding of the file is not certain",
            "belongs to no article",
            "look like notes",
        ],
        "zh": ["無法確定此檔的編碼", "不屬於任何文章", "看似註"],
    }
    for finding in warnings["en"]:
        expect(report.locator("details[open] li", has_text=finding)).to_be_visible()
    checked(page)
    in_chinese = page.evaluate("fetch('library/change?lang=zh').then(reply => reply.text())")
    assert [finding for finding in warnings["zh"] if finding not in in_chinese] == []
    with Library.open(chat_library) as library:
        added = [item.id for item in library.publications() if os.sep not in item.path]
    update_library(chat_library, remove=added)


def check_hostile_text(page: Page, chat: str, chat_library: Path) -> None:
    """Nothing of the hostile file becomes markup, wherever it is shown."""
    for fold in page.locator(".citation .notes summary").all():
        fold.click()
    expect(page.locator(".citation").first).to_contain_text("⟨U+202E⟩in the crypt")
    page.locator("a.to-article").first.click()
    expect(page.locator("dialog.pane")).to_contain_text("<svg onload=window.owned=1>")
    page.reload()
    expect(page.locator(".turn .citation").first).to_be_visible()
    assert page.evaluate("window.owned") is None
    parts = page.locator("#transcript, #library, #welcome, #pane, #examples")
    assert parts.locator("script, img, svg, iframe, style").count() == 0
    links = set(page.locator("a").evaluate_all("links => links.map(link => link.href)"))
    assert "https://example.org/safe" in links
    assert all(link.startswith((chat, "https://example.org/")) for link in links)
    with Library.open(chat_library) as library:
        paths = {summary.path for summary in library.publications()}
    assert INJECTION.shown_file_name in paths
    page.keyboard.press("Escape")


def test_change_is_visible_to_its_visitor_only_and_cancellable(
    chat: str, visit: Open, chat_library: Path
) -> None:
    with Library.open(chat_library) as opened:
        before = opened.generation
    page = visit(chat)
    page.click("[data-drawer=library]")
    text = GOOD.replace("Ledgers", "Cancelled") + "".join(
        f"\nLine {number} tells of another tide, and of ledger {number * 7}.\n"
        for number in range(4000)
    )
    file = {"name": "long.md", "mimeType": "text/markdown", "buffer": text.encode()}
    page.set_input_files("#library input[type=file]", [file])  # type: ignore[list-item]
    page.wait_for_selector("#library [data-state=running]")
    with visitor(chat) as other:
        assert other.get("library/change").text == ""
        other.post("library/change/cancel")
        small = {"file": ("small.md", GOOD.encode())}
        assert "place 2 of 2" in other.post("library/files?lang=en", files=small).text
        expect(page.locator("#library .change")).to_contain_text("One other change is waiting")
        other.post("library/change/cancel")
    # The change is still running when the page is opened again.
    page.reload()
    page.wait_for_selector("#ask")
    page.click("[data-drawer=library]")
    page.click("#library [data-change=cancel]")
    wait_until_finished(page)
    expect(page.locator("#library .outcome")).to_have_text("Cancelled; the library is as it was.")
    with Library.open(chat_library) as opened:
        assert opened.generation == before


# --- The password


def test_every_route_needs_the_password(password_page: str) -> None:
    for method, path in (
        ("GET", ""),
        ("GET", "config"),
        ("GET", "gradio_api/info"),
        ("GET", "gradio_api/queue/data?session_hash=x"),
        ("POST", "gradio_api/call/ask"),
        ("POST", "gradio_api/run/ask"),
        ("POST", "gradio_api/queue/join"),
        ("GET", "conversations/0123456789abcdef.json"),
        ("GET", "assets/index.js"),
        ("GET", "theme.css"),
        ("GET", "library/change"),
        ("GET", "?passage=0000"),
        ("GET", "printed-page?passage=0000"),
        ("GET", "read"),
        ("GET", "read/0000/1"),
        ("GET", "works"),
        ("GET", "passages/0000"),
        ("PUT", "login"),
    ):
        reply = httpx.request(
            method, password_page + path, headers={"cookie": "tongzhu_session=1.a.b"}
        )
        assert reply.status_code == 401, path
        assert "set-cookie" not in reply.headers or "session" not in reply.headers["set-cookie"]


def test_correct_password_opens_the_page(password_page: str, browser: Browser) -> None:
    context = browser.new_context(locale="zh-TW", color_scheme="dark")
    page = context.new_page()
    page.goto(f"{password_page}?passage=0000")
    expect(page.locator("#password")).to_be_focused()
    checked(page)
    page.keyboard.type("not it, no")
    page.keyboard.press("Enter")
    expect(page.locator("[role=alert]")).to_contain_text("密碼不正確")
    checked(page)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    # After login the requested address is opened.
    expect(page.locator(".pane-body .error-text")).to_be_visible()
    page.keyboard.press("Escape")
    cookie = next(
        stored_cookie
        for stored_cookie in context.cookies()
        if stored_cookie["name"] == "tongzhu_session"
    )
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
    page.click("[data-drawer=library]")
    expect(page.locator(".upload-panel, [data-remove]")).to_have_count(0)  # --no-uploads
    page.keyboard.press("Escape")
    ask(page, "Who wrote about tides?")
    # Another visitor with the password does not see the conversation.
    other = browser.new_context()
    stranger = other.new_page()
    stranger.goto(page.url)
    stranger.fill("#password", PASSWORD)
    stranger.keyboard.press("Enter")
    expect(stranger.locator(".welcome")).to_be_visible()
    expect(stranger.locator(".turn")).to_have_count(0)
    other.close()
    page.click("[data-drawer=conversations]")
    page.locator(".sign-out button").click()
    expect(page.locator("#password")).to_be_visible()
    # The session is revoked: its cookie is not accepted any more.
    cookie_header = {"cookie": f"tongzhu_session={cookie['value']}"}
    assert httpx.get(password_page, headers=cookie_header).status_code == 401
    context.close()
