"""Who does what: whether a sentence gives an act to another party than what it cites.

Either two parties of one act are the other way round, or a party is said to do what another one
does. Where it is not known who acts, nothing is concluded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from index.text.dictionary import Dictionary
from rag.written.content import Content, is_latin_name, measure_coverage
from rag.written.parameters import RoleThresholds
from rag.written.statements import Statement, list_statements

_MIN_WORDS = 1  # of what a party does


def find_exchanged_roles(
    text: str, cited: Sequence[str], dictionary: Dictionary, thresholds: RoleThresholds
) -> Iterator[str]:
    """Yield the clauses in which a party does what another one does in what is cited.

    Args:
        text: The written sentence.
        cited: What it cites, in either language.
        dictionary: CC-CEDICT.
        thresholds: From which two parties, or two things that are said, are the same.
    """
    known = [item for sentence in cited for item in list_statements(sentence, dictionary)]
    comparison = _Comparison(dictionary, thresholds)
    for written in list_statements(text, dictionary):
        if comparison.is_turned_round(written, known) or comparison.has_other_agent(written, known):
            yield written.text


class _Comparison:
    """Compares statements."""

    def __init__(self, dictionary: Dictionary, thresholds: RoleThresholds) -> None:
        self._dictionary = dictionary
        self._thresholds = thresholds

    def is_turned_round(self, written: Statement, known: Sequence[Statement]) -> bool:
        """Return whether the parties of an act are exchanged, and nothing cited has them so."""
        if written.has_one_party:
            return False
        same_act = [item for item in known if item.act == written.act]
        crossed = [item for item in same_act if self._is_crossed(written, item)]
        straight = [item for item in same_act if item not in crossed]
        return bool(crossed) and self._find_overlap(written, crossed) > self._find_overlap(
            written, straight
        )

    def _is_crossed(self, written: Statement, known: Statement) -> bool:
        if written.agent is None:
            return (
                written.patient is not None
                and known.agent is not None
                and self._is_nearer(written.patient, known.agent, known.content)
            )
        if known.agent is None:
            return known.patient is not None and self._is_nearer(
                known.patient, written.agent, written.content
            )
        return self._is_nearer(written.agent, known.content, known.agent) and self._shares_word(
            written.content, known.agent, known.content
        )

    def has_other_agent(self, written: Statement, known: Sequence[Statement]) -> bool:
        """Return whether a party is said to do what only another party does."""
        if written.agent is None or len(written.content.words) < _MIN_WORDS:
            return False
        scores = {
            item: self._measure(written.content, item.content)
            + self._thresholds.act * (item.act == written.act)
            for item in known
        }
        best = max(scores, key=lambda item: (scores[item], item.agent is not None), default=None)
        if best is None or best.agent is None:
            return False
        if self._measure(best.agent, written.agent) >= self._thresholds.word:
            return False  # the committee, and Helen Marsh's committee
        own = [
            item
            for item in known
            if item.agent and self._is_nearer(written.agent, item.agent, best.agent)
        ]
        return (
            bool(own)
            and scores[best] >= self._thresholds.content
            and scores[best] - max(scores[item] for item in own) >= self._thresholds.margin
            and self._is_nearer(written.agent, own[0].agent or written.agent, best.content)
        )

    def _find_overlap(self, written: Statement, known: Sequence[Statement]) -> float:
        return max((self._measure(written.content, item.content) for item in known), default=-1.0)

    def _is_nearer(self, party: Content, first: Content, second: Content) -> bool:
        """Return whether a party is one of the first content, and not as much of the second."""
        near = self._compare_parties(party, first)
        far = self._compare_parties(party, second)
        return near >= self._thresholds.party and near - far >= self._thresholds.margin

    def _compare_parties(self, party: Content, other: Content) -> float:
        """Return how far one party has the words of the other, or has its name."""
        names = [
            score
            for word, score in zip(
                other.words, measure_coverage(other, party, self._dictionary), strict=True
            )
            if is_latin_name(word)
        ]
        return max(self._measure(party, other), *names, 0.0)

    def _shares_word(self, content: Content, party: Content, other: Content) -> bool:
        """Return whether a content has words of a party that another content has not."""
        in_party = measure_coverage(content, party, self._dictionary)
        in_other = measure_coverage(content, other, self._dictionary)
        return any(
            first >= self._thresholds.word > second
            for first, second in zip(in_party, in_other, strict=True)
        )

    def _measure(self, content: Content, other: Content) -> float:
        scores = measure_coverage(content, other, self._dictionary)
        return sum(scores) / len(scores) if scores else 0.0
