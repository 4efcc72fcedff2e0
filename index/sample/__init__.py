"""The bundled sample: an invented periodical in the form of the publications that Tongzhu reads.

Its persons, places, institutions and sources do not exist, as its cover and its imprint say; its
addresses are those of example.org, which is reserved for examples.
"""

from __future__ import annotations

from pathlib import Path


def get_path() -> Path:
    """Return the path of the sample: one issue of a periodical, paged text with footnotes."""
    return Path(__file__).with_name("hsiwang-bimonthly-12.txt")
