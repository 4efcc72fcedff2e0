"""How rightly questions are answered that no single sentence answers.

Run `python -m eval.benchmarks.structured` in the project's folder. It asks the sets in
`eval/questions/structured/`: of the bundled sample, and with `--library DIR` of a library with the
real issue. An answer is right if it has the form that the question asks for (a list of notes, a
count, an outline, …) and is complete: exactly the gold notes, exactly the gold count in exactly the
gold articles, a sentence of every part of an outlined article, both sides of a comparison. Of
further questions, those of the tuning half and other wordings, only the form is given. A near
miss only looks like such a question; it must not be taken for one. `--errors` prints the questions
of the tuning half that are not answered rightly.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from eval.questions.format import Language, Split
from eval.questions.sets import find_set, prepare_library
from index.document import Publication
from index.encoders.protocol import load_encoder
from index.storage.library import Library
from rag.answer.model import Answer, ListingForm
from rag.retriever import Retriever


class StructuredGold(msgspec.Struct, forbid_unknown_fields=True):
    """A question with what its answer has to be.

    Attributes:
        id: Unique in the set.
        split: The half; `dev` is for tuning.
        language: What it is written in.
        question: As a user types it.
        form: The form of the answer; None for a near miss.
        history: The questions before it.
        articles: The articles that the answer is about, from 1, in order.
        notes: The notes that it lists, by the number of their article; None where the first of
            `answers` is the outlet that is cited most.
        count: The occurrences that it counts.
        answers: Strings that its sentences or terms have.
    """

    id: str
    split: Split
    language: Language
    question: str
    form: ListingForm | None
    history: tuple[str, ...] = ()
    articles: tuple[int, ...] = ()
    notes: dict[str, tuple[str, ...]] | None = None
    count: int | None = None
    answers: tuple[str, ...] = ()


def load_gold(name: str, split: Split | None = None) -> list[StructuredGold]:
    """Return the questions of a set.

    Args:
        name: The file's, without its ending.
        split: The half that is wanted; None for both.
    """
    file = files("eval").joinpath("questions", "structured", f"{name}.jsonl")
    lines = file.read_text(encoding="utf-8").splitlines()
    gold = [msgspec.json.decode(line, type=StructuredGold) for line in lines]
    return [item for item in gold if split in (None, item.split)]


def find_fault(gold: StructuredGold, answer: Answer, publication: Publication) -> str:
    """Return in a few words what is wrong with an answer; "" if nothing is.

    Args:
        gold: The question.
        answer: The answer.
        publication: The publication that it is about.
    """
    form = answer.listing.form if answer.listing else None
    if form != gold.form:
        return f"is {form}"
    has_gold = gold.notes is not None or gold.count is not None or gold.articles or gold.answers
    if gold.form is None or not has_gold:
        return ""
    return _COMPLETENESS[gold.form](gold, answer, publication)


def _check_notes(gold: StructuredGold, answer: Answer, _: Publication) -> str:
    if gold.notes is None:  # what is cited most
        top = answer.listing.groups[0].title if answer.listing and answer.listing.groups else ""
        return "" if top in gold.answers else f"{top} first"
    listed: dict[str, set[str]] = defaultdict(set)
    for citation, note in _list_items(answer):
        if note is not None and answer.is_answered:
            listed[str(answer.citations[citation].article.index + 1)].add(note)
    expected = {article: set(numbers) for article, numbers in (gold.notes or {}).items()}
    return "" if listed == expected else f"notes {dict(listed)}, not {expected}"


def _check_mentions(gold: StructuredGold, answer: Answer, _: Publication) -> str:
    count = answer.listing.count if answer.listing else None
    articles = _list_articles(answer)
    if count != gold.count or set(articles) != set(gold.articles):
        return f"{count} in {articles}, not {gold.count} in {list(gold.articles)}"
    return ""


def _check_outline(gold: StructuredGold, answer: Answer, publication: Publication) -> str:
    articles = _list_articles(answer)
    if articles != list(gold.articles):
        return f"articles {articles}"
    parts = {
        (citation.article.index, citation.path[:1])
        for citation in answer.citations
        if citation.evidence
    }
    if len(articles) == 1:
        index = articles[0] - 1
        expected = {
            (index, section.path[:1])
            for section in publication.articles[index].sections
            if section.paragraphs
        }
        if expected - parts:
            return f"lacks {expected - parts}"
    return _check_answers(gold, answer)


def _check_sides(gold: StructuredGold, answer: Answer, _: Publication) -> str:
    articles = _list_articles(answer)
    if set(articles) != set(gold.articles):
        return f"articles {articles}"
    return _check_answers(gold, answer)


def _check_answers(gold: StructuredGold, answer: Answer) -> str:
    """Return the strings that neither the sentences nor the titles of the groups have."""
    texts = [
        citation.get_evidence_text(evidence)
        for citation in answer.citations
        for evidence in citation.evidence
    ]
    texts += [group.title for group in answer.listing.groups] if answer.listing else []
    text = "\n".join(texts).casefold()
    missing = [string for string in gold.answers if string.casefold() not in text]
    return f"lacks {missing}" if missing else ""


_COMPLETENESS: dict[ListingForm, Callable[[StructuredGold, Answer, Publication], str]] = {
    "notes": _check_notes,
    "works": _check_notes,
    "mentions": _check_mentions,
    "outline": _check_outline,
    "comparison": _check_sides,
    "definition": _check_sides,
}


def _list_items(answer: Answer) -> list[tuple[int, str | None]]:
    """Return the citation of each item, and the number of its note."""
    groups = answer.listing.groups if answer.listing else ()
    return [
        (item.citation, answer.citations[item.citation].evidence[item.evidence].note)
        for group in groups
        for item in group.items
    ]


def _list_articles(answer: Answer) -> list[int]:
    """Return the articles of the items, from 1, each once, in order."""
    citations = [answer.citations[index] for index, _ in _list_items(answer)]
    return list(dict.fromkeys(citation.article.index + 1 for citation in citations))


def ask_set(gold: Sequence[StructuredGold], library: Path) -> list[tuple[StructuredGold, str]]:
    """Return each question with the fault of its answer, "" for a right one.

    Args:
        gold: The questions.
        library: The library that they are asked of; its first publication is the one meant.
    """
    with Library.open(library) as opened:
        retriever = Retriever(opened)
        publication = opened.publication(opened.publications()[0].id)
        return [
            (
                item,
                find_fault(
                    item, retriever.retrieve(item.question, history=item.history), publication
                ),
            )
            for item in gold
        ]


def print_figures(results: Sequence[tuple[StructuredGold, str]], console: Console) -> None:
    """Print by form and half how many questions are answered rightly.

    Args:
        results: Questions with their faults.
        console: Prints.
    """
    totals: Counter[tuple[str, Split]] = Counter()
    right: Counter[tuple[str, Split]] = Counter()
    for item, fault in results:
        for name in (item.form or "near misses", "all forms" if item.form else ""):
            totals[name, item.split] += 1
            right[name, item.split] += not fault
    table = Table("", "dev", "test")
    for name in dict.fromkeys(name for name, _ in totals if name):
        cells = [f"{right[name, split]} of {totals[name, split]}" for split in ("dev", "test")]
        table.add_row(name, *cells)
    console.print(table)


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--library", type=Path, help="a library that has the real issue alone")
    parser.add_argument("--errors", action="store_true", help="print faults of the tuning half")
    options = parser.parse_args()
    encoder = load_encoder()
    source = find_set("sample").source
    libraries = {"sample": prepare_library(source, encoder)} if source else {}
    if options.library:
        libraries |= dict.fromkeys(("fortnightly-87", "fortnightly-87-wordings"), options.library)
    console = Console(width=100, highlight=False)
    for name, library in libraries.items():
        results = ask_set(load_gold(name), library)
        console.print(name)
        print_figures(results, console)
        for item, fault in results if options.errors else ():
            if fault and item.split == "dev":
                console.print(f"  {item.question}\n    {fault}", markup=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
