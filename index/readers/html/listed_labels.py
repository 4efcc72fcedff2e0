"""Put the labels of notes that stand in terms of lists before the notes, as text."""

from __future__ import annotations

from lxml.html import HtmlElement

from index.readers.html.labels import is_label_alone

_MIN_NOTES = 2


def join_labels(root: HtmlElement) -> None:
    """Make one element of each label and the note beside it, where all of a list are such pairs.

    Args:
        root: A file, which is changed.
    """
    for element in list(root.iter("dl")):
        children = [child for child in element if isinstance(child.tag, str)]
        labels, notes = children[::2], children[1::2]
        tags = [child.tag for child in children]
        if len(notes) >= _MIN_NOTES and tags == ["dt", "dd"] * len(notes) and _count_up(labels):
            for label, note in zip(labels, notes, strict=True):
                _join(label, note)


def _count_up(labels: list[HtmlElement]) -> bool:
    """Return whether these are labels that count up from 1."""
    texts = [label.text_content().strip() for label in labels]
    numbers = ["".join(filter(str.isalnum, text)) for text in texts]
    is_counting = numbers == [str(number) for number in range(1, len(numbers) + 1)]
    return is_counting and all(map(is_label_alone, texts))


def _join(label: HtmlElement, note: HtmlElement) -> None:
    """Put a label before the text of a note."""
    opens_paragraph = len(note) and note[0].tag == "p" and not (note.text or "").strip()
    first = note[0] if opens_paragraph else note
    first.text = f"{label.text_content().strip()} {(first.text or '').lstrip()}"
    label.drop_tree()
