"""Tests of questions about a publication, which are answered from its metadata."""

from __future__ import annotations

import json

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.document import Author
from index.storage.library import Library
from index.storage.records import Filters
from index.update.update import update_library
from rag.answer.model import Answer, MetadataField
from rag.answer.serialization import from_dict, schema
from rag.answering.statements import build_imprint_statements
from rag.query.metadata_query import parse_metadata_query
from rag.render.bibliography import format_footnote, format_quotation_text
from rag.render.labels import format_statement
from rag.render.markdown import evidence_to_markdown, to_markdown
from rag.render.text import to_text
from rag.retriever import Retriever


@pytest.mark.parametrize(
    ("question", "fields"),
    [
        ("談茶園灌溉的那一篇是誰寫的？", ("author",)),
        ("人工智能竞赛那篇的作者是谁？", ("author",)),
        ("Who is the author of the article on the archive fire?", ("author",)),
        ("談大橋那篇的作者是誰，在哪一個研究所？", ("author", "institute")),
        ("Under which topics is the bridge article filed?", ("topics",)),
        ("On which page does the archive fire article begin?", ("page",)),
        ("這是雙月刊的第幾期？", ("number",)),
        ("When was this issue published?", ("date",)),
        ("出版日期是哪一天？", ("date",)),
        ("What is the publication date?", ("date",)),
        ("這份刊物是由哪個機構發行的？", ("publisher",)),
        ("Who publishes this periodical?", ("publisher",)),
        ("這期的總編輯是誰？", ("imprint",)),
        ("Who is the editor-in-chief?", ("imprint",)),
        ("What is the title of this periodical and its issue number?", ("number", "title")),
        ("哪一篇談夜市的噪音？", ("title",)),
        ("Which article is about a lighthouse pension?", ("title",)),
        ("本期有哪些文章？", ("articles",)),
        ("What articles are in this issue?", ("articles",)),
        ("這一期一共有幾篇文章？", ("articles",)),
        ("What is this issue about?", ("articles",)),
        ("How many articles are in the library?", ("articles",)),
        ("圖書館裡有幾篇文章？", ("articles",)),
        ("Which publications are in the library?", ("publications",)),
        ("這個資料庫有哪些刊物？", ("publications",)),
    ],
)
def test_metadata_fields_are_parsed_from_the_question(
    question: str, fields: tuple[MetadataField, ...]
) -> None:
    metadata_query = parse_metadata_query(question)
    assert metadata_query is not None
    assert metadata_query.fields == fields


@pytest.mark.parametrize(
    "question",
    [
        "作者認為影子通行費為何讓使用者無感？",
        "作者還說了什麼？",
        "報告的出版日期是哪一天？",
        "What is the publication date of the investigation report?",
        "本文作者如何看待第二座潮汐堰？",
        "What does the author argue about the congestion charge?",
        "What did the article's author conclude?",
        "誰發起連署？",
        "哪個機構做了家戶調查？",
        "護理師連署的事是哪家報紙登的？",
        "一年省下兩百多萬電費，這是引自哪篇論文？",
        "Whose article is cited for the view that risks are intertwined?",
        "When was the investigation report published?",
        "What topic did the hearing discuss?",
        "Which article of the treaty requires consultation?",
        "What does Article 4 of the treaty oblige the parties to do?",
        "Which issue did the two sides discuss in Shanghai?",
        "How many people died in the fire?",
        "為什麼報告不追究個人？",
    ],
)
def test_question_about_the_text_is_not_a_metadata_query(question: str) -> None:
    assert parse_metadata_query(question) is None


@pytest.mark.parametrize("question", ["連署書是誰寫的？", "Who wrote the letter of complaint?"])
def test_author_of_another_document_is_not_answered_from_metadata(
    sample_retriever: Retriever, question: str
) -> None:
    assert not any(
        citation.statements for citation in sample_retriever.retrieve(question).citations
    )


@given(st.text(max_size=60))
def test_any_text_is_parsed_as_a_metadata_query_or_none(text: str) -> None:
    metadata_query = parse_metadata_query(text)
    assert metadata_query is None or metadata_query.fields


IMPRINT = "發行人 / 甲乙丙\n總編輯 / 丁戊\n主任編輯 / 己庚辛 執行主編 / 壬癸\n助理編輯 / 子丑、寅卯"


@pytest.mark.parametrize(
    ("question", "holders"),
    [
        ("总编辑是谁", {"總編輯": ("丁戊",)}),
        ("who is the editor in chief", {"總編輯": ("丁戊",)}),
        ("who is the managing editor", {"執行主編": ("壬癸",)}),
        ("助理编辑有哪些人", {"助理編輯": ("子丑", "寅卯")}),
        ("who is the publisher", {"發行人": ("甲乙丙",)}),
        ("who is the typesetter", {}),
    ],
)
def test_imprint_statements_name_the_role_and_its_holders(
    question: str, holders: dict[str, tuple[str, ...]]
) -> None:
    assert {
        statement.label: statement.values
        for statement in build_imprint_statements(IMPRINT, question)
    } == holders
    assert all(
        statement.of_publication for statement in build_imprint_statements(IMPRINT, question)
    )


