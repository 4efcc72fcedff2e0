"""The training loop: it can be stopped at any time and goes on where it was."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor, nn

_CHECKPOINT_STEPS = 50
_REPORT_STEPS = 10
_WARMUP_SHARE = 20  # one of so many steps
_WEIGHT_DECAY = 0.01
_MAX_GRADIENT_NORM = 1.0


def run_steps(
    network: nn.Module,
    compute_losses: Sequence[Callable[[], dict[str, Tensor]]],
    learning_rate: float,
    state_file: Path,
) -> None:
    """Train a network step by step (AdamW; the learning rate rises, then falls to 0).

    Args:
        network: The network; changed in place. Parameters that require no gradient stay.
        compute_losses: For each step a function that returns the parts of its loss, by name.
        learning_rate: The highest.
        state_file: Where the state is kept; a run goes on with what an earlier one left there.
    """
    trained = [parameter for parameter in network.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=learning_rate, weight_decay=_WEIGHT_DECAY)
    count = len(compute_losses)
    warmup = max(1, count // _WARMUP_SHARE)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / warmup, (count - step) / max(1, count - warmup))
    )
    stateful: Mapping[str, _Stateful] = {
        "network": network,
        "optimizer": optimizer,
        "schedule": schedule,
    }
    first = _restore(stateful, state_file)
    started = time.monotonic()
    for step in range(first, count):
        parts = compute_losses[step]()
        optimizer.zero_grad()
        torch.autograd.backward(torch.stack(list(parts.values())).sum())
        torch.nn.utils.clip_grad_norm_(trained, _MAX_GRADIENT_NORM)
        optimizer.step()
        schedule.step()
        done = step + 1
        if done % _REPORT_STEPS == 0:
            seconds_left = (time.monotonic() - started) / (done - first) * (count - done)
            losses = ", ".join(f"{name} {value.item():.3f}" for name, value in parts.items())
            print(f"step {done} of {count}, {seconds_left / 60:.0f} min left: {losses}", flush=True)  # noqa: T201
        if done % _CHECKPOINT_STEPS == 0 or done == count:
            _store(stateful, done, state_file)


class _Stateful(Protocol):
    """What has a state."""

    def state_dict(self) -> dict[str, Any]:
        """Return the state."""

    def load_state_dict(self, state_dict: dict[str, Any], /) -> object:
        """Take a state."""


def _restore(stateful: Mapping[str, _Stateful], path: Path) -> int:
    """Load the state of an earlier run, if there is one; return the steps that it has done."""
    if not path.exists():
        return 0
    state = torch.load(path, weights_only=True)
    for name, item in stateful.items():
        item.load_state_dict(state[name])
    return int(state["step"])


def _store(stateful: Mapping[str, _Stateful], step: int, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".tmp")
    torch.save({name: item.state_dict() for name, item in stateful.items()} | {"step": step}, draft)
    draft.replace(path)
