"""What a written sentence says otherwise than what it cites, or more, by words for it.

Of each kind there are two lists of words (`cues`): few that say it plainly, of which one must stand
in one text, and many that may say it in any way, of which none may stand in the other one. So a
paraphrase is let pass where it is not known what it says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import permutations

from index.text.dictionary import Dictionary
from index.text.scripts import fold
from rag.written.clauses import Clause, find_closest, measure_overlap, split_clauses
from rag.written.cues import Opposites, has_cue, load_cues
from rag.written.facts import FactKind, list_facts
from rag.written.model import ProblemKind
from rag.written.order import find_exchanged_order
from rag.written.parameters import ClauseThresholds, VerificationParameters
from rag.written.roles import find_exchanged_roles

_HAN_REACH, _LATIN_REACH = 10, 40  # characters between a negation and what it negates
_DATES = frozenset(("year", "month", "day"))
_ARTICLE = re.compile(r"(?<![a-z])(?:the|an?) (?:[a-z]+ )?$")  # before a noun, or its adjective


_EXCESSES: Sequence[tuple[ProblemKind, str, str]] = (
    ("modality", "certain", "certain"),
    ("modality", "done", "done"),
    ("modality", "duty", "duty"),
    ("scope", "universal", "universal-like"),
    ("scope", "most", "most-like"),
    ("scope", "exclusive", "exclusive-like"),
    ("cause", "cause", "cause-like"),
)
"""Kinds of what a sentence says more: the words that say so, and those that may say it, too."""

_WEAKER = {"certain": "hedge", "done": "plan", "duty": "liberty"}
"""What the cited sentence says instead, and the written one does not."""


def find_contradictions(
    text: str, cited: Sequence[str], dictionary: Dictionary, parameters: VerificationParameters
) -> Iterator[tuple[ProblemKind, str]]:
    """Yield what contradicts other sentences, or says more, with the words in question.

    Args:
        text: The written sentence.
        cited: What it cites.
        dictionary: CC-CEDICT.
        parameters: From which two clauses, or parties, are about the same.
    """
    written, known = fold(text), fold("\n".join(cited))
    for kind, word in _list_excesses(written, known):
        yield kind, word
    first, second = split_clauses(text, dictionary), split_clauses("\n".join(cited), dictionary)
    numbers = _list_numbers(second)
    for pair in load_cues().opposites:
        # A noun with a share that is computed may be about the rest: a third are men, not women.
        compared = [
            clause for clause in first if not pair.is_noun or _list_shares(clause) <= numbers
        ]
        word = _find_opposite(pair, compared, second, parameters.clauses.same)
        if word:
            yield "direction", word
            break
    for clause in find_exchanged_roles(text, cited, dictionary, parameters.roles):
        yield "role", clause
    for words in find_exchanged_order(text, cited, dictionary, parameters.clauses.same):
        yield "order", words
    if word := _find_negation(first, second, parameters.clauses):
        yield "negation", word


def _list_excesses(written: str, known: str) -> Iterator[tuple[ProblemKind, str]]:
    """Yield what a text says more surely, of more, or with a cause that another one does not."""
    for kind, cue, similar in _EXCESSES:
        match = load_cues().patterns[cue].search(written)
        if not match or has_cue(similar, known) or (cue == "most" and _counts_most(known)):
            continue
        if cue in _WEAKER and not (
            has_cue(_WEAKER[cue], known) and not has_cue(_WEAKER[cue], written)
        ):
            continue
        if cue == "duty" and has_cue("condition-of-liberty", known):
            continue
        yield kind, match[0].strip()
    if (match := load_cues().patterns["part"].search(written)) and (
        has_cue("universal", known) and not has_cue("part", known)
    ):
        yield "scope", match[0]


def _list_numbers(clauses: Iterable[Clause]) -> set[tuple[FactKind, Decimal]]:
    return {(fact.kind, fact.value) for clause in clauses for fact in list_facts(clause.folded)}


def _list_shares(clause: Clause) -> set[tuple[FactKind, Decimal]]:
    return {number for number in _list_numbers([clause]) if number[0] == "share"}


def _counts_most(known: str) -> bool:
    """Return whether of two numbers of one unit one is most of the other, or leaves most of it."""
    numbers = [fact for fact in list_facts(known) if fact.kind == "number" and fact.value]
    return any(
        first.dimension == second.dimension
        and first.value < second.value
        and (2 * first.value > second.value) != has_cue("rest", known)
        for first, second in permutations(numbers, 2)
    )


def _find_opposite(
    pair: Opposites, written: Sequence[Clause], known: Sequence[Clause], share: float
) -> str:
    """Return the word by which a clause says the opposite of the clause that is most like it."""
    words = (_find_opposite_word(pair, clause, known, share) for clause in written)
    return next(filter(None, words), "")


def _find_opposite_word(
    pair: Opposites, clause: Clause, known: Sequence[Clause], share: float
) -> str:
    """Return the word by which a clause says the opposite; "" if it does not."""
    poles = _list_poles(pair, clause.folded)
    if len(poles) != 1 or has_cue("exception", clause.folded):
        return ""
    ((pole, word),) = poles.items()
    like = [other for other in known if pole in _list_poles(pair, other.folded)]
    unlike = [
        other
        for other in known
        if (not pole) in _list_poles(pair, other.folded) and not has_cue("exception", other.folded)
    ]
    return word if unlike and _is_nearer_to(unlike, like, clause, share) else ""


def _is_nearer_to(
    unlike: Sequence[Clause], like: Sequence[Clause], clause: Clause, share: float
) -> bool:
    """Return whether a clause is about what is said in some clauses, rather than in others.

    Its numbers tell that, or its words.
    """
    numbers = {number for number in _list_numbers([clause]) if number[0] not in _DATES}
    if numbers and _is_said_of(numbers, unlike) and not _is_said_of(numbers, like):
        return True
    best = max(measure_overlap(clause, other) for other in unlike)
    nearest = max((measure_overlap(clause, other) for other in like), default=None)
    return best >= share if nearest is None else best > nearest + share


def _is_said_of(numbers: set[tuple[FactKind, Decimal]], clauses: Iterable[Clause]) -> bool:
    """Return whether one of some clauses has all of the numbers of another one."""
    return any(numbers <= _list_numbers([clause]) for clause in clauses)


def _list_poles(pair: Opposites, folded: str) -> dict[bool, str]:
    """Return which of two opposites a clause says, and by which word; a negation turns a verb."""
    poles: dict[bool, str] = {}
    for is_first, pattern in ((True, pair.first), (False, pair.second)):
        for match in pattern.finditer(folded):
            is_turned = not pair.is_noun and _is_negated(folded, match.start())
            if is_turned and _ARTICLE.search(folded[: match.start()]):
                continue  # what is not done, is not done to the increase
            poles.setdefault(is_first != is_turned, match[0])
    return poles


def _is_negated(folded: str, position: int) -> bool:
    """Return whether an odd number of negations stand right before a place."""
    reach = _LATIN_REACH if folded[position : position + 1].isascii() else _HAN_REACH
    before = folded[max(position - reach, 0) : position]
    return sum(1 for _ in load_cues().patterns["negator"].finditer(before)) % 2 == 1


def _find_negation(
    written: Sequence[Clause], known: Sequence[Clause], thresholds: ClauseThresholds
) -> str:
    """Return a clause that is negated in one text, where the other one says no in no way.

    A clause with a number that the other text does not have may be about the rest of something.
    """
    for first, second in ((written, known), (known, written)):
        is_said_nowhere = first is written
        facts = _list_numbers(second)
        says_no = any(has_cue("negative", clause.folded) for clause in second)
        if any(has_cue("exemption", clause.folded) for clause in second):
            continue  # who is exempt does not have to
        for clause in first:
            matches = list(load_cues().patterns["negator"].finditer(clause.folded))
            numbers = _list_numbers([clause])
            if len(matches) % 2 == 0 or not numbers <= facts:
                continue
            closest, overlap = find_closest(clause, second)
            if closest and has_cue("condition", clause.folded) != has_cue(
                "condition", closest.folded
            ):
                continue
            least = thresholds.near if says_no else (0.0 if is_said_nowhere else thresholds.same)
            if closest and overlap >= least and not has_cue("negative", closest.folded):
                return clause.folded.strip()
    return ""
