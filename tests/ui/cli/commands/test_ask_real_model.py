"""`tongzhu ask --write` with a real language model, small enough to invent things."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from index.update.update import update_library
from tests.helpers.real_model import serve_model
from ui.cli.main import main

pytestmark = pytest.mark.slow

TEXT = """# The harbour of Port Sel

Sand had filled the basin of Port Sel, so the harbour was closed in 1932.[^1] The fishing fleet of
forty boats moved to Orme, nine miles to the north. A new gate was built by Anna Velk for 2.4
million marks, of which the province paid a third.[^2] Since then ferries call twice a week.

[^1]: J. Smith, "Tides and Sand," *Harbour Review* 3 (1951), p. 12.
[^2]: Province of Sel, *Accounts*, 1960.
"""
QUESTIONS = ("When was the harbour closed?", "Where did the fishing fleet move?")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("harbour")
    file = folder / "harbour.md"
    file.write_text(TEXT, encoding="utf-8")
    update_library(folder / "library", add=[file])
    return folder / "library"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serve_model() as url:
        yield url


def test_what_a_real_model_invents_is_flagged(
    library: Path,
    address: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("TONGZHU_LLM_MODEL", "smollm2")
    sentences: list[dict[str, Any]] = []
    for question in QUESTIONS:
        options = ["--library", str(library), "--json", "--write", "--llm", address]
        assert main(["ask", *options, question]) == 0
        sentences += json.loads(capsys.readouterr().out).get("written", {"sentences": ()})[
            "sentences"
        ]
    assert sentences
    for sentence in sentences:
        known = " ".join(item["text"] for item in sentence["cites"])
        figures = re.findall(r"\d+", sentence["text"].replace("40 boats", ""))
        if not known or any(figure not in known for figure in figures):
            assert not sentence["supported"], sentence
    assert any(not sentence["supported"] for sentence in sentences)
    assert all(sentence["supported"] == (not sentence["problems"]) for sentence in sentences)
