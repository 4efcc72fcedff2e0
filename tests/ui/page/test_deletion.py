"""Tests of deletion and signing out on a real server, over restarts."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from tests.helpers.browsing import CHAT, Open, ask, free_port, start
from tests.helpers.residue import find_residue, wait_until_erased

QUESTION, NAME, NOTE = "誰守燈塔？ Who kept the lighthouse qzxv?", "紅皮筆記 qzxv", "note 祕密 qzxv"
PASSWORD = "a long secret"


def test_conversation_deleted_on_the_page_is_erased_from_disk(
    sample_library: Path, tmp_path: Path, visit: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    (temporary := tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    running = contextmanager(start)
    with running(tmp_path / "data", *CHAT, str(sample_library), "--port") as address:
        page = visit(address)
        ask(page, QUESTION)
        page.locator("form.verdict").get_by_role("button", name="Wrong").click()
        page.locator("form.verdict").get_by_role("textbox").fill(NOTE)
        page.keyboard.press("Enter")
        expect(page.locator(".verdict-status")).to_have_text("Kept.")
        page.click("[data-drawer=conversations]")
        page.locator("#drawer-conversations [data-rename]").click()
        page.keyboard.press("Control+A")
        page.keyboard.type(NAME)
        page.keyboard.press("Enter")
        expect(page.locator("#drawer-conversations .entry-title")).to_have_text(NAME)
        residue = find_residue(tmp_path, (QUESTION, NAME, NOTE))
        assert {line.partition(" in ")[0] for line in residue} == {QUESTION, NAME, NOTE}
        page.locator("#drawer-conversations [data-delete]").click()
        page.locator("#drawer-conversations [data-confirm]").click()
        expect(page.locator("#drawer-conversations .entry-title")).to_have_count(0)
        wait_until_erased(tmp_path, (QUESTION, NAME, NOTE, "qzxv"))
    assert find_residue(tmp_path, ("qzxv",)) == []
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["conversations.sqlite3"]


def test_ended_session_stays_invalid_after_a_restart(
    sample_library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    password_file = tmp_path / "password.txt"
    password_file.write_text(PASSWORD)
    running, port = contextmanager(start), free_port()
    arguments = (*CHAT, str(sample_library), "--auth-file", str(password_file), "--port")

    def get_status(session: str) -> int:
        cookie = {"cookie": f"tongzhu_session={session}"}
        return httpx.get(f"http://127.0.0.1:{port}/config", headers=cookie).status_code

    def sign_in() -> str:
        response = httpx.post(f"http://127.0.0.1:{port}/login", data={"password": PASSWORD})
        return response.cookies["tongzhu_session"]

    with running(tmp_path / "data", *arguments, port=port) as address:
        leaving, staying = sign_in(), sign_in()
        cookie = {"cookie": f"tongzhu_session={leaving}"}
        assert httpx.post(f"{address}logout", headers=cookie).status_code == 303
        assert (get_status(leaving), get_status(staying)) == (401, 200)
    with running(tmp_path / "data", *arguments, port=port):
        assert (get_status(leaving), get_status(staying)) == (401, 200)
