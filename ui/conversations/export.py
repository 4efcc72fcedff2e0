"""A conversation as a file: Markdown to be read, JSON for programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rag.answer.serialization import safe_json
from rag.render.labels import flat
from rag.render.rich_text import visible
from rag.render.text import escaped, to_markdown
from ui.conversations.model import Conversation
from ui.messages.cli import Language, say

VERSION = 1


def conversation_markdown(name: str, turns: Conversation, language: Language) -> str:
    """A conversation as Markdown: a heading for each question, everything cited under it."""
    blocks = [f"# {escaped(flat(name))}\n"]
    for turn in turns:
        blocks.append(f"## {escaped(flat(turn.question))}\n")
        if turn.answer is not None:
            blocks.append(to_markdown(turn.answer, language))
        elif turn.error is not None:
            blocks.append(escaped(say(turn.error, language)) + "\n")
    return visible("\n".join(blocks))


def conversation_json(name: str, turns: Conversation) -> str:
    """A conversation as JSON; its answers have the form that `rag/answer.schema.json` describes."""
    values: dict[str, Any] = {
        "version": VERSION,
        "name": name,
        "turns": [
            {
                "question": turn.question,
                "answer": turn.answer.to_dict() if turn.answer else None,
                "error": {"en": turn.error.en, "zh": turn.error.zh} if turn.error else None,
                "judgement": asdict(turn.judgement) if turn.judgement else None,
            }
            for turn in turns
        ],
    }
    return safe_json(values) + "\n"
