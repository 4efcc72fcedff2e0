"""MCP tools: what an agent can do with a library. All of them only read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, TypeVar

import mcp_types as types
from pydantic import BaseModel, Field, Strict, TypeAdapter

from index.messages import Language
from rag.answer.model import Answer
from rag.answer.serialization import schema, to_dict
from rag.render.written import written_to_text
from rag.works.exports import ExportedContent
from rag.works.formats import WorkFormat
from ui.mcp import text
from ui.service import limits
from ui.service.exports import export_citations
from ui.service.requests import (
    AskRequest,
    ItemIndex,
    NameText,
    StrictModel,
    WorksRequest,
    WritingRequest,
)
from ui.service.service import Service
from ui.service.views import (
    NoteInArticle,
    PublicationContents,
    PublicationView,
    SectionInArticle,
    WorkInLibrary,
    WorkView,
    build_work_view,
)
from ui.service.writing import WRITTEN_SCHEMA, Writing, writing_to_dict

WRITING_TOOL = "write_paragraph"
"""The name of the tool by which a language model writes; only where one is set up."""

_MAX_WORKS = 100  # that a model is shown at once
_View = TypeVar("_View")
PublicationId = Annotated[NameText, Field(description="As list_publications gives it.")]


class NoArguments(StrictModel):
    """No arguments."""


class PublicationArguments(StrictModel):
    """A publication."""

    publication: PublicationId


class SectionArguments(StrictModel):
    """A section of an article."""

    publication: PublicationId
    article: ItemIndex
    section: ItemIndex


class NoteArguments(StrictModel):
    """A note of an article."""

    publication: PublicationId
    article: ItemIndex
    number: Annotated[NameText, Field(description="As printed.")]


class WorkArguments(StrictModel):
    """A work."""

    work: Annotated[NameText, Field(description="As list_works gives it.")]


class ExportArguments(StrictModel):
    """Passages, and what to export of them."""

    passages: Annotated[
        tuple[NameText, ...],
        Strict(strict=False),
        Field(
            min_length=1,
            max_length=limits.MAX_EXPORTED_PASSAGES,
            description="Ids, as ask gives them.",
        ),
    ]
    content: Annotated[
        ExportedContent,
        Field(description="The passages as items to cite, or the works that their notes cite."),
    ] = "passages"
    format: WorkFormat = "chicago"


class ExportedText(BaseModel):
    """Items in a format of reference managers, or as a printed list."""

    media_type: str
    content: str


class WorkList(BaseModel):
    """Works that notes cite, the most cited first."""

    works: tuple[WorkView, ...]


class PublicationList(BaseModel):
    """All publications of the library, by date."""

    publications: tuple[PublicationView, ...]


@dataclass(frozen=True, slots=True)
class ToolResult:
    """The result of a tool: text for a model, and the same as structured values."""

    text: str
    structured: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool.

    Attributes:
        name: The name that agents call it by.
        title: Its name for people.
        description: What it does, for a model.
        arguments_model: The arguments.
        output_schema: The JSON schema of the structured result.
        handler: The function; it raises RequestError or TongzhuError.
        asks_model: Whether a language model elsewhere is asked.
    """

    name: str
    title: str
    description: str
    arguments_model: type[BaseModel]
    output_schema: dict[str, Any]
    handler: Callable[[Service, Any], ToolResult]
    asks_model: bool = False

    def to_mcp(self) -> types.Tool:
        """Return the tool as the protocol announces it."""
        return types.Tool(
            name=self.name,
            title=self.title,
            description=self.description,
            input_schema=_strip_patterns(self.arguments_model.model_json_schema()),
            output_schema=self.output_schema,
            annotations=types.ToolAnnotations(
                read_only_hint=True,
                destructive_hint=False,
                idempotent_hint=not self.asks_model,
                open_world_hint=self.asks_model,
            ),
        )


def _ask(service: Service, request: AskRequest) -> ToolResult:
    answer = service.ask(request.to_query())
    return ToolResult(text.format_answer(answer), to_dict(answer))


def _read_section(service: Service, arguments: SectionArguments) -> ToolResult:
    view = service.catalogue.get_section(
        arguments.publication, arguments.article, arguments.section
    )
    return ToolResult(text.format_section(view), _to_dict(SectionInArticle, view))


def _list_publications(service: Service, _: NoArguments) -> ToolResult:
    publications = PublicationList(publications=service.catalogue.list_publications())
    listing = text.format_publications(publications.publications)
    return ToolResult(listing, publications.model_dump(mode="json"))


def _list_articles(service: Service, arguments: PublicationArguments) -> ToolResult:
    contents = service.catalogue.get_contents(arguments.publication)
    return ToolResult(text.format_contents(contents), _to_dict(PublicationContents, contents))


def _resolve_note(service: Service, arguments: NoteArguments) -> ToolResult:
    view = service.catalogue.get_note(arguments.publication, arguments.article, arguments.number)
    return ToolResult(text.format_note(view), _to_dict(NoteInArticle, view))


def _list_works(service: Service, request: WorksRequest) -> ToolResult:
    works = service.catalogue.list_works(request.to_filters(), request.text)
    listed = WorkList(works=tuple(map(build_work_view, works[:_MAX_WORKS])))
    return ToolResult(text.format_works(listed.works, len(works)), listed.model_dump(mode="json"))


