"""Conversations as files: Markdown for people, JSON for programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from index.messages import Language
from rag.answer.serialization import safe_json
from rag.render.labels import collapse_whitespace
from rag.render.markdown import escape_markdown, to_markdown
from rag.render.rich_text import escape_controls
from rag.render.written import written_to_markdown
from ui.conversations.model import Conversation
from ui.conversations.paragraphs import paragraph_to_dict

VERSION = 2
"""The version of the form of the JSON."""


def render_conversation_markdown(name: str, turns: Conversation, language: Language) -> str:
    """Return a conversation as Markdown: a heading for each question, its citations under it."""
    blocks = [f"# {escape_markdown(collapse_whitespace(name))}\n"]
    for number, turn in enumerate(turns, 1):
        blocks.append(f"## {escape_markdown(collapse_whitespace(turn.question))}\n")
        if turn.answer is not None:
            blocks.append(to_markdown(turn.answer, language))
            for kept in turn.written:
                prefix = f"{number}-t" if kept == turn.translation else f"{number}-"
                text = written_to_markdown(kept.written, turn.answer, language, prefix=prefix)
                blocks.append(text)
        elif turn.error is not None:
            blocks.append(escape_markdown(turn.error.in_language(language)) + "\n")
    return escape_controls("\n".join(blocks))


def render_conversation_json(name: str, turns: Conversation) -> str:
    """Return a conversation as JSON; `rag/answer/answer.schema.json` describes its answers."""
    values: dict[str, Any] = {
        "version": VERSION,
        "name": name,
        "turns": [
            {
                "question": turn.question,
                "answer": turn.answer.to_dict() if turn.answer else None,
                "error": {"en": turn.error.en, "zh": turn.error.zh} if turn.error else None,
                "judgement": asdict(turn.judgement) if turn.judgement else None,
                "written": paragraph_to_dict(turn.paragraph) if turn.paragraph else None,
                "translation": paragraph_to_dict(turn.translation) if turn.translation else None,
            }
            for turn in turns
        ],
    }
    return safe_json(values) + "\n"
