"""What a language model writes of answers, for every surface of a server."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final, Literal

from index.messages import Language, MessageCatalogue
from rag.answer.model import Answer
from rag.written.endpoint import Endpoint, WritingError
from rag.written.model import WrittenAnswer
from rag.written.plan import WritingPlan, plan_answer, plan_translation
from rag.written.serialization import written_to_dict
from rag.written.streaming import stream_written
from ui.service import limits
from ui.service.errors import RequestError, format_safe_message
from ui.service.service import Service

_MESSAGES = MessageCatalogue("ui", "requests")
_WRITTEN_MESSAGES = MessageCatalogue("rag", "written")

_CITED_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "description": "A sentence of a passage, or of a note of it, by its place in the answer.",
    "properties": {
        "number": {"type": "integer"},
        "citation": {"type": "integer"},
        "note": {"type": ["string", "null"]},
        "start": {"type": "integer"},
        "end": {"type": "integer"},
        "text": {"type": "string"},
    },
    "required": ["number", "citation", "note", "start", "end", "text"],
}
_SENTENCE_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "text": {"type": "string"},
        "supported": {"type": "boolean"},
        "coverage": {"type": "number"},
        "problems": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"kind": {"type": "string"}, "detail": {"type": "string"}},
                "required": ["kind", "detail"],
            },
        },
        "cites": {"type": "array", "items": _CITED_SCHEMA},
    },
    "required": ["text", "supported", "coverage", "problems", "cites"],
}
WRITTEN_SCHEMA: Final[dict[str, Any]] = {
    "written": {
        "type": ["object", "null"],
        "description": "What the model wrote, not the publications' words; null for nothing."
        " Where usable is false, too little of it is supported to be shown.",
        "properties": {
            "task": {"enum": ["answer", "translation", "summary"]},
            "model": {"type": "string"},
            "host": {"type": "string"},
            "usable": {"type": "boolean"},
            "sentences": {"type": "array", "items": _SENTENCE_SCHEMA},
        },
        "required": ["task", "model", "host", "usable", "sentences"],
    },
    "problem": {
        "type": ["object", "null"],
        "description": "Why the model wrote nothing; the answer stands all the same.",
        "properties": {"code": {"type": "string"}, "detail": {"type": "string"}},
        "required": ["code", "detail"],
    },
}
"""The properties that `writing_to_dict` gives, as JSON schema."""


RequestedTask = Literal["answer", "translation"]
"""What is asked for: a paragraph (of an outline, a summary), or the quotation translated."""

_PLANNERS: Final[Mapping[RequestedTask, Callable[..., WritingPlan | None]]] = {
    "answer": plan_answer,
    "translation": plan_translation,
}


@dataclass(frozen=True, slots=True)
class Writing:
    """What a language model wrote of an answer; neither, where the library has no answer.

    Attributes:
        written: What it wrote.
        problem: Why it wrote nothing.
    """

    written: WrittenAnswer | None = None
    problem: RequestError | None = None


NOTHING_WRITTEN: Final = Writing()
"""Where nothing was to be written."""


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

    def plan(self, answer: Answer, task: RequestedTask = "answer") -> WritingPlan | None:
        """Return what is to be written of an answer; None where nothing is."""
        most_characters = self.endpoint.most_characters
        return _PLANNERS[task](answer, names=self._service.names, most_characters=most_characters)

    async def stream(
        self, answer: Answer, task: RequestedTask = "answer"
    ) -> AsyncGenerator[WrittenAnswer, None]:
        """Yield what is written, with one more checked sentence each time; the last is whole.

        Nothing is asked, and nothing given, where the library has nothing to write from. To close
        the iterator, or to cancel its task, ends the request to the model.

        Raises:
            RequestError: If the model is away, refuses, or answers nonsense; if it writes nothing;
                if too many are waiting for it.
        """
        plan = self.plan(answer, task)
        if plan is None:
            return
        if self._active >= limits.MAX_WRITERS:
            raise RequestError(503, "busy", _MESSAGES["busy"], retry_after=5)
        self._active += 1
        has_written = False
        try:
            async with aclosing(
                stream_written(plan, self.endpoint, self._service.verify)
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

    async def write(self, answer: Answer, task: RequestedTask = "answer") -> WrittenAnswer | None:
        """Return what is written, whole; None where the library has nothing to write from.

        Raises:
            RequestError: As `stream`.
        """
        written = None
        async with aclosing(self.stream(answer, task)) as snapshots:
            async for snapshot in snapshots:
                written = snapshot
        return written


async def write_or_explain(
    writer: Writer, answer: Answer, task: RequestedTask = "answer"
) -> Writing:
    """Return what is written of an answer, or why nothing is: the answer stands all the same."""
    try:
        return Writing(await writer.write(answer, task))
    except RequestError as error:
        return Writing(problem=error)


def writing_to_dict(writing: Writing, language: Language) -> dict[str, Any]:
    """Return what was written as plain JSON values, as `WRITTEN_SCHEMA` describes them."""
    problem = writing.problem
    return {
        "written": written_to_dict(writing.written) if writing.written else None,
        "problem": {"code": problem.code, "detail": problem.message.in_language(language)}
        if problem
        else None,
    }
