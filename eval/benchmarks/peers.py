"""Candidates of our engine beside those of Qdrant and LanceDB, in one run.

`python -m eval.benchmarks.peers --passages 100000` draws vectors around those of the bundled
sample, makes up texts (`eval.benchmarks.made_up`), has each engine index both, and asks each for
candidates of made-up questions: the 32 nearest passages and the 32 best for the terms. The peers
need `pip install 'tongzhu[peers]'`; one that is not installed is named and left out.

All have the same vectors and the same analysed terms. What the candidates lack is told from the
nearest passages, all vectors compared, and from the best by our BM25, which tantivy finds exactly.
Qdrant has the same scores of terms. LanceDB has its own, so that it finds others, which are no
worse for it.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from eval.benchmarks import made_up
from eval.benchmarks.peer_engines import (
    CandidateEngine,
    CandidateQuery,
    Corpus,
    LanceEngine,
    OwnEngine,
    QdrantEngine,
)
from eval.benchmarks.scale import encode_sample, format_percentiles, time_call
from index.arrays import FloatArray
from index.encoders.protocol import Encoder, load_encoder
from index.text.scripts import convert_to_simplified
from index.text.terms import analyze
from rag.query.terms import query_terms
from rag.ranking.parameters import load_parameters

_QUESTIONS = 100
_WARM_UP = 10
_BLOCK = 512  # bytes; some files have room reserved that is not taken yet


@dataclass(frozen=True, slots=True)
class Peer:
    """An engine that is compared.

    Attributes:
        module: What it needs to be installed.
        make: Makes one, which writes into an empty folder.
    """

    module: str
    make: Callable[[Path], CandidateEngine]


PEERS: Mapping[str, Peer] = {
    "Tongzhu": Peer("index", OwnEngine),
    "Qdrant": Peer("qdrant_edge", QdrantEngine),
    "Qdrant, hnsw_ef 512": Peer("qdrant_edge", partial(QdrantEngine, hnsw_ef=512)),
    "Qdrant, hnsw_ef 2048": Peer("qdrant_edge", partial(QdrantEngine, hnsw_ef=2048)),
    "LanceDB": Peer("lancedb", LanceEngine),
}
"""The engines, by name."""


@dataclass(frozen=True, slots=True)
class ExpectedCandidates:
    """The candidates of a question as they should be.

    Attributes:
        nearest: The rows of the nearest passages, all of them compared.
        best: Those of the best for its terms, by our BM25.
    """

    nearest: frozenset[int]
    best: frozenset[int]


@dataclass(frozen=True, slots=True)
class PeerFigures:
    """What an engine costs and finds.

    Attributes:
        building: Seconds until it can be searched, by the clock and by the processor, [2].
        size: The bytes a passage on the disk.
        requests: The seconds of each request, by the clock and by the processor, [requests, 2].
        nearest: The share of the nearest passages that are among its candidates.
        best: That of the best passages for the terms.
        candidates: The mean number of candidates.
    """

    building: FloatArray
    size: float
    requests: FloatArray
    nearest: float
    best: float
    candidates: float


def make_corpus(passages: int, encoder: made_up.RandomEncoder) -> Corpus:
    """Return made-up passages.

    Args:
        passages: How many.
        encoder: Draws their vectors.
    """
    texts, headings = [], []
    for heading, text in made_up.iter_passages(passages):
        texts.append(" ".join(analyze(text)))
        headings.append(" ".join(analyze(heading)))
    return Corpus(encoder.draw_vectors(passages), texts, headings)


def make_queries(questions: Sequence[str], encoder: Encoder, depth: int) -> list[CandidateQuery]:
    """Return questions as engines are asked them.

    Args:
        questions: The questions.
        encoder: Encodes them.
        depth: How many passages are wanted by either way.
    """
    vectors = encoder.encode_queries([*map(convert_to_simplified, questions)]).vectors
    return [
        CandidateQuery(vector, [term.word for term in query_terms(question)], depth)
        for vector, question in zip(vectors, questions, strict=True)
    ]


def find_expected(
    folder: Path, corpus: Corpus, queries: Sequence[CandidateQuery]
) -> list[ExpectedCandidates]:
    """Return the candidates of each question as they should be.

    Args:
        folder: An empty folder.
        corpus: The passages.
        queries: The questions.
    """
    engine = OwnEngine(folder)
    engine.build(corpus)
    return [
        ExpectedCandidates(
            frozenset(np.argsort(-(corpus.vectors @ query.vector))[: query.depth].tolist()),
            frozenset(engine.search_terms(query)),
        )
        for query in queries
    ]


def measure_peer(
    folder: Path,
    peer: Peer,
    corpus: Corpus,
    queries: Sequence[CandidateQuery],
    expected: Sequence[ExpectedCandidates],
) -> PeerFigures:
    """Return what an engine costs and finds.

    Args:
        folder: An empty folder.
        peer: The engine.
        corpus: The passages.
        queries: The questions.
        expected: The candidates of each.
    """
    engine = peer.make(folder)
    building = time_call(partial(engine.build, corpus))
    for query in queries[:_WARM_UP]:
        engine.search(query)
    requests = [time_call(partial(engine.search, query)) for query in queries]
    candidates = [set(engine.search(query)) for query in queries]
    engine.close()
    size = sum(_BLOCK * file.stat().st_blocks for file in folder.rglob("*") if file.is_file())
    pairs = list(zip(candidates, expected, strict=True))
    return PeerFigures(
        building,
        size / len(corpus.vectors),
        np.array(requests),
        float(np.mean([_share(rows, wanted.nearest) for rows, wanted in pairs])),
        float(np.mean([_share(rows, wanted.best) for rows, wanted in pairs])),
        float(np.mean([len(rows) for rows in candidates])),
    )


def _share(rows: set[int], wanted: frozenset[int]) -> float:
    return len(rows & wanted) / len(wanted) if wanted else 1.0


def format_figures(figures: Mapping[str, PeerFigures]) -> Table:
    """Return figures as a table, a row for each engine.

    Args:
        figures: The figures, by the engine's name.
    """
    table = Table(
        *("engine", "a request, p50 / p95, ms", "… of the processor", "nearest found"),
        *("best by our BM25 found", "candidates", "bytes a passage", "building, s"),
        "… of the processor",
    )
    for name, item in figures.items():
        table.add_row(
            name,
            *format_percentiles(item.requests),
            *(f"{share:.4f}" for share in (item.nearest, item.best)),
            f"{item.candidates:.1f}",
            f"{item.size:,.0f}",
            *(f"{seconds:.1f}" for seconds in item.building),
        )
    return table


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--passages", type=int, default=100_000)
    passages = parser.parse_args().passages
    encoder = load_encoder()
    corpus = make_corpus(passages, made_up.RandomEncoder(encoder, encode_sample(encoder)))
    depth = load_parameters().candidates.vector_search_depth
    queries = make_queries(made_up.make_questions(_QUESTIONS), encoder, depth)
    with tempfile.TemporaryDirectory() as folder:
        expected = find_expected(Path(folder), corpus, queries)
    figures = {}
    for name, peer in PEERS.items():
        if find_spec(peer.module) is None:
            Console().print(f"{name} is not installed: pip install 'tongzhu\\[peers]'")
            continue
        with tempfile.TemporaryDirectory() as folder:
            figures[name] = measure_peer(Path(folder), peer, corpus, queries, expected)
    Console().print(format_figures(figures))


if __name__ == "__main__":
    main()
