"""Write from what a library answers, and check every sentence that is written."""

from __future__ import annotations

from index.text.scripts import Language
from rag.answer.model import Answer
from rag.written.endpoint import Endpoint, complete
from rag.written.model import WrittenAnswer
from rag.written.names import NO_NAMES, LibraryNames
from rag.written.plan import WritingPlan, plan_answer, plan_translation
from rag.written.request import parse_reply
from rag.written.verification import Verifier


def write_answer(
    answer: Answer,
    endpoint: Endpoint,
    verifier: Verifier,
    language: Language | None = None,
    *,
    names: LibraryNames = NO_NAMES,
) -> WrittenAnswer | None:
    """Return an answer that a model wrote, each sentence checked; None where there is none.

    Of an outline it is a plain summary (`Retriever.outline` gives that of any article or issue).
    Nothing is asked for where the library does not answer.

    Args:
        answer: What the library answers.
        endpoint: Where the model is asked.
        verifier: Checks the sentences.
        language: The language to write in; None for that of the question.
        names: Finds the names of the library in what the model is given.

    Raises:
        WritingError: If the model is away or answers nonsense.
    """
    plan = plan_answer(answer, language, names=names, most_characters=endpoint.most_characters)
    return _write(plan, endpoint, verifier)


def translate_quotation(
    answer: Answer,
    endpoint: Endpoint,
    verifier: Verifier,
    language: Language | None = None,
    citation: int = 0,
    *,
    names: LibraryNames = NO_NAMES,
) -> WrittenAnswer | None:
    """Return the quoted sentences of a citation in the other language, checked; None without any.

    A sentence in another language than that has the problem "language". `left_out` of the result
    has the quoted sentences that no supported sentence translates.

    Args:
        answer: What the library answers.
        endpoint: Where the model is asked.
        verifier: Checks the sentences.
        language: The language to translate into; None for the one that the quotation is not in.
        citation: The index of the citation.
        names: Finds the names of the library in the quotation.

    Raises:
        WritingError: If the model is away or answers nonsense.
    """
    plan = plan_translation(
        answer, language, citation, names=names, most_characters=endpoint.most_characters
    )
    return _write(plan, endpoint, verifier)


def _write(
    plan: WritingPlan | None, endpoint: Endpoint, verifier: Verifier
) -> WrittenAnswer | None:
    if plan is None:
        return None
    drafts = parse_reply(complete(endpoint, plan.build_messages()))
    sentences = tuple(plan.check_sentence(draft, verifier.verify) for draft in drafts)
    if not sentences:
        return None
    return WrittenAnswer(endpoint.model, endpoint.host, sentences, plan.evidence, plan.task)
