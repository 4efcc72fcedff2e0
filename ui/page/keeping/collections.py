"""The pages of a visitor's collections, and the form that saves a passage."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final, get_args

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from index.messages import Language, MessageCatalogue
from rag.answer.model import Citation, Evidence
from rag.render.word import MEDIA_TYPE, to_word
from rag.works.exports import EXPORTS, ExportedContent
from rag.works.formats import FORMATS
from ui.conversations.collections import (
    MAX_PASSAGES,
    Collection,
    CollectionFullError,
    CollectionStore,
    SavedPassage,
)
from ui.page.forms import FormFields
from ui.page.keeping.pages import build_handler, redirect, refuse
from ui.page.reading.addresses import parse_spans
from ui.page.reading.routes import render_page
from ui.service import limits
from ui.service.errors import not_found_error
from ui.service.exports import ExportFile
from ui.service.service import Service

_MESSAGES = MessageCatalogue("ui", "keeping")

_Change = Callable[[CollectionStore, str, str, FormFields], None]
_CHANGES: Final[dict[str, _Change]] = {
    "rename": lambda store, visitor, identifier, fields: store.rename(
        visitor, identifier, fields.get("name")
    ),
    "delete": lambda store, visitor, identifier, _: store.delete(visitor, identifier),
    "remove": lambda store, visitor, identifier, fields: store.remove(
        visitor, identifier, fields.get("passage")
    ),
    "remark": lambda store, visitor, identifier, fields: store.set_remark(
        visitor, identifier, fields.get("passage"), _read_remark(fields)
    ),
}


def build_collection_routes(service: Service, store: CollectionStore) -> list[BaseRoute]:
    """Return the routes of collections."""
    pages = _CollectionPages(service, store)
    return [
        Route("/collections", build_handler(pages.show_all)),
        Route("/collections/{collection}/{content}/{format}", build_handler(pages.export)),
        Route("/collection", build_handler(pages.show), methods=["GET"]),
        Route("/collection", build_handler(pages.change), methods=["POST"]),
        Route("/save", build_handler(pages.show_form), methods=["GET"]),
        Route("/save", build_handler(pages.save), methods=["POST"]),
    ]


class _CollectionPages:
    """What each page shows, or changes."""

    def __init__(self, service: Service, store: CollectionStore) -> None:
        self._service = service
        self._store = store

    def show_all(
        self, request: Request, language: Language, visitor: str, _: FormFields
    ) -> Response:
        collections = self._store.list_collections(visitor)
        return render_page(request, "keeping/collections", language, collections=collections)

    def show(self, request: Request, language: Language, visitor: str, _: FormFields) -> Response:
        return render_page(
            request,
            "keeping/collection",
            language,
            collection=self._load(visitor, request.query_params.get("id", "")),
            max_remark=limits.MAX_COMMENT_LENGTH,
        )

    def change(
        self, _request: Request, _language: Language, visitor: str, fields: FormFields
    ) -> Response:
        identifier = fields.get("id")
        change = _CHANGES.get(fields.get("change"))
        try:
            if change:
                change(self._store, visitor, identifier, fields)
        except KeyError as error:
            raise refuse(_MESSAGES["collection_missing"]) from error
        is_deleted = fields.get("change") == "delete"
        return redirect("collections" if is_deleted else f"collection?id={identifier}")

    def export(self, request: Request, language: Language, visitor: str, _: FormFields) -> Response:
        collection = self._load(visitor, request.path_params["collection"])
        content, format_text = request.path_params["content"], request.path_params["format"]
        file = _export_collection(collection, content, format_text, language)
        return Response(file.content, headers=file.headers, media_type=file.media_type)

    def show_form(
        self, request: Request, language: Language, visitor: str, _: FormFields
    ) -> Response:
        parameters = request.query_params
        return render_page(
            request,
            "keeping/save",
            language,
            saved=None,
            error_message=None if visitor else _MESSAGES["no_cookie"],
            passage=parameters.get("passage", ""),
            mark=parameters.get("mark", ""),
            collections=self._store.list_collections(visitor),
            max_remark=limits.MAX_COMMENT_LENGTH,
        )

    def save(
        self, request: Request, language: Language, visitor: str, fields: FormFields
    ) -> Response:
        if not visitor:
            raise refuse(_MESSAGES["no_cookie"], 403)
        passage = SavedPassage(self._build_citation(fields), _read_remark(fields))
        name = fields.get("name").strip() or _MESSAGES["unnamed"].in_language(language)
        try:
            identifier = self._store.save(visitor, fields.get("collection"), name, passage)
        except KeyError as error:
            raise refuse(_MESSAGES["collection_missing"]) from error
        except CollectionFullError as error:
            raise refuse(_MESSAGES["collection_full"].format(count=MAX_PASSAGES), 409) from error
        if "pane" not in request.query_params:
            return redirect(f"collection?id={identifier}")
        saved = self._load(visitor, identifier)
        return render_page(request, "keeping/save", language, saved=saved)

    def _load(self, visitor: str, collection_id: str) -> Collection:
        try:
            return self._store.load(visitor, collection_id)
        except KeyError as error:
            raise refuse(_MESSAGES["collection_missing"]) from error

    def _build_citation(self, fields: FormFields) -> Citation:
        citation = self._service.catalogue.get_passage(fields.get("passage"))
        spans = parse_spans(fields.get("mark"))
        return replace(citation, evidence=tuple(map(Evidence, spans)))


def _read_remark(fields: FormFields) -> str:
    return fields.get("remark").strip()[: limits.MAX_COMMENT_LENGTH]


def _export_collection(
    collection: Collection, content: str, format_text: str, language: Language
) -> ExportFile:
    """Return the passages of a collection, or the sources of their notes, as a file."""
    citations = [saved.citation for saved in collection.passages]
    remarks = {saved.citation.passage_id: saved.remark for saved in collection.passages}
    if (content, format_text) == ("passages", "word"):
        data = to_word(citations, language, title=collection.name, remarks=remarks)
        return ExportFile("passages.docx", MEDIA_TYPE, data)
    for name, description in FORMATS.items():
        for exported in get_args(ExportedContent):
            if (exported, name) == (content, format_text):
                text = EXPORTS[exported](citations, name, remarks)
                file_name = f"{content}{description.suffix}"
                return ExportFile(file_name, description.media_type, text.encode())
    raise not_found_error("export", format_text)
