"""Tests of texts of Project Gutenberg: what the archive prints around them is no text."""

from __future__ import annotations

from tests.helpers.note_texts import list_texts, read_text

_HEADER = "The Project Gutenberg EBook of The Salt Roads\n\nTitle: The Salt Roads\n\
       A History\n\nAuthor: Ada Okell\n\n"
_START = "*** START OF THIS PROJECT GUTENBERG EBOOK THE SALT ROADS ***\n\n\n"
_CREDITS = "Produced by Ina Voss and the\nProofreading Team.\n\n\n"
_TEXT = "THE SALT ROADS\n\nCHAPTER I\n\nThe road was old.[1]\n\n[1] So Hale.\n\n"
_LICENCE = "*** END OF THIS PROJECT GUTENBERG EBOOK THE SALT ROADS ***\n\n1.A. You agree.\n"


def test_the_frame_is_set_aside_and_gives_the_title() -> None:
    last_line = "End of the Project Gutenberg EBook of The Salt Roads, by Ada Okell\n\n"
    publication = read_text(_HEADER + _START + _CREDITS + _TEXT + last_line + _LICENCE)
    (article,) = publication.articles
    assert publication.title == "The Salt Roads A History"
    assert list_texts(article) == ["The road was old."]
    assert [author.name for author in article.authors] == ["Ada Okell"]
    furniture = {item.text for item in publication.set_aside if item.reason == "furniture"}
    assert {"Proofreading Team.", "1.A. You agree."} <= furniture


def test_a_text_without_an_end_or_credits_is_kept() -> None:
    publication = read_text(_START + _TEXT)
    assert list_texts(publication.articles[0]) == ["The road was old."]


def test_an_end_without_a_start_sets_nothing_aside() -> None:
    assert "The road was old." in list_texts(read_text(_TEXT + _LICENCE).articles[0])
