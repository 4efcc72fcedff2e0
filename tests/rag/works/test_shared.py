"""Tests of what an answer says of works that several of its passages rest on."""

from __future__ import annotations

from dataclasses import replace

from index.document import Source
from rag.answer.model import Answer, ArticleRef, Citation, CitedNote, PublicationRef
from rag.answer.serialization import from_dict, to_dict
from rag.render.markdown import to_markdown
from rag.render.text import to_text
from rag.works.shared import collect_answer_works, find_shared_works

FULL = Source("周一葦，《渡口志》（臺北：江海出版社，2010），頁45")
SHORT = Source("周一苇：《渡口志》，江海出版社2010年版，第50页")
OTHER = Source("鄭望，〈冰上運輸〉，《北方史學》，第8期，1999年6月，頁9")


def cite(*notes: CitedNote) -> Citation:
    article = ArticleRef(0, "論渡口")
    return Citation("x", PublicationRef("p", "渡口"), article, 0, (), "渡輪停航。", notes=notes)


ANSWER = Answer(
    "渡輪？",
    (
        cite(CitedNote("1", FULL.text, (FULL,))),
        cite(CitedNote("4", OTHER.text, (OTHER,))),
        cite(CitedNote("7", "同註 2", resolves_to=CitedNote("2", SHORT.text, (SHORT,)))),
    ),
    confidence=0.9,
    threshold=0.5,
)


def test_a_work_that_two_passages_rest_on_is_named() -> None:
    (shared,) = find_shared_works(ANSWER.citations)
    assert shared.reference.title == "渡口志"
    assert shared.citations == (0, 2)
    line = "第 1、3 段依據同一著作：周一葦，《渡口志》（臺北：江海出版社，2010）。"
    assert to_text(ANSWER, "zh").splitlines()[-1] == line
    assert line in to_markdown(ANSWER, "zh")
    assert "Passages 1 and 3 rest on one work: 周一葦, 渡口志" in to_text(ANSWER, "en")
    (value,) = to_dict(ANSWER)["shared_works"]
    assert (value["item"]["title"], value["citations"]) == ("渡口志", [0, 2])
    assert from_dict(to_dict(ANSWER)) == ANSWER


def test_an_answer_of_one_passage_or_none_names_no_work() -> None:
    assert find_shared_works(ANSWER.citations[:2]) == ()
    refused = replace(ANSWER, confidence=0.1)
    assert "依據同一著作" not in to_text(refused, "zh")


def test_the_works_of_an_answer_are_in_order() -> None:
    works = collect_answer_works(ANSWER.citations)
    assert [work.reference.title for work in works] == ["渡口志", "冰上運輸"]
