"""Small publications as Markdown files, for tests that need many or changing ones."""

from __future__ import annotations

from pathlib import Path


def print_to(folder: Path, number: int, *paragraphs: str, name: str = "") -> Path:
    """Writes issue `number` of a periodical: one article, note n at the end of paragraph n.

    The publication's id depends on the number alone.
    """
    lines = [
        "---",
        "title: 測試月刊",
        f"number: 第 {number} 期",
        f"date: {2000 + number}-05-22",
        f"author: 王{'大小中'[number % 3]}明",
        f"topics: [共同主題, 主題{number}]",
        "---",
        "# 壹、前言",
    ]
    for position, paragraph in enumerate(paragraphs, 1):
        lines += ["", f"{paragraph}。[^{position}]"]
    for position, paragraph in enumerate(paragraphs, 1):
        lines += ["", f"[^{position}]: 某人，〈{paragraph[:8]}考〉，《某報》，2024 年。"]
    file = folder / (name or f"issue-{number}.md")
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file
