"""Read Word files (.docx): footnotes and endnotes with their marks, headings, tables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from index.document import MetadataOrigin, MetadataSource, Publication
from index.errors import ReadError
from index.messages import MessageCatalogue
from index.readers.dates import find_date
from index.readers.flow import FlowMetadata
from index.readers.flow_notes import complete_notes
from index.readers.flow_publication import build_publication
from index.readers.report import Report
from index.readers.word.flow import FlowBuilder
from index.readers.word.headings import promote_large_lines, scale_levels
from index.readers.word.package import open_package
from index.readers.word.texts import iterate_printed

_MESSAGES = MessageCatalogue("index", "readers")
_NO_AUTHOR = re.compile(
    r"python-docx|un-?named|unknown|user|author|admin(?:istrator)?|(?:microsoft|微软|微軟).*"
    r"|apache poi|docx4j.*|openoffice.*|libreoffice.*|作者|用户|使用者",
    re.IGNORECASE,
)


def read(data: bytes, path: Path) -> tuple[Publication, str]:
    """Return the publication in a Word file, and all its text.

    Args:
        data: The file's content.
        path: The file, for errors.

    Raises:
        ReadError: If it is damaged, or there is no text in it.
    """
    package = open_package(data, path)
    report = Report()
    builder = FlowBuilder(package, report)
    builder.add_body()
    if not builder.blocks:
        raise ReadError(_MESSAGES["no_text"].format(path=path))
    blocks, notes = complete_notes(builder.blocks, builder.notes, report)
    usual = max(builder.size_counts, key=builder.size_counts.__getitem__, default=0)
    blocks = scale_levels(promote_large_lines(blocks, builder.sizes, usual))
    metadata = _read_metadata(package.properties, builder)
    publication = build_publication(blocks, notes, metadata, report)
    roots = (package.document, package.footnotes, package.endnotes)
    framing = (*package.furniture, *package.remarks)
    texts = ("".join(iterate_printed(root)) for root in (*roots, *framing) if root is not None)
    return publication, "\n".join([*texts, builder.generated])


def _read_metadata(properties: Mapping[str, str], builder: FlowBuilder) -> FlowMetadata:
    """Return what the file says of itself, by its properties and by the styles of its text."""
    match = find_date(builder.date)
    printed = builder.date if match else properties.get("created", "")[:10]
    origin: MetadataOrigin = "byline" if match else "metadata"
    match = match or find_date(printed)
    title = properties.get("title", "")
    creators = [name.strip() for name in properties.get("creator", "").split(";")]
    named = tuple(name for name in creators if name and not _NO_AUTHOR.fullmatch(name))
    return FlowMetadata(
        title or builder.title,
        tuple(builder.authors) or named,
        match.parsed_date if match else None,
        printed,
        sources=(
            MetadataSource("title", "metadata" if title else "heading"),
            MetadataSource("authors", "byline" if builder.authors else "metadata"),
            MetadataSource("date", origin),
        ),
    )
