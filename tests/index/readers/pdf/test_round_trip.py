"""Random publications, typeset as PDF and read back: the same text, notes and marks in place."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.errors import ReadError
from index.readers.accounting import audit_characters
from index.readers.pdf import read
from tests.helpers.format_round_trips import list_parts
from tests.helpers.generator import Generator, Shape
from tests.helpers.typesetting import typeset_pdf

SHAPES = st.builds(
    Shape,
    seed=st.integers(0, 400),
    articles=st.integers(1, 2),
    sections=st.integers(1, 3),
    notes=st.integers(1, 9),
    levels=st.integers(1, 3),
    english=st.booleans(),
    repeated=st.booleans(),
    explaining=st.booleans(),
)


@pytest.mark.usefixtures("chinese_font")
@settings(
    max_examples=15, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
@given(SHAPES, st.sampled_from((1, 2)), st.booleans(), st.booleans())
def test_typeset_publication_is_read_back_equal(
    shape: Shape, columns: int, per_page: bool, tags: bool
) -> None:
    publication = Generator(shape).publication()
    data = typeset_pdf(publication, columns=columns, per_page=per_page, tags=tags)
    reading, text = read(data, Path("typeset.pdf"))
    assert list_parts(reading, printed=True) == list_parts(publication, printed=True)
    assert audit_characters(text, reading).is_balanced


def test_damaged_file_is_refused_in_one_line() -> None:
    with pytest.raises(ReadError) as error:
        read(b"%PDF-1.7\nnothing more", Path("damaged.pdf"))
    assert "damaged.pdf" in str(error.value)
    assert "\n" not in str(error.value)
