"""Tests that works in the formats of reference managers are read back equal."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from eval.benchmarks.works import cite, load_citations
from index.references.model import Person, Reference
from index.references.parse import parse_reference
from rag.works.formats import FORMATS, export
from rag.works.formats.csl import reference_to_csl
from rag.works.gather import join_references
from rag.works.identity import Synonyms
from tests.helpers.references import items as draw_items

Items = list[tuple[str, Reference]]
TWELVE = "周一苇,郑望,何桥,唐小舟,等.水闸_与&市镇[J].市镇学刊,2012(6):12-20."


@pytest.fixture(scope="module")
def items() -> Items:
    works = join_references(cite(load_citations()), Synonyms())
    return [*((work.id, work.reference) for work in works), ("x", parse_reference(TWELVE))]


def get_title(reference: Reference) -> str:
    return reference.title or ("" if reference.container else reference.text)


@given(draw_items)
@settings(max_examples=60, deadline=None)
def test_rispy_reads_back_every_reference(items: Items) -> None:
    rispy = pytest.importorskip("rispy", reason="needs rispy, see the extra `dev`")
    notes = {items[0][0]: ["渡輪停航。", "A second note – here"]}
    entries: list[dict[str, Any]] = rispy.loads(export(items, "ris", notes))
    assert len(entries) == len(items)
    for entry, (identifier, reference) in zip(entries, items, strict=True):
        date = reference.date
        expected = {
            "id": identifier,
            "title": reference.title,
            "secondary_title": reference.container,
            "volume": reference.volume,
            "number": reference.issue,
            "year": str(date.year) if date else "",
            "publisher": reference.publisher,
            "place_published": reference.place,
            "doi": reference.doi,
            "urls": [reference.url] if reference.url else [],
            "language": reference.language,
            "authors": [
                f"{person.family}, {person.given}" if person.given else person.name
                for person in reference.authors
            ],
            "notes": notes.get(identifier, []),
        }
        assert {
            name: entry.get(name, type(value)()) for name, value in expected.items()
        } == expected


@given(draw_items)
@settings(max_examples=60, deadline=None)
def test_pybtex_reads_back_every_reference(items: Items) -> None:
    database = pytest.importorskip("pybtex.database", reason="needs pybtex, see the extra `dev`")
    entries = database.parse_string(export(items, "bibtex"), "bibtex").entries
    assert len(entries) == len(items)
    for entry, (_, reference) in zip(entries.values(), items, strict=True):
        fields = {name: unescape(value) for name, value in entry.fields.items()}
        expected = {
            "title": reference.title,
            "volume": reference.volume,
            "number": reference.issue,
            "address": reference.place,
            "year": str(reference.date.year) if reference.date else "",
            "url": reference.url,
            "doi": reference.doi,
        }
        assert {name: fields.get(name, "") for name in expected} == {
            name: unbrace(value) for name, value in expected.items()
        }
        assert len(entry.persons.get("author", ())) == len(reference.authors)


def unescape(text: str) -> str:
    """Returns the text of a BibTeX field."""
    names = {"textbackslash": "\\", "textasciitilde": "~", "textasciicircum": "^", "`": "`"}
    return re.sub(
        r"\\(?:(textbackslash|textasciitilde|textasciicircum|`)\{\}|([&%$#_{}]))",
        lambda match: names.get(match[1]) or match[2],
        text,
    )


def unbrace(text: str) -> str:
    """Returns a text with round brackets for braces, if these are not pairs."""
    without = re.sub(r"[^{}]", "", text)
    while "{}" in without:
        without = without.replace("{}", "")
    return text.translate(str.maketrans("{}", "()")) if without else text


@given(draw_items)
@settings(max_examples=3, deadline=None)
def test_pandoc_reads_back_every_reference(items: Items) -> None:
    pypandoc = pytest.importorskip("pypandoc", reason="needs pandoc, see the extra `pandoc`")
    for name, pandoc_format in (("csl-json", "csljson"), ("bibtex", "biblatex"), ("ris", "ris")):
        output = pypandoc.convert_text(export(items, name), "csljson", format=pandoc_format)
        entries = json.loads(output)
        assert len(entries) == len(items)
        for entry, (_, reference) in zip(
            sorted(entries, key=lambda entry: entry["id"].rpartition("-")[2]), items, strict=True
        ):
            assert fold(entry["title"]) == fold(reference.title)
            assert len(entry.get("author", ())) == len(reference.authors)
            assert entry.get("volume", "") == reference.volume
            assert entry.get("DOI", "") == reference.doi
            if reference.date:
                assert entry["issued"]["date-parts"][0][0] == reference.date.year


@pytest.mark.parametrize(("name", "pandoc_format"), [("bibtex", "biblatex"), ("ris", "ris")])
def test_pandoc_reads_back_what_was_written(items: Items, name: Any, pandoc_format: str) -> None:
    pypandoc = pytest.importorskip("pypandoc", reason="needs pandoc, see the extra `pandoc`")
    output = pypandoc.convert_text(export(items, name), "csljson", format=pandoc_format)
    entries = {fold(entry.get("title", "")): entry for entry in json.loads(output)}
    for identifier, reference in items:
        if reference.title and reference.date and not reference.is_edited:
            entry, expected = (
                entries[fold(reference.title)],
                reference_to_csl(identifier, reference),
            )
            assert entry["issued"]["date-parts"][0][0] >= 1900
            assert len(entry.get("author", [])) >= len(expected.get("author", []))


def fold(title: str) -> str:
    return "".join(re.findall(r"\w", title)).casefold()


def test_pandoc_makes_a_formatted_list_of_csl_json(items: Items) -> None:
    pypandoc = pytest.importorskip("pypandoc", reason="needs pandoc, see the extra `pandoc`")
    options = ["--citeproc", "--wrap=none"]
    output = pypandoc.convert_text(export(items, "csl-json"), "plain", "csljson", options)
    assert len(output.strip().split("\n\n")) == len(items)
    assert "Fenwick, Ida. 2011. The Ferry and the Town. Northgate Press." in output


def test_csl_json_has_every_field() -> None:
    reference = parse_reference(
        "Webb, Colin. “Translating Water.” *Rivers*, vol. 2, 3 May 2001, pp. 19-40"
    )
    assert reference_to_csl("w", reference) == {
        "id": "w",
        "type": "article-journal",
        "title": "Translating Water",
        "author": [{"family": "Webb", "given": "Colin"}],
        "container-title": "Rivers",
        "volume": "2",
        "page": "19-40",
        "issued": {"date-parts": [[2001, 5, 3]]},
        "language": "en",
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("周一苇,郑望,何桥,唐小舟.水闸[J].市镇学刊,2012(6):12-20.", "周一苇等，〈水闸〉"),
        (
            "Webb, C., Holt, B., Lee, K., & Ward, J. (2001). *Rivers*. Carrow",
            "C. Webb et al., *Rivers*",
        ),
    ],
)
def test_more_authors_are_named_by_the_language_of_the_item(text: str, expected: str) -> None:
    items = [("w", parse_reference(text))]
    assert export(items, "taiwan").startswith(f"1. {expected}")
    others = "等" if "等" in expected else "et al"
    assert f"，{others}. " in export(items, "gbt7714")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Webb, C. H., Jr., & Lee, K.-W. (2001). Rivers. Water, 2(1), 3-9.",
            "Webb C H，Jr.，Lee K-W. Rivers[J]. Water，2001，2（1）：3-9.",
        ),
        (
            "沈一帆：《潮與風》，臺北：海聲出版社2007年版，第12頁",
            "沈一帆. 潮與風[M]. 臺北：海聲出版社，2007.",
        ),
    ],
)
def test_lists_follow_the_standard_of_2025(text: str, expected: str) -> None:
    assert export([("w", parse_reference(text))], "gbt7714") == f"[1] {expected}\n"


def test_every_format_takes_an_empty_list() -> None:
    assert {name: export([], name).strip() for name in FORMATS} == {
        name: "[]" if name == "csl-json" else "" for name in FORMATS
    }


@pytest.mark.parametrize(
    ("language", "others"),
    [("zh", "等"), ("ja", "ほか"), ("ko", "외"), ("en", "et al"), ("", "et al")],
)
def test_others_are_named_by_the_language_in_every_style(language: Any, others: str) -> None:
    people = tuple(Person(f"N{number}", f"N{number}") for number in range(5))
    many = Reference("x", "book", authors=people, title="Title", language=language)
    short = replace(many, authors=people[:1], has_more_authors=True)
    for name in ("gbt7714", "chicago", "taiwan"):
        for reference in (many, short):
            text = export([("w", reference)], name)
            assert others in text
            assert sum(word in text for word in ("等", "ほか", "외", "et al")) == 1
    assert " and others}" in export([("w", short)], "bibtex")


def test_chicago_joins_east_asian_names_by_their_own_sign() -> None:
    people = Person("沈一帆", "沈", "一帆"), Person("鄭望", "鄭", "望")
    reference = Reference("x", "book", authors=people, title="潮與風", language="zh")
    assert export([("w", reference)], "chicago") == "1. 沈一帆、鄭望, *潮與風*.\n"
