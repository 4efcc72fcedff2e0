"""A citation as an author would print it: a footnote, or the quotation with its source.

In Chinese as journals in Taiwan print it: 作者，〈篇名〉，《刊名》，期數，日期，頁數。
In English after the notes of the Chicago Manual of Style. Names, titles and numbers stay as they
are printed.
"""

from __future__ import annotations

from dataclasses import replace

from index.text.scripts import script
from rag.answer.model import ArticleRef, Citation
from rag.render.labels import Language, flat, stated, written_date
from rag.render.rich_text import visible
from rag.render.text import escaped, line_to_markdown, line_to_text

_INNER = str.maketrans("「」『』", "『』「」")
_INNER_ENGLISH = str.maketrans("“”", "‘’")  # and not back again: ’ is an apostrophe, too


def quotation(text: str) -> str:
    """Words in the quotation marks of the language that they are in.

    Marks within them become those of a quotation in a quotation, as authors print it.
    """
    body = flat(text)
    if script(body) == "zh":
        return f"「{body.translate(_INNER)}」"
    return f"“{body.translate(_INNER_ENGLISH)}”"


def footnote(citation: Citation, language: Language) -> str:
    """The reference as a footnote, on one line, without control characters.

    What is said of a publication refers to it and to no article.
    """
    if citation.statements and all(statement.whole for statement in citation.statements):
        citation = replace(citation, article=ArticleRef(citation.article.index, ""))
    made = _chinese_note(citation) if language == "zh" else _english_note(citation)
    return visible(flat(made))


def quoted_text(citation: Citation, language: Language) -> str:
    """What answers, or the passage where nothing does, with its reference; plain text."""
    quoted = quotation(line_to_text(citation.evidence_text or citation.text))
    body = _said(citation, language) or quoted
    note = footnote(citation, language)
    return visible(
        f"{body}（{note.rstrip('。')}）" if language == "zh" else f"{body} ({note[:-1]})"
    )


def quoted_markdown(citation: Citation, language: Language) -> str:
    """The same as Markdown: a block quotation, and the reference under it."""
    quoted = line_to_markdown(flat(citation.evidence_text or citation.text))
    body = escaped(_said(citation, language)) or quoted
    return visible(f"> {body}\n>\n> — {escaped(footnote(citation, language))}\n")


def _said(citation: Citation, language: Language) -> str:
    """What the metadata say, on one line; "" where they are not asked."""
    lines = [stated(citation, statement, language) for statement in citation.statements]
    mark = "；" if language == "zh" else "; "
    return mark.join(flat(" ".join(each)) for each in lines)


def _chinese_note(citation: Citation) -> str:
    article, publication = citation.article, citation.publication
    parts = (
        "、".join(author.name for author in article.authors),
        f"〈{article.title}〉" if article.title else "",
        f"《{publication.title}》" if publication.title else "",
        publication.number,
        written_date(publication.date, "zh") if publication.date else "",
        f"頁 {article.page}" if article.page is not None else "",
    )
    return "，".join(part for part in parts if part) + "。"


def _english_note(citation: Citation) -> str:
    article, publication = citation.article, citation.publication
    people = " and ".join(
        f"{author.romanised} {author.name}" if author.romanised else author.name
        for author in article.authors
    )
    translated = article.title_translated
    named = (
        f"{article.title} [{translated}]" if script(article.title) == "zh" and translated else ""
    )
    title = f"“{named or article.title}”" if article.title else ""
    day = f"({written_date(publication.date, 'en')})" if publication.date else ""
    where = " ".join(part for part in (publication.title, publication.number, day) if part)
    page = f": {article.page}" if article.page is not None else ""
    if title and where:  # in English the comma stands within the quotation marks
        title, where = f"{title[:-1]},” {where}", ""
    return ", ".join(part for part in (people, title, where) if part) + page + "."
