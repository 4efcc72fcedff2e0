"""Measures a reader on claims that are held out, beside the check that needs no reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from eval.metrics import compare_pairs
from eval.training.encoder.corpus import TrainingCorpus
from eval.training.reader.claims import ClaimExample
from index.arrays import FloatArray
from index.document import Span
from index.encoders.protocol import Encoder
from index.text.scripts import detect_language
from rag.written.model import NumberedSentence
from rag.written.verification import Verifier

_LEAST = 5  # claims of a kind that have a row


def check_claims(
    corpus: TrainingCorpus, claims: Sequence[ClaimExample], encoder: Encoder
) -> FloatArray:
    """Return how far the check without a reader finds each claim supported, [claims].

    It is the coverage, which each problem lowers.

    Args:
        corpus: The corpus of the claims.
        claims: The claims.
        encoder: Compares tokens.
    """
    verifier = Verifier(encoder)
    scores = []
    for claim in claims:
        sentences = corpus.passages[claim.passage].sentences
        evidence = [
            NumberedSentence(number, text, 0, Span(0, len(text)))
            for number, text in enumerate((sentences[index] for index in claim.sentences), 1)
        ]
        verdict = verifier.verify(claim.text, range(1, len(evidence) + 1), evidence)
        scores.append(verdict.coverage / (1 + len(verdict.problems)))
    return np.array(scores)


def tabulate_claims(
    corpus: TrainingCorpus,
    pairs: Sequence[Sequence[ClaimExample]],
    scores: Mapping[str, FloatArray],
) -> Table:
    """Return the AUROC of supported claims against others, by languages and by what is false.

    Args:
        corpus: The corpus of the claims.
        pairs: The claims, a supported one beside its twin.
        scores: For each check that is compared the scores of the claims, in their order.
    """
    claims = list(chain.from_iterable(pairs))
    is_supported = np.array([bool(claim.answers) for claim in claims])
    places = np.array([_name_place(corpus, claim) for claim in claims])
    kinds = np.array([claim.kind for claim in claims])
    rows = {"all": np.ones(len(claims), bool)}
    rows |= {place: places == place for place in sorted(set(places.tolist()))}
    for kind in sorted(set(kinds[~is_supported].tolist())):
        if (kinds == kind).sum() >= _LEAST:
            rows[kind] = is_supported | (kinds == kind)
    table = Table(
        "held-out claims", "supported", "not", *scores, *(f"{name}, twins" for name in scores)
    )
    for name, chosen in rows.items():
        counts = [(chosen & is_supported).sum(), (chosen & ~is_supported).sum()]
        auroc = [
            compare_pairs(values[chosen & is_supported], values[chosen & ~is_supported]).mean()
            for values in scores.values()
        ]
        twins = [_compare_twins(pairs, values, chosen) for values in scores.values()]
        table.add_row(name, *map(str, counts), *(f"{value:.3f}" for value in (*auroc, *twins)))
    return table


def _name_place(corpus: TrainingCorpus, claim: ClaimExample) -> str:
    sentences = corpus.passages[claim.passage].sentences
    languages = {detect_language(sentences[index]) for index in claim.sentences}
    own = detect_language(claim.text)
    return f"{own} → {own if own in languages else languages.pop()}"


def _compare_twins(
    pairs: Sequence[Sequence[ClaimExample]], scores: FloatArray, chosen: NDArray[np.bool_]
) -> float:
    """Return the share of pairs in which the supported claim has the higher score."""
    shares, start = [], 0
    for pair in pairs:
        if len(pair) > 1 and chosen[start] and chosen[start + 1]:
            shares.append(compare_pairs(scores[start : start + 1], scores[start + 1 : start + 2]))
        start += len(pair)
    return float(np.mean(shares)) if shares else float("nan")
