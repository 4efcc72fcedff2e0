"""The engines that are compared find the candidates that they should, among few passages."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.benchmarks import made_up, peers
from tests.helpers.hashing_encoder import HashingEncoder

PASSAGES, DEPTH = 300, 8


@pytest.mark.parametrize(
    ("name", "least_terms"),
    [
        ("Tongzhu", 1.0),
        ("Qdrant", 0.9),  # the same scores: only equal ones differ
        ("LanceDB", 0.5),  # scores of its own
    ],
)
def test_peer_finds_what_it_should(tmp_path: Path, name: str, least_terms: float) -> None:
    peer = peers.PEERS[name]
    pytest.importorskip(peer.module, reason=f"needs {peer.module}, see the extra `peers`")
    encoder = HashingEncoder()
    corpus = peers.make_corpus(PASSAGES, made_up.RandomEncoder(encoder))
    queries = peers.make_queries(made_up.make_questions(12), encoder, DEPTH)
    for folder in ("own", "peer"):
        (tmp_path / folder).mkdir()
    expected = peers.find_expected(tmp_path / "own", corpus, queries)
    assert {len(item.nearest) for item in expected} == {DEPTH}
    figures = peers.measure_peer(tmp_path / "peer", peer, corpus, queries, expected)
    assert figures.nearest == 1
    assert figures.best >= least_terms
    assert DEPTH < figures.candidates <= 2 * DEPTH
    assert figures.size > 0
    assert figures.requests.shape == (len(queries), 2)
    assert peers.format_figures({name: figures}).row_count == 1
