"""Collect what a reader sets aside and what it reports."""

from __future__ import annotations

from dataclasses import dataclass, field

from index.document import Finding, FindingKind, SetAside, SetAsideReason
from index.messages import Message


@dataclass(slots=True)
class Report:
    """The text set aside and the findings of one file, while it is being read.

    Attributes:
        set_aside_items: In the order in which they were added.
        findings: In the order in which they were added.
    """

    set_aside_items: list[SetAside] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def set_aside(self, line: int, text: str, reason: SetAsideReason) -> None:
        """Add text that is set aside, unless it is blank.

        Args:
            line: Where it stands in the file.
            text: Without blanks at its ends in what is kept.
            reason: Why it belongs to no article.
        """
        if text.strip():
            self.set_aside_items.append(SetAside(line, text.strip(), reason))

    def add_finding(self, kind: FindingKind, line: int, message: Message) -> None:
        """Add a finding.

        Args:
            kind: What it is about.
            line: Where it stands in the file.
            message: For the reader of the report.
        """
        self.findings.append(Finding(kind, line, message))

    def all_set_aside(self) -> tuple[SetAside, ...]:
        """Return everything set aside, in the order of the file."""
        return tuple(sorted(self.set_aside_items, key=lambda item: item.line))

    def all_findings(self) -> tuple[Finding, ...]:
        """Return every finding, in the order of the file."""
        return tuple(sorted(self.findings, key=lambda finding: finding.line))
