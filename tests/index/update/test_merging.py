"""Which segments are merged: few are left, little is written, and bounded room is taken."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.update.merging import (
    LARGEST_DROPPED_SHARE,
    SMALL_SEGMENT,
    SegmentSize,
    choose_merged,
    find_tier,
)

ISSUE = 63  # passages


def apply(sizes: list[SegmentSize], added: int) -> tuple[list[SegmentSize], int]:
    """Return the segments after an update, and the passages that it wrote."""
    merged = choose_merged(sizes, added)
    written = added + sum(sizes[index].live for index in merged)
    kept = [size for index, size in enumerate(sizes) if index not in merged]
    return kept + ([SegmentSize(written, 0)] if written else []), written


def test_many_additions_leave_few_segments_and_write_little() -> None:
    sizes: list[SegmentSize] = []
    written = 0
    updates = 4000
    for _ in range(updates):
        sizes, now = apply(sizes, ISSUE)
        written += now
        tiers = [find_tier(size.live) for size in sizes]
        assert max(map(tiers.count, tiers)) <= 3
    passages = updates * ISSUE
    assert sum(size.live for size in sizes) == passages
    assert written / passages < 1 + math.log(passages, 4)
    assert len(sizes) <= 3 * math.log(passages / ISSUE, 4)


def test_an_issue_is_added_by_itself() -> None:
    assert choose_merged([], ISSUE) == []
    assert choose_merged([SegmentSize(100_000, 0), SegmentSize(5000, 9)], ISSUE) == []
    assert choose_merged([SegmentSize(100_000, 0), *[SegmentSize(ISSUE, 0)] * 3], ISSUE) == [
        1,
        2,
        3,
    ]


@pytest.mark.parametrize(
    ("size", "is_written_anew"),
    [
        (SegmentSize(0, 5), True),
        (SegmentSize(SMALL_SEGMENT, 1), True),
        (SegmentSize(SMALL_SEGMENT, 0), False),
        (SegmentSize(3000, 1000), False),
        (SegmentSize(3000, 1001), True),
    ],
)
def test_segments_with_much_dropped_are_written_anew(
    size: SegmentSize, is_written_anew: bool
) -> None:
    assert choose_merged([size], 0) == ([0] if is_written_anew else [])


@given(
    st.lists(st.builds(SegmentSize, st.integers(0, 10**6), st.integers(0, 10**6)), max_size=30),
    st.integers(0, 10**5),
)
def test_any_update_bounds_segments_and_room(sizes: list[SegmentSize], added: int) -> None:
    after, _ = apply(sizes, added)
    tiers = [find_tier(size.live) for size in after]
    assert all(tiers.count(tier) <= 3 for tier in tiers)
    live, dropped = (sum(column) for column in zip(*after, strict=True)) if after else (0, 0)
    assert dropped <= LARGEST_DROPPED_SHARE * (live + dropped)
    assert live == added + sum(size.live for size in sizes)
