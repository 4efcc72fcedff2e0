"""Tests of the claims that the reader is trained on."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import chain
from typing import Literal

import msgspec
import numpy as np
import pytest

from eval.training.encoder.corpus import WRITTEN_FOLDER, TrainingCorpus, load_corpus
from eval.training.reader.claim_figures import tabulate_claims
from eval.training.reader.claims import build_claim_groups, pair_claims
from index.text.characters import contains_han
from tests.helpers.training_files import write_training_files


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> TrainingCorpus:
    written, squad = write_training_files(tmp_path_factory.mktemp("training"))
    return load_corpus([written], squad)


def test_the_supported_claim_of_a_pair_is_the_first(corpus: TrainingCorpus) -> None:
    first, second, third = pair_claims(corpus)[:3]
    assert [example.kind for example in first] == ["supported", "actor"]
    assert [example.answers for example in first] == [(0, 1), ()]
    assert first[0].sentences == first[1].sentences == (0, 1)
    assert [example.kind for example in (*second, *third)] == ["supported", "actor"]


def test_a_note_that_is_cited_is_read_whole(corpus: TrainingCorpus) -> None:
    (example,) = pair_claims(corpus)[1]
    sentences = corpus.passages[example.passage].sentences
    assert [sentences[index] for index in example.sentences] == [
        "见《港务年报》。",
        "整治用了三艘船。",
    ]
    assert example.answers == (0, 1)


def test_each_group_has_one_supported_claim_at_most_and_first(corpus: TrainingCorpus) -> None:
    kinds: Counter[str] = Counter()
    for seed in range(20):
        for group in build_claim_groups(corpus, seed):
            assert not any(example.answers for example in group[1:])
            for example in group:
                assert len(example.answers) in (0, len(example.sentences))
                kinds[example.kind] += 1
            if group[0].answers:
                unsupported = {(item.text, item.sentences) for item in group[1:]}
                assert (group[0].text, group[0].sentences) not in unsupported
    assert {"supported", "actor", "date", "passage"} <= set(kinds)


def test_figures_compare_checks_by_language_and_kind(corpus: TrainingCorpus) -> None:
    pairs = pair_claims(corpus)
    claims = list(chain.from_iterable(pairs))
    right = np.array([float(bool(claim.answers)) for claim in claims])
    table = tabulate_claims(corpus, pairs, {"right": right, "wrong": -right})
    rows = [list(cells) for cells in zip(*(column.cells for column in table.columns), strict=True)]
    same = ["6", "6", "1.000", "0.000", "1.000", "0.000"]
    assert rows == [["all", *same], ["en → zh", *same], ["actor", *same]]


class _Passage(msgspec.Struct):
    id: str
    sentences: list[str]
    notes: dict[str, str] = {}


class _Claim(msgspec.Struct, forbid_unknown_fields=True):
    passage: str
    language: Literal["en", "zh-Hant", "zh-Hans"]
    cites: list[int | str]
    claim: str
    label: Literal["supported", "partly", "not"]
    pair: int
    change: str = ""


def test_claims_cite_what_their_passages_have() -> None:
    lines = (WRITTEN_FOLDER / "passages.jsonl").read_bytes().splitlines()
    passages = {item.id: item for item in (msgspec.json.decode(x, type=_Passage) for x in lines)}
    for line in (WRITTEN_FOLDER / "claims.jsonl").read_bytes().splitlines():
        claim = msgspec.json.decode(line, type=_Claim)
        passage = passages[claim.passage]
        known = {*range(len(passage.sentences)), *(f"n{number}" for number in passage.notes)}
        assert claim.cites, claim
        assert set(claim.cites) <= known, claim
        assert bool(claim.change) == (claim.label != "supported"), claim
        assert contains_han(claim.claim) or claim.language == "en", claim


def test_twins_cite_the_same_and_only_one_is_supported() -> None:
    by_pair: defaultdict[int, list[_Claim]] = defaultdict(list)
    for line in (WRITTEN_FOLDER / "claims.jsonl").read_bytes().splitlines():
        claim = msgspec.json.decode(line, type=_Claim)
        by_pair[claim.pair].append(claim)
    for pair in by_pair.values():
        assert len({(item.passage, item.language, *item.cites) for item in pair}) == 1, pair
        labels = [item.label for item in pair]
        assert labels in (["supported", "not"], ["supported"], ["partly"], ["not"]), pair
