"""What a language model writes of answers, for every surface of a server."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

from index.messages import MessageCatalogue
from rag.answer.model import Answer
from rag.written.endpoint import Endpoint, WritingError
from rag.written.model import WrittenAnswer
from rag.written.streaming import stream_answer
from ui.service import limits
from ui.service.errors import RequestError, format_safe_message
from ui.service.service import Service

_MESSAGES = MessageCatalogue("ui", "requests")
_WRITTEN_MESSAGES = MessageCatalogue("rag", "written")


class Writer:
    """Has a language model write of answers, a few at a time.

    Args:
        service: The library.
        endpoint: Where the model is asked; nothing is sent before that, and to no other host.

    Attributes:
        endpoint: Where the model is asked.
    """

    def __init__(self, service: Service, endpoint: Endpoint) -> None:
        self._service = service
        self.endpoint = endpoint
        self._active = 0

    async def stream(self, answer: Answer) -> AsyncGenerator[WrittenAnswer, None]:
        """Yield what is written, with one more checked sentence each time; the last is whole.

        To close the iterator, or to cancel its task, ends the request to the model.

        Raises:
            RequestError: If the model is away, refuses, or answers nonsense; if it writes nothing;
                if too many are waiting for it.
        """
        if self._active >= limits.MAX_WRITERS:
            raise RequestError(503, "busy", _MESSAGES["busy"], retry_after=5)
        self._active += 1
        has_written = False
        try:
            async with aclosing(
                stream_answer(answer, self.endpoint, self._service.verify)
            ) as snapshots:
                async for written in snapshots:
                    has_written = True
                    yield written
        except WritingError as error:
            raise RequestError(502, "language-model", error.message) from error
        finally:
            self._active -= 1
        if not has_written:
            message = format_safe_message(
                _WRITTEN_MESSAGES["nothing_written"], host=self.endpoint.host
            )
            raise RequestError(502, "nothing-written", message)

    async def write(self, answer: Answer) -> WrittenAnswer:
        """Return what is written, whole.

        Raises:
            RequestError: As `stream`.
        """
        async with aclosing(self.stream(answer)) as snapshots:
            *_, written = [snapshot async for snapshot in snapshots]
        return written
