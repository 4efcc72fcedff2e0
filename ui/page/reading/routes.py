"""The routes of the pages to read; what they show needs no script."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from functools import partial
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from index.errors import TongzhuError
from index.messages import Language
from index.storage.records import Filters
from rag.query.validation import truncate
from rag.works.formats.embedded import format_coins, list_meta_tags
from ui.messages.language import LANGUAGE_TAGS
from ui.page.assets import READING_SCRIPT, READING_STYLE
from ui.page.publications import build_listings, get_publication_name, list_articles
from ui.page.reading.addresses import format_article_address
from ui.page.reading.article import ReadingView, build_reading_article, list_cited_works
from ui.page.reading.works import list_citing_articles, list_fields
from ui.page.render import load_template, render_template
from ui.page.visitor import LANGUAGE_COOKIE, resolve_language
from ui.service import limits
from ui.service.catalogue_search import DEFAULT_LIMIT
from ui.service.errors import RequestError, not_found_error, to_request_error
from ui.service.service import Service
from ui.service.views import build_work_view

_LANGUAGE_MAX_AGE = 365 * 24 * 3600  # seconds
_MAX_LISTED = 100_000  # publications or works in one list
_NUMBER = re.compile(r"[1-9]\d{0,6}")


def build_reading_routes(service: Service) -> list[BaseRoute]:
    """Return the routes of the library, its publications, articles and works."""
    pages = _Pages(service)
    load_template("reading/article.html")  # so that the first reader does not wait for it

    return [
        Route("/read", _build_handler(pages.show_library)),
        Route("/read/{publication}", _build_handler(pages.show_contents)),
        Route("/read/{publication}/pages/{page}.png", _build_handler(pages.draw_page)),
        Route("/read/{publication}/{article}", _build_handler(pages.show_article)),
        Route("/passages/{passage}", _build_handler(pages.open_passage)),
        Route("/works", _build_handler(pages.show_works)),
        Route("/works/{work}", _build_handler(pages.show_work)),
    ]


class _Pages:
    """What each page shows, as values for its template."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def show_library(self, request: Request, language: Language) -> Response:
        catalogue = self._service.catalogue
        words = _read_words(request)
        matches = catalogue.search(words, _read_limit(request))
        has_all_articles = not (words or catalogue.needs_search)
        listings = build_listings(catalogue, matches, language, has_all_articles=has_all_articles)
        return render_page(
            request,
            "reading/library",
            language,
            words=words,
            listings=listings,
            count=matches.publication_count,
            is_searchable=catalogue.needs_search,
        )

    def show_contents(self, request: Request, language: Language) -> Response:
        catalogue = self._service.catalogue
        publication_id = request.path_params["publication"]
        publication = catalogue.get_summary(publication_id)
        articles = list_articles(catalogue, publication_id)
        title = request.query_params.get("title", "")
        entitled = next((article for article in articles if title and article.title == title), None)
        if entitled:
            address = format_article_address(publication_id, entitled.index)
            return _redirect(request, f"../{address}")
        return render_page(
            request,
            "reading/publication",
            language,
            publication=publication,
            name=get_publication_name(catalogue, publication_id, language),
            articles=articles,
        )

    def show_article(self, request: Request, language: Language) -> Response:
        catalogue = self._service.catalogue
        publication_id = request.path_params["publication"]
        publication = catalogue.get_summary(publication_id)
        articles = catalogue.get_articles(publication_id)
        index = _parse_number(request.path_params["article"]) - 1
        if not 0 <= index < len(articles):
            raise not_found_error("article", request.path_params["article"])
        passage_id = request.query_params.get("passage", "")
        located = catalogue.find_passage(passage_id)
        passage = located.passage if located else None
        if passage and (passage.publication_id, passage.article_index) != (publication_id, index):
            passage = None
        words = truncate(request.query_params.get("find", ""), limits.MAX_NAME_LENGTH)
        view = ReadingView(passage, request.query_params.get("mark", ""), words)
        parameters = request.query_params
        part = parameters.get("part", "")
        # The pane fetches the works of many notes once it shows the article.
        is_deferred = "pane" in parameters and part != "works"
        works = (
            None
            if is_deferred
            else list_cited_works(catalogue.list_article_works(publication_id, index))
        )
        if part == "works":
            return render_page(request, "reading/works_part", language, works=works)
        return render_page(
            request,
            "reading/article",
            language,
            view=build_reading_article(publication, articles, index, view),
            works=works,
            name=get_publication_name(catalogue, publication_id, language),
            is_passage_missing=bool(passage_id) and passage is None,
            meta_tags=list_meta_tags(catalogue.get_article_item(publication_id, index)[1]),
        )

    def show_works(self, request: Request, language: Language) -> Response:
        catalogue = self._service.catalogue
        words = _read_words(request)
        publication_id = request.query_params.get("publication", "")
        if publication_id:
            publication_id = catalogue.get_summary(publication_id).id
        found_works = catalogue.list_works(Filters(publication=publication_id or None), words)
        works = found_works[: _read_limit(request)]
        return render_page(
            request,
            "reading/works",
            language,
            words=words,
            publication_id=publication_id,
            name=get_publication_name(catalogue, publication_id, language),
            works=[build_work_view(work) for work in works],
            coins={work.id: format_coins(work.reference) for work in works},
            count=len(found_works),
        )

    def show_work(self, request: Request, language: Language) -> Response:
        catalogue = self._service.catalogue
        view = catalogue.get_work(request.path_params["work"])
        reference = catalogue.find_work(view.work.id).reference
        return render_page(
            request,
            "reading/work",
            language,
            reference=reference,
            note_count=view.work.notes,
            fields=[*list_fields(reference, language)],
            articles=list_citing_articles(view),
        )

    def draw_page(self, request: Request, _: Language) -> Response:
        page = _parse_number(request.path_params["page"])
        picture = self._service.draw_page(request.path_params["publication"], page)
        return Response(picture, headers={"cache-control": "no-store"}, media_type="image/png")

    def open_passage(self, request: Request, _: Language) -> Response:
        passage_id = request.path_params["passage"]
        located = self._service.catalogue.find_passage(passage_id)
        if located is None:
            raise not_found_error("passage", passage_id)
        passage = located.passage
        address = format_article_address(passage.publication_id, passage.article_index)
        return _redirect(request, f"../{address}", passage=passage_id, anchor="passage")


