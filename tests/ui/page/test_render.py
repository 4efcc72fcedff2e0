"""Tests of answers as HTML: text of documents is always escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.document import (
    Article,
    Author,
    Note,
    NoteMark,
    PageRef,
    Paragraph,
    Passage,
    Section,
    Source,
    Span,
    TextPosition,
)
from index.messages import Message
from index.references.model import Reference
from index.storage.records import Counts, Summary
from rag.answer.model import (
    Answer,
    ArticleRef,
    Citation,
    CitedNote,
    Evidence,
    PublicationRef,
)
from rag.render.bibliography import (
    format_footnote,
    format_quotation_markdown,
    format_quotation_text,
    quote_text,
)
from rag.render.rich_text import escape_controls
from rag.render.text import to_text
from rag.works.model import CitedReference, Work
from ui.conversations.model import Judgement, Turn
from ui.conversations.store import ConversationSummary
from ui.page.reading.addresses import format_spans, parse_spans
from ui.page.reading.article import (
    ReadingArticle,
    ReadingView,
    build_reading_article,
    list_cited_works,
)
from ui.page.render import (
    PublicationLine,
    render_conversation,
    render_conversation_list,
    render_template,
    render_welcome,
)

READING = re.compile(r"(?:read|works)\b[\w%.~/-]*(?:\?[\w%&=.~+-]*)?(?:#[\w%.~-]*)?")
OURS = {
    "article": {"class", "id", "aria-labelledby", "data-no-picture"},
    "aside": {"class", "role", "id", "tabindex"},
    "nav": {"class", "aria-label"},
    "h1": {"dir", "lang"},
    "h2": {"class", "id", "dir", "lang"},
    "h3": {"dir", "lang"},
    "h4": {"class", "dir", "lang"},
    "section": {"class", "id", "tabindex", "aria-label"},
    "header": {"class"},
    "p": {"class", "id", "dir", "lang", "role", "data-copied", "hidden"},
    "span": {"class", "dir", "lang", "id", "role", "style", "aria-hidden"},
    "bdi": {"class", "lang"},
    "blockquote": {"lang"},
    "mark": set(),
    "em": set(),
    "sup": {"aria-hidden"},
    "a": {
        "class",
        "href",
        "aria-label",
        "target",
        "rel",
        "dir",
        "lang",
        "aria-current",
        "download",
        "data-form",
        "data-alt",
        "aria-expanded",
    },
    "button": {
        "type",
        "class",
        "aria-label",
        "data-copy",
        "data-close",
        "data-to-passage",
        "data-copy-link",
        "data-rename",
        "data-kind",
        "data-value",
        "dir",
        "lang",
        "data-delete",
        "data-confirm",
        "data-cancel",
        "data-verdict",
        "aria-pressed",
    },
    "details": {"class", "id", "open"},
    "dialog": {"class", "id", "aria-labelledby", "data-passage", "data-mark", "data-current"},
    "summary": set(),
    "ol": {"class"},
    "ul": {"class"},
    "li": {"id", "tabindex", "class", "data-id"},
    "div": {"class", "data-conversation", "role", "aria-label"},
    "form": {
        "class",
        "hidden",
        "method",
        "role",
        "action",
        "data-kind",
        "data-conversation",
        "data-turn",
        "aria-labelledby",
    },
    "fieldset": set(),
    "legend": set(),
    "input": {
        "name",
        "value",
        "maxlength",
        "aria-label",
        "type",
        "data-kind",
        "checked",
        "placeholder",
        "data-search",
        "data-history-search",
        "autocomplete",
        "spellcheck",
    },
    "label": set(),
    "time": {"datetime"},
}
VOID = {"input"}
HOSTILE = (
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "</blockquote></section><b>",
    '" onmouseover="alert(1)',
    "javascript:alert(1)",
    "{{ 7 * 7 }}{% raw %}",
    "[x](javascript:alert(1)) ![](http://example.org/x.png)",
    "$\\href{javascript:alert(1)}{x}$",
    "\u202egnp.exe\u2066",
    "&lt;b&gt; &amp;",
    "a\x00b\x1b[31m",
    "*<b>*",
)
hostile = st.sampled_from(HOSTILE) | st.text(max_size=12)
urls = st.sampled_from(
    [
        'https://example.org/"><script>',
        "javascript:alert(1)",
        "https://example.org/a?b=1&c=2",
        "data:,",
    ]
)


class Seen(HTMLParser):
    """The elements and text that a browser would parse from HTML."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(data)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def assert_only_known_markup(seen: Seen) -> None:
    for tag, attributes in seen.tags:
        assert attributes.keys() <= OURS[tag], (tag, attributes)
        assert re.fullmatch(
            r"flex-basis: \d+\.\d\d%", attributes.get("style") or "flex-basis: 0.00%"
        )
    for attributes in seen.all("a"):
        href = attributes["href"] or ""
        if href.startswith("#"):
            assert unquote(href[1:]) in ids(seen)
        elif href.startswith(("read", "works")):
            assert READING.fullmatch(href)
        elif "target" not in attributes:
            saved = r"conversations/[0-9a-f]*\.(md\?lang=zh|json)"
            exported = r"export/(passages|sources|articles|works)/[a-z0-9-]+(\?[\w%&=.+~-]+)?"
            kept = r"collections|(save|share|export)\?[\w%&=,./+~-]+"
            assert re.fullmatch(rf"\?c=[0-9a-f]*|{saved}|{exported}|{kept}", href)
        else:
            assert href.startswith(("http://", "https://"))
            assert attributes["target"] == "_blank"
            assert attributes["rel"] == "noopener noreferrer"
    assert escape_controls(seen.text) == seen.text
    for attributes in (tag_attributes for _, tag_attributes in seen.tags):
        assert all(escape_controls(value or "") == value for value in attributes.values() if value)
    assert len(ids(seen)) == len(set(ids(seen)))


