"""What a reader keeps beside the publication: what it set aside, and what it found."""

from __future__ import annotations

from dataclasses import dataclass, field

from index.document import Finding, FindingKind, Message, SetAside, SetAsideReason


@dataclass(slots=True)
class Report:
    """Collects text that is set aside and findings, while a file is being read."""

    asides: list[SetAside] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def aside(self, line: int, text: str, reason: SetAsideReason) -> None:
        """Set text of a line aside; blank text needs no place."""
        if text.strip():
            self.asides.append(SetAside(line, text.strip(), reason))

    def found(self, kind: FindingKind, line: int, en: str, zh: str) -> None:
        """Note something worth knowing."""
        self.findings.append(Finding(kind, line, Message(en, zh)))

    def unplaced(self, line: int, text: str) -> None:
        """Set text aside that could not be understood, and say so."""
        if text.strip():
            self.aside(line, text, "unplaced")
            shown = text.strip()[:24]
            self.found(
                "unplaced",
                line,
                f"Line {line}: it is not clear where this belongs: {shown}",
                f"第 {line} 行：無法判斷這段文字的位置：{shown}",
            )

    def set_aside(self) -> tuple[SetAside, ...]:
        """Everything set aside, in the order of the file."""
        return tuple(sorted(self.asides, key=lambda aside: aside.line))

    def all_findings(self) -> tuple[Finding, ...]:
        """Every finding, in the order of the file."""
        return tuple(sorted(self.findings, key=lambda finding: finding.line))
