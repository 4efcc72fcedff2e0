"""Claims as examples of the reader: sentences that what they cite supports, and that it does not.

A claim is read with the sentences that it cites and nothing else. The first example of a group is
supported; the others are its false twin, itself with a fault that is made by rule, and itself with
other sentences of its passage. So that verbatim sentences are known as well, some of those that are
cited stand as claims, with a fault beside them.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from eval.training.encoder.corpus import TrainingClaim, TrainingCorpus
from eval.written.corruptions import corrupt, find_names

_FAULT_SHARE = 0.2
_OTHER_SENTENCES_SHARE = 0.15
_COPY_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class ClaimExample:
    """A claim with the sentences that it cites.

    Attributes:
        kind: "supported"; or what is false: what was changed, the kind of fault, or "passage".
        text: The claim.
        passage: The index of the passage.
        sentences: The sentences that are read.
        answers: Those of them that support it, by their place among `sentences`: all or none.
    """

    kind: str
    text: str
    passage: int
    sentences: tuple[int, ...]
    answers: tuple[int, ...]


def pair_claims(corpus: TrainingCorpus) -> list[list[ClaimExample]]:
    """Return the written claims, each beside its twin, the supported one first.

    Args:
        corpus: The corpus.
    """
    by_pair: defaultdict[int, list[TrainingClaim]] = defaultdict(list)
    for claim in corpus.claims:
        by_pair[claim.pair].append(claim)
    return [
        [_make_example(claim) for claim in sorted(pair, key=lambda item: not item.is_supported)]
        for pair in by_pair.values()
    ]


def build_claim_groups(corpus: TrainingCorpus, seed: int) -> list[list[ClaimExample]]:
    """Return groups of claims: the pairs, with faults that are made by rule.

    Args:
        corpus: The corpus.
        seed: Of what is chosen at random.
    """
    chance = random.Random(seed)  # noqa: S311 - no secret
    names = find_names(claim.text for claim in corpus.claims)
    groups = []
    for pair in pair_claims(corpus):
        if not pair[0].answers:
            groups.append(pair)
            continue
        groups.append([*pair, *_make_false(corpus, pair[0], names, chance)])
        if chance.random() < _COPY_SHARE:
            groups.append(_copy_sentence(corpus, pair[0], names, chance))
    return groups


def _make_example(claim: TrainingClaim) -> ClaimExample:
    answers = tuple(range(len(claim.cited))) if claim.is_supported else ()
    kind = "supported" if claim.is_supported else claim.change
    return ClaimExample(kind, claim.text, claim.passage, claim.cited, answers)


def _make_false(
    corpus: TrainingCorpus, true: ClaimExample, names: Sequence[str], chance: random.Random
) -> Iterator[ClaimExample]:
    if chance.random() < _FAULT_SHARE:
        yield from _make_fault(true, names, chance)
    count = len(corpus.passages[true.passage].sentences)
    others = [index for index in range(count) if index not in true.sentences]
    if others and chance.random() < _OTHER_SENTENCES_SHARE:
        chosen = chance.sample(others, min(len(others), len(true.sentences)))
        yield ClaimExample("passage", true.text, true.passage, tuple(sorted(chosen)), ())


def _make_fault(
    true: ClaimExample, names: Sequence[str], chance: random.Random
) -> Iterator[ClaimExample]:
    """Yield one fault, if any can be made."""
    if faults := corrupt(true.text, names, chance):
        kind, text = chance.choice(list(faults.items()))
        yield ClaimExample(kind, text, true.passage, true.sentences, ())


def _copy_sentence(
    corpus: TrainingCorpus, claim: ClaimExample, names: Sequence[str], chance: random.Random
) -> list[ClaimExample]:
    """Return a sentence that a claim cites, as a claim, with a fault."""
    place = chance.randrange(len(claim.sentences))
    text = corpus.passages[claim.passage].sentences[claim.sentences[place]]
    copy = ClaimExample("supported", text, claim.passage, claim.sentences, claim.answers)
    return [copy, *_make_fault(copy, names, chance)]
