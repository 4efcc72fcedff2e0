from __future__ import annotations

from functools import partial
from pathlib import Path

import torch
from torch import Tensor, nn

from eval.training.loop import run_steps


def test_interrupted_training_goes_on_to_the_same_weights(tmp_path: Path) -> None:
    def train(step_count: int, name: str, *, stop_after: int | None = None) -> Tensor:
        torch.manual_seed(0)
        network = nn.Linear(4, 1)
        inputs = torch.randn(step_count, 8, 4)

        def compute_losses(step: int) -> dict[str, Tensor]:
            if step == stop_after:
                raise KeyboardInterrupt
            return {"squared": (network(inputs[step]) - inputs[step].sum(1)).square().mean()}

        steps = [partial(compute_losses, step) for step in range(step_count)]
        try:
            run_steps(network, steps, 0.01, tmp_path / name)
        except KeyboardInterrupt:
            return train(step_count, name)
        return network.weight.detach()

    whole = train(120, "whole.pt")
    assert torch.equal(train(120, "interrupted.pt", stop_after=70), whole)
