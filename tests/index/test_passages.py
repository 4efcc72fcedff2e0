from __future__ import annotations

from pathlib import Path
from statistics import mean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.document import (
    Article,
    NoteMark,
    Paragraph,
    ParagraphKind,
    Passage,
    Publication,
    Section,
)
from index.encoders.protocol import load_encoder
from index.passages import build_encoder_input, split_publication
from index.readers import read

ENCODER = load_encoder()


def publication(
    *paragraphs: str, path: tuple[str, ...] = ("一、甲",), title: str = "題"
) -> Publication:
    section = Section(path, tuple(Paragraph(text) for text in paragraphs))
    return Publication("0123456789ab", "刊", articles=(Article(title, sections=(section,)),))


def remove_blanks(texts: list[str]) -> str:
    return "".join("".join(texts).split())


def assert_whole(paragraphs: list[str], passages: list[Passage]) -> None:
    assert remove_blanks([p.text for p in passages]) == remove_blanks(paragraphs)
    for passage in passages:
        assert passage.text == passage.text.strip() != ""
        first_line = passage.text.split("\n")[0]
        assert paragraphs[passage.start.paragraph][passage.start.offset :].startswith(first_line)
        spans = passage.sentences
        assert remove_blanks([passage.text[a:b] for a, b in spans]) == remove_blanks([passage.text])
        assert ENCODER.count_tokens(build_encoder_input(passage)) <= ENCODER.max_tokens


TEXTS = st.one_of(
    st.text(max_size=80),
    st.text("甲乙。！？；「」（） \n.Aa1", max_size=200),
    st.sampled_from(
        ["한국어 ", "🤯", "https://example.org/a?b=c&", "甲乙丙，", "ﷺ", "aGVsbG8", " "]
    ).flatmap(lambda unit: st.integers(0, 900).map(lambda times: unit * times)),
)


@given(st.lists(TEXTS, max_size=5), st.one_of(st.just("題"), TEXTS))
@settings(max_examples=150, deadline=None)
def test_passages_contain_all_text_within_the_encoder_limit(
    paragraphs: list[str], title: str
) -> None:
    assert_whole(paragraphs, split_publication(publication(*paragraphs, title=title)))


def test_marks_keep_their_positions_after_splitting() -> None:
    section = Section(
        ("一、甲",),
        (
            Paragraph(
                "甲乙丙。丁戊。" * 60, (NoteMark(0, "1"), NoteMark(4, "2"), NoteMark(420, "3"))
            ),
            Paragraph("己。", (NoteMark(0, "4"), NoteMark(2, "5"))),
        ),
        marks=(NoteMark(2, "6"),),
    )
    article = Article("題", sections=(section,), marks=(NoteMark(1, "7"),))
    passages = split_publication(Publication("0123456789ab", "刊", articles=(article,)))
    assert [note for p in passages for note in p.note_numbers] == [
        "7",
        "6",
        "1",
        "2",
        "3",
        "4",
        "5",
    ]
    assert passages[0].marks[:4] == (
        NoteMark(0, "7"),
        NoteMark(0, "6"),
        NoteMark(0, "1"),
        NoteMark(4, "2"),
    )
    assert passages[-1].text[: passages[-1].marks[-1].offset].endswith("己。")


def test_passage_ids_depend_on_position_and_text() -> None:
    here = split_publication(publication("甲乙。", path=("一、甲",)))
    there = split_publication(publication("甲乙。", path=("二、乙",)))
    twice = split_publication(publication(*["甲乙。" * 150] * 2))
    assert len(here[0].id) == 16
    assert here[0].id != there[0].id
    assert here == split_publication(publication("甲乙。"))
    assert len({p.id for p in twice}) == len(twice)


def test_article_without_text_has_no_passages() -> None:
    assert split_publication(publication()) == []
    assert split_publication(publication("", " \n ")) == []


class Reader:
    """An encoder with a limit of 40 tokens, one for each character."""

    max_tokens = 40

    def count_tokens(self, text: str) -> int:
        return len(text) + 3


@given(st.lists(TEXTS, max_size=3), st.one_of(st.just("題"), TEXTS))
@settings(max_examples=40, deadline=None)
def test_passages_fit_an_encoder_with_a_small_limit(paragraphs: list[str], title: str) -> None:
    passages = split_publication(publication(*paragraphs, title=title), Reader())
    assert remove_blanks([p.text for p in passages]) == remove_blanks(paragraphs)
    assert all(len(build_encoder_input(p)) <= 37 for p in passages)


@pytest.mark.parametrize("count", [9, 11, 13, 17, 23])
@pytest.mark.parametrize(
    "sentence", ["甲乙丙丁戊己庚辛壬癸。", "This is a sentence of some words. "]
)
def test_long_paragraphs_are_split_evenly_at_sentence_ends(sentence: str, count: int) -> None:
    passages = split_publication(publication(sentence * 5 * count))
    lengths = [len(p.text) for p in passages]
    assert max(lengths) < 2 * min(lengths)
    assert all(p.text.endswith(("。", ".")) for p in passages)


def test_short_paragraphs_are_joined() -> None:
    passages = split_publication(publication(*["甲乙丙丁戊己庚辛壬癸。" * 2] * 10))
    assert len(passages) == 1
    assert passages[0].text.count("\n") == 9


def test_table_is_not_split_from_its_caption() -> None:
    def paragraph(text: str, kind: ParagraphKind = "text") -> Paragraph:
        return Paragraph(text, kind=kind)

    filler = paragraph("甲乙丙丁戊己庚辛壬癸。" * 30)
    table = paragraph("\n".join(["| 甲 | 乙 |"] * 12), "table")
    section = Section(("一、甲",), (filler, paragraph("表 1 甲", "caption"), table, filler))
    passages = split_publication(
        Publication("0" * 12, "刊", articles=(Article("題", sections=(section,)),))
    )
    assert len(passages) > 1
    assert [p for p in passages if "表 1" in p.text] == [p for p in passages if "|" in p.text]
    assert sum("|" in p.text for p in passages) == 1


def test_long_title_is_truncated_in_the_passage_context() -> None:
    (passage,) = split_publication(publication("甲乙。", title="題目很長" * 500))
    assert passage.context.endswith("…")
    assert ENCODER.count_tokens(passage.context) <= 128


def test_real_issue_is_split_without_loss(real_issue: Path) -> None:
    issue = read(real_issue)
    passages = split_publication(issue)
    for number, article in enumerate(issue.articles):
        for index, section in enumerate(article.sections):
            mine = [p for p in passages if (p.article_index, p.section_index) == (number, index)]
            assert_whole([p.text for p in section.paragraphs], mine)
    assert sum(len(p.marks) for p in passages) == 76
    assert len({p.id for p in passages}) == len(passages)
    assert 250 <= mean(len(p.text) for p in passages) <= 420
    assert max(len(p.text) for p in passages) <= 600
