"""The tools: what an agent can do with a library. All of them only read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, TypeVar

import mcp_types as types
from pydantic import BaseModel, Field, TypeAdapter

from rag.answer.serialization import schema, to_dict
from ui.mcp import text
from ui.service.requests import Asked, Index, Name, Strictly
from ui.service.service import Service
from ui.service.views import Contents, NoteText, PublicationView, SectionText

_View = TypeVar("_View")
PublicationId = Annotated[Name, Field(description="As list_publications gives it.")]


class NoArguments(Strictly):
    """Nothing is asked for."""


class OfPublication(Strictly):
    """A publication."""

    publication: PublicationId


class OfSection(Strictly):
    """A section of an article."""

    publication: PublicationId
    article: Index
    section: Index


class OfNote(Strictly):
    """A note of an article."""

    publication: PublicationId
    article: Index
    number: Annotated[Name, Field(description="As printed.")]


class Publications(BaseModel):
    """All publications of the library, by date."""

    publications: tuple[PublicationView, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What a tool gives back: text for a model, and the same as values."""

    text: str
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool.

    Attributes:
        arguments: What it takes.
        output: The JSON schema of what it gives.
        call: Does it; raises RefusalError or TongzhuError where it cannot.
    """

    name: str
    title: str
    description: str
    arguments: type[BaseModel]
    output: dict[str, Any]
    call: Callable[[Service, Any], Told]

    def declared(self) -> types.Tool:
        """The tool as it is announced."""
        return types.Tool(
            name=self.name,
            title=self.title,
            description=self.description,
            input_schema=_portable(self.arguments.model_json_schema()),
            output_schema=self.output,
            annotations=types.ToolAnnotations(
                read_only_hint=True,
                destructive_hint=False,
                idempotent_hint=True,
                open_world_hint=False,
            ),
        )


def _ask(service: Service, asked: Asked) -> Told:
    answer = service.ask(asked)
    return Told(text.answer_text(answer), to_dict(answer))


def _read_section(service: Service, wanted: OfSection) -> Told:
    view = service.section(wanted.publication, wanted.article, wanted.section)
    return Told(text.section_text(view), _values(SectionText, view))


def _list_publications(service: Service, _: NoArguments) -> Told:
    publications = Publications(publications=service.publications())
    listed = text.publications_text(publications.publications)
    return Told(listed, publications.model_dump(mode="json"))


def _list_articles(service: Service, wanted: OfPublication) -> Told:
    contents = service.contents(wanted.publication)
    return Told(text.contents_text(contents), _values(Contents, contents))


def _resolve_note(service: Service, wanted: OfNote) -> Told:
    view = service.note(wanted.publication, wanted.article, wanted.number)
    return Told(text.note_text(view), _values(NoteText, view))


@cache
def tools() -> dict[str, Tool]:
    """All tools, by name."""
    return {
        tool.name: tool
        for tool in (
            Tool(
                "ask",
                "Ask the library",
                "Answers a question, in Chinese or English, with passages of the library as "
                "printed, best first, each with the footnotes it rests on. found is false where "
                "the library does not have the answer. For a follow-up give the earlier questions "
                "as history.",
                Asked,
                schema(),
                _ask,
            ),
            Tool(
                "read_section",
                "Read a section",
                "The whole text of a section of an article, with its notes: what stands around a "
                "passage that ask has cited.",
                OfSection,
                _schema(SectionText),
                _read_section,
            ),
            Tool(
                "list_publications",
                "List the publications",
                "All publications of the library, by date, with their ids.",
                NoArguments,
                Publications.model_json_schema(mode="serialization"),
                _list_publications,
            ),
            Tool(
                "list_articles",
                "List the articles of a publication",
                "The articles of a publication: title, authors, institute, topics.",
                OfPublication,
                _schema(Contents),
                _list_articles,
            ),
            Tool(
                "resolve_note",
                "Resolve a note",
                "A footnote of an article with its sources; where it says 同註 or ibid., with the "
                "note that it stands for.",
                OfNote,
                _schema(NoteText),
                _resolve_note,
            ),
        )
    }


def _schema(view: type[object]) -> dict[str, Any]:
    return TypeAdapter(view).json_schema(mode="serialization")


def _values(view: type[_View], value: _View) -> dict[str, Any]:
    values: dict[str, Any] = TypeAdapter(view).dump_python(value, mode="json")
    return values


def _portable(value: Any) -> Any:
    """A schema without patterns: hosts read them in dialects of their own. They still hold."""
    if isinstance(value, dict):
        return {name: _portable(each) for name, each in value.items() if name != "pattern"}
    return [_portable(each) for each in value] if isinstance(value, list) else value
