"""What a reader keeps beside the publication: what it set aside, and what it found."""

from __future__ import annotations

from dataclasses import dataclass, field

from index.document import Finding, FindingKind, SetAside, SetAsideReason
from index.messages import Message


@dataclass(slots=True)
class Report:
    """Collects text that is set aside and findings, while a file is being read."""

    set_aside_items: list[SetAside] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def set_aside(self, line: int, text: str, reason: SetAsideReason) -> None:
        """Set text of a line aside; blank text needs no place."""
        if text.strip():
            self.set_aside_items.append(SetAside(line, text.strip(), reason))

    def add_finding(self, kind: FindingKind, line: int, en: str, zh: str) -> None:
        """Note something worth knowing."""
        self.findings.append(Finding(kind, line, Message(en, zh)))

    def all_set_aside(self) -> tuple[SetAside, ...]:
        """Everything set aside, in the order of the file."""
        return tuple(sorted(self.set_aside_items, key=lambda item: item.line))

    def all_findings(self) -> tuple[Finding, ...]:
        """Every finding, in the order of the file."""
        return tuple(sorted(self.findings, key=lambda finding: finding.line))