def _build_handler(
    show: Callable[[Request, Language], Response],
) -> Callable[[Request], Awaitable[Response]]:
    """Return a handler that calls a function in a thread and shows its errors as a page."""

    async def handle(request: Request) -> Response:
        language = resolve_language(request.query_params, request.headers)
        try:
            response = await run_in_threadpool(show, request, language)
        except (RequestError, TongzhuError) as error:
            refusal = error if isinstance(error, RequestError) else to_request_error(error)
            response = render_page(
                request, "reading/error", language, refusal.status, message=refusal.message
            )
        parameters = request.query_params
        if "lang" in parameters and "pane" not in parameters:  # remembered without a script
            response.set_cookie(
                LANGUAGE_COOKIE, language, max_age=_LANGUAGE_MAX_AGE, samesite="lax"
            )
        return response

    return handle


def render_page(
    request: Request, template: str, language: Language, status: int = 200, **values: object
) -> Response:
    """Return a page, or with the parameter `pane` what stands in it alone."""
    html = render_template(
        f"{template}.html",
        language,
        layout="reading/pane.html" if "pane" in request.query_params else "reading/page.html",
        root=_format_root(request),
        style_address=READING_STYLE.address,
        script_address=READING_SCRIPT.address,
        page_language=LANGUAGE_TAGS[language],
        language_query=partial(_replace_language, request),
        **values,
    )
    return HTMLResponse(html, status, {"cache-control": "private, no-cache"})


def _redirect(request: Request, address: str, anchor: str = "", **parameters: str) -> Response:
    """Return a redirection that keeps the parameters of a request."""
    query = urlencode({**request.query_params, **parameters})
    parts = (address, f"?{query}" if query else "", f"#{anchor}" if anchor else "")
    return RedirectResponse("".join(parts), 303)


def _format_root(request: Request) -> str:
    """Return the address of the page of questions, relative to that of a request.

    So links hold behind a proxy that serves the page below a path of its own. What is shown in the
    pane beside an answer is part of the page of questions.
    """
    return "" if "pane" in request.query_params else "../" * (request.url.path.count("/") - 1)


def _replace_language(request: Request, language: str) -> str:
    """Return the query of a request in another language."""
    query = request.url.include_query_params(lang=language).query
    return f"?{query}"


def _read_words(request: Request) -> str:
    words = truncate(request.query_params.get("text", ""), limits.MAX_NAME_LENGTH)
    return " ".join(words.split())


def _read_limit(request: Request) -> int:
    number = _parse_number(request.query_params.get("limit", ""))
    return min(number, _MAX_LISTED) or DEFAULT_LIMIT


def _parse_number(text: str) -> int:
    """Return a number from 1; 0 for any other text."""
    return int(text) if _NUMBER.fullmatch(text) else 0
