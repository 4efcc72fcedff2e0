from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from index.document import Article, Mark, Paragraph, Passage, Publication, Section
from index.encoder import load_encoder
from index.passages import encoder_text, split

ENCODER = load_encoder()


def publication(
    *paragraphs: str, path: tuple[str, ...] = ("一、甲",), title: str = "題"
) -> Publication:
    section = Section(path, tuple(Paragraph(text) for text in paragraphs))
    return Publication("0123456789ab", "刊", articles=(Article(title, sections=(section,)),))


def squeezed(texts: list[str]) -> str:
    return "".join("".join(texts).split())


def assert_whole(paragraphs: list[str], passages: list[Passage]) -> None:
    assert squeezed([p.text for p in passages]) == squeezed(paragraphs)
    for passage in passages:
        assert passage.text == passage.text.strip() != ""
        at = passage.text.split("\n")[0]
        assert paragraphs[passage.start.paragraph][passage.start.offset :].startswith(at)
        spans = passage.sentences
        assert squeezed([passage.text[a:b] for a, b in spans]) == squeezed([passage.text])
        assert ENCODER.count_tokens(encoder_text(passage)) <= ENCODER.max_tokens


TEXTS = st.one_of(
    st.text(max_size=80),
    st.text("甲乙。！？；「」（） \n.Aa1", max_size=200),
    st.sampled_from(
        ["한국어 ", "🤯", "https://example.org/a?b=c&", "甲乙丙，", "ﷺ", "aGVsbG8", " "]
    ).flatmap(lambda unit: st.integers(0, 900).map(lambda times: unit * times)),
)


@given(st.lists(TEXTS, max_size=5), st.one_of(st.just("題"), TEXTS))
@settings(max_examples=150, deadline=None)
def test_nothing_is_lost_and_everything_fits(paragraphs: list[str], title: str) -> None:
    assert_whole(paragraphs, split(publication(*paragraphs, title=title)))


def test_marks_stay_behind_the_text_that_they_follow() -> None:
    section = Section(
        ("一、甲",),
        (
            Paragraph("甲乙丙。丁戊。" * 60, (Mark(0, "1"), Mark(4, "2"), Mark(420, "3"))),
            Paragraph("己。", (Mark(0, "4"), Mark(2, "5"))),
        ),
        marks=(Mark(2, "6"),),
    )
    article = Article("題", sections=(section,), marks=(Mark(1, "7"),))
    passages = split(Publication("0123456789ab", "刊", articles=(article,)))
    assert [note for p in passages for note in p.notes] == ["7", "6", "1", "2", "3", "4", "5"]
    assert passages[0].marks[:4] == (Mark(0, "7"), Mark(0, "6"), Mark(0, "1"), Mark(4, "2"))
    assert passages[-1].text[: passages[-1].marks[-1].offset].endswith("己。")


def test_ids_depend_on_the_place_and_the_text_only() -> None:
    here = split(publication("甲乙。", path=("一、甲",)))
    there = split(publication("甲乙。", path=("二、乙",)))
    twice = split(publication(*["甲乙。" * 150] * 2))
    assert len(here[0].id) == 16
    assert here[0].id != there[0].id
    assert here == split(publication("甲乙。"))
    assert len({p.id for p in twice}) == len(twice)


def test_an_article_without_text_has_no_passages() -> None:
    assert split(publication()) == []
    assert split(publication("", " \n ")) == []