def _get_work(service: Service, arguments: WorkArguments) -> ToolResult:
    view = service.catalogue.get_work(arguments.work)
    return ToolResult(text.format_work(view), _to_dict(WorkInLibrary, view))


def _export(service: Service, arguments: ExportArguments) -> ToolResult:
    file = export_citations(
        service.catalogue, arguments.passages, arguments.content, arguments.format
    )
    content = file.content.decode()
    exported = ExportedText(media_type=file.media_type, content=content)
    return ToolResult(content, exported.model_dump(mode="json"))


def build_writing_tool(host: str) -> Tool:
    """Return the tool by which a language model writes of an answer.

    What it asks is answered by `ask`; what is written of that comes after it.

    Args:
        host: That of the language model.
    """
    answer_schema = schema()
    definitions = answer_schema.pop("$defs")
    for unwanted in ("$schema", "$id"):  # references are to the whole that it becomes a part of
        answer_schema.pop(unwanted)
    return Tool(
        WRITING_TOOL,
        "Have a paragraph written from the library",
        "Answers a question as ask does, and has a language model write a paragraph from the"
        " answer, or translate what is quoted: the question and sentences of the library are sent"
        f" to {host}. What it writes are not the publications' words. Each sentence is checked by"
        " rules against the sentences that it cites; do not repeat one that is not supported, and"
        " quote from the passages, not from the paragraph.",
        WritingRequest,
        {
            "type": "object",
            "properties": {"answer": answer_schema, **WRITTEN_SCHEMA},
            "required": ["answer", "written", "problem"],
            "$defs": definitions,
        },
        _ask,
        asks_model=True,
    )


def add_writing(answer: Answer, writing: Writing, language: Language) -> ToolResult:
    """Return an answer with what a language model wrote of it.

    Args:
        answer: The answer.
        writing: What was written, or why nothing was.
        language: The language of everything that was not written.
    """
    values = {"answer": to_dict(answer)} | writing_to_dict(writing, language)
    lines = [text.format_answer(answer)]
    if writing.written:
        lines.append(written_to_text(writing.written, answer, language))
    if writing.problem:
        lines.append(writing.problem.message.in_language(language))
    return ToolResult("\n".join(lines), values)


@cache
def build_tools() -> dict[str, Tool]:
    """Return all tools by name."""
    return {
        tool.name: tool
        for tool in (
            Tool(
                "ask",
                "Ask the library",
                "Answers a question, in Chinese or English, with passages of the library as "
                "printed, best first, each with the footnotes it rests on. found is false where "
                "the library does not have the answer. listing is there where it lists, counts, "
                "outlines, compares or explains: all notes that cite something, all mentions of "
                "a word, and so on. For a follow-up give the earlier questions as history.",
                AskRequest,
                schema(),
                _ask,
            ),
            Tool(
                "read_section",
                "Read a section",
                "The whole text of a section of an article, with its notes: what stands around a "
                "passage that ask has cited.",
                SectionArguments,
                _output_schema(SectionInArticle),
                _read_section,
            ),
            Tool(
                "list_publications",
                "List the publications",
                "All publications of the library, by date, with their ids.",
                NoArguments,
                PublicationList.model_json_schema(mode="serialization"),
                _list_publications,
            ),
            Tool(
                "list_articles",
                "List the articles of a publication",
                "The articles of a publication: title, authors, institute, topics.",
                PublicationArguments,
                _output_schema(PublicationContents),
                _list_articles,
            ),
            Tool(
                "resolve_note",
                "Resolve a note",
                "A footnote of an article with its sources; where it says 同註 or ibid., with the "
                "note that it resolves to.",
                NoteArguments,
                _output_schema(NoteInArticle),
                _resolve_note,
            ),
            Tool(
                "list_works",
                "List what the notes cite",
                "The works that footnotes of the library cite, the most cited first: those with "
                "the words of text in title, authors or outlet, in the chosen articles.",
                WorksRequest,
                WorkList.model_json_schema(mode="serialization"),
                _list_works,
            ),
            Tool(
                "get_work",
                "Show where a work is cited",
                "A work that footnotes cite, with every note that cites it, through 同註 and "
                "ibid. too, and the sentences that rest on it.",
                WorkArguments,
                _output_schema(WorkInLibrary),
                _get_work,
            ),
            Tool(
                "export",
                "Export passages or their sources",
                "Passages that ask has cited as items to cite, or the works that their footnotes "
                "cite, in the format of a reference manager (csl-json, ris, bibtex) or in a style "
                "(gbt7714, chicago, taiwan).",
                ExportArguments,
                ExportedText.model_json_schema(mode="serialization"),
                _export,
            ),
        )
    }


def _output_schema(view: type[object]) -> dict[str, Any]:
    return TypeAdapter(view).json_schema(mode="serialization")


def _to_dict(view: type[_View], value: _View) -> dict[str, Any]:
    values: dict[str, Any] = TypeAdapter(view).dump_python(value, mode="json")
    return values


def _strip_patterns(value: Any) -> Any:
    """Return a schema without patterns, which hosts read differently; they still apply."""
    if isinstance(value, dict):
        return {name: _strip_patterns(item) for name, item in value.items() if name != "pattern"}
    return [_strip_patterns(item) for item in value] if isinstance(value, list) else value
