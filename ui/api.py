"""What a program can ask of the page's server through Gradio's own client."""

from __future__ import annotations

from typing import Any

from index.errors import TongzhuError
from rag.adapters.filters import from_mapping
from rag.checks import checked, checked_history
from rag.citation import to_dict
from ui.offline import gr
from ui.room import Room


def offer(room: Room) -> None:
    """Adds the endpoint /ask to the page that is being built."""

    def ask(
        question: str, history: list[str] | None = None, filters: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Answer a question from the library.

        Args:
            question: In Chinese, in either script, or in English.
            history: The questions before it, oldest first.
            filters: publication, article, author, topic, after, before; days as YYYY-MM-DD.

        Returns:
            The answer, in the form that answer.schema.json describes.
        """
        try:
            asked, before = checked(question), checked_history(history or ())
            return to_dict(room.desk.retrieve(asked, before, from_mapping(filters or {})))
        except (TongzhuError, TypeError) as error:
            raise gr.Error(str(error), print_exception=False) from error

    gr.events.api(ask, api_name="ask", queue=False)
