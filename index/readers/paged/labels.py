"""Part labels from the text after them: 摘要：…, Abstract: …, 收稿日期：…."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from index.readers.paged import people
from index.readers.paged.blocks import Block, Line
from index.readers.report import Report
from index.text.patterns import load_patterns

_PATTERNS = load_patterns("index.readers")
_LABELS = ("section-label", "topics-label", "record-label", "imprint-label")
_LABEL_MARKUP = "#*【】［］[]〔〕（）()：:—–-. \u3000\t"
_MAX_RECORD_LENGTH = 400  # characters
_MAX_EDITED_LINE = 100  # characters
_MAX_TOPICS_SEARCH = 12  # blocks, the abstract among them


def split_section_labels(lines: Iterable[Line], report: Report) -> Iterator[Line]:
    """Yield the lines, with labels of abstracts and of notes on authors as lines of their own.

    Args:
        lines: Those of a file.
        report: Receives the punctuation of the labels.
    """
    for line in lines:
        match = _PATTERNS["section-label"].match(line.text.strip())
        if not match:
            yield line
            continue
        label = match[0].strip(_LABEL_MARKUP)
        report.set_aside(line.number, match[0].replace(label, " ", 1), "label")
        yield replace(line, text=label)
        yield replace(line, text=line.text.strip()[match.end() :])


def strip_edit_links(lines: Iterable[Line], report: Report) -> list[Line]:
    """Return the lines without the links that a wiki prints after headings: 註釋[編輯].

    Args:
        lines: Those of a file.
        report: Receives the links.
    """
    stripped = []
    for line in lines:
        may_have_link = line.text[-1:] in "]］" and len(line.text) <= _MAX_EDITED_LINE
        match = _PATTERNS["edit-link"].search(line.text) if may_have_link else None
        if match:
            report.set_aside(line.number, match[0], "markup")
        text = line.text[: match.start()].rstrip() if match else line.text
        stripped.append(replace(line, text=text) if match else line)
    return stripped


def begins_with_label(text: str) -> bool:
    """Return whether a line begins as an abstract, keywords, a record or an imprint does.

    Args:
        text: A line.
    """
    return any(_PATTERNS[name].match(text) for name in _LABELS)


def is_record(text: str) -> bool:
    """Return whether a line is a record about an article: a date, a fund, a classification.

    Args:
        text: A line or a block.
    """
    return len(text) <= _MAX_RECORD_LENGTH and bool(_PATTERNS["record-label"].match(text))


def take_records(blocks: Sequence[Block], report: Report) -> list[Block]:
    """Return the blocks without records about the article, such as 收稿日期 or DOI.

    Args:
        blocks: Those of an article below its head.
        report: Receives the records.
    """
    kept_blocks = []
    for block in blocks:
        if is_record(block.text):
            report.set_aside(block.line_number, block.text, "record")
        else:
            kept_blocks.append(block)
    return kept_blocks


def take_topics(
    blocks: Sequence[Block], report: Report
) -> tuple[list[Block], people.ParsedList | None]:
    """Return the blocks without the first line of topics among them, and the topics.

    Args:
        blocks: Those of an article below its head.
        report: Receives the label.
    """
    for index, block in enumerate(blocks[:_MAX_TOPICS_SEARCH]):
        if topics := people.parse_topics(block.text):
            report.set_aside(block.line_number, topics.label, "label")
            return [*blocks[:index], *blocks[index + 1 :]], topics
    return list(blocks), None
