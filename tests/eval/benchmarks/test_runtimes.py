"""All runtimes compute the same states."""

from __future__ import annotations

from pathlib import Path

from eval.benchmarks.runtimes import load_runtimes, make_windows, measure_runtimes


def test_each_runtime_is_timed_and_agrees(tmp_path: Path) -> None:
    runtimes = load_runtimes(tmp_path)
    table = measure_runtimes(runtimes, make_windows(1), rounds=1)
    names, *_, similarities = (list(column.cells) for column in table.columns)
    assert {"PyTorch, float32", "ONNX Runtime, 8-bit integers"} <= set(map(str, names))
    assert all(float(str(similarity)) > 0.98 for similarity in similarities)
