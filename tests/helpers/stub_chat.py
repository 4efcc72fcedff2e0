"""Serves the page over an empty library with canned answers: run with `-m`, and PORT."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

from index.document import Source
from index.errors import QuestionError
from index.messages import Message
from index.storage.records import Counts, Filters, Summary
from rag.answer.model import Answer, ArticleRef, Citation, CitedNote, PublicationRef
from tests.helpers.stub_service import StubLibrary, StubService
from ui.asgi.options import ServerOptions
from ui.cli.paths import get_conversations_path
from ui.conversations.fallback_store import FallbackStore
from ui.conversations.store import ConversationStore
from ui.page.chat_sessions import ChatSessions
from ui.page.server import serve

HOSTILE = (
    "<script>window.owned = 1</script><img src=x onerror='window.owned = 1'>"
    "<svg onload='window.owned = 1'> {{value}} ${window.owned = 1} {{#each x}} @children "
    "$$\\href{javascript:window.owned=1}{x}$$ [x](javascript:window.owned=1) \u202etxt.exe"
)


def retrieve(question: str, history: Sequence[str], filters: Filters) -> Answer:
    if "odd" in question:
        raise QuestionError(Message("That is an odd question.", "這個問題很奇怪。"))
    if "crash" in question:
        raise RuntimeError("the server's secret")
    if "slow" in question:
        time.sleep(1.5)
    if "absent" in question:
        return Answer(question, (), 0.0, 0.5)
    urls = ("javascript:window.owned=1", "https://example.org/safe")
    note = CitedNote(HOSTILE, HOSTILE + urls[1], (Source(HOSTILE, urls),))
    citation = Citation(
        "0" * 16,
        PublicationRef("0" * 12, HOSTILE, HOSTILE),
        ArticleRef(0, HOSTILE, HOSTILE),
        0,
        (HOSTILE,),
        HOSTILE,
        (),
        (note,),
    )
    return Answer(question, (citation,), 1.0, 0.5)


PUBLICATIONS = tuple(
    Summary(
        f"{index:012}", HOSTILE, "", f"no. {index}", None, "", "", "", Counts(0, 0, 0, 0, 0, 0, 0)
    )
    for index in range(120)
)

if __name__ == "__main__":
    service = StubService(retrieve, StubLibrary(PUBLICATIONS, authors=(HOSTILE,)))
    # The panel lists many publications, although the library is empty.
    service.catalogue.search("")
    service.catalogue.publications = ()
    store = FallbackStore(ConversationStore.open(get_conversations_path()))
    sessions = ChatSessions(service, store)  # type: ignore[arg-type]
    serve(sessions, ServerOptions(port=int(sys.argv[1])), lambda _: None)
