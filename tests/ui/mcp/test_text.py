"""Lists for agents count in words that fit the number."""

from __future__ import annotations

from ui.mcp.text import format_works
from ui.service.views import WorkView


def test_counts_of_one_are_singular() -> None:
    works = [WorkView("a1", {}, "Merrow, Tides.", 1, 1, ())]
    assert "(1 note, 1 article)" in format_works(works, 1)
    assert format_works(works, 1).endswith("1 work in all.")
    assert format_works([WorkView("a1", {}, "Merrow.", 2, 3, ())], 4).endswith("4 works in all.")
