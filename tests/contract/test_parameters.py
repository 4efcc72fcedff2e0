"""Numbers that rank or decide stand in weights.json, each group with its source."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.ranking.parameters import PARAMETERS_PATH, load_parameters
from tests.helpers.paths import ROOT

FILES = sorted((ROOT / "rag").rglob("*.py"))

NEUTRAL = (0.0, 1.0, -1.0)
"""Bounds, initial values and neutral factors."""

ALLOWED = {
    "rag/answering/confidence.py": {30.0},  # beyond it exp overflows
    "rag/answering/evidence.py": {1e-9},  # against a division by 0
    "rag/query/translation.py": {0.5, 1e-9},  # a square root, as in term_match.py
    "rag/ranking/term_match.py": {0.5, 1e-9, 20_000},  # BM25 as published, a root, a cache size
    "rag/ranking/candidates.py": {20_000},  # passages from which threads are faster
    "rag/ranking/passages.py": {1024, 64},  # cache sizes
    "rag/ranking/scoring.py": {128},  # a cache size
    "rag/structured/word_search.py": {20},  # publications that are searched alone
    "rag/retriever.py": {16, 8},  # a batch size and a cache size
    "rag/query/limits.py": {2000, 1000, 5, 200, 100, 3, 4},  # limits of input and of lists
    "rag/answer/serialization.py": {2},  # a version
    "rag/render/shared_words.py": {200, 2},  # what is marked on screen
    "rag/works/formats/chicago.py": {3},  # the authors that the style names
    "rag/works/formats/gbt7714.py": {3},  # the same
    "rag/works/formats/taiwan.py": {3},  # the same
    "rag/works/gather.py": {100},  # a limit of time
    "rag/structured/scope.py": {20_000, 3},  # a cache size, and letters of a word
    "rag/word_glosses.py": {20_000},  # a cache size
    "rag/written/content.py": {3, 6, 1_024, 4_096},  # letters, characters of a name, cache sizes
    "rag/written/endpoint.py": {
        120.0,
        300.0,
        5.0,
        3,
        10.0,
        200_000,
        4_000_000,
        900,
        0.5,
        8_192,
        1_024,
    },  # limits of requests
    "rag/written/evidence.py": {5, 6_000},  # limits of a request
    "rag/written/facts.py": {1000, 2999, 14, 365},  # calendars, and a reach of a pattern
    "rag/written/counts.py": {12, 2},  # months, and halves
    "rag/written/names.py": {2},  # characters of a key
    "rag/written/polarity.py": {2},  # words of a clause
    "rag/written/quotations.py": {4},  # letters of a quotation
    "rag/written/streaming.py": {20_000},  # a limit of a reply
    "rag/written/request.py": {8, 5, 1000},  # limits of a reply
    "rag/written/computed.py": {1_000, 3},  # from which counts are added, and few of them
    "rag/written/clauses.py": {1_024},  # a cache size
    "rag/written/contradictions.py": {10, 40},  # characters before a word
    "rag/written/number_words.py": {12},  # months
    "rag/written/roles.py": {2, 3},  # characters of runs
    "rag/written/support.py": {1911, 10, 100},  # calendars
    "rag/written/tolerance.py": {10},  # a tenth
    "rag/written/text_tokens.py": {256},  # a cache size
    "rag/works/identity.py": {6},  # the letters by which works are looked up
}
"""Other numbers that may stand in a file, each because it ranks and decides nothing."""


def numbers_in(source: str) -> Iterator[tuple[int, float]]:
    """Yield each float, and each number given a name at module level, with its line."""
    tree = ast.parse(source)
    named = [
        node
        for statement in tree.body
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None
        for node in [statement.value, *getattr(statement.value, "values", [])]
    ]
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and (
            isinstance(node.value, float) or (type(node.value) is int and node in named)
        ):
            yield node.lineno, node.value


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_ranking_number_is_written_in_code(path: Path) -> None:
    allowed = ALLOWED.get(str(path.relative_to(ROOT)), set())
    numbers = numbers_in(path.read_text(encoding="utf-8"))
    assert [item for item in numbers if item[1] not in (*NEUTRAL, *allowed)] == []


def test_number_check_detects_named_integers_and_all_floats() -> None:
    source = "_MOST = 3\n_BY_LANGUAGE = {'zh': 10, 'en': 0.5}\ndef f(x): return x[2] * 0.7\n"
    assert sorted(numbers_in(source)) == [(1, 3), (2, 0.5), (2, 10), (3, 0.7)]


def test_each_group_of_parameters_has_a_source() -> None:
    groups = json.loads(PARAMETERS_PATH.read_text(encoding="utf-8"))
    del groups["training_questions"]
    assert {name for name, group in groups.items() if not group["source"].strip()} == set()


def test_parameter_file_has_no_unknown_names() -> None:
    parameters = load_parameters()
    groups = json.loads(PARAMETERS_PATH.read_text(encoding="utf-8"))
    for name, group in groups.items():
        known = getattr(parameters, name)
        if name != "training_questions":
            assert set(group) <= set(known.__dataclass_fields__)
