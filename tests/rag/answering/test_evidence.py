"""Tests of sentence features and of the selection of evidence."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.storage.passage_terms import hash_terms
from rag.answering.evidence import (
    SENTENCE_FEATURES,
    passage_idf,
    preceding_similarity,
    select_evidence,
    unique_similarity,
)
from rag.query.answer_type import answer_type, asks_for_source
from rag.query.follow_up import asks_for_more, is_follow_up, with_history, without_history
from rag.query.terms import QueryTerm, TermVariant, query_terms
from rag.ranking.features import Feature, FeatureMatrix, subtract_mean
from rag.ranking.linear_weights import PerLanguage, Weights
from rag.ranking.parameters import load_parameters
from rag.ranking.passages import SentenceKind
from rag.ranking.scoring import compute_contributions, rank
from rag.ranking.term_match import HashedTexts, bm25_idf, match_terms

MARGINS = replace(load_parameters().evidence, second_sentence_margin=0.5)
UNSEEN = 2.8  # the idf of what no text has


def weigh(term: str) -> float:
    return {"common": 0.1}.get(term, 2.0)


def sentences(*texts: str) -> HashedTexts:
    terms = [sorted(set(text.split())) for text in texts]
    hashed_terms = hash_terms([term for sentence_terms in terms for term in sentence_terms])
    return HashedTexts(hashed_terms, np.array([len(sentence_terms) for sentence_terms in terms]))


def test_coverage_weighs_terms_by_idf_and_ignores_repetition() -> None:
    terms = query_terms("common rare")
    share = match_terms(terms, sentences("common", "rare", "rare rare"), weigh, UNSEEN).coverage()
    assert share[0] < 0.1 < 0.9 < share[1] == share[2]


def test_term_degree_is_that_of_the_best_variant() -> None:
    term = QueryTerm("treaty", (TermVariant(("treati",), 1.0), TermVariant(("pact",), 0.5)))
    strength = match_terms(
        [term], sentences("treati pact", "treati", "pact"), weigh, UNSEEN
    ).degree[0]
    assert strength.tolist() == [1.0, 1.0, 0.5]


def test_partial_phrase_match_has_a_low_degree() -> None:
    term = QueryTerm("二氧化碳", (TermVariant(("carbon", "dioxid")),))
    strength = match_terms([term], sentences("carbon dioxid", "carbon", "x"), weigh, UNSEEN).degree[
        0
    ]
    assert strength.tolist() == [1.0, 0.25, 0.0]


def test_unmatched_terms_still_lower_coverage() -> None:
    matches = match_terms(query_terms("rare zebra"), sentences("rare"), weigh, UNSEEN)
    assert matches.idf[1] > 0
    assert 0 < matches.coverage()[0] < 1


def test_coverage_without_query_terms_is_zero() -> None:
    assert match_terms([], sentences("a", "b"), weigh, UNSEEN).coverage().tolist() == [0.0, 0.0]


def test_unique_similarity_counts_tokens_matched_by_one_sentence() -> None:
    nearness = np.array([[0.8, 0.2], [0.8, 0.6], [0.1, -0.3]], np.float32)
    assert unique_similarity(nearness) == pytest.approx([0.0, 0.2, 0.0])
    assert unique_similarity(nearness[:1]).tolist() == [0.0]


def test_preceding_similarity_stays_within_text_or_note() -> None:
    nearness = np.array([[0.2, 0.4], [0.1, 0.1], [0.3, 0.0], [0.0, 0.0]], np.float32)
    similarities = preceding_similarity(nearness, [None, None, "4", "4"])
    assert similarities == pytest.approx([0.0, 0.2, 0.0, 0.15])


def test_terms_common_to_all_sentences_have_low_passage_idf() -> None:
    matches = match_terms(
        query_terms("topic answer"), sentences("topic answer", *["topic"] * 6), weigh, UNSEEN
    )
    about, answer = passage_idf(matches, 0.3)
    assert about < answer / 3


@given(st.integers(1, 10**6), st.data())
def test_rarer_terms_have_a_higher_bm25_idf(size: int, data: st.DataObject) -> None:
    less, more = sorted(data.draw(st.tuples(st.integers(0, size), st.integers(0, size))))
    assert bm25_idf(size, less) >= bm25_idf(size, more) > 0


def test_second_evidence_sentence_must_add_terms_and_score_close() -> None:
    scores = np.array([1.0, 3.0, 2.8])
    more = match_terms(query_terms("rare zebra"), sentences("", "rare", "zebra"), weigh, UNSEEN)
    same = match_terms(query_terms("rare zebra"), sentences("", "rare", "rare"), weigh, UNSEEN)
    assert select_evidence(scores, ["text"] * 3, more, MARGINS) == [1, 2]
    assert select_evidence(scores, ["text"] * 3, same, MARGINS) == [1]
    assert select_evidence(
        scores, ["text"] * 3, more, replace(MARGINS, second_sentence_margin=0.1)
    ) == [1]
    assert select_evidence(scores, ["text", "text", "explanation"], more, MARGINS) == [1]


def test_source_sentence_is_evidence_only_for_source_questions() -> None:
    matches = match_terms(query_terms("rare"), sentences("rare", "rare", ""), weigh, UNSEEN)
    kinds: list[SentenceKind] = ["text", "source", "source"]
    scores = np.array([2.0, 3.0, 1.0])
    assert select_evidence(scores, kinds, matches, MARGINS) == [0]
    assert select_evidence(scores, kinds, matches, MARGINS, lambda _: [1]) == [1, 0]
    assert select_evidence(np.array([2.0, 1.0, 0.5]), kinds, matches, MARGINS, lambda _: [2]) == [
        2,
        0,
    ]
    assert select_evidence(scores, kinds, matches, MARGINS, lambda _: []) == [1]
    assert select_evidence(np.array([2.0, 1.0, 0.5]), kinds, matches, MARGINS, lambda _: []) == [0]


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("誰簽署了協定？", "person"),
        ("谁签署了协定？", "person"),
        ("Who signed it?", "person"),
        ("哪一年簽署的？", "time"),
        ("When was it signed?", "time"),
        ("有多少人？", "number"),
        ("How many people?", "number"),
        ("在哪裡舉行？", "place"),
        ("Where was it held?", "place"),
        ("為什麼失敗？", "reason"),
        ("Why did it fail?", "reason"),
        ("內容是什麼？", "other"),
    ],
)
def test_answer_type_is_detected_from_the_question(question: str, kind: str) -> None:
    assert answer_type(question) == kind


@given(
    st.lists(
        st.tuples(st.floats(-9, 9), st.sampled_from(["text", "explanation", "source"])),
        min_size=1,
        max_size=9,
    )
)
def test_cited_source_is_never_the_first_evidence(
    sentences_found: list[tuple[float, SentenceKind]],
) -> None:
    scores, kinds = zip((0.0, "text"), *sentences_found, strict=True)
    matches = match_terms(query_terms("rare"), sentences(*[""] * len(kinds)), weigh, UNSEEN)
    selected = select_evidence(np.array(scores), kinds, matches, MARGINS)
    assert kinds[selected[0]] != "source"
    best = selected[0]
    assert all(
        scores[index] > scores[best] + MARGINS.source_margin
        for index in selected[1:]
        if kinds[index] == "source"
    )


@pytest.mark.parametrize("question", ["這個數字的出處是什麼？", "Which report is cited for this?"])
def test_questions_for_a_source_are_detected(question: str) -> None:
    assert asks_for_source(question)


@pytest.mark.parametrize("question", ["電廠發了多少電？", "Where was the treaty signed?"])
def test_other_questions_do_not_ask_for_a_source(question: str) -> None:
    assert not asks_for_source(question)


@pytest.mark.parametrize(
    "question", ["那第五條呢？", "作者還說了什麼？", "And what about the second one?", "為什麼？"]
)
def test_follow_up_questions_are_detected(question: str) -> None:
    assert is_follow_up(question, ["條約第四條規定了什麼？"])
    assert not is_follow_up(question, [])


@pytest.mark.parametrize(
    "question",
    [
        "換個話題，潮汐電廠的第一任廠長是哪一位？",
        "談夜市的那一篇是誰寫的？",
        "Who founded the lighthouse keepers' pension fund?",
    ],
)
def test_question_on_a_new_topic_is_not_a_follow_up(question: str) -> None:
    assert not is_follow_up(question, ["條約第四條規定了什麼？"])


def test_without_history_returns_the_last_line() -> None:
    assert without_history(with_history("那第五條呢？", ["一", "二", "三"])) == "那第五條呢？"


@pytest.mark.parametrize(
    ("history", "context"),
    [
        ((), ""),
        (("電廠發了多少電？",), "電廠發了多少電？\n"),
        (("大橋收費了沒有？", "電廠發了多少電？"), "大橋收費了沒有？\n電廠發了多少電？\n"),
        (("電廠發了多少電？", "那第二年呢？", "為什麼？"), "電廠發了多少電？\n為什麼？\n"),
    ],
)
def test_follow_up_is_joined_with_the_questions_it_refers_to(
    history: tuple[str, ...], context: str
) -> None:
    assert with_history("還有呢？", history) == f"{context}還有呢？"


@pytest.mark.parametrize(
    "question",
    [
        "作者還說了什麼？",
        "作者还提到哪些？",
        "還有呢？",
        "另外還有什麼？",
        "再多說一點",
        "What else did the author say?",
        "And what else?",
        "Anything else?",
        "Tell me more about this.",
    ],
)
def test_requests_for_more_are_detected(question: str) -> None:
    assert asks_for_more(question)
    assert is_follow_up(question, ["電廠發了多少電？"])


@pytest.mark.parametrize(
    "question", ["還有哪些國家？", "還是美國？", "What else did China do?", "誰還反對？", "more?"]
)
def test_request_for_more_of_a_subject_is_an_ordinary_question(question: str) -> None:
    assert not asks_for_more(question)


def test_long_history_is_truncated_before_the_question() -> None:
    text_in_context = with_history("那第五條呢？", ["甲" * 5_000, "乙" * 5_000])
    assert len(text_in_context) < 500
    assert text_in_context.startswith("甲")
    assert without_history(text_in_context) == "那第五條呢？"


def test_features_with_zero_values_do_not_change_the_ranking() -> None:
    features = FeatureMatrix.zeros(np.zeros(3, dtype=np.bool_))
    features[Feature.VECTOR][:] = [0.1, 0.3, 0.2]
    weights = Weights(dict.fromkeys(Feature, 1.0))
    added = compute_contributions(features, PerLanguage(weights, weights))
    assert rank(added.sum(axis=1), [7, 8, 9]) == [1, 2, 0]


def test_tied_scores_are_ranked_in_row_order() -> None:
    assert rank(np.array([1.0, 2.0, 1.0]), [5, 9, 3]) == [1, 2, 0]


def test_subtract_mean_makes_languages_comparable() -> None:
    near, far = (
        subtract_mean(np.array([0.9, 0.8]), 0.85),
        subtract_mean(np.array([0.5, 0.4]), 0.45),
    )
    assert near == pytest.approx(far)


def test_parameters_have_every_feature_and_a_source() -> None:
    parameters = load_parameters()
    ranking = parameters.ranking
    for weights in (ranking.first_stage, ranking.final.monolingual, ranking.final.cross_lingual):
        assert list(weights.by_feature) == list(Feature)
        assert min(weights.by_feature.values()) > -1
    assert set(parameters.evidence.sentence_weights) == set(SENTENCE_FEATURES)
    thresholds = parameters.confidence.thresholds
    assert 0 < thresholds.cross_lingual <= thresholds.monolingual < 1
    assert parameters.training_questions
    for field in fields(parameters):
        group = getattr(parameters, field.name)
        assert field.name == "training_questions" or group.source
