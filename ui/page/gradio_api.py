"""The endpoint for programs that use Gradio's own client."""

from __future__ import annotations

from typing import Any

from index.errors import TongzhuError
from rag.answer.serialization import to_dict
from ui.page.chat_sessions import ChatSessions
from ui.page.gradio_offline import gr
from ui.service.errors import RequestError, to_request_error
from ui.service.requests import AskRequest, parse_request


def add_ask_endpoint(sessions: ChatSessions) -> None:
    """Add the endpoint /ask to the page that is being built."""

    def ask(
        question: str,
        history: list[str] | None = None,
        filters: dict[str, Any] | None = None,
        k: int | None = None,
        threshold: float | None = None,
    ) -> dict[str, Any]:
        """Answer a question from the library.

        Args:
            question: In Chinese, in either script, or in English.
            history: The questions before it, oldest first.
            filters: publication, article, author, topic, after, before; days as YYYY-MM-DD.
            k: How many passages at most.
            threshold: The confidence below which the answer is not in the library.

        Returns:
            The answer, in the form that answer.schema.json describes.
        """
        values = {
            "question": question,
            "history": history,
            "filters": filters,
            "k": k,
            "threshold": threshold,
        }
        try:
            answer = sessions.service.ask(parse_request(AskRequest, values).to_query())
        except RequestError as refusal:
            raise gr.Error(str(refusal), print_exception=False) from refusal
        except TongzhuError as error:
            raise gr.Error(str(to_request_error(error)), print_exception=False) from error
        return to_dict(answer)

    gr.events.api(ask, api_name="ask", queue=False)
