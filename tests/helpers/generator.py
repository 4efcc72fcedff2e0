"""Random publications: models of every shape that the reader of paged text should know.

A model is the `Publication` that reading should give back, made without any of the reader's code
but its id. `Shape` says what may occur in it; hypothesis draws shapes and seeds, so that a failing
example shrinks to the fewest features. `printer.py` prints models as paged text.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, fields

from hypothesis import strategies as st

from index.document import Article, Author, Note, NoteMark, Paragraph, Publication, Section, Source
from index.readers.publication_id import compute_publication_id
from tests.helpers.citation_styles import (
    HAN_STYLES,
    LATIN_STYLES,
    NUMBER_FORMS,
    POINTER_FORMS,
    PREVIOUS_FORMS,
)
from tests.helpers.mark_places import mark_places, sort_marks
from tests.helpers.note_forms import (
    CERTAIN_FORMS,
    LIST_FORMS,
    MARK_FORMS,
    PLAIN_FORMS,
    SEQUENCES,
    SIGN_FORMS,
    SUPERSCRIPT_FORMS,
    find_placeholder,
)
from tests.helpers.vocabulary import (
    CAPITALS,
    CHINESE_FORMS,
    DATES,
    ENGLISH_FORMS,
    FIRST,
    GIVEN,
    HAN,
    SURNAMES,
    WORDS,
)

PLACEMENTS = ("foot", "chapter", "end")  # of each page, chapter or article
UNNUMBERED = ("前言", "結論", "Introduction", "Conclusion")


@dataclass(frozen=True)
class Shape:
    """What may occur in a model and on its pages; every feature that is off makes it plainer."""

    seed: int = 0
    articles: int = 1
    sections: int = 1
    notes: int = 0
    levels: int = 1
    contents: bool = False
    contents_translated: bool = False
    english: bool = False
    several_authors: bool = False
    unnumbered: bool = False
    repeated: bool = False  # 同註, Ibid. and the like
    explaining: bool = False
    long_notes: bool = False  # notes of several paragraphs
    powers: bool = False  # 10³ and m², which are no marks
    imprint: bool = False
    cut: bool = False  # pages cut paragraphs
    run_on: bool = False  # pages cut notes
    form_feeds: bool = False
    furniture: bool = False  # running heads and page numbers
    loose: bool = False  # marks that came loose
    stray: bool = False  # spaces behind marks
    wrapped: bool = False  # lines broken inside blocks
    tables: bool = False
    form: str = "superscript"  # of marks and notes, of `MARK_FORMS`
    starred: bool = False  # a note on the author
    tight: bool = False  # no blank line under headings, several elsewhere
    styles: bool = False  # sources in all styles of citation, in notes that no page cuts
    other_form: str = ""  # that of every other article, where it is another
    placement: str = "foot"  # of the notes, of `PLACEMENTS`
    restarts: bool = False  # numbers begin anew on each page
    repeats: bool = False  # one note is marked many times
    lists: bool = False  # several notes have one mark, [1,3] or [3-4]
    packed: bool = False  # no blank lines between the notes of a page
    indented: bool = False  # paragraphs of the body begin with blanks
    indented_notes: bool = False  # notes begin with blanks

    def form_of(self, index: int) -> str:
        """The form of the notes of an article."""
        return self.other_form if self.other_form and index % 2 else self.form

    @property
    def has_own_labels(self) -> bool:
        """Whether labels are other than the numbers of the notes in their article."""
        forms = filter(None, (self.form, self.other_form))
        has_sequence = any(find_placeholder(MARK_FORMS[form][0]) in SEQUENCES for form in forms)
        return self.restarts or self.placement == "chapter" or has_sequence


def shapes() -> st.SearchStrategy[Shape]:
    """Shapes of all sizes; flags shrink to off, sizes to the least."""
    flags = {f.name: st.booleans() for f in fields(Shape) if f.type == "bool"}
    return st.builds(
        Shape,
        seed=st.integers(0, 2**32 - 1),
        articles=st.integers(1, 4),
        sections=st.integers(1, 5),
        notes=st.integers(0, 12),
        levels=st.integers(1, 5),
        form=st.sampled_from(("superscript", *sorted(CERTAIN_FORMS))),
        placement=st.sampled_from(PLACEMENTS),
        **flags,
    )


class Generator:
    """Makes a model of one shape."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.random = random.Random(shape.seed)
        self._slug = 0
        self._form = shape.form  # of the article

    def publication(self) -> Publication:
        title = self.han(2, 6) + self.random.choice(("雙週報", "季刊", "月刊"))
        number = self.random.choice(("第 87 期", "第８７期", "第五卷第二期", "No. 12"))
        printed, day = self.random.choice(DATES)
        shape = self.shape
        articles = tuple(self.article(index) for index in range(shape.articles))
        imprint = ""
        if shape.imprint:
            imprint = f"發行人 / {self.name()}\n總編輯：{self.name()} 執行主編 / {self.name()}"
        return Publication(
            id=compute_publication_id(title, number, day, (article.title for article in articles)),
            title=title,
            number=number,
            date=day,
            date_printed=printed,
            publisher=f"財團法人{self.han(2, 5)}基金會",
            publisher_translated=f"{self.capital()} Institute for Public Affairs",
            articles=articles,
            imprint=imprint,
        )

    # Words

    def han(self, least: int, most: int) -> str:
        return "".join(self.random.choices(HAN, k=self.random.randint(least, most)))

    def words(self, least: int, most: int) -> str:
        return " ".join(self.random.choices(WORDS, k=self.random.randint(least, most)))

    def capital(self) -> str:
        return self.random.choice(CAPITALS)

    def name(self) -> str:
        return self.random.choice(SURNAMES) + "".join(self.random.sample(GIVEN, 2))

    def latin_name(self) -> str:
        return f"{self.random.choice(FIRST)} {self.capital()}"

    def url(self) -> str:
        self._slug += 1
        return f"https://example.org/{self.random.choice(WORDS)}/{self._slug}"

    def sentence(self, english: bool) -> str:
        """A sentence that ends, and that nothing but a sentence begins like."""
        if english:
            text = f"The {self.words(4, 12)}, {self.words(2, 9)}"
            if self.random.random() < 0.3:
                text += f" ({self.capital()} {self.words(1, 3)})"
            if self.shape.powers and self.random.random() < 0.3:
                text += self.random.choice((" of 40 km²", " of 5 × 10³ barrels", " of 12 m² each"))
            return text + self.random.choice((".", ".", ".", "?", "!"))
        text = self.han(6, 20)
        for _ in range(self.random.randint(0, 3)):
            text += "，" + self.han(4, 16)
        extras = [
            f"「{self.han(3, 8)}」",
            f"（{self.capital()} {self.words(1, 2)}, {self.capital()[:3].upper()}）",
            f"《{self.han(4, 8)}》" + self.han(2, 6),
            " 2024 年 " + self.han(2, 6),
            f"，「{self.han(5, 9)}。{self.han(5, 9)}，{self.han(6, 9)}」",
        ]
        if self.shape.powers:
            extras += ["共 5 × 10³ 噸", "達 40 km²", "各 12 m² 左右"]
        if self.random.random() < 0.6:
            text += self.random.choice(extras)
        if self.random.random() < 0.1:
            text = f"{self.capital()[:4].upper()} {text}"
        return text + self.random.choice(("。", "。", "。", "！", "？"))

    def sentences(self, english: bool, least: int, most: int) -> str:
        several = [self.sentence(english) for _ in range(self.random.randint(least, most))]
        return (" " if english else "").join(several)

    # Articles

    def article(self, index: int) -> Article:
        shape, rnd = self.shape, self.random
        english = shape.english and rnd.random() < 0.5
        self._form = shape.form_of(index)
        notes = self.notes(english, rnd.randint(0, shape.notes) if index else shape.notes)
        sections = self.placed(self.sections(english), notes)
        is_starred = shape.starred and self._form not in SIGN_FORMS
        if is_starred:
            about = self.sentence(english)
            notes.insert(0, Note("*", about, explanation=about))
        title = (
            f"The {self.words(2, 4).title()}: {self.words(3, 7).title()}"
            if english
            else self.han(9, 26)
        )
        translated = ""
        if shape.contents and shape.contents_translated:
            other = self.han(9, 20) if english else f"On {self.words(4, 9).title()}"
            translated = "" if english and rnd.random() < 0.5 else other
        count = rnd.randint(1, 3) if shape.several_authors else 1
        authors = []
        for _ in range(count):
            name = self.latin_name() if english else self.name()
            romanised = "" if english or not translated else self.latin_name()
            authors.append(Author(name, romanised))
        institute = (
            f"Institute of {self.capital()} Studies" if english else self.han(3, 6) + "研究所"
        )
        topics = tuple(self.han(2, 5) for _ in range(rnd.randint(1, 3)))
        return Article(
            title=title,
            title_translated=translated,
            authors=tuple(authors),
            institute=institute,
            topics=topics,
            sections=tuple(sections),
            notes=tuple(notes),
            marks=(NoteMark(len(title), "*"),) if is_starred else (),
            page=1 + 6 * index if shape.contents else None,
        )

    def sections(self, english: bool) -> list[Section]:
        shape, rnd = self.shape, self.random
        sections: list[Section] = []
        if rnd.random() < 0.3:
            sections.append(Section((), self.paragraphs(english)))
        forms = ENGLISH_FORMS if english else rnd.choice((CHINESE_FORMS, CHINESE_FORMS[1:]))
        forms = forms[: shape.levels]
        counters = [0] * len(forms)
        path: list[str] = []
        for number in range(shape.sections):
            # Under a heading without number nothing nests: its level would show nowhere.
            deepest = 0 if path and path[0] in UNNUMBERED else min(len(path), len(forms) - 1)
            level = rnd.randint(0, deepest) if number else 0
            counters[level] += 1
            counters[level + 1 :] = [0] * (len(counters) - level - 1)
            if counters[level] > 9:
                break
            first_unnumbered = shape.unnumbered and level == 0 and number == 0
            if first_unnumbered:
                counters[0] = 0
                heading = "Introduction" if english else "前言"
            else:
                name = self.words(2, 5).capitalize() if english else self.han(3, 12)
                heading = forms[level](counters[level]) + name
            path = [*path[:level], heading]
            sections.append(Section(tuple(path), self.paragraphs(english)))
        if shape.unnumbered and sections[-1].path[0] not in UNNUMBERED:
            sections.append(
                Section(("Conclusion" if english else "結論",), self.paragraphs(english))
            )
        return sections

    def paragraphs(self, english: bool) -> tuple[Paragraph, ...]:
        paragraphs = [
            Paragraph(self.sentences(english, 1, 5)) for _ in range(self.random.randint(1, 3))
        ]
        if self.shape.tables and self.random.random() < 0.3:
            number = self.random.randint(1, 9)
            caption = f"表 {number}、{self.han(4, 9)}"
            if english:
                caption = f"Table {number}: {self.words(2, 4)}"
            cells = [(self.han(2, 4), self.random.randint(1, 99)) for _ in range(3)]
            rows = "\n".join(f"| {name} | {value} |" for name, value in cells)
            paragraphs += [Paragraph(caption, kind="caption"), Paragraph(rows, kind="table")]
            paragraphs.append(Paragraph(self.sentences(english, 1, 3)))
        return tuple(paragraphs)

    def placed(self, sections: list[Section], notes: list[Note]) -> list[Section]:
        """The sections with the marks of the notes spread over them, in order."""
        rnd = self.random
        spots = self.spots(sections)
        chosen = sorted(rnd.sample(spots, min(len(spots), len(notes))))
        del notes[len(chosen) :]
        if self.shape.lists and self._form in LIST_FORMS:
            for index in range(1, len(chosen)):
                if rnd.random() < 0.25:
                    chosen[index] = chosen[index - 1]
        numbers = {note.number: spot for spot, note in zip(chosen, notes, strict=True)}
        marks: dict[tuple[int, int], list[NoteMark]] = {}
        for number, (place, index, offset) in numbers.items():
            marks.setdefault((place, index), []).append(NoteMark(offset, number))
        is_listed = self.shape.placement == "end" and self._form in SUPERSCRIPT_FORMS
        may_repeat = is_listed or self._form in CERTAIN_FORMS
        if self.shape.repeats and may_repeat and not self.shape.has_own_labels:
            self.repeat_marks(marks, spots, numbers)
        return [
            Section(
                section.path,
                tuple(
                    Paragraph(block.text, sort_marks(marks.get((place, index), ())), block.kind)
                    for index, block in enumerate(section.paragraphs)
                ),
                sort_marks(marks.get((place, -1), ())),
            )
            for place, section in enumerate(sections)
        ]

    def spots(self, sections: list[Section]) -> list[tuple[int, int, int]]:
        """Where marks may stand: section, paragraph (-1 for the heading), offset."""
        spots: list[tuple[int, int, int]] = []
        may_be_headed = self._form not in PLAIN_FORMS | SIGN_FORMS
        for place, section in enumerate(sections):
            if section.path and may_be_headed and self.random.random() < 0.1:
                spots.append((place, -1, len(section.heading)))
            for index, paragraph in enumerate(section.paragraphs):
                text = paragraph.text
                offsets = mark_places(text) if paragraph.kind == "text" else []
                if self._form in SIGN_FORMS:  # stars before words set them in italics
                    offsets = [
                        offset for offset in offsets if not text[offset : offset + 1].isalnum()
                    ]
                spots += [(place, index, offset) for offset in offsets]
        return spots

    def repeat_marks(
        self,
        marks: dict[tuple[int, int], list[NoteMark]],
        spots: list[tuple[int, int, int]],
        numbers: dict[str, tuple[int, int, int]],
    ) -> None:
        """Mark some of the notes again, further on."""
        taken = set(numbers.values())
        for number, spot in numbers.items():
            free = [other for other in spots if other > spot and other not in taken]
            if free and self.random.random() < 0.3:
                place, index, offset = other = self.random.choice(free)
                taken.add(other)
                marks.setdefault((place, index), []).append(NoteMark(offset, number))

    # Notes

    def notes(self, english: bool, count: int) -> list[Note]:
        notes: list[Note] = []
        labels = SEQUENCES.get(find_placeholder(MARK_FORMS[self._form][0]))
        for number in range(1, (min(count, len(labels)) if labels else count) + 1):
            note = None
            if self.shape.repeated and notes and self.random.random() < 0.4:
                note = self.repeated(str(number), notes)
            notes.append(note or self.citing(str(number), english))
        return notes

    def citing(self, number: str, english: bool) -> Note:
        rnd = self.random
        kind = rnd.random()
        # A number alone on a line may be a page's, if what is below it is no note for sure.
        is_certain = self._form != "plain on a line of its own"
        explains = self.shape.explaining and kind < 0.5 and is_certain
        explanation = self.sentences(english, 1, 2) if explains else ""
        latin = english or rnd.random() < 0.4
        sources = [] if explains and kind < 0.2 else [self.source(latin)]
        if sources and rnd.random() < 0.2:
            sources.append(self.source(latin))
        cited = ("; " if latin else "；").join(source.text for source in sources)
        cited += ("." if latin else "。") if cited else ""
        if not cited:
            text = explanation
        elif not explanation:
            text = cited
        elif rnd.random() < 0.5:
            text = explanation + (" " if english else "") + cited
        else:
            text = cited + (" " if latin else "") + explanation
        shape = self.shape
        is_plain = not (shape.packed or shape.indented or shape.indented_notes)
        if shape.long_notes and is_plain and rnd.random() < 0.4:
            more = self.sentences(english, 1, 2)
            text += "\n" + more
            explanation += (" " if english and explanation else "") + more
        return Note(number, text, tuple(sources), explanation)

    def styled_source(self, latin: bool) -> Source:
        """A source in one of all styles of citation."""
        rnd = self.random
        values = {
            "year": rnd.randint(1900, 2024),
            "page": rnd.randint(2, 399),
        }
        if latin:
            first = rnd.choice(FIRST)
            return Source(
                rnd.choice(LATIN_STYLES).format(
                    first=first,
                    initial=first[0],
                    last=self.capital(),
                    title=f"The {self.words(2, 5).title()}",
                    sentence=f"The {self.words(2, 5)}",
                    journal=f"{self.capital()} {self.words(1, 2).title()}",
                    place=self.capital(),
                    press=self.capital(),
                    **values,
                )
            )
        return Source(
            rnd.choice(HAN_STYLES).format(
                name=self.name(),
                title=self.han(4, 12),
                journal=self.han(3, 5),
                place=self.han(2, 3),
                press=self.han(2, 3),
                **values,
            )
        )

    def source(self, latin: bool) -> Source:
        rnd = self.random
        if self.shape.styles and rnd.random() < 0.8:
            return self.styled_source(latin)
        address = rnd.random() < 0.6
        urls = (self.url(),) if address else ()
        if latin:
            title = (
                f"“The {self.words(2, 5).title()},” *{self.capital()} {self.words(1, 2).title()}*"
            )
            end = f"May 3, 2024, <{urls[0]}>" if address else "Vol. 7, No. 2, 2019, pp. 31-47"
            return Source(f"{self.latin_name()}, {title}, {end}", urls)
        if rnd.random() < 0.3 and not address:
            place = f"（{self.han(2, 3)}市：{self.han(2, 3)}書房，1998 年）"
            return Source(f"{self.name()}，《{self.han(4, 9)}》{place}，頁 44-52")
        end = f"2024 年 5 月 3 日，<{urls[0]}>" if address else "第 12 期，2023 年 9 月，頁 6-9"
        return Source(f"{self.name()}，〈{self.han(5, 14)}〉，《{self.han(3, 5)}》，{end}", urls)

    def repeated(self, number: str, earlier_notes: list[Note]) -> Note | None:
        """A note that stands for, or points to, an earlier one."""
        rnd = self.random
        target = rnd.choice(earlier_notes)
        last = earlier_notes[-1]
        final = stood_for(target)
        kind = rnd.choice((1, 5, 6)) if self.shape.has_own_labels else rnd.randint(0, 6)
        if kind == 0:
            text = rnd.choice(NUMBER_FORMS)
            return Note(number, text.format(target.number), resolves_to=final)
        if kind == 1:
            return Note(number, rnd.choice(PREVIOUS_FORMS), resolves_to=stood_for(last))
        if kind == 2:
            text = rnd.choice(POINTER_FORMS)
            return Note(number, text.format(target.number), see_also=(target.number,))
        if kind == 3:
            more = self.source(latin=False)
            return Note(
                number, f"同註 {target.number}；另見{more.text}。", (more,), resolves_to=final
            )
        if kind == 4:
            more_text = self.sentence(english=False)
            text = f"同註 {target.number}。{more_text}"
            return Note(number, text, explanation=more_text, resolves_to=final)
        if self.shape.styles:
            return self.short_cite(number, target)
        if kind == 5 and target.sources and target.sources[0].text[0] not in "“":
            first = target.sources[0].text
            chinese = first[0] in SURNAMES
            name = first.split("，" if chinese else ", ")[0]
            named = [note for note in earlier_notes if note.sources and name in note.text]
            if sum(note.text.count(name) for note in named) > 1:
                return None  # which of the works is meant is not decidable
            text = f"{name}，前揭文，頁 9。" if chinese else f"{name}, *op. cit.*, p. 9."
            return Note(number, text, resolves_to=stood_for(named[-1]))
        return None

    def short_cite(self, number: str, target: Note) -> Note | None:
        """A note that shortens the book that another one cites in full."""
        match = re.match(r"([^《》，：]{3}：《[^《》]+》)，.*\d{4}年", target.text)
        if match is None or len(target.sources) != 1 or target.resolves_to:
            return None
        text = f"{match[1]}，頁 9"
        return Note(number, f"{text}。", (Source(text),), resolves_to=target.number)


def stood_for(note: Note) -> str:
    """Where a chain that comes to a note ends: at it, if it cites a work or repeats nothing."""
    cites_another = note.sources and note.text.startswith("同註")
    return note.number if cites_another or not note.resolves_to else note.resolves_to