def stated_values(answer: Answer) -> dict[str, tuple[str, ...]]:
    assert answer.is_answered
    return {statement.field: statement.values for statement in answer.citations[0].statements}


@pytest.mark.parametrize(
    ("question", "field", "value"),
    [
        ("談茶園灌溉的那一篇是誰寫的？", "author", "藍知遠"),
        ("谈茶园灌溉的那一篇是谁写的？", "author", "藍知遠"),
        ("Who wrote the article on tea terraces?", "author", "藍知遠"),
        ("Who is the author of Keeping the Lamp?", "author", "Marian Okell"),
        ("Marian Okell属于哪个机构？", "institute", "Institute of Maritime and Social History"),
        ("Which institute is Shih Jo-Lan affiliated with?", "institute", "文獻與記憶研究所"),
        ("What did Ms Okell write?", "title", "Keeping the Lamp: The Lighthouse Keepers’"),
        ("哪篇文章歸在公共衛生這一類？", "title", "燈下夜市噪音分級管理的實驗"),
        ("第十二期的總編輯是誰？", "imprint", "卜遠舟"),
        ("這是第幾期？", "number", "第 12 期"),
        ("Who publishes this periodical?", "publisher", "財團法人汐望公共事務研究會"),
        ("這本雙月刊掛名的總編輯是誰？", "imprint", "卜遠舟"),
        ("城市生活研究所的作者有哪些人？", "author", "祝以安"),
        ("Which authors are at the Institute of Maritime and Social History?", "author", "Marian"),
        ("第一篇文章是誰寫的？", "author", "溫沛霖"),
        ("最後一篇文章的標題是什麼？", "title", "「礁語之聲」十年"),
        ("What is the second article called?", "title", "雲背鎮檔案館火災"),
        ("Is there anything on tidal power in this issue?", "title", "鯨門潮汐電廠"),
        ("祝以安 文章", "title", "燈下夜市"),
    ],
)
def test_metadata_question_is_answered_from_metadata(
    sample_retriever: Retriever, question: str, field: str, value: str
) -> None:
    assert stated_values(sample_retriever.retrieve(question))[field][0].startswith(value)
    assert stated_values(*sample_retriever.retrieve_many([question]))[field][0].startswith(value)


def test_list_of_articles_does_not_depend_on_k(sample_retriever: Retriever) -> None:
    answer = sample_retriever.retrieve("What articles are in this issue?", k=2)
    assert len(stated_values(answer)["articles"]) == 7
    assert len(answer.citations) == 2


def test_unknown_issue_or_article_gets_no_statement(sample_retriever: Retriever) -> None:
    missing = sample_retriever.retrieve("第 11 期的總編輯是誰？")
    assert not missing.is_answered
    assert to_text(missing, "zh") == "館藏中沒有問題所指的刊物。\n"
    assert from_dict(missing.to_dict()).names_missing_publication
    for question in ("王小明寫了哪篇文章？", "談企鵝的那篇文章是誰寫的？"):
        citations = sample_retriever.retrieve(question).citations
        assert not any(citation.statements for citation in citations)


@pytest.mark.parametrize(
    ("before", "question", "field", "value"),
    [
        ("誰說過鄉愁讓人流淚？", "作者是誰？", "author", "賀蘭汀"),
        ("談大橋那篇的作者是誰？", "他在哪個研究所？", "institute", "財政與交通研究所"),
        ("談大橋那篇的作者是誰？", "那夜市那篇呢？", "author", "祝以安"),
        ("What did Lan-Ting Ho write?", "And Jo-Lan Shih?", "title", "雲背鎮檔案館火災"),
        ("Who wrote the tea article?", "Which topics is it filed under?", "topics", "農業永續"),
    ],
)
def test_metadata_follow_up_concerns_the_article_under_discussion(
    sample_retriever: Retriever, before: str, question: str, field: str, value: str
) -> None:
    answer = sample_retriever.retrieve(question, history=[before])
    assert stated_values(answer)[field][0].startswith(value)


@pytest.mark.parametrize("question", ["Hello!", "謝謝你！", "What can you do?"])
def test_courtesy_is_told_what_can_be_asked(sample_retriever: Retriever, question: str) -> None:
    for answer in (
        sample_retriever.retrieve(question),
        *sample_retriever.retrieve_many([question]),
    ):
        assert (answer.citations, answer.confidence) == ((), 0.0)
        assert to_text(answer, "en").startswith("Ask what the publications say")


def test_filters_restrict_metadata_statements(sample_retriever: Retriever) -> None:
    answer = sample_retriever.retrieve("作者是誰？", filters=Filters(article="夜市"))
    assert stated_values(answer) == {"author": ("祝以安",)}
    listed = sample_retriever.retrieve("有哪些文章？", filters=Filters(topic="水資源"))
    assert stated_values(listed)["title"] == ("青階茶園輪灌制度的重建",)


