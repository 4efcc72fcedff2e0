"""An article to be read: its sections with their notes, pages and works, opened at a passage."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice

from index.document import (
    Article,
    NoteMark,
    PageRegion,
    Paragraph,
    ParagraphKind,
    Passage,
    Section,
    Span,
)
from index.storage.records import Summary
from rag.answer.build import build_article_ref, build_cited_note
from rag.answer.model import ArticleRef, CitedNote
from rag.render.rich_text import TextRun, split_paragraphs
from rag.works.model import Work
from ui.page.reading.addresses import (
    format_note_anchor,
    format_page_address,
    format_sentence_picture_address,
    parse_spans,
)
from ui.page.reading.find import FoundPlace, compile_words, describe_places, find_spans

_SAMPLE_RUNS = 20  # pieces of text that tell the language of an article
_PAGE_KEY = "\n"  # begins the mark of a page, as no number of a note does


@dataclass(frozen=True, slots=True)
class PageMark:
    """The place where a page of the file begins.

    Attributes:
        index: The index of the page, counted from 1.
        label: Its printed number, or "".
        picture_address: The address of its picture; "" where the file is no PDF.
    """

    index: int
    label: str
    picture_address: str


ReadingRun = TextRun | PageMark


@dataclass(frozen=True, slots=True)
class ReadingBlock:
    """A paragraph.

    Attributes:
        anchor: Its id in the page.
        runs: Its text; paragraphs of several lines have a line feed between them.
        kind: What it is.
        notes: The notes whose first marks stand in it.
        is_cited: Whether it contains a part of the passage that the article is opened at.
    """

    anchor: str
    runs: tuple[ReadingRun, ...]
    kind: ParagraphKind
    notes: tuple[CitedNote, ...]
    is_cited: bool = False


@dataclass(frozen=True, slots=True)
class ReadingSection:
    """A section: its heading as runs, its depth from 1, the heading's notes, and paragraphs."""

    anchor: str
    heading: str
    runs: tuple[ReadingRun, ...]
    depth: int
    notes: tuple[CitedNote, ...]
    blocks: tuple[ReadingBlock, ...]


@dataclass(frozen=True, slots=True)
class CitedWork:
    """A work that the article's notes cite, with the numbers of those notes."""

    work: Work
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadingArticle:
    """An article to be read.

    Attributes:
        publication: Its publication.
        article: What it is.
        title: The title as runs.
        title_notes: The notes whose marks stand in the title.
        sections: Its text.
        notes: All its notes.
        unmarked: Those without a mark in the text.
        note_places: The id of the paragraph or heading with the first mark of each note.
        preceding: The article before it in the publication.
        following: The one after it.
        passage_id: The passage that it is opened at, or "".
        picture_address: The address of the picture of the passage's printed page, or "".
        picture_anchor: The id of the paragraph that it is shown under.
        words: What is looked for in it, or "".
        places: Where that was found.
    """

    publication: Summary
    article: ArticleRef
    title: tuple[ReadingRun, ...]
    title_notes: tuple[CitedNote, ...]
    sections: tuple[ReadingSection, ...]
    notes: tuple[CitedNote, ...]
    unmarked: tuple[CitedNote, ...]
    note_places: Mapping[str, str]
    preceding: ArticleRef | None
    following: ArticleRef | None
    passage_id: str = ""
    picture_address: str = ""
    picture_anchor: str = ""
    words: str = ""
    places: tuple[FoundPlace, ...] = ()

    @property
    def note_anchors(self) -> dict[str, str]:
        """The ids of all notes by their numbers."""
        return {note.number: format_note_anchor(note.number) for note in self.notes}

    @property
    def text_start(self) -> str:
        """The beginning of its text, by which its language is told."""
        texts = (
            run.text
            for section in self.sections
            for block in section.blocks
            for run in block.runs
            if isinstance(run, TextRun)
        )
        return "".join(islice(texts, _SAMPLE_RUNS))


@dataclass(frozen=True, slots=True)
class ReadingView:
    """How an article is opened.

    Attributes:
        passage: The passage that it is opened at; None for its beginning.
        spans_text: The spans to mark in the passage, as `format_spans` writes them; anything else
            marks nothing.
        words: Words to find.
    """

    passage: Passage | None = None
    spans_text: str = ""
    words: str = ""


def build_reading_article(
    publication: Summary,
    articles: Sequence[Article],
    article_index: int,
    view: ReadingView,
) -> ReadingArticle:
    """Return an article to be read.

    Args:
        publication: Its publication.
        articles: All articles of the publication.
        article_index: Its index.
        view: How it is opened.
    """
    article = articles[article_index]
    notes = tuple(build_cited_note(article, note.number) for note in article.notes)
    builder = _Builder(
        publication.id,
        {note.number: note for note in notes},
        compile_words(view.words),
        view.passage,
    )
    title_notes = builder.take_notes(article.marks, "content")
    sections = tuple(
        builder.build_section(section, index, view.spans_text)
        for index, section in enumerate(article.sections)
    )
    places_in_notes = [
        place
        for note in article.notes
        for place in describe_places(format_note_anchor(note.number), note.text, builder.pattern)
    ]
    return ReadingArticle(
        publication=publication,
        article=build_article_ref(article_index, article),
        title=_build_runs(article.title, article.marks),
        title_notes=title_notes,
        sections=sections,
        notes=notes,
        unmarked=tuple(builder.pending.values()),
        note_places=builder.note_places,
        preceding=_find_article(articles, article_index - 1),
        following=_find_article(articles, article_index + 1),
        passage_id=view.passage.id if view.passage else "",
        picture_address=_format_picture_address(article, view),
        picture_anchor=_find_picture_anchor(sections),
        words=" ".join(view.words.split()),
        places=(*builder.places, *places_in_notes),
    )


