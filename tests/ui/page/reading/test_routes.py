"""Tests of the pages to read, as a browser without scripts gets them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from index.messages import MessageCatalogue
from ui.page.assets import build_asset_routes
from ui.page.reading.addresses import format_passage_address
from ui.page.reading.routes import build_reading_routes
from ui.service.query import Query
from ui.service.service import Service

_MESSAGES = MessageCatalogue("ui", "reading")


@pytest.fixture(scope="module")
def service(sample_library: Path) -> Iterator[Service]:
    with Service(sample_library) as opened:
        yield opened


@pytest.fixture(scope="module")
def client(service: Service) -> Iterator[TestClient]:
    routes = [*build_asset_routes(), *build_reading_routes(service)]
    with TestClient(Starlette(routes=routes)) as opened:
        yield opened


@pytest.fixture(scope="module")
def publication(service: Service) -> str:
    return service.catalogue.publications[0].id


def read(client: TestClient, address: str) -> str:
    response = client.get(f"/{address}")
    assert response.status_code == 200, (address, response.text)
    return response.text


def list_links(html: str) -> list[str]:
    return [link.replace("&amp;", "&") for link in re.findall(r'href="([^"]*)"', html)]


def test_all_links_of_the_library_lead_to_pages(client: TestClient) -> None:
    """Every page links to others below the path at which the page of questions is served."""
    pending, seen = ["read"], set()
    while pending:
        address = pending.pop()
        seen.add(urlsplit(address).path)
        html = read(client, address)
        ids = set(re.findall(r'\bid="([^"]*)"', html))
        for link in list_links(html):
            if link.startswith(("http://", "https://")):
                continue
            target = urlsplit(urljoin(f"http://host/prefix/{address}", link))
            assert target.path.startswith("/prefix/"), (address, link)
            path = target.path.removeprefix("/prefix/")
            if link.startswith("#"):
                assert link[1:] in ids, (address, link)
            elif (
                path.partition("/")[0] in ("", "favicon.ico", "export", "collections")
                or path in seen
                or len(seen) > 60
            ):
                continue
            else:
                seen.add(path)
                pending.append(f"{path}?{target.query}")
    kinds = {(path.partition("/")[0], path.count("/")) for path in seen}
    assert {("read", 0), ("read", 1), ("read", 2), ("works", 0), ("works", 1)} <= kinds


def test_an_article_has_its_notes_works_and_neighbours(
    service: Service, client: TestClient, publication: str
) -> None:
    html = read(client, f"read/{publication}/2")
    article = service.catalogue.get_articles(publication)[1]
    for note in article.notes:
        assert html.count(f'id="note-{note.number}"') == 1
    for section in article.sections:
        assert section.heading in html
    assert 'rel="prev" href="../../read/' in html
    assert 'rel="next"' in html
    assert 'id="works"' in html
    assert 'rel="prev"' not in read(client, f"read/{publication}/1")
    assert client.get(f"/read/{publication}/99").status_code == 404
    assert client.get(f"/read/{publication}/x").status_code == 404
    assert client.get("/read/nothing").status_code == 404


def test_a_work_leads_to_the_notes_and_sentences_that_rest_on_it(
    service: Service, client: TestClient, publication: str
) -> None:
    html = read(client, f"read/{publication}/1")
    works = service.catalogue.list_article_works(publication, 0)
    assert [work.id for work in works] == re.findall(r'class="work" href="[./]*works/(\w+)"', html)
    for work in works:
        page = read(client, f"works/{work.id}")
        assert f'read/{publication}/1#note-{work.citations[0].note}"' in page
    assert client.get("/works/nothing").status_code == 404


def test_an_article_opens_at_a_passage(
    service: Service, client: TestClient, publication: str
) -> None:
    answer = service.ask(Query("What happened to the lamp levy in 1996?"))
    citation = answer.citations[0]
    html = read(client, format_passage_address(citation).partition("#")[0])
    marked = "".join(re.findall(r"<mark>(.*?)</mark>", html))
    assert citation.evidence_text[:9] in marked
    assert html.count('id="passage"') == 1
    moved = client.get(f"/passages/{citation.passage_id}", follow_redirects=False)
    assert moved.status_code == 303
    assert moved.headers["location"].startswith(f"../read/{publication}/")
    assert 'id="passage"' in read(client, f"passages/{citation.passage_id}?pane=yes")
    assert client.get("/passages/nothing").status_code == 404
    missing = read(client, f"read/{publication}/1?passage=nothing&lang=zh")
    assert _MESSAGES["passage_missing"].zh in missing


@pytest.mark.parametrize(
    ("words", "count"), [("潮汐", 3), ("潮 汐", 3), ("Barrage", 1), ("電廠", 1)]
)
def test_words_are_found_in_either_script(
    client: TestClient, publication: str, words: str, count: int
) -> None:
    html = read(client, f"read/{publication}/1?find={words}")
    places = re.findall(r'<li><a href="#([^"]*)" dir="auto">', html)
    assert len(places) >= count
    assert all(f'id="{place}"' in html for place in places)
    simplified = words.replace("電廠", "电厂")
    in_simplified = read(client, f"read/{publication}/1?find={simplified}&lang=en")
    assert len(re.findall(r'<li><a href="#', in_simplified)) == len(places)


def test_the_language_that_is_chosen_is_remembered(client: TestClient) -> None:
    response = client.get("/read?lang=zh-Hans")
    assert 'lang="zh-Hans"' in response.text
    assert "tongzhu_language=zh-Hans" in response.headers["set-cookie"]
    assert "set-cookie" not in client.get("/read?lang=en&pane=yes").headers
    client.cookies.clear()


def test_works_are_found_by_words(client: TestClient, publication: str) -> None:
    html = read(client, f"works?text=Tidewater&publication={publication}&limit=1")
    assert len(re.findall(r'class="work"', html)) == 1
    assert "Tidewater" in html
    assert client.get("/works?publication=nothing").status_code == 404


def test_a_title_leads_to_its_article(
    service: Service, client: TestClient, publication: str
) -> None:
    title = service.catalogue.get_articles(publication)[2].title
    moved = client.get(f"/read/{publication}", params={"title": title}, follow_redirects=False)
    assert moved.headers["location"].startswith(f"../read/{publication}/3")
    assert title in read(client, f"read/{publication}?title=unknown")


def test_a_file_without_pages_has_no_pictures(client: TestClient, publication: str) -> None:
    assert client.get(f"/read/{publication}/pages/1.png").status_code == 404
    assert client.get(f"/read/{publication}/pages/0.png").status_code == 404


def test_reference_managers_find_articles_and_works(client: TestClient, publication: str) -> None:
    article = read(client, f"read/{publication}/1")
    for name, content in (("citation_journal_title", "汐望雙月刊"), ("citation_issue", "12")):
        assert f'<meta name="{name}" content="{content}">' in article
    assert "Z3988" not in article  # it would hide the article from reference managers
    assert read(client, f"read/{publication}").count('class="Z3988"') == 7
    works = read(client, "works")
    assert works.count('class="Z3988"') > 40
    assert "rft.atitle=" in works


def test_no_picture_is_offered_where_the_library_has_no_pages(
    client: TestClient, service: Service
) -> None:
    answer = service.ask(Query("夜市的隔音工程花了多少錢？", k=1))
    html = read(client, format_passage_address(answer.citations[0]).partition("#")[0])
    assert ' cited"' in html
    assert "page-mark" not in html
    assert 'href=""' not in html