def ids(seen: Seen) -> list[str]:
    return [attributes["id"] or "" for _, attributes in seen.tags if "id" in attributes]


def note(number: str, text: str, addresses: Iterable[str] = ()) -> CitedNote:
    return CitedNote(number, text, (Source(text, tuple(addresses)),))


@st.composite
def hostile_answers(draw: st.DrawFn) -> Answer:
    notes = draw(
        st.lists(
            st.builds(note, hostile, hostile, st.lists(urls, max_size=2)),
            max_size=3,
            unique_by=lambda cited: cited.number,
        )
    )
    if len(notes) > 1:
        notes[0] = replace(notes[0], resolves_to=notes[1])
    spans = st.builds(Span, st.integers(0, 30), st.integers(0, 30))
    marks = st.builds(
        NoteMark, st.integers(0, 30), st.sampled_from([n.number for n in notes] or ["?"])
    )
    citation = Citation(
        passage_id=draw(hostile),
        publication=PublicationRef(draw(hostile), draw(hostile), draw(hostile), date(2025, 1, 1)),
        article=ArticleRef(
            0, draw(hostile), draw(hostile), (Author(draw(hostile), draw(hostile)),), draw(hostile)
        ),
        section=0,
        path=(draw(hostile), draw(hostile)),
        text=draw(hostile),
        marks=tuple(draw(st.lists(marks, max_size=3))),
        notes=tuple(notes),
        evidence=(
            Evidence(draw(spans)),
            *(Evidence(draw(spans), cited.number) for cited in notes[:1]),
        ),
    )
    return Answer(draw(hostile), (citation, citation), draw(st.sampled_from([0.1, 0.9])), 0.5)


@settings(max_examples=60, deadline=None)
@given(hostile_answers(), st.sampled_from(["en", "zh"]))
def test_rendered_answer_contains_only_known_markup(answer: Answer, language: str) -> None:
    turns = (
        Turn(answer.question, answer),
        Turn(answer.question),
        Turn(answer.question, error=Message(answer.question, answer.question)),
        *(
            Turn("?", answer, judgement=Judgement(verdict, note=answer.question))
            for verdict in ("elsewhere", "wrong")
        ),
    )
    assert_only_known_markup(Seen(render_conversation(turns, "zh" if language == "zh" else "en")))


@pytest.mark.parametrize("text", HOSTILE)
def test_document_text_is_escaped_and_shown_in_full(text: str) -> None:
    citation = Citation("", PublicationRef("", "", text), ArticleRef(0, text), 0, (text,), text)
    seen = Seen(render_conversation((Turn(text, Answer(text, (citation,), 1.0, 0.5)),), "en"))
    shown = escape_controls(text).replace("*", "")
    assert seen.text.replace("*", "").count(shown) == 6  # the heading names its bar too


