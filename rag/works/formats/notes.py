"""What the styles of notes and lists have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from index.references.model import Reference


def number_items(
    items: Iterable[tuple[str, Reference]],
    format_item: Callable[[Reference], str],
    number_format: str = "{}.",
) -> str:
    """Return items with numbers from 1 on, one a line.

    Args:
        items: Ids with their references.
        format_item: Returns an item in a style.
        number_format: How a number is printed.
    """
    return "".join(
        f"{number_format.format(number)} {format_item(item)}\n"
        for number, (_, item) in enumerate(items, 1)
    )


def find_address(reference: Reference) -> str:
    """Return the address of an item, that of its DOI before others; "" without one.

    Args:
        reference: The item.
    """
    return f"https://doi.org/{reference.doi}" if reference.doi else reference.url
