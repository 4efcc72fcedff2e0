"""How rightly references are joined to works, by pairs, and how fast.

Run `python -m eval.benchmarks.works` in the project's folder. It joins the references of two
invented issues that cite common works in different conventions, scripts and short forms, and of the
real issue where it is there. Two references are a pair; they mean the same work or not. `--errors`
prints the pairs that are joined or left apart wrongly, `--notes 10000` how long so many notes take.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path

import msgspec
from rich.console import Console

from index import readers
from index.references.parse import parse_reference
from rag.works.gather import join_references, list_references
from rag.works.identity import Synonyms
from rag.works.model import CitedReference, Work

_LABELLED = Path("tests", "rag", "works", "labelled", "citations.jsonl")
_ISSUE = Path("..", "shared", "corpus")


class LabelledCitation(msgspec.Struct, forbid_unknown_fields=True):
    """A reference in one of the invented issues.

    Attributes:
        work: The name of the work that it means.
        issue: The number of the issue.
        text: The reference as printed.
    """

    work: str
    issue: int
    text: str


class PairCounts(msgspec.Struct):
    """Pairs of references that mean the same work.

    Attributes:
        same: As labelled.
        joined: As joined.
        right: Both.
        errors: The pairs that differ.
    """

    same: int = 0
    joined: int = 0
    right: int = 0
    errors: list[tuple[str, str]] = []

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return 2 * self.right / (self.same + self.joined) if self.same + self.joined else 1.0

    @property
    def wrong_share(self) -> float:
        """The share of the joined pairs that do not mean the same work."""
        return (self.joined - self.right) / self.joined if self.joined else 0.0


def load_citations(path: Path = _LABELLED) -> list[LabelledCitation]:
    """Return the labelled references.

    Args:
        path: A file of JSON lines.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    return [msgspec.json.decode(line, type=LabelledCitation) for line in lines]


def cite(citations: Sequence[LabelledCitation]) -> Iterator[CitedReference]:
    """Yield labelled references as those of notes, a note for each.

    Args:
        citations: The labelled references.
    """
    for number, citation in enumerate(citations, 1):
        reference = parse_reference(citation.text)
        yield CitedReference(f"issue {citation.issue}", 0, str(number), reference)


def count_pairs(names: dict[str, str], works: Sequence[Work]) -> PairCounts:
    """Return how many pairs of references are joined rightly.

    Args:
        names: The name of the work that each reference means, by a key of the reference.
        works: The works, whose citations are notes with that key.
    """
    works_of = {item.note: work.id + str(index) for index, work in enumerate(works)
                for item in work.citations}  # fmt: skip
    counts = PairCounts()
    for first, second in combinations(names, 2):
        is_same = names[first] == names[second]
        is_joined = works_of[first] == works_of[second]
        counts.same += is_same
        counts.joined += is_joined
        counts.right += is_same and is_joined
        if is_same != is_joined:
            counts.errors.append((first, second))
    return counts


def count_invented() -> PairCounts:
    """Return the counts of the two invented issues."""
    citations = load_citations()
    names = {str(number): citation.work for number, citation in enumerate(citations, 1)}
    counts = count_pairs(names, join_references(cite(citations), Synonyms()))
    texts = {str(number): citation.text for number, citation in enumerate(citations, 1)}
    counts.errors = [(texts[first], texts[second]) for first, second in counts.errors]
    return counts


def count_issue(path: Path) -> PairCounts:
    """Return the counts of a publication whose notes cite no work in two forms.

    Two of its references mean the same work where they are the same text.

    Args:
        path: The publication.
    """
    references = list(list_references(readers.read(path)))
    keyed = [
        CitedReference(item.publication_id, item.article_index, str(number), item.reference)
        for number, item in enumerate(references)
    ]
    names = {item.note: item.reference.text for item in keyed}
    return count_pairs(names, join_references(keyed, Synonyms()))


def time_notes(notes: int) -> float:
    """Return the seconds of processor time that the works of so many notes take.

    Args:
        notes: How many notes, each with one reference; most are of works of their own.
    """
    texts = [
        citation.text.replace("20", f"{1500 + number % 500}"[:2]) + f", {number}"
        for number in range(notes // 100 + 1)
        for citation in load_citations()
    ][:notes]
    start = time.process_time()
    references = (
        CitedReference(f"issue {number // 80}", 0, str(number), parse_reference(text))
        for number, text in enumerate(texts)
    )
    join_references(references, Synonyms())
    return time.process_time() - start


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures, and return the exit status.

    Args:
        arguments: Those of the command line.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--errors", action="store_true", help="print each pair that is wrong")
    parser.add_argument("--notes", type=int, default=0, help="notes whose time is measured")
    options = parser.parse_args(arguments)
    sets = {"invented issues": count_invented()}
    issues = sorted(_ISSUE.glob("*.txt"))
    if issues:
        sets["real issue"] = count_issue(issues[0])
    console = Console(width=100, highlight=False)
    for name, counts in sets.items():
        console.print(
            f"{name}: {counts.same} pairs of the same work, F1 {counts.f1:.3f}, "
            f"{counts.joined - counts.right} wrong joins ({counts.wrong_share:.3f})"
        )
        for first, second in counts.errors if options.errors else ():
            console.print(f"  {first}\n  {second}\n", markup=False)
    if options.notes:
        console.print(f"{options.notes} notes: {time_notes(options.notes):.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
