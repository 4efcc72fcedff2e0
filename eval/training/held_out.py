"""What of the public sets the encoder was not trained on; only that is fitted and measured with."""

from __future__ import annotations

import zlib
from pathlib import Path

from eval.questions import squad
from eval.questions.format import Question

HELD_OUT_SHARE = 8
"""One of so many articles is held out."""


def is_held_out(article: str) -> bool:
    """Return whether an article is not trained on.

    Args:
        article: What identifies it in all languages.
    """
    return zlib.crc32(article.encode()) % HELD_OUT_SHARE == 0


def name_squad_article(paragraphs: Path, article: int) -> str:
    """Return what identifies an article of a SQuAD file, the same in its other languages.

    Args:
        paragraphs: The file, such as xquad.en.dev.json.
        article: The index of the article.
    """
    return f"{paragraphs.name.partition('.')[0]}/{article}"


def load_held_out_squad(file: Path, paragraphs: Path | None = None) -> list[Question]:
    """Return the questions about articles of a SQuAD file that are held out.

    Args:
        file: The file of the questions.
        paragraphs: The file of the paragraphs that they are asked of, if it is another.

    Raises:
        ReadError: If a file cannot be read.
        QuestionSetError: If one is not a SQuAD file, or they do not fit each other.
    """
    return [
        question
        for question in squad.load_squad(file, paragraphs)
        if is_held_out(name_squad_article(paragraphs or file, question.gold_sections[0].article))
    ]