def list_cited_works(works: Iterable[Work]) -> tuple[CitedWork, ...]:
    """Return the works of an article with the numbers of the notes that cite them."""
    return tuple(
        CitedWork(work, tuple(dict.fromkeys(item.note for item in work.citations)))
        for work in works
    )


def _format_picture_address(article: Article, view: ReadingView) -> str:
    """Return the address of the picture of a passage's printed page; "" where there is none."""
    passage = view.passage
    if passage is None:
        return ""
    paragraphs = article.sections[passage.section_index].paragraphs
    if not any(region.box for paragraph in paragraphs for region in paragraph.regions):
        return ""
    return format_sentence_picture_address(passage.id, view.spans_text)


def _find_picture_anchor(sections: Iterable[ReadingSection]) -> str:
    """Return the id of the cited paragraph with the sentence that is marked, else of the first."""
    cited = [block for section in sections for block in section.blocks if block.is_cited]
    marked = (
        block
        for block in cited
        if any(isinstance(run, TextRun) and run.evidence for run in block.runs)
    )
    chosen = next(marked, cited[0] if cited else None)
    return chosen.anchor if chosen else ""


def _find_article(articles: Sequence[Article], index: int) -> ArticleRef | None:
    return build_article_ref(index, articles[index]) if 0 <= index < len(articles) else None


@dataclass(slots=True)
class _Builder:
    """Builds the sections of an article in reading order.

    Attributes:
        publication_id: The publication of the article.
        pending: The notes whose marks were not met yet, by number.
        pattern: What to find.
        passage: The passage that the article is opened at.
        page: The index of the last page that began.
        block_count: The number of paragraphs so far.
        places: Where the pattern was found so far.
        note_places: The id of what has the first mark of each note so far.
    """

    publication_id: str
    pending: dict[str, CitedNote]
    pattern: re.Pattern[str] | None
    passage: Passage | None
    page: int = 0
    block_count: int = 0
    places: list[FoundPlace] = field(default_factory=list)
    note_places: dict[str, str] = field(default_factory=dict)

    def build_section(self, section: Section, index: int, spans_text: str) -> ReadingSection:
        passage = self.passage if self.passage and self.passage.section_index == index else None
        start, end, evidence = _locate_passage(section, passage, spans_text)
        pages = self._take_pages(section.regions)
        anchor = f"section-{index + 1}"
        heading_notes = self.take_notes(section.marks, anchor)
        blocks = []
        offset = 0  # in the section's text, where one newline separates paragraphs
        for paragraph in section.paragraphs:
            end_offset = offset + len(paragraph.text)
            spans = [Span(span.start - offset, span.end - offset) for span in evidence]
            blocks.append(self._build_block(paragraph, spans, start < end_offset and offset < end))
            offset = end_offset + 1
        runs = _build_runs(section.heading, section.marks, pages=pages)
        return ReadingSection(
            anchor,
            section.heading,
            runs,
            max(1, len(section.path)),
            heading_notes,
            tuple(blocks),
        )

    def take_notes(self, marks: Sequence[NoteMark], anchor: str) -> tuple[CitedNote, ...]:
        """Return the notes of marks that were not met before."""
        numbers = [
            number
            for number in dict.fromkeys(mark.note for mark in marks)
            if number in self.pending
        ]
        self.note_places.update(dict.fromkeys(numbers, anchor))
        return tuple(self.pending.pop(number) for number in numbers)

    def _build_block(
        self, paragraph: Paragraph, evidence: Sequence[Span], is_cited: bool
    ) -> ReadingBlock:
        self.block_count += 1
        anchor = f"p{self.block_count}"
        self.places += describe_places(anchor, paragraph.text, self.pattern)
        spans = [*evidence, *find_spans(paragraph.text, self.pattern)]
        runs = _build_runs(
            paragraph.text, paragraph.marks, spans, self._take_pages(paragraph.regions)
        )
        notes = self.take_notes(paragraph.marks, anchor)
        return ReadingBlock(anchor, runs, paragraph.kind, notes, is_cited)

    def _take_pages(self, regions: Sequence[PageRegion]) -> list[tuple[int, PageMark]]:
        """Return the marks of the pages that begin in a text, with their offsets."""
        begun = []
        for index, on_page in groupby(regions, key=lambda region: region.page):
            if index > self.page:
                self.page = index
                region = next(on_page)
                address = format_page_address(self.publication_id, index) if region.box else ""
                begun.append((region.offset, PageMark(index, region.label, address)))
        return begun


def _build_runs(
    text: str,
    marks: Sequence[NoteMark],
    spans: Sequence[Span] = (),
    pages: Sequence[tuple[int, PageMark]] = (),
) -> tuple[ReadingRun, ...]:
    page_marks = {f"{_PAGE_KEY}{mark.index}": mark for _, mark in pages}
    positions = (NoteMark(offset, f"{_PAGE_KEY}{mark.index}") for offset, mark in pages)
    lines = split_paragraphs(text, (*positions, *marks), spans)
    runs = [run for line in lines for run in (*line, TextRun("\n"))][:-1]
    return tuple(page_marks.get(run.note or "", run) for run in runs)


def _locate_passage(
    section: Section, passage: Passage | None, spans_text: str
) -> tuple[int, int, list[Span]]:
    """Return where a passage begins and ends in its section's text, and the spans to mark."""
    if passage is None:
        return 0, 0, []
    preceding = section.paragraphs[: passage.start.paragraph]
    start = sum(len(paragraph.text) + 1 for paragraph in preceding) + passage.start.offset
    length = len(passage.text)
    spans = (
        Span(min(span.start, length), min(span.end, length)) for span in parse_spans(spans_text)
    )
    return start, start + length, [Span(start + span.start, start + span.end) for span in spans]
