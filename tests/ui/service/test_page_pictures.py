"""Pictures of printed pages: over HTTP and beside a citation, for nobody but who may read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from index.storage.originals import ORIGINALS_FOLDER
from index.update.update import update_library
from rag.answer.model import Citation
from tests.helpers.hashing_encoder import HashingEncoder
from tests.helpers.small_pdf import SENTENCES, typeset_pages
from ui.api.app import build_app
from ui.asgi.api_keys import ApiKeys
from ui.asgi.origin import OriginPolicy
from ui.asgi.request_limits import AccessPolicy
from ui.page.printed_page import build_picture_route, format_picture_address
from ui.service.limits import Limits
from ui.service.query import Query
from ui.service.service import Service

PNG = b"\x89PNG"
KEY = "key-of-the-tests"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    (folder / "harbour.pdf").write_bytes(typeset_pages(cut=True))
    (folder / "plain.md").write_text("# Ropes\n\nA rope is coiled after use.", "utf-8")
    files = [folder / "harbour.pdf", folder / "plain.md"]
    update_library(folder / "library", files, encoder=HashingEncoder())
    return folder


@pytest.fixture(scope="module")
def service(folder: Path) -> Iterator[Service]:
    with Service(folder / "library", HashingEncoder()) as service:
        yield service


@pytest.fixture(scope="module")
def client(service: Service) -> Iterator[TestClient]:
    policy = AccessPolicy(ApiKeys([KEY]), OriginPolicy(frozenset({"testserver"})))
    with TestClient(build_app(service, Limits(), policy)) as client:
        yield client


def find_citation(service: Service, text: str) -> Citation:
    for words in (text, *SENTENCES):
        for citation in service.ask(Query(words, k=9)).citations:
            if text in citation.text:
                return citation
    raise AssertionError(text)


def get(client: TestClient, path: str, key: str = KEY, **parameters: object) -> tuple[int, bytes]:
    headers = {"authorization": f"Bearer {key}"} if key else {}
    response = client.get(path, params=parameters, headers=headers)  # type: ignore[arg-type]
    return response.status_code, response.content


def test_a_citation_knows_its_place_and_its_page_is_drawn(
    service: Service, client: TestClient
) -> None:
    citation = find_citation(service, SENTENCES[2])
    assert citation.page
    assert citation.page.boxes
    start = citation.text.index(SENTENCES[2])
    path = f"/v1/passages/{citation.passage_id}/page.png"
    marks = {"start": start, "end": start + len(SENTENCES[2])}
    status, picture = get(client, path, **marks)
    assert (status, picture[:4]) == (200, PNG)
    assert get(client, path)[1][:4] == PNG  # with the whole passage marked
    assert service.draw_pages(citation.passage_id) is service.draw_pages(citation.passage_id)
    assert get(client, path, key="", **marks)[0] == 401
    assert get(client, path, note="99")[0] == 404
    assert get(client, path, start=-1, end=5)[0] == 422
    assert get(client, "/v1/passages/nothing/page.png")[0] == 404


def test_a_file_without_pages_has_no_picture(service: Service, client: TestClient) -> None:
    citation = find_citation(service, "A rope is coiled")
    assert citation.page is None
    status, content = get(client, f"/v1/passages/{citation.passage_id}/page.png")
    assert (status, b"only text of PDF files" in content) == (404, True)


def test_the_page_draws_what_its_address_says(service: Service) -> None:
    citation = find_citation(service, SENTENCES[2])
    address = format_picture_address(citation)
    parameters = parse_qs(urlsplit(address).query)
    assert parameters["passage"] == [citation.passage_id]
    with TestClient(Starlette(routes=[build_picture_route(service)])) as client:
        response = client.get(f"/{address}")
        assert (response.status_code, response.content[:4]) == (200, PNG)
        assert response.headers["cache-control"] == "no-store"
        missing = client.get("/printed-page?passage=nothing&lang=zh")
        assert (missing.status_code, "館藏中沒有" in missing.text) == (404, True)
        assert client.get("/printed-page").status_code == 404


@pytest.mark.parametrize(
    ("content", "status"), [(None, "no copy of the PDF"), (b"%PDF-1.7 broken", "cannot be drawn")]
)
def test_a_copy_that_is_missing_or_broken_gives_one_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None, status: str
) -> None:
    with Service(folder / "library", HashingEncoder()) as service:
        citation = find_citation(service, SENTENCES[2])
        library = service._get_current().library
        monkeypatch.setattr(library, "read_original", lambda _: content)
        with pytest.raises(Exception, match=status):
            service.draw_pages(citation.passage_id)


def test_the_copies_lie_in_the_library(folder: Path) -> None:
    assert len(list(folder.rglob(f"{ORIGINALS_FOLDER}/*.pdf"))) == 1
