"""A change of the library as HTML, with nothing of any web framework in it."""

from __future__ import annotations

from index.document import Message
from index.readers import KINDS
from ui.messages import cli
from ui.messages import uploads as words
from ui.messages.cli import Language
from ui.page.render import rendered
from ui.page.uploads.changes import State
from ui.page.uploads.events import Done, Failed, Stopped
from ui.service import limits


def change_html(state: State | None, trouble: Message | None, language: Language) -> str:
    """A change as the panel shows it, or what is wrong with asking for one; "" for neither.

    Args:
        state: How far the change is.
        trouble: What is wrong.
        language: The reader's.
    """
    end = state.end if state else None
    return rendered(
        "uploads/change.html",
        language,
        state=state,
        trouble=trouble,
        outcome=outcome(state) if state else None,
        failed=isinstance(end, Failed),
        unchanged=isinstance(end, Failed | Stopped),
        removed=end.removed if isinstance(end, Done) else (),
        change_words=words,
        lines=cli,
    )


def outcome(state: State) -> Message:
    """Where a change is, or what came of it, in a line."""
    match state.end:
        case None:
            return words.CANCELLING if state.cancelling else words.STAGES[state.going.stage]
        case Done() as done:
            return words.CHANGED if done.added or done.removed else words.UNCHANGED
        case Failed() as failed:
            return failed.message
        case Stopped() as stopped:
            return words.CANCELLED_LATE if stopped.late else words.CANCELLED


def panel_words() -> dict[str, object]:
    """What the library's panel shows of the way to change it, where that is open."""
    return {
        "change_words": words,
        "kinds": ",".join(KINDS),
        "file_bytes": limits.UPLOAD,
        "all_bytes": limits.UPLOADED,
        "most_files": limits.UPLOADS,
    }
