"""Tests of names of a library: found in sentences, given to the model, known to the check."""

from __future__ import annotations

import json

import pytest

from index.document import Span
from index.encoders.protocol import load_encoder
from index.glossary.gloss import Gloss, StoredGloss
from rag.answer.model import Answer, ArticleRef, Citation, PublicationRef
from rag.written.model import NumberedSentence
from rag.written.names import LibraryNames, list_names
from rag.written.plan import plan_answer
from rag.written.verification import Verifier

TEXT = "謝鋼認為莫迪的處境艱難，MMCAX 不受影響。"
NAMES = LibraryNames(
    StoredGloss(publication, Gloss(forms, kind))
    for publication, kind, forms in (
        ("87", "bracket", ("謝鋼", "Srikanth Kondapalli")),
        ("87", "bracket", ("莫迪", "Narendra Modi")),
        ("87", "title", ("處境艱難", "A Plight")),
        ("87", "bracket", ("海上軍事安全磋商機制", "MMCA")),
        ("88", "bracket", ("莫迪", "Modi Steel")),
        ("", "user", ("處境", "predicament")),
    )
)


def answer_with(*texts: str, publication: str = "87") -> Answer:
    """An answer of one passage for each text, each of another article."""
    citations = tuple(
        Citation(text, PublicationRef(publication, "渡口"), ArticleRef(index, "論"), 0, (), text)
        for index, text in enumerate(texts)
    )
    return Answer("What does Kondapalli say?", citations, confidence=0.9, threshold=0.5)


@pytest.fixture(scope="module")
def answer() -> Answer:
    return answer_with(TEXT)


def test_names_of_the_publication_and_of_the_user_are_found(answer: Answer) -> None:
    plan = plan_answer(answer, names=NAMES)
    assert plan
    (sentence,) = plan.evidence
    assert dict(sentence.names) == {
        "謝鋼": "Srikanth Kondapalli",
        "莫迪": "Narendra Modi",
        "處境": "predicament",
    }


def test_the_model_is_given_names_in_the_language_that_it_writes(answer: Answer) -> None:
    plan = plan_answer(answer, names=NAMES)
    assert plan
    instructions, data = (message["content"] for message in plan.build_messages())
    assert json.loads(data)["names"]["莫迪"] == "Narendra Modi"
    assert "`names`" in instructions
    assert list_names(plan.evidence, in_chinese=True) == {}
    without = plan_answer(answer)
    assert without
    assert "names" not in json.loads(without.build_messages()[1]["content"])


def test_forms_in_both_languages_are_found_whole() -> None:
    glosses = [StoredGloss("87", Gloss(("海上軍事安全磋商機制", "MMCA"), "bracket"))]
    library_names = LibraryNames(glosses)
    for text, names in (
        ("The MMCA met.", (("MMCA", "海上軍事安全磋商機制"),)),
        ("The MMCAX met.", ()),
        ("海上军事安全磋商机制開會。", (("海上軍事安全磋商機制", "MMCA"),)),
    ):
        sentence = NumberedSentence(1, text, 0, Span(0, len(text)))
        (with_names,) = library_names.add_to([sentence], answer_with(text))
        assert with_names.names == names


@pytest.mark.parametrize(("is_known", "missing"), [(True, []), (False, ["Kondapalli"])])
def test_a_name_that_the_library_declares_is_no_fault(
    answer: Answer, is_known: bool, missing: list[str]
) -> None:
    plan = plan_answer(answer, names=NAMES) if is_known else plan_answer(answer)
    assert plan
    verdict = Verifier(load_encoder()).verify(
        "Srikanth Kondapalli thinks that Modi is in a difficult situation.", [1], plan.evidence
    )
    assert [item.detail for item in verdict.problems if item.kind == "name"] == missing
