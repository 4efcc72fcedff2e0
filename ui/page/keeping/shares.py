"""Answers that visitors share: the form, and what its address shows."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from index.messages import Language, MessageCatalogue
from ui.conversations.shares import ShareStore
from ui.page.forms import FormFields
from ui.page.keeping.pages import build_handler, parse_turn_number, redirect, refuse
from ui.page.reading.routes import render_page

_MESSAGES = MessageCatalogue("ui", "keeping")


def build_share_routes(store: ShareStore) -> list[BaseRoute]:
    """Return the routes of shared answers."""
    pages = _SharePages(store)
    return [
        Route("/share", build_handler(pages.show_form), methods=["GET"]),
        Route("/share", build_handler(pages.change), methods=["POST"]),
        Route("/shared", build_handler(pages.show), methods=["GET"]),
    ]


class _SharePages:
    """What each page shows, or changes."""

    def __init__(self, store: ShareStore) -> None:
        self._store = store

    def show_form(
        self, request: Request, language: Language, visitor: str, _: FormFields
    ) -> Response:
        parameters = request.query_params
        conversation, turn = parameters.get("conversation", ""), parameters.get("turn", "")
        return self._show_state(request, language, visitor, conversation, turn)

    def change(
        self, request: Request, language: Language, visitor: str, fields: FormFields
    ) -> Response:
        conversation, turn = fields.get("conversation"), fields.get("turn")
        change = self._store.revoke if fields.get("change") == "revoke" else self._store.share
        try:
            change(visitor, conversation, parse_turn_number(turn))
        except KeyError as error:
            raise refuse(_MESSAGES["share_missing"]) from error
        if "pane" not in request.query_params:
            return redirect(f"share?conversation={conversation}&turn={turn}")
        return self._show_state(request, language, visitor, conversation, turn)

    def show(self, request: Request, language: Language, _: str, __: FormFields) -> Response:
        try:
            shared = self._store.load(request.query_params.get("key", ""))
        except KeyError as error:
            raise refuse(_MESSAGES["shared_missing"]) from error
        return render_page(
            request,
            "keeping/shared",
            language,
            answer=shared.answer,
            paragraphs=shared.paragraphs,
        )

    def _show_state(
        self, request: Request, language: Language, visitor: str, conversation: str, turn: str
    ) -> Response:
        try:
            token = self._store.find_token(visitor, conversation, parse_turn_number(turn))
        except KeyError as error:
            raise refuse(_MESSAGES["share_missing"]) from error
        return render_page(
            request,
            "keeping/share",
            language,
            error_message=None,
            conversation=conversation,
            turn=turn,
            token=token,
            address=str(request.url.replace(path=_format_path(request), query=f"key={token}")),
        )


def _format_path(request: Request) -> str:
    return request.url.path.rpartition("/")[0] + "/shared"
