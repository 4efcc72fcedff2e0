"""Tests of the translation of query terms by dictionary and glossary."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from index.errors import LibraryError
from index.glossary.gloss import Gloss
from index.text import dictionary as lexicon
from index.text.dictionary import Dictionary, load_dictionary
from index.text.scripts import Language
from index.text.terms import analyze
from rag.query.glossary import Glossary
from rag.query.terms import QueryTerm, query_terms
from rag.query.translation import add_synonyms, translated_terms


@pytest.fixture(scope="module")
def dictionary() -> Dictionary:
    return load_dictionary()


def variants_of(terms: tuple[QueryTerm, ...], word: str) -> dict[tuple[str, ...], float]:
    (term,) = [term for term in terms if term.word == word]
    return {variant.terms: variant.weight for variant in term.variants}


def test_chinese_words_are_translated_to_english_terms(dictionary: Dictionary) -> None:
    terms = translated_terms("這項條約第四條規定了什麼？", "zh", dictionary)
    assert ("treati",) in variants_of(terms, "条约")
    assert ("stipul",) in variants_of(terms, "规定")
    assert ("第4条",) in variants_of(terms, "第4条")  # "Article 4" has the same term


def test_traditional_and_simplified_questions_give_the_same_terms(dictionary: Dictionary) -> None:
    traditional = translated_terms("關稅談判何時結束？", "zh", dictionary)
    assert traditional == translated_terms("关税谈判何时结束？", "zh", dictionary)


def test_english_words_are_translated_and_phrases_weigh_more(dictionary: Dictionary) -> None:
    terms = translated_terms("What does the white paper say about tariffs?", "en", dictionary)
    assert ("关税",) in variants_of(terms, "tariff")
    assert variants_of(terms, "white")[("白皮", "皮书")] > variants_of(terms, "white")[("白",)]
    assert (
        variants_of(terms, "white")[("白皮", "皮书")]
        == variants_of(terms, "paper")[("白皮", "皮书")]
    )


def test_names_acronyms_and_numbers_are_kept(dictionary: Dictionary) -> None:
    terms = translated_terms("MMCA 在 1998 年簽署了嗎？", "zh", dictionary)
    assert ("mmca",) in variants_of(terms, "mmca")
    assert ("1998年",) in {variant.terms for term in terms for variant in term.variants} or (
        "1998",
    ) in {variant.terms for term in terms for variant in term.variants}


def test_question_words_are_not_translated(dictionary: Dictionary) -> None:
    words = {term.word for term in translated_terms("為什麼會這樣？", "zh", dictionary)}
    assert not words & {"为什么", "什么", "会"}


@pytest.mark.parametrize("content", [b"", b"not a database", b"SQLite format 3\0" + b"\xff" * 500])
def test_damaged_dictionary_is_rebuilt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    monkeypatch.setattr(lexicon, "cache_folder", lambda: tmp_path)
    entry = {
        "traditional": "條約",
        "simplified": "条约",
        "pinyin": "tiao2 yue1",
        "definitions": ["treaty", "CL:個|个[ge4]"],
    }
    monkeypatch.setattr(lexicon, "_load_entries", lambda: [entry])
    path = lexicon.dictionary_path()
    path.write_bytes(content)
    load = load_dictionary.__wrapped__
    assert load().translate_to_english(["条约"])["条约"][0].terms == ("treati",)
    assert load().translate_to_chinese(["treati"])["treati"][0].terms == ("条约",)
    assert load().find_entries(["条约"]) == {"条约": [("條約", "条约", "tiáoyuē", ("treaty",), 1)]}
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_unwritable_cache_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(lexicon, "cache_folder", lambda: tmp_path / "file")
    entry = {"traditional": "條約", "simplified": "条约", "pinyin": "", "definitions": ["treaty"]}
    monkeypatch.setattr(lexicon, "_load_entries", lambda: [entry])
    with pytest.raises(LibraryError, match=r"file: cannot be written .*TONGZHU_CACHE"):
        load_dictionary.__wrapped__()


def test_readings_of_characters_have_no_tones(dictionary: Dictionary) -> None:
    assert dictionary.readings("长吕") == {"长": {"chang", "zhang"}, "吕": {"lv"}}


def test_dictionary_with_another_schema_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "other") as connection:
        connection.execute("CREATE TABLE make (name TEXT)")
    with pytest.raises(sqlite3.DatabaseError):
        Dictionary(tmp_path / "other")


GLOSSARY = Glossary(
    [
        Gloss(("信任建立措施", "Confidence Building Measures", "CBMs"), "bracket"),
        Gloss(("裴洛西", "Nancy Pelosi"), "bracket"),
        Gloss(("一個很長的標題", "A Rather Long Title"), "title"),
    ]
)
CBM_BIGRAMS = ("信任", "任建", "建立", "立措", "措施")


def translate_with_glossary(
    question: str, language: Language, dictionary: Dictionary
) -> tuple[QueryTerm, ...]:
    return translated_terms(question, language, dictionary, GLOSSARY.find(question))


@pytest.mark.parametrize(
    "form", ["CBMs", "confidence-building measures", "Confidence Building Measure"]
)
def test_english_form_of_a_gloss_is_translated_to_the_chinese_one(
    dictionary: Dictionary, form: str
) -> None:
    terms = translate_with_glossary(f"What are the {form} of 1998?", "en", dictionary)
    glossed_terms = [
        term for term in terms if CBM_BIGRAMS in {variant.terms for variant in term.variants}
    ]
    assert {term.word for term in glossed_terms} == set(analyze(form))
    for term in glossed_terms:
        assert (
            max(term.variants, key=lambda variant: variant.weight).terms == CBM_BIGRAMS
            or form != "CBMs"
        )


@pytest.mark.parametrize(
    "question", ["信任建立措施有哪些？", "信任建立措施有哪些", "哪些是信任建立措施"]
)
def test_chinese_form_of_a_gloss_is_translated_to_the_english_ones(
    dictionary: Dictionary, question: str
) -> None:
    variants = variants_of(translate_with_glossary(question, "zh", dictionary), "信任建立措施")
    best = max(variants.values())
    assert variants["confid", "build", "measur"] == variants["cbm",] == best


def test_acronym_in_a_chinese_question_is_translated_by_the_glossary(
    dictionary: Dictionary,
) -> None:
    assert CBM_BIGRAMS in variants_of(
        translate_with_glossary("CBMs 是什麼？", "zh", dictionary), "cbm"
    )


def test_glossed_name_is_not_split_into_characters(dictionary: Dictionary) -> None:
    terms = translate_with_glossary("裴洛西去過哪裡？", "zh", dictionary)
    assert ("nanci", "pelosi") in variants_of(terms, "裴洛西")
    assert not {"裴", "洛", "西"} & {term.word for term in terms}


def test_acronym_and_full_form_are_synonyms_within_a_language() -> None:
    question = "Why did the CBMs fail?"
    terms = add_synonyms(query_terms(question), GLOSSARY.find(question), len)
    variants = variants_of(terms, "cbm")
    assert variants["cbm",] == 1
    # However rare the other form is, it counts less than the one that was asked for.
    full = ("confid", "build", "measur")
    assert 0 < variants[full] * sum(map(len, full)) / 3**0.5 < len("cbm")
    assert len(variants_of(terms, "fail")) == 1


def test_glossary_does_not_match_titles_or_parts_of_terms() -> None:
    assert GLOSSARY.find("一個很長的標題") == ()
    assert GLOSSARY.find("building measures") == ()
    assert GLOSSARY.find("") == ()
