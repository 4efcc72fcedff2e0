"""Tests of the word-by-word translation of questions."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.encoders.protocol import load_encoder
from index.glossary.gloss import Gloss
from index.storage.library import Library
from index.text.dictionary import load_dictionary
from index.text.scripts import Language
from index.update.update import update_library
from rag.query.glossary import Glossary
from rag.query.word_translation import IdfLookup, translate_word_by_word
from rag.ranking.scoring import PassageRanker

NOTHING = IdfLookup(lambda _: 5.0, 5.0)
ALL = IdfLookup(lambda _: 1.0, 5.0)


def translate(question: str, language: Language, *library_terms: str) -> str:
    """Translate for a library that has only these terms, or all terms if none is given."""
    rarity = (
        IdfLookup(lambda term: 1.0 if term in library_terms else 5.0, 5.0) if library_terms else ALL
    )
    return translate_word_by_word(question, language, load_dictionary(), (), rarity)


def test_translation_that_occurs_in_the_library_is_chosen() -> None:
    assert translate("tariff", "en", "价目") == "价目"
    assert translate("tariff", "en", "关税") == "关税"
    assert translate("导弹", "zh", "missil") == "missile"


def test_phrase_is_translated_before_its_words() -> None:
    assert translate("the white paper", "en") == "白皮书"


def test_question_words_are_translated_and_stop_words_dropped() -> None:
    assert translate("How many islands are there?", "en", "岛屿") == "多少岛屿"
    assert translate("誰簽署了條約？", "zh", "sign", "treati") == "who sign treaty"


@pytest.mark.parametrize(("question", "language"), [("Who is Grmf?", "en"), ("誰是 Grmf？", "zh")])
def test_words_missing_from_the_dictionary_are_kept(question: str, language: Language) -> None:
    assert "grmf" in translate_word_by_word(question, language, load_dictionary(), (), ALL).lower()


def test_words_without_translation_in_the_library_are_kept() -> None:
    assert (
        translate_word_by_word("Which tariff?", "en", load_dictionary(), (), NOTHING)
        == "哪个tariff"
    )


def test_library_glossary_takes_precedence_over_the_dictionary() -> None:
    glossary = Glossary([Gloss(("海上軍事安全磋商機制", "MMCA"), "bracket")])
    question = "What did the MMCA decide?"
    translation = translate_word_by_word(
        question, "en", load_dictionary(), glossary.find(question), ALL
    )
    assert "海上军事安全磋商机制" in translation


@settings(deadline=None)
@given(st.text(), st.sampled_from(["zh", "en"]))
def test_any_text_is_translated_to_a_string(question: str, language: Language) -> None:
    assert isinstance(translate_word_by_word(question, language, load_dictionary(), (), ALL), str)


def test_translated_query_is_compared_with_cross_lingual_passages_only(
    sample_library: Path,
) -> None:
    with Library.open(sample_library) as library:
        ranker = PassageRanker(library, load_encoder())
        for question in ("How much power did the tidal plant generate?", "潮汐電廠發了多少電？"):
            [query] = ranker.encode([question])
            features = ranker.rank(query).in_context
            for candidate, across in zip(
                features.candidates, features.features.cross_lingual, strict=True
            ):
                assert across == (candidate.loaded_passage.language != query.language)
                assert bool(candidate.translated_token_similarity.size) == (
                    across and bool(candidate.token_similarity.size)
                )
            if query.language == "en":  # of an article in Chinese
                assert any(
                    candidate.translated_token_similarity.size for candidate in features.candidates
                )


def test_question_is_translated_only_if_the_library_has_the_language(
    tmp_path: Path,
) -> None:
    (tmp_path / "zh.md").write_text("# 燈塔\n\n燈塔由港務局看守。\n", encoding="utf-8")
    update_library(tmp_path / "library", [tmp_path / "zh.md"])
    with Library.open(tmp_path / "library") as library:
        assert library.has_language("zh")
        assert not library.has_language("en")
        english, chinese = PassageRanker(library, load_encoder()).encode(
            ["Who keeps it?", "誰看守燈塔？"]
        )
    assert english.translated_query_tokens.size
    assert not chinese.translated_query_tokens.size