@given(st.lists(st.builds(PublicationLine, hostile, hostile), max_size=3), hostile)
def test_welcome_escapes_html(holdings: list[PublicationLine], more: str) -> None:
    assert_only_known_markup(Seen(render_welcome(holdings, more, "en")))


TEXT = "甲說明。乙依據*Code*作成。"
FIRST = note("1", "來源，<https://example.org/a>。", ["https://example.org/a"])
ANSWER = Answer(
    "為何？",
    (
        Citation(
            "p",
            PublicationRef("x", "刊", "第 1 期"),
            ArticleRef(0, "題", "Title", (Author("某", "Mou"),)),
            0,
            ("壹、前言",),
            TEXT,
            (NoteMark(4, "1"), NoteMark(len(TEXT), "2"), NoteMark(4, "9")),
            (FIRST, replace(note("2", "同註 1。"), sources=(), resolves_to=FIRST)),
            (Evidence(Span(4, len(TEXT))),),
        ),
    ),
    0.9,
    0.5,
)


def test_copied_source_has_no_asterisks() -> None:
    cited = replace(FIRST, sources=(Source("Mou, *Code*, 1"),))
    answer = replace(ANSWER, citations=(replace(ANSWER.citations[0], notes=(cited,)),))
    assert 'data-copy="Mou, Code, 1"' in render_conversation((Turn("?", answer),), "en")


def test_nested_quotation_has_inner_quotation_marks() -> None:
    assert quote_text("他說「甲『乙』」。") == "「他說『甲「乙」』。」"
    assert quote_text("It’s “a wall” to us.") == "“It’s ‘a wall’ to us.”"


def test_citation_is_rendered_with_emphasis_marks_and_links() -> None:
    html = render_conversation((Turn("為何？", ANSWER),), "zh")
    assert (
        '<p class="answer-text" dir="auto" lang="zh-Hant">「乙依據<em>Code</em>作成。」</p>' in html
    )
    assert "很可能就是答案" in html
    assert "<mark>乙依據<em>Code</em>作成。</mark>" in html
    assert '<sup><a class="note-mark" href="#n1-1-1" aria-label="註 1">1</a></sup>' in html
    assert "<sup>9</sup>" in html  # a mark whose note is missing leads nowhere
    assert (
        html.count('href="https://example.org/a"') == 3
    )  # the note, the one that stands for it, and the list of all sources
    assert "即註 1：" in html
    assert "<details" in html
    assert " open" not in html


def test_notes_are_unfolded_if_they_contain_the_evidence() -> None:
    citation = replace(ANSWER.citations[0], evidence=(Evidence(Span(0, 2), "1"),))
    html = render_conversation((Turn("?", replace(ANSWER, citations=(citation,))),), "en")
    assert "<mark>來源</mark>" in html
    assert " open>" in html
    assert '<span class="in-note">Note 1</span>' in html


def test_missing_answer_is_stated_first_and_nearest_passages_folded() -> None:
    html = render_conversation((Turn("?", replace(ANSWER, confidence=0.1)),), "en")
    message_position, fold = (
        html.index("This is not in the library."),
        html.index('<details class="nearest"'),
    )
    assert message_position < fold < html.index("<blockquote")
    bare = render_conversation((Turn("?", Answer("?", (), 0.0, 0.5)),), "en")
    assert "nearest" not in bare
    assert "There is nothing in this library to search yet." in bare


def test_hint_for_a_question_in_another_language_says_which_are_understood() -> None:
    answer = replace(ANSWER, question="얼마나 발전했습니까?", confidence=0.1)
    html = render_conversation((Turn(answer.question, answer),), "en")
    assert "Questions are understood in Chinese and in English." in html
    assert "understood in Chinese and in English. The nearest" in to_text(answer, "en")


def test_pending_and_failed_questions_have_messages() -> None:
    assert "正在查閱館藏" in render_conversation((Turn("?"),), "zh")
    trouble = render_conversation((Turn("?", error=Message("odd", "怪")),), "zh")
    assert '<p class="error-text" role="alert">怪</p>' in trouble
    assert render_conversation((), "en") == ""


def test_welcome_of_an_empty_library_says_how_to_index() -> None:
    assert "tongzhu index" in render_welcome((), "", "en")


