"""A PDF of a few pages, typeset for tests of what lies beyond reading it."""

from __future__ import annotations

import typst

SENTENCES = (
    "The harbour of Averil opened in spring.",
    "Its ledger is kept in purple ink.",
    "The keeper of the lamp counts every ship that passes the outer mole at night.",
)


_FILLER = (
    "Rope, tar and canvas are stored behind the custom house, where nobody looks for them. "
    "Gulls sleep on its roof, and in winter the harbour freezes from the inner basin outwards. "
    "Every boat has a number, and the numbers are painted anew once a year, in white or in blue. "
)


def typeset_pages(*, cut: bool = False) -> bytes:
    """A sentence to a page, numbered from 7 on; if `cut`, the page ends in the last sentence.

    Before each sentence another one stands on its line.
    """
    page_break = " " if cut else "\n#pagebreak()\n"
    source = (
        f'#set page(width: 320pt, height: {125 if cut else 200}pt, margin: 30pt, numbering: "1")\n'
        "#set text(size: 9pt)\n#set par(justify: true)\n#counter(page).update(7)\n"
        f"{_FILLER} A calm day. {SENTENCES[0]}\n#pagebreak()\n"
        f"{_FILLER} A calm day. {SENTENCES[1]} {_FILLER[:84]}{page_break}"
        f"{SENTENCES[2]} {_FILLER}\n#pagebreak()\n{_FILLER}\n"
    )
    return typst.compile(source.encode())
