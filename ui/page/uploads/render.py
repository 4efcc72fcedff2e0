"""A change of the library as HTML."""

from __future__ import annotations

from collections.abc import Iterable

from index.document import Finding, FindingKind
from index.messages import Language, Message, MessageCatalogue
from index.readers import SUPPORTED_SUFFIXES
from index.readers.warnings import WARNED_KINDS
from ui.page.render import render_template
from ui.page.uploads.changes import ChangeState
from ui.page.uploads.events import Cancelled, Done, Failed
from ui.service import limits

_MESSAGES = MessageCatalogue("ui", "uploads")
# Findings that need no attention: what they report is repaired.
_REPAIRED_KINDS: frozenset[FindingKind] = frozenset({"joined", "loose-mark"})


def render_change(
    state: ChangeState | None, error_message: Message | None, language: Language
) -> str:
    """Return a change, or why it cannot be asked for, as HTML; "" for neither.

    Args:
        state: The state of the change.
        error_message: Why it cannot be asked for.
        language: The reader's.
    """
    result = state.result if state else None
    return render_template(
        "uploads/change.html",
        language,
        state=state,
        error_message=error_message,
        outcome=describe_outcome(state) if state else None,
        stage=_MESSAGES[f"stage.{state.progress.stage}"] if state else None,
        others=_MESSAGES.count("others_waiting", state.queue_length - 1) if state else None,
        failed=isinstance(result, Failed),
        unchanged=isinstance(result, Failed | Cancelled),
        removed=result.removed if isinstance(result, Done) else (),
        upload_messages=_MESSAGES,
        outline_messages=MessageCatalogue("ui", "outline"),
        repaired_kinds=_REPAIRED_KINDS,
        sort_by_gravity=_sort_by_gravity,
        grave_kinds=WARNED_KINDS,
    )


def _sort_by_gravity(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings with those first that `tongzhu index` prints."""
    order = {kind: place for place, kind in enumerate(WARNED_KINDS)}
    return sorted(findings, key=lambda finding: order.get(finding.kind, len(order)))


def describe_outcome(state: ChangeState) -> Message:
    """Return the stage or the result of a change in one line."""
    match state.result:
        case None:
            return _describe_progress(state)
        case Done() as done if state.is_cancelling and (done.added or done.removed):
            return _MESSAGES["cancelled_late"]
        case Done() as done:
            return _MESSAGES["changed"] if done.added or done.removed else _MESSAGES["unchanged"]
        case Failed() as failed:
            return failed.message
        case Cancelled():
            return _MESSAGES["cancelled"]


def _describe_progress(state: ChangeState) -> Message:
    if state.is_cancelling:
        return _MESSAGES["cancelling"]
    if state.place > 1:
        return _MESSAGES["waiting"].format(place=state.place, length=state.queue_length)
    return _MESSAGES[f"stage.{state.progress.stage}"]


def build_panel_context() -> dict[str, object]:
    """Return the context of `uploads/panel.html`."""
    return {
        "upload_messages": _MESSAGES,
        "kinds": ",".join(SUPPORTED_SUFFIXES),
        "file_bytes": limits.MAX_UPLOAD_BYTES,
        "all_bytes": limits.MAX_TOTAL_UPLOAD_BYTES,
        "most_files": limits.MAX_UPLOADS,
    }