@given(hostile, hostile)
def test_conversation_list_escapes_html(name: str, other: str) -> None:
    summaries = [
        ConversationSummary("ab" * 8, name_in_list, datetime.now(UTC), 2)
        for name_in_list in (name, other)
    ]
    assert_only_known_markup(Seen(render_conversation_list(summaries, "ab" * 8, "zh")))


def build_article(text: str, *more: str, mark: str = "", offset: int = 0) -> ReadingArticle:
    """An article of one section with these paragraphs, opened at the first text."""
    note = Note(
        "1", f"See {more[-1]} https://example.org/a", (Source("x", ("javascript:1",)),), "e"
    )
    paragraphs = tuple(Paragraph(paragraph_text, (NoteMark(1, "1"),)) for paragraph_text in more)
    article = Article(text, text, sections=(Section((text,), paragraphs),), notes=(note,))
    passage = Passage("ab" * 8, "p", 0, 0, TextPosition(0, offset), text, (), (), "")
    publication = Summary("p", text, text, text, None, text, text, "", Counts())
    view = ReadingView(passage, mark, text)
    return build_reading_article(publication, (article, article), 0, view)


def render_article(article: ReadingArticle, name: str = "") -> str:
    """The article as the pane shows it."""
    cited = CitedReference("p", 0, "1", Reference(name))
    works = list_cited_works([Work("ab" * 6, Reference(name), (cited,))])
    values = {"view": article, "name": name, "layout": "reading/pane.html", "works": works}
    return render_template("reading/article.html", "en", is_passage_missing=True, **values)


@settings(max_examples=40, deadline=None)
@given(hostile, hostile, st.text(max_size=9) | st.just("0-4,2-9"))
def test_article_to_read_escapes_html(text: str, other: str, mark: str) -> None:
    article = build_article(text, other, text, mark=mark)
    assert_only_known_markup(Seen(render_article(article, other)))


def test_article_to_read_highlights_the_evidence() -> None:
    html = render_article(build_article("cd\nefg", "abcd", "efghi", "jk", mark="1-5", offset=2))
    assert html.count('class="text cited"') == 2
    assert "<mark>d</mark>" in html
    assert re.search(r"<mark>e.*?f</mark>ghi", html)
    assert 'href="#note-1"' in html


def test_spans_in_an_address_are_formatted_and_parsed() -> None:
    spans = (Span(0, 12), Span(40, 61))
    assert parse_spans(format_spans(spans)) == spans
    assert parse_spans("1-2;3") == ()


def test_footnote_and_quotation_are_formatted() -> None:
    citation = replace(
        ANSWER.citations[0],
        publication=PublicationRef("x", "刊", "第 1 期", date(2025, 5, 2)),
        article=ArticleRef(0, "題", "Title", (Author("某", "Mou"),), page=4),
        page=PageRef(3, "7"),
    )
    zh, en = (
        "某，〈題〉，《刊》，第 1 期，2025 年 5 月 2 日，頁 7",
        "Mou 某, “題 [Title],” 刊 第 1 期 (2 May 2025): 7",
    )
    assert format_footnote(citation, "zh") == zh + "。"
    assert format_footnote(citation, "en") == en + "."
    assert format_quotation_text(citation, "zh") == f"「乙依據Code作成。」（{zh}）"
    assert format_quotation_text(citation, "en") == f"「乙依據Code作成。」 ({en})"
    assert format_quotation_markdown(citation, "en").startswith("> 乙依據*Code*作成。\n>\n> — Mou")


@pytest.mark.parametrize(
    ("page", "zh", "en"),
    [
        (PageRef(3, "xii"), "，頁 xii。", ": xii."),
        (PageRef(3), "，頁 4 起。", ": 4ff."),
        (None, "，頁 4 起。", ": 4ff."),
    ],
)
def test_footnote_marks_the_first_page_of_an_article_as_such(
    page: PageRef | None, zh: str, en: str
) -> None:
    citation = replace(ANSWER.citations[0], article=ArticleRef(0, "題", page=4), page=page)
    assert format_footnote(citation, "zh").endswith(zh)
    assert format_footnote(citation, "en").endswith(en)
    unknown = replace(citation, article=ArticleRef(0, "題"))
    assert format_footnote(unknown, "en").endswith(en if page and page.label else " 期.")
