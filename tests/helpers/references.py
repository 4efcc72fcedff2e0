"""Random references, with the characters that formats of references give a meaning to."""

from __future__ import annotations

from hypothesis import strategies as st

from index.references.model import Person, Reference, ReferenceDate

_LETTERS = "abcXYZéß潮與渡口志ひ가0189"
_PUNCTUATION = " ,.;:-–—&%$#_{}\\~^\"'<>@|/()[]=+*`!?《》〈〉「」“”"


def texts(extra_characters: str = _PUNCTUATION) -> st.SearchStrategy[str]:
    """Return a strategy of one-line texts with a letter and no blanks at their ends."""
    letter, rest = st.sampled_from(_LETTERS), st.text(_LETTERS + extra_characters, max_size=14)
    return st.builds("{}{}{}".format, letter, rest, letter).map(lambda text: " ".join(text.split()))


names = st.sampled_from(
    [
        Person("沈一帆", "沈", "一帆"),
        Person("Voss, K.", "Voss", "K."),
        Person("van der Berg, Ada Maria", "van der Berg", "Ada Maria"),
        Person("Müller & Söhne"),
        Person("Harbour Board"),
        Person("國土測繪中心"),
        Person("McKay, J. R.", "McKay", "J. R."),
        Person("Plato", "Plato"),
    ]
)
people = st.lists(names, max_size=3).map(tuple)
dates = st.one_of(
    st.none(),
    st.builds(ReferenceDate, st.integers(1000, 2100)),
    st.builds(ReferenceDate, st.integers(1000, 2100), st.integers(1, 12)),
    st.builds(ReferenceDate, st.integers(1000, 2100), st.integers(1, 12), st.integers(1, 28)),
)
numbers = st.sampled_from(["", "3", "12", "3-4", "XII"])
words = st.one_of(st.just(""), texts())


@st.composite
def references(draw: st.DrawFn) -> Reference:
    """Draw a reference with a title."""
    title = draw(texts())
    return Reference(
        title,
        type=draw(
            st.sampled_from(
                (
                    "article-journal",
                    "article-newspaper",
                    "book",
                    "chapter",
                    "report",
                    "thesis",
                    "webpage",
                )
            )
        ),
        authors=draw(people),
        translators=draw(people),
        title=title,
        container=draw(words),
        volume=draw(numbers),
        issue=draw(numbers),
        date=draw(dates),
        pages=draw(st.sampled_from(["", "7", "7-12", "iv–ix", "A3"])),
        publisher=draw(words),
        place=draw(words),
        doi=draw(st.sampled_from(["", "10.1000/x_y.1", "10.5/a(1)"])),
        url=draw(st.sampled_from(["", "https://example.org/a_b?c=%20&d=1#e"])),
        language=draw(st.sampled_from(("", "zh", "en"))),
    )


items = st.lists(references(), min_size=1, max_size=4).map(
    lambda drawn: [(f"i{number}", reference) for number, reference in enumerate(drawn)]
)
"""Lists of items with ids."""
