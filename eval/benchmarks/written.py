"""How well written sentences are checked: `python -m eval.benchmarks.written [--half test]`.

With `--reader` the reader takes part, if it was trained for that.

Prints the share of true sentences that are flagged, and why; the faults of hand-labelled sentences
that are caught, by kind, with the AUROC of the verdict (by the number of problems, and by that with
the coverage); and the faults made in true sentences that are caught. Within a language and across.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table
from sklearn.metrics import roc_auc_score

from eval.written.corruptions import corrupt_all
from eval.written.labelled import LabelledSentence, load_labelled
from index.document import Span
from index.encoders.protocol import load_encoder
from rag.ranking.reading import load_reader
from rag.written.model import NumberedSentence, Verdict
from rag.written.verification import Verifier

_CONSOLE = Console()


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=("tuning", "test"), default="test")
    parser.add_argument("--reader", action="store_true")
    arguments = parser.parse_args()
    sentences = load_labelled(arguments.half)
    verifier = Verifier(load_encoder(), load_reader() if arguments.reader else None)
    verifier.measure("港 harbour", ["港"])  # what is loaded at first use
    start = time.process_time()
    verdicts = [verify(verifier, item.sentence, item.cited) for item in sentences]
    seconds = (time.process_time() - start) / len(sentences)
    _print_labelled(sentences, verdicts)
    contrasts = load_labelled(arguments.half, "contrasts")
    _CONSOLE.print("contrasts")
    _print_labelled(contrasts, [verify(verifier, item.sentence, item.cited) for item in contrasts])
    true = [item for item in sentences if item.label == "supported"]
    caught: defaultdict[tuple[str, str], list[bool]] = defaultdict(list)
    for item in corrupt_all(true):
        verdict = verify(verifier, item.sentence, item.cited, item.others)
        caught[item.kind, item.base].append(not verdict.is_supported)
    copies = {text: item for item in true for text in item.cited}
    flagged = [
        text for text, item in copies.items() if not verify(verifier, text, item.cited).is_supported
    ]
    _CONSOLE.print(f"copies flagged: {len(flagged)} of {len(copies)}")
    _print_shares("faults made in true sentences, caught", caught)
    _CONSOLE.print(f"{1000 * seconds:.1f} ms of processor time a sentence")


def verify(
    verifier: Verifier, sentence: str, cited: Sequence[str], others: Sequence[str] = ()
) -> Verdict:
    """Return the verdict on a sentence.

    Args:
        verifier: The verifier.
        sentence: The sentence.
        cited: What it cites.
        others: What the model was given beside that.
    """
    evidence = [
        NumberedSentence(number, text, 0, Span(0, len(text)))
        for number, text in enumerate([*cited, *others], 1)
    ]
    return verifier.verify(sentence, range(1, len(cited) + 1), evidence)


def _print_labelled(sentences: Sequence[LabelledSentence], verdicts: Sequence[Verdict]) -> None:
    pairs = list(zip(sentences, verdicts, strict=True))
    places = {False: "same language", True: "across languages"}
    for is_cross_lingual, place in places.items():
        _print_true(place, [pair for pair in pairs if pair[0].is_cross_lingual == is_cross_lingual])
    caught: defaultdict[tuple[str, str], list[bool]] = defaultdict(list)
    for sentence, verdict in pairs:
        if sentence.label != "supported":
            place = places[sentence.is_cross_lingual]
            caught[sentence.kind, place].append(not verdict.is_supported)
    _print_shares("labelled as partly or not supported, caught", caught)


def _print_true(place: str, pairs: Sequence[tuple[LabelledSentence, Verdict]]) -> None:
    labels = [sentence.label == "supported" for sentence, _ in pairs]
    counts = [-len(verdict.problems) for _, verdict in pairs]
    scores = [verdict.coverage / (1 + len(verdict.problems)) for _, verdict in pairs]
    true = [verdict for sentence, verdict in pairs if sentence.label == "supported"]
    flagged = [verdict for verdict in true if not verdict.is_supported]
    kinds = Counter(problem.kind for verdict in flagged for problem in verdict.problems)
    _CONSOLE.print(
        f"{place}: AUROC {roc_auc_score(labels, counts):.3f},"
        f" with coverage {roc_auc_score(labels, scores):.3f}; true ones flagged"
        f" {len(flagged)} of {len(true)} ({dict(kinds)})"
    )


def _print_shares(title: str, caught: Mapping[tuple[str, str], Sequence[bool]]) -> None:
    columns = sorted({column for _, column in caught})
    table = Table("kind", *columns, title=title)
    for kind in dict.fromkeys(kind for kind, _ in caught):
        table.add_row(kind, *(_format_share(caught.get((kind, column), ())) for column in columns))
    _CONSOLE.print(table)


def _format_share(flags: Sequence[bool]) -> str:
    return f"{sum(flags)} of {len(flags)}" if flags else "-"


if __name__ == "__main__":
    main()
