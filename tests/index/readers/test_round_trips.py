"""Tests that publications in every form of marks and notes are read back as they were printed."""

from __future__ import annotations

import pytest

from tests.helpers.round_trips import FORMS, list_differences


@pytest.mark.parametrize("form", FORMS)
def test_a_form_is_read_back(form: str) -> None:
    numbers = (2 * FORMS.index(form), 2 * FORMS.index(form) + 1)  # one of them in simplified script
    assert [list_differences(number, form) for number in numbers] == [[], []]
