"""Tests of the confidence in an answer: features, missing quantities, and nonsense questions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.training.calibrate import TopCandidate, measure_confidence
from eval.training.optimize import fit_logistic_regression
from eval.training.sets import SMALL_TALK
from index.errors import QuestionError
from index.text.dictionary import load_dictionary
from index.text.scripts import detect_language, fold
from index.update.update import update_library
from rag.answering.confidence import (
    ConfidenceFeatures,
    compute_confidence,
    compute_confidence_parts,
    regression_inputs,
)
from rag.query.quantity import Quantity, contains_quantity, parse_quantity
from rag.query.terms import query_terms
from rag.query.translation import translated_terms
from rag.ranking.linear_weights import PerLanguage
from rag.ranking.parameters import load_parameters
from rag.retriever import Retriever
from tests.helpers.printing import print_to

FEATURES = st.builds(
    ConfidenceFeatures,
    score=st.floats(-1e6, 1e6),
    margin=st.floats(0, 1e6),
    sentence_similarity=st.floats(-1, 1),
    maxsim_mean=st.floats(-1, 1),
    maxsim_low=st.floats(-1, 1),
    term_coverage=st.floats(0, 1),
    lacks_quantity=st.booleans(),
    lacks_article_number=st.booleans(),
    cross_lingual=st.booleans(),
    reading=st.floats(-20, 20),
)


def confidence_of(features: ConfidenceFeatures) -> float:
    return compute_confidence(compute_confidence_parts(features, load_parameters().confidence))


@given(FEATURES)
def test_confidence_is_a_probability(features: ConfidenceFeatures) -> None:
    assert 0 <= confidence_of(features) <= 1


@given(FEATURES, st.floats(0, 10))
def test_better_features_never_lower_confidence(features: ConfidenceFeatures, more: float) -> None:
    for name in ("score", "margin", "sentence_similarity", "term_coverage"):
        better = replace(features, **{name: getattr(features, name) + more})
        assert confidence_of(better) >= confidence_of(features)
    for name in ("lacks_quantity", "lacks_article_number"):
        assert confidence_of(replace(features, **{name: False})) >= confidence_of(
            replace(features, **{name: True})
        )


@given(FEATURES, st.booleans())
def test_confidence_equals_the_fitted_logistic_model(
    features: ConfidenceFeatures, with_reader: bool
) -> None:
    loaded = load_parameters()
    parameters = loaded.confidence_of_reader if with_reader else loaded.confidence
    calibration = parameters.calibration
    weights = (
        calibration.score,
        calibration.margin,
        calibration.sentence_similarity,
        calibration.maxsim_mean,
        calibration.maxsim_low,
        calibration.term_coverage,
        calibration.no_term_overlap,
    )
    weights += (
        calibration.lacks_requested_item,
        calibration.lacks_requested_item_cross_lingual,
        calibration.cross_lingual,
        calibration.reading,
    )
    added = sum(part.value for part in compute_confidence_parts(features, parameters))
    assert added == pytest.approx(
        np.dot(weights, regression_inputs(features, parameters)) + calibration.bias,
        rel=1e-6,
        abs=1e-6,
    )


def test_confidence_without_citations_is_zero() -> None:
    assert compute_confidence(()) == 0.0


def quantity_of(question: str, text: str) -> Quantity | None:
    if detect_language(question) == detect_language(text):
        terms = query_terms(question)
    else:
        terms = translated_terms(question, detect_language(question), load_dictionary())
    return parse_quantity(question, terms, detect_language(text))


@pytest.mark.parametrize(
    ("question", "text", "is_given"),
    [
        ("颱風那天有多少人受傷？", "颱風造成 26 人受傷、一人失蹤。", True),
        ("颱風那天有多少人受傷？", "颱風在 2024 年 10 月登陸，學校停課。", False),
        ("這座港口賣出了多少艘渡輪？", "港口把三艘渡輪賣給鄰國。", True),
        ("這座港口賣出了多少艘渡輪？", "港口共有 12 名引水人。", False),
        ("水下放了多少台錄音機？", "水中布放錄音器，共十六具。", True),
        ("清洗一次要花多少錢？", "每兩年清洗一次，為期五天。", False),
        ("清洗一次要花多少錢？", "清洗一次花去 3 萬元。", True),
        ("預算比去年增加百分之幾？", "預算比去年增加一成。", True),
        ("預算比去年增加百分之幾？", "預算逐年增加。", False),
        ("會議開了多久？", "會議開了三個小時。", True),
        ("會議開了多久？", "會議在市政廳舉行。", False),
        ("How many ferries did the port sell?", "The port sold three old ferries.", True),
        ("How many ferries did the port sell?", "In 2019 the port sold its ferries.", False),
        ("How many teachers went on strike?", "共有 40 名教師罷工。", True),
        ("How many teachers went on strike?", "教師罷工，要求加薪。", False),
        ("有多少教師罷工？", "Forty teachers went on strike.", True),
        ("How much does a ticket cost?", "A ticket costs 12 dollars.", True),
        ("How much does a ticket cost?", "Tickets are sold at 12 counters.", False),
        ("How long did the strike last?", "The strike lasted two weeks.", True),
        ("How long did the strike last?", "The strike was called off.", False),
    ],
)
def test_requested_quantity_is_found_in_text(question: str, text: str, is_given: bool) -> None:
    wanted = quantity_of(question, text)
    assert wanted is not None
    assert contains_quantity(wanted, fold(text), detect_language(text)) is is_given


@pytest.mark.parametrize(
    "question",
    [
        "誰主持會議？",
        "幾乎所有漁民都反對，為什麼？",
        "和早先的幾稿相比，定稿好在哪裡？",
        "這是第幾次會議？",
        "Why did so many people leave?",
        "",
    ],
)
def test_question_without_a_quantity_parses_to_none(question: str) -> None:
    assert parse_quantity(question, query_terms(question), detect_language(question)) is None


TREATY = "北國與東國簽訂的互助條約，第四條規定一方遭受攻擊時，另一方必須提供軍事援助"


@pytest.fixture(scope="module")
def treaty(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    folder = tmp_path_factory.mktemp("treaty")
    others = "兩國外長在港口會談三天，談的是漁權", "燈塔去年換了新的燈，費用由商會負擔"
    update_library(folder / "library", [print_to(folder, 1, TREATY, *others)])
    return Retriever.open(folder / "library")


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("互助條約第四條規定了什麼？", True),
        ("互助条约第 4 条规定了什么？", True),
        ("What does Article 4 of the mutual aid treaty say?", True),
        ("互助條約第四條和第五條規定了什麼？", True),
        ("互助條約第五條規定了什麼？", False),
        ("What does Article 5 of the mutual aid treaty say?", False),
    ],
)
def test_missing_treaty_article_makes_the_answer_unanswered(
    treaty: Retriever, question: str, named: bool
) -> None:
    answer = treaty.retrieve(question)
    assert answer.citations[0].text.startswith(TREATY[:10])
    parts = {part.name: part.value for part in answer.confidence_parts}
    assert (parts["quantity"] == 0.0) == named
    assert answer.is_answered == named


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_is_parsed_and_searched_for_a_quantity(question: str, text: str) -> None:
    for language in ("zh", "en"):
        wanted = parse_quantity(question, query_terms(question), language)
        if wanted is not None:
            assert contains_quantity(wanted, fold(text), language) in (True, False)


@pytest.mark.parametrize(
    "question",
    ["qwzx plmk vbnt", "zxcvzxcv", "무엇을 먹을까요?", "Где находится вокзал?", "أين المحطة؟"],
)
def test_nonsense_and_other_languages_are_not_answered(
    sample_retriever: Retriever, question: str
) -> None:
    assert not sample_retriever.retrieve(question).is_answered


@pytest.mark.parametrize("question", ["🎉🎉", "\x00\x01\x1b", "？！……", "字" * 100_000])
def test_invalid_question_is_refused_in_one_line(
    sample_retriever: Retriever, question: str
) -> None:
    with pytest.raises(QuestionError) as raised:
        sample_retriever.retrieve(question)
    assert "\n" not in raised.value.message.zh + raised.value.message.en


def test_small_talk_gets_low_confidence(sample_retriever: Retriever) -> None:
    answers = sample_retriever.retrieve_many(SMALL_TALK.splitlines())
    assert max(answer.confidence for answer in answers) < 0.75
    assert sum(answer.is_answered for answer in answers) < len(answers) / 2


def test_fitted_weights_stay_within_bounds() -> None:
    table = np.array([[0.0, 1.0], [1.0, 1.0], [0.0, 0.0], [1.0, 0.0]])
    answers = np.array([True, True, False, False])
    free = fit_logistic_regression(table, answers, np.ones(4), [(None, None)] * 2)
    bounded_weights = fit_logistic_regression(
        table, answers, np.ones(4), [(None, None), (None, -1.0)]
    )
    assert free[1] > 1
    assert bounded_weights[1] == -1


def test_measure_confidence_counts_refusals_at_the_threshold() -> None:
    poor = ConfidenceFeatures(
        -2.0,
        0.0,
        0.7,
        0.2,
        0.0,
        0.0,
        lacks_quantity=True,
        lacks_article_number=True,
        cross_lingual=False,
    )
    good = ConfidenceFeatures(
        20.0,
        8.0,
        0.92,
        0.8,
        0.6,
        0.6,
        lacks_quantity=False,
        lacks_article_number=False,
        cross_lingual=False,
    )
    seen = [
        TopCandidate(good, True),
        TopCandidate(poor, True),
        TopCandidate(poor, False),
        TopCandidate(poor, False),
    ]
    figures = measure_confidence(
        seen, replace(load_parameters().confidence, thresholds=PerLanguage(0.5, 0.0))
    )
    assert (figures.auroc, figures.refusal_rate, figures.false_refusal_rate) == (0.75, 1.0, 0.5)
    assert np.isnan(
        measure_confidence(
            seen[:1], replace(load_parameters().confidence, thresholds=PerLanguage(0.5, 0.0))
        ).auroc
    )
    cross_lingual_candidates = [
        TopCandidate(replace(first.confidence_features, cross_lingual=True), first.is_answerable)
        for first in seen
    ]
    assert (
        measure_confidence(
            cross_lingual_candidates,
            replace(load_parameters().confidence, thresholds=PerLanguage(0.5, 0.0)),
        ).refusal_rate
        == 0
    )
