"""Which segments an update merges: so few that an addition costs what is added, in the long run.

Segments are in tiers by their size, each four times the one below. Where a tier has four of them,
they and all smaller ones become one, of a higher tier. So a passage is written again at most once a
tier, a library of n passages has no more than three segments a tier, and both grow with log n
(O'Neil et al., "The log-structured merge-tree", 1996; merged by tiers as Lucene does). A segment of
which more than a quarter was dropped is written anew, so that a library takes at most a third more
room than what is in it; a small one, as soon as anything of it is dropped, which costs little and
leaves nothing of it on the disk.

An update merges what is small, and leaves the rest to `index.update.merged_segment`, which follows
it. Where nobody has done that, it merges when twice as much is left: seven segments are in a tier
then, and half of a segment is dropped, at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

TIER_FACTOR = 4
"""How many segments of a tier become one, and how much larger the segments of the next one are."""

SMALLEST_TIER = 256
"""The passages that are too many for the lowest tier."""

SMALL_SEGMENT = 1024
"""The most passages of a segment that has nothing dropped in it."""

LARGEST_DROPPED_SHARE = 0.25
"""The share of a segment that can be dropped before it is written anew."""


LARGEST_MERGED_AT_ONCE = 1024
"""The most passages that an update writes again before it is published: they take two seconds."""

_PATIENCE = 2  # how much more of everything an update leaves to be merged later


class SegmentSize(NamedTuple):
    """The passages of a segment after an update.

    Attributes:
        live: Those that are in the library.
        dropped: Those that are not, but stored all the same.
    """

    live: int
    dropped: int


def choose_merged_at_once(sizes: Sequence[SegmentSize], added: int) -> list[int]:
    """Return the indices of the segments that an update merges before it is published.

    Args:
        sizes: The size of each segment.
        added: The number of passages that are added.
    """
    merged = choose_merged(sizes, added)
    if sum(sizes[index].live for index in merged) <= LARGEST_MERGED_AT_ONCE:
        return merged
    return choose_merged(sizes, added, _PATIENCE)


def choose_merged(sizes: Sequence[SegmentSize], added: int, patience: int = 1) -> list[int]:
    """Return the indices of the segments that become one with what is added.

    Args:
        sizes: The size of each segment.
        added: The number of passages that are added.
        patience: How much more than usual there has to be in a tier, or dropped.
    """
    merged = {index for index, size in enumerate(sizes) if _is_outworn(size, patience)}
    while True:
        new_size = added + sum(sizes[index].live for index in merged)
        tiers = {
            index: find_tier(size.live) for index, size in enumerate(sizes) if index not in merged
        }
        all_tiers = [*tiers.values(), *([find_tier(new_size)] if new_size else [])]
        full = [tier for tier in set(all_tiers) if all_tiers.count(tier) >= patience * TIER_FACTOR]
        if not full:
            return sorted(merged)
        merged |= {index for index, tier in tiers.items() if tier <= max(full)}


def find_tier(passages: int) -> int:
    """Return the tier of a segment, from 0.

    Args:
        passages: The number of passages in it.
    """
    tier = 0
    while passages >= SMALLEST_TIER * TIER_FACTOR**tier:
        tier += 1
    return tier


def _is_outworn(size: SegmentSize, patience: int) -> bool:
    """Return whether a segment is written anew because of what was dropped of it."""
    if not size.live or size.live <= SMALL_SEGMENT:
        return size.dropped > 0
    return size.dropped > patience * LARGEST_DROPPED_SHARE * (size.live + size.dropped)