@pytest.fixture(scope="module")
def two_issues(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    """Two issues of one periodical, and nothing else."""
    folder = tmp_path_factory.mktemp("shelf")
    for number, day, title in ((3, "2024-03-01", "海堤的修築"), (4, "2024-06-01", "山路的養護")):
        front = f"title: 石嶼季刊\nnumber: 第 {number} 期\ndate: {day}\nauthor: 某{number}"
        text = f"---\n{front}\n---\n\n# {title}\n\n這一篇記述{title}。\n"
        (folder / f"{number}.md").write_text(text, encoding="utf-8")
    report = update_library(folder / "library", add=sorted(folder.glob("*.md")))
    assert not report.failed
    return Retriever(Library.open(folder / "library"))


def test_metadata_of_several_publications_are_distinguished(two_issues: Retriever) -> None:
    newest, *others = two_issues.retrieve("這份季刊什麼時候出版？").citations
    assert newest.publication.number == "第 4 期"
    assert newest.statements[0].values == ("2024-06-01",)
    assert {citation.publication.number for citation in others} == {"第 3 期"}
    assert all(citation.statements for citation in others)
    (named,) = two_issues.retrieve("石嶼季刊第 4 期是哪一天出版的？").citations
    assert named.publication.number == "第 4 期"


def test_publications_of_the_library_are_listed(two_issues: Retriever) -> None:
    first, second = two_issues.retrieve("館藏裡有什麼？").citations
    (stated,) = first.statements
    assert stated.values == ("石嶼季刊 第 4 期", "石嶼季刊 第 3 期")
    assert format_statement(first, stated, "en")[:2] == [
        "Publications (2):",
        "1. 石嶼季刊 第 4 期",
    ]
    assert [statement.field for statement in second.statements] == ["title"]


def test_metadata_statement_comes_first_in_every_format(sample_retriever: Retriever) -> None:
    answer = sample_retriever.retrieve("談茶園灌溉的那一篇是誰寫的？")
    assert "▸ 作者：藍知遠（Chih-Yuan Lan）" in to_text(answer, "zh")
    assert "**Author: 藍知遠 (Chih-Yuan Lan)**" in to_markdown(answer, "en")
    first = answer.citations[0]
    assert evidence_to_markdown(first, "en") == "Author: 藍知遠 (Chih-Yuan Lan)"
    assert format_quotation_text(first, "zh").startswith(
        "作者：藍知遠（Chih-Yuan Lan）（藍知遠，〈青階茶園"
    )
    assert first.evidence == ()
    assert Author("藍知遠", "Chih-Yuan Lan") in first.article.authors


def test_footnote_of_a_publication_statement_names_no_article(sample_retriever: Retriever) -> None:
    first = sample_retriever.retrieve("Who is the editor-in-chief?").citations[0]
    assert format_footnote(first, "zh") == "《汐望雙月刊》，第 12 期，2025 年 6 月 30 日。"


def test_statements_survive_json_round_trip(sample_retriever: Retriever) -> None:
    answer = sample_retriever.retrieve("本期有哪些文章？")
    values = json.loads(json.dumps(answer.to_dict()))
    jsonschema.validate(values, schema())
    assert Answer.from_dict(values) == answer
    for citation in values["citations"]:
        del citation["statements"]  # as 0.1 kept them
    assert Answer.from_dict(values).citations[0].statements == ()


@pytest.mark.parametrize("question", ["How many articles are there?", "一共有幾篇文章？"])
def test_articles_of_several_publications_are_counted(two_issues: Retriever, question: str) -> None:
    answer = two_issues.retrieve(question, k=1)
    count, publications = answer.citations[0].statements
    assert (count.field, count.values) == ("article_count", ("2",))
    assert publications.values == ("石嶼季刊 第 4 期 (1)", "石嶼季刊 第 3 期 (1)")
    assert to_text(answer, "en").startswith("Number of articles: 2\nPublications (2):\n1. ")


def test_list_of_publications_shows_no_passage(two_issues: Retriever) -> None:
    answer = two_issues.retrieve("Which publications are there?")
    expected = ["Publications (2):", "1. 石嶼季刊 第 4 期", "2. 石嶼季刊 第 3 期"]
    assert to_text(answer, "en").splitlines() == expected
    assert "石嶼" in to_markdown(answer, "en")
    assert ">" not in to_markdown(answer, "en")


@pytest.mark.parametrize("question", ["What is this publication about?", "這份刊物在談什麼？"])
def test_this_publication_is_that_of_the_answer_before(
    two_issues: Retriever, question: str
) -> None:
    unclear = two_issues.retrieve(question)
    assert unclear.is_answered
    assert unclear.lists_titles
    answer = two_issues.retrieve(question, history=["石嶼季刊第 3 期是哪一天出版的？"])
    assert {citation.publication.number for citation in answer.citations} == {"第 3 期"}
