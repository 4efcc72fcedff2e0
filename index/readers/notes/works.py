"""Find the work that a short reference means: "Merrow, *Dry Harbour*, 14", "Merrow, *op. cit.*".

A work has been cited in full before, with its year or the like; a short reference has its author,
its title or both, perhaps shortened, and pages.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import KeysView
from dataclasses import dataclass, field

from index.readers.notes.back_references import Form
from index.readers.notes.evidence import find_signs
from index.readers.notes.masking import MaskedText, fold_widths, mask
from index.text.characters import BASIC_HAN, contains_han
from index.text.patterns import load_patterns

_PATTERNS = load_patterns("index.readers.notes")
_TITLE_MARK = re.compile(r"[《〈『「“\"*_‘<(\[]|\d")
_TITLE = re.compile(
    r"《([^》]{0,400})》|〈([^〉]{0,400})〉|『([^』]{0,400})』|「([^」]{0,400})」|“([^”]{0,400})”"
    r"|\"([^\"]{0,400})\"|‘(.{2,200}?)’(?!\w)|\*([^*]{1,400})\*"
)
_WORD = re.compile(r"[^\W\d_]+")
_NATIONALITY = re.compile(r"^[\[(〔【（［][^\])〕】）］]{1,12}[\])〕】）］]\s*")
_ROLE = re.compile(r"\s?(?:eds?|trans|comps?)\.,\s")  # Hale and Gale, eds., The Book
_FIRST_NAME = re.compile(r"(?:(?:van|von|de|der|la|le) )*[A-Z][\w’'-]+|[\u3400-\u9fff·]{2,12}")
_SEPARATOR = re.compile(r"(?<!\s)\s+and\s+|(?<!\s)\s*[&、;与]\s*|(?<=[\u3400-\u9fff]),")
_NAME = r"(?:[A-Z]\w?\.(?:-?[A-Z]\.){0,3}|[A-Z][\w’'-]*+)"  # a full stop ends only initials
_INVERTED = re.compile(
    rf"[^\s,]+(?: [^\s,]+)?, (?:{_NAME}\s?){{1,3}}"
    r"(?:(?<=\.)|\.|(?=,? (?:and|&) )|(?=, [A-Z][\w’'-]+ [A-Z][^,.]{1,30}, (?:and|&) ))"
    rf"(?:(?:, [A-Z][\w’'-]*(?: {_NAME}){{1,3}}){{0,4}},? (?:and|&) {_NAME}"
    rf"(?: {_NAME}){{0,3}}\.?)?"
)
_AFTER_YEAR = re.compile(r"\([^()]*\)[.,:]?\s*([^.。]*)")
_REPORT = re.compile(r"(\d{1,4} [A-Z][\w.’' ]{0,24}?) (?:\([^()]*\) )?(?:at )?\d")
_CASE_NUMBER = re.compile(
    rf"\(?\d{{2,4}}\)?\s?年?度?[{BASIC_HAN}]{{1,8}}\d{{0,4}}[{BASIC_HAN}]{{0,8}}第?\s?\d{{1,6}}\s?号"
)
_SUBTITLE = re.compile(r"[:：]|—|──")
_IGNORED_WORDS = frozenset("a an the of and in for on to de la le der die das et al".split())
_FULL_REFERENCE = frozenset(
    ("year", "imprint", "address", "date", "issue", "document-type",
     "publisher-and-year", "edition-and-year", "archive", "statute", "neutral-citation")
)  # fmt: skip
_ARTICLE = frozenset(
    ("article-in-collection", "issue", "volume-and-number", "within-a-book", "newspaper")
)
_WORK_SIGNS = _FULL_REFERENCE | _ARTICLE | {"author-and-year", "name-and-year", "law-report"}
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_STATE = re.compile("^中(?:华|華)(?:人民共和|民)国(?=.*(?:法|条例|典)$)")
_SHORT_FORM = re.compile(r"[^《》〈〉「」『』“”\"‘’*_()\[\].;,。、，；]{2,40}")
_EAST_ASIAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_VOLUME = re.compile(
    r"《[^《》]+》\s?(?:第?\s?[\d一二三四五六七八九十]{1,4}\s?[卷册辑集]|[上中下][册卷编])"
)
_POLITE_ENDING = re.compile("(?<=.)(?:氏|教授|先生|博士|文|书|著|案|论文|判决)$")
_AUTHOR_AND_TITLE = re.compile(
    r"[^\ue000.;。]{2,60}(?:[《〈『「]\ue000+[》〉』」]|[*“\"‘]\ue000+[*”\"’])[.,。]?"
)
_MAX_TITLED_LENGTH = 160
_MAX_KEY = 4  # characters of a Han name
_MAX_WORKS = 200  # of one author that are compared
_MAX_SHORT_FORMS = 20  # that begin alike and are compared


@dataclass(frozen=True, slots=True)
class Work:
    """What a reference says of the work that it cites.

    Attributes:
        authors: The words of each author's name.
        title: The words of its title.
        main_title: Those before the colon.
        is_full: Whether it has a year or the like, and so needs no other reference.
        report: The volume of the law report that has it (347 U.S.).
        note: The index of the note.
        year: The first year in the reference.
        form: Whether it is a book or an article, "" if unknown.
        volume: The last Chinese title that stands with a volume (《文集》第3卷), its own or that of
            the collection that it is in.
    """

    authors: tuple[frozenset[str], ...]
    title: tuple[str, ...]
    main_title: tuple[str, ...]
    is_full: bool
    report: str = ""
    note: int = 0
    year: str = ""
    form: Form = ""
    volume: str = ""


@dataclass(slots=True)
class WorkIndex:
    """The works that the notes so far have cited in full, by the words of their authors."""

    _by_author: defaultdict[str, list[Work]] = field(default_factory=lambda: defaultdict(list))
    _by_title: defaultdict[tuple[str, ...], list[Work]] = field(
        default_factory=lambda: defaultdict(list)
    )
    _by_report: defaultdict[str, list[Work]] = field(default_factory=lambda: defaultdict(list))
    _by_volume: dict[str, int] = field(default_factory=dict)
    _short_forms: defaultdict[str, dict[str, int]] = field(
        default_factory=lambda: defaultdict(dict)
    )

    def add(self, work: Work) -> None:
        """Add a work that is cited in full.

        Args:
            work: The work.
        """
        for author in work.authors:
            for word in author:
                for key in _list_keys(word):
                    self._by_author[key].append(work)
        for title in {work.title, work.main_title} - {()}:
            self._by_title[title].append(work)
        if work.report:
            self._by_report[work.report].append(work)
        if work.volume:
            self._by_volume.setdefault(work.volume, work.note)

    def add_short_forms(self, text: str, note: int) -> None:
        """Add the short forms that a note gives to works: (hereafter *FRUS*), （以下簡稱《文集》）.

        Args:
            text: The text of the note.
            note: Its index.
        """
        folded = fold_widths(text)
        for match in _PATTERNS["short-form"].finditer(folded):
            form = _SHORT_FORM.search(folded, match.end(), match.end() + 42)
            if form and form.start() - match.end() <= 1:
                short = form[0].strip().casefold()
                self._short_forms[short[:2]].setdefault(short, note)

    def find_short_form(self, text: str) -> tuple[int, int] | None:
        """Return the index of the note that gives a work the name with which a text begins.

        Args:
            text: A reference.

        Returns:
            The index, and where the name ends in the text; None if there is no such name.
        """
        folded = fold_widths(text).casefold()
        start = len(folded) - len(folded.lstrip(' *_“"‘《〈「『'))
        forms = self._short_forms.get(folded[start : start + 2], {})
        for short, note in list(forms.items())[-_MAX_SHORT_FORMS:]:
            end = start + len(short)
            if folded.startswith(short, start) and not folded[end : end + 1].isalnum():
                return note, end
        return None

    def knows_author(self, work: Work) -> bool:
        """Return whether a work has the author of one that was cited in full.

        Args:
            work: The work, as a short reference names it.
        """
        return bool(work.authors) and bool(self._find_by_authors(work.authors))

    def find(self, work: Work, *, is_named: bool) -> int | None:
        """Return the index of the note that cites a work in full, if one work alone is meant.

        Args:
            work: The work, as a short reference names it.
            is_named: Whether the reference says that the work was cited (*op. cit.*): then the
                author alone is enough, if only one work of the author is meant.
        """
        if work.report and work.report in self._by_report:
            return _choose(self._by_report[work.report])
        if not work.authors:
            return self._find_by_title(work)
        candidates = self._find_by_authors(work.authors)
        if work.title:
            matching = [known for known in candidates if _shortens(work.title, known.title)]
            return _choose(matching)
        return self._choose_by_author(work, candidates) if is_named else None

    def find_cited(self, text: str, work: Work) -> int | None:
        """Return the index of the note that cites a short source in full, or the book that has it.

        Args:
            text: The source.
            work: What it says of the work.
        """
        note = self.find(work, is_named=False)
        within = _PATTERNS["within-work"].search(fold_widths(text)) if note is None else None
        return self.find(parse_work(text[within.end() :]), is_named=False) if within else note

    def find_titled(self, text: str) -> int | None:
        """Return the index of the note that cites in full what an author and a title mean.

        Args:
            text: A part of a note.

        Returns:
            The index; None if the text is more than an author and a title, or of no known work.
        """
        if len(text) > _MAX_TITLED_LENGTH or not _AUTHOR_AND_TITLE.fullmatch(mask(text).masked):
            return None
        work = parse_work(text)
        return self.find(work, is_named=False) if work.authors and work.title else None

    def _choose_by_author(self, work: Work, candidates: list[Work]) -> int | None:
        """Return the index of the note of the only work of an author that may be meant."""
        if work.year:
            candidates = [known for known in candidates if known.year == work.year]
        as_many = [known for known in candidates if len(known.authors) == len(work.authors)]
        candidates = as_many or candidates
        if work.form:
            candidates = [known for known in candidates if known.form == work.form] or candidates
        if not candidates or _are_several(candidates):
            return None
        return candidates[0].note

    def _find_by_title(self, work: Work) -> int | None:
        if not work.title:
            return None
        note = _choose(self._by_title.get(work.title, ()))
        return self._by_volume.get(work.volume) if note is None else note

    def _find_by_authors(self, authors: tuple[frozenset[str], ...]) -> list[Work]:
        words = [word for word in authors[0] if len(word) > 1 or contains_han(word)]
        by_word = (self._by_author.get(_get_key(word), []) for word in words)
        rarest = min(by_word, key=len, default=[])
        return [
            known
            for known in rarest[-_MAX_WORKS:]
            if all(any(_names(author, name) for name in known.authors) for author in authors)
        ]


def _list_keys(word: str) -> tuple[str, ...]:
    """Return what a word of a name is looked up by: a Han name also by how it begins."""
    if not contains_han(word):
        return (word,)
    return tuple(word[:length] for length in range(1, min(len(word), _MAX_KEY) + 1))


def _get_key(word: str) -> str:
    """Return under which key the works are that have a word at the beginning of a name."""
    return word[:_MAX_KEY] if contains_han(word) else word


def _names(short: frozenset[str], name: frozenset[str]) -> bool:
    """Return whether words are of a name: J. Needham, Needham; in Han, how it begins."""
    return all(
        word in name
        or any(full.startswith(word) for full in name if len(word) == 1 or contains_han(word))
        for word in short
    )


def parse_work(text: str, note: int = 0) -> Work:
    """Return what a reference says of the work that it cites.

    Args:
        text: A reference, or the author and title before *op. cit.*
        note: The index of its note.

    >>> work = parse_work("Merrow, Ada. *Dry Harbour*. Port Sel: Foghorn Press, 2019.")
    >>> work.title, work.is_full, "merrow" in work.authors[0]
    (('dry', 'harbour'), True, True)
    """
    masked = mask(_NATIONALITY.sub("", text.strip()))
    names = find_signs(masked, _WORK_SIGNS).keys()
    is_dated = bool(names & {"author-and-year", "name-and-year"})
    head, title = _split_head(masked, is_dated=is_dated)
    report = _REPORT.search(masked.folded) if "law-report" in names else None
    case_number = _CASE_NUMBER.search(masked.folded)
    return Work(
        authors=_parse_authors(head),
        title=_read_words(title),
        main_title=_read_words(_SUBTITLE.split(title, maxsplit=1)[0]),
        is_full=bool(names & _FULL_REFERENCE) or ("law-report" in names and "year" in names),
        report=report[1] if report else case_number[0] if case_number else "",
        note=note,
        year=year[0] if (year := _YEAR.search(masked.folded)) else "",
        form=_read_form(masked, names),
        volume=volumes[-1] if (volumes := _VOLUME.findall(masked.folded)) else "",
    )


def may_name(name: str, text: str) -> bool:
    """Return whether a name may be that of a work or of an author in a note.

    It may not if nothing of it stands in the note, and the note is in its script. An abbreviation
    (FRUS) may mean anything, and so may any name where the note says *Idem*.

    Args:
        name: What stands before the number of the note: an author, a title or both.
        text: The text of the note.
    """
    folded = fold_widths(text)
    if not name or name.strip("* ").isupper() or _PATTERNS["same-author"].search(folded):
        return True
    is_east_asian = bool(_EAST_ASIAN.search(folded))
    words = [
        _POLITE_ENDING.sub("", word)
        for word in _WORD.findall(fold_widths(name))
        if bool(_EAST_ASIAN.search(word)) == is_east_asian and word.casefold() not in _IGNORED_WORDS
    ]
    if is_east_asian:
        return not words or any(word in folded for word in words)
    known = frozenset(map(str.casefold, _WORD.findall(folded)))
    return not words or any(word.casefold() in known for word in words)


def find_author_words(text: str) -> str:
    """Return the surname of the first author of an entry of a list, as printed; "" if unknown.

    Args:
        text: An entry, its first author's surname first or, in Han, the whole name.
    """
    match = _FIRST_NAME.match(text.strip(" *_"))
    return match[0].strip(" ,，.。") if match else ""


def names_author(names: str, authors: tuple[frozenset[str], ...]) -> bool:
    """Return whether names, such as "Merrow and Orme" or "Merrow et al.", are those of authors.

    Args:
        names: The names as printed.
        authors: The words of each author's name.
    """
    short = _parse_authors(names)
    if not short or len(short) > len(authors):
        return False
    is_first = _names(short[0], authors[0]) and all(len(word) > 1 for word in short[0])
    return is_first and all(any(_names(name, known) for known in authors) for name in short)


def _split_head(masked: MaskedText, *, is_dated: bool) -> tuple[str, str]:
    """Return what stands before the title of a reference, and the title."""
    folded = masked.folded
    mark = _TITLE_MARK.search(folded)
    title = _TITLE.search(folded)
    if title and mark and title.start() == mark.start():
        return folded[: mark.start()], _STATE.sub("", next(filter(None, title.groups()), ""))
    head = folded[: mark.start()] if mark else folded
    after_year = _AFTER_YEAR.match(folded, mark.start()) if mark and is_dated else None
    if after_year:
        return head, after_year[1]
    if mark and mark[0] == "[":
        author, _, rest = head.partition(".")
        return author, rest
    inverted = _INVERTED.match(head)
    rest = head[inverted.end() :].lstrip(" .,") if inverted else ""
    if inverted and (rest or not mark or mark[0] != "("):
        return inverted[0], re.split(r"[.,:(]", rest, maxsplit=1)[0]
    author, _, rest = head.partition(",")
    rest = _ROLE.sub("", rest, count=1)
    return author, re.split(r"[,(]|\. ", rest.strip(), maxsplit=1)[0]


def _read_form(masked: MaskedText, names: KeysView[str]) -> Form:
    """Return whether a reference is of a book or of an article, by its title and its place."""
    title = _TITLE.search(masked.folded)
    is_article = (title and title[0][0] in '〈“"‘「') or names & _ARTICLE
    return "article" if is_article else "book"


def _parse_authors(head: str) -> tuple[frozenset[str], ...]:
    names = (_PATTERNS["author-decoration"].sub(" ", name) for name in _SEPARATOR.split(head))
    authors = (frozenset(_read_words(name)) for name in names)
    return tuple(author for author in authors if author)


def _read_words(text: str) -> tuple[str, ...]:
    if contains_han(text):
        return ("".join(_WORD.findall(text)),) if _WORD.search(text) else ()
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("’s", "").replace("'s", ""))
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return tuple(word for word in _WORD.findall(plain) if word not in _IGNORED_WORDS)


def _shortens(short: tuple[str, ...], full: tuple[str, ...]) -> bool:
    """Return whether a title is another one, or has some of its words in their order."""
    if len(short) == 1 and contains_han(short[0]):
        return short == full or (bool(full) and full[0].startswith(short[0]) and len(short[0]) > 1)
    words = iter(full)
    return bool(short) and all(word in words for word in short)


def _are_several(works: list[Work]) -> bool:
    """Return whether works differ, or are of authors who share a name (Ada and J. Merrow)."""
    first = works[0]
    return any(
        not _is_same_name(first.authors[0], work.authors[0]) or not _is_same_title(first, work)
        for work in works[1:]
    )


def _is_same_title(first: Work, second: Work) -> bool:
    return _shortens(first.main_title, second.title) or _shortens(second.main_title, first.title)


def _is_same_name(first: frozenset[str], second: frozenset[str]) -> bool:
    initials = {word[0] for word in first - second}, {word[0] for word in second - first}
    return initials[0] <= initials[1] or initials[1] <= initials[0]


def _choose(works: list[Work] | tuple[Work, ...]) -> int | None:
    """Return the first note that cites the work, if they are all the same one."""
    if not works or len({work.title for work in works}) > 1:
        return None
    return works[0].note
