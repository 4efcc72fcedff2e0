"""Tests of the explanation of words for readers of the other language."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.glossary.gloss import Gloss
from index.messages import Language
from rag.word_glosses import ExplainedWord, WordExplainer

EXPLAINER = WordExplainer(
    [
        Gloss(("行動語言", "action language"), "bracket"),
        Gloss(("施密特", "Eric Schmidt"), "name"),
        Gloss(("超級 AI", "Super Intelligence"), "bracket"),
        Gloss(("軍事海洋諮商協定", "MMCA", "Military Maritime Consultative Agreement"), "bracket"),
        Gloss(("潮汐之歌", "Song of Tides"), "title"),
    ]
)


def explain(text: str, language: Language) -> dict[str, ExplainedWord]:
    words = EXPLAINER.explain(text, language)
    return {word.text: word for word in words if word.entries or word.other_forms}


@pytest.mark.parametrize("text", ["國防部說，無人機很長。", "国防部说，无人机很长。"])
def test_chinese_words_have_readings_and_english_meanings_in_either_script(text: str) -> None:
    words = list(explain(text, "en").values())
    assert [word.entries[0].reading for word in words] == [
        "Guófángbù",
        "shuō",
        "wúrénjī",
        "hěn",
        "cháng",
    ]
    assert "Ministry of National Defense" in words[0].entries[0].meanings


def test_a_character_that_two_words_share_is_explained_as_it_is_printed() -> None:
    assert [entry.reading for entry in explain("髮", "en")["髮"].entries] == ["fà"]
    assert {entry.reading for entry in explain("发", "en")["发"].entries} == {"fā", "fà"}


@pytest.mark.parametrize(("language", "drone"), [("zh", "無人機"), ("zh-Hans", "无人机")])
def test_english_words_have_chinese_ones_of_the_readers_script(
    language: Language, drone: str
) -> None:
    words = explain("The unmanned aerial vehicles fly over Taiwan, and rise.", language)
    assert words["unmanned aerial vehicles"].entries[0].meanings[0] == drone
    assert words["fly"].entries[0].meanings[0] in ("飛", "飞")  # the common word first
    assert "The" not in words


def test_phrases_do_not_reach_over_signs() -> None:
    assert "Taiwan, Strait" not in explain("Taiwan, Strait", "zh")
    assert "Taiwan Strait" in explain("the Taiwan Strait", "zh")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_names_and_terms_of_the_library_have_their_other_forms(language: Language) -> None:
    words = explain("施密特與超级AI的行動語言，MMCA；an MMCAs 潮汐之歌", language)
    assert words["施密特"].other_forms == ("Eric Schmidt",)
    assert words["行動語言"].other_forms == ("action language",)
    assert words["MMCA"].other_forms[0] == "軍事海洋諮商協定"
    assert not words.get("潮汐之歌", ExplainedWord("")).other_forms  # a title is no word


def test_words_of_the_readers_own_language_are_left_alone() -> None:
    assert explain("國防部說。", "zh") == {}
    assert explain("The ministry said.", "en") == {}


@settings(deadline=None, max_examples=60)
@given(
    st.text(max_size=80) | st.text("軍事海洋諮商協定 MMCA發髮taiwn -’.，", max_size=40),
    st.sampled_from(["en", "zh", "zh-Hans"]),
)
def test_words_together_are_the_text(text: str, language: Language) -> None:
    assert "".join(word.text for word in EXPLAINER.explain(text, language)) == text
