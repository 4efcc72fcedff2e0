"""The forms in which random publications print the marks of notes, and the labels before them.

Each is printed as that of note 1: the mark in the text, and what the note begins with.
"""

from __future__ import annotations

_FORMS = {
    "superscript": ("¹", "¹ "),
    "superscript in HTML": ("<sup>1</sup>", "<sup>1</sup> "),
    "superscript in carets": ("^1^", "^1^ "),
    "superscript in TeX": ("$^{1}$", "$^{1}$ "),
    "square": ("[1]", "[1] "),
    "full-width": ("［1］", "［1］ "),
    "lenticular": ("【1】", "【1】"),
    "tortoise": ("〔1〕", "〔1〕"),
    "parenthesized": ("⑴", "⑴ "),
    "round": ("(1)", "(1) "),
    "full-width round": ("（1）", "（1）"),
    "circle": ("①", "① "),
    "annotation": ("（註1）", "註1："),
    "annotation, round": ("（註1）", "（註1）"),
    "annotation, lenticular": ("【註1】", "【註1】："),
    "annotation, bare": ("註1", "註1 "),
    "annotation, square": ("[注1]", "注1 "),
    "annotation, circle": ("［注①］", "注① "),
    "annotation, Han": ("（註一）", "註一："),
    "angle brackets": ("<1>", "<1> "),
    "braces": ("{1}", "{1} "),
    "named": ("[fn1]", "[fn1] "),
    "reference mark": ("※1", "※1 "),
    "half brackets": ("1)", "1) "),
    "tortoise, Han": ("〔一〕", "〔一〕"),
    "plain": ("1", "1 "),
    "plain with a stop": ("1", "1. "),
    "plain on a line of its own": ("1", "1\n"),
    "link": ("<sup>[1](#fn1)</sup>", "<sup>1.</sup> "),
    "link at the note": ("<sup>[1](#fn1)</sup>", "[1](#ref1) "),
    "capital": ("[A]", "[A] "),
    "letter": ("[a]", "[a] "),
    "superscript letter": ("ᵃ", "ᵃ "),
    "circled letter": ("ⓐ", "ⓐ "),
    "superscript letter in HTML": ("<sup>a</sup>", "<sup>a</sup> "),
    "roman": ("[i]", "[i] "),
    "star": ("*", "* "),
    "star and dagger": ("†", "† "),
}
MIXED_FORMS = {  # other labels before the notes than in the text
    "parenthesized, tortoise": ("⑴", "〔1〕"),
    "circle, stop": ("①", "1. "),
    "superscript, stop": ("¹", "1. "),
    "superscript in HTML, stop": ("<sup>1</sup>", "1. "),
    "square, stop": ("[1]", "1. "),
    "superscript, square": ("¹", "[1] "),
    "caret, stop": ("[^1]", "1. "),
    "full-width round, comma": ("（1）", "1、"),
}
MARK_FORMS = {**_FORMS, **MIXED_FORMS}
STARS = ("*", "**", "***")
DAGGERS = ("*", "†", "‡", "**", "††", "‡‡")
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_HAN = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_LETTERS = tuple("abcdefghijkl")

SEQUENCES = {  # of labels that are no digits, by what stands for the first in a form
    "A": tuple("ABCDEFGHIJKL"),
    "a": _LETTERS,
    "ᵃ": _LETTERS,
    "ⓐ": _LETTERS,
    "i": _ROMAN,
    "一": _HAN,
    "*": STARS,
    "†": DAGGERS,
}
PLAIN_FORMS = frozenset(name for name, (mark, _) in MARK_FORMS.items() if mark in ("1", "1)"))
SUPERSCRIPT_FORMS = frozenset(
    name for name in MARK_FORMS if name.startswith("superscript") and "letter" not in name
)
ROUND_FORMS = frozenset(("round", "full-width round", "full-width round, comma"))
SIGN_FORMS = frozenset(("star", "star and dagger"))
LIST_FORMS = frozenset(
    name
    for name, (mark, _) in MARK_FORMS.items()
    if "1" in mark and mark not in ("1", "1)", "※1", "註1") and not name.startswith("link")
)
"""The forms of which one mark may lead to several notes."""

CERTAIN_FORMS = frozenset(MARK_FORMS) - PLAIN_FORMS - SIGN_FORMS - SUPERSCRIPT_FORMS - ROUND_FORMS
"""The forms of marks that are nothing else, so that one more leads to the same note."""


def find_placeholder(template: str) -> str:
    """What stands for the label of the first note in a form."""
    return next(char for char in ("1", "①", "⑴", "¹", *SEQUENCES) if char in template)


def choose_label(form: str, number: int) -> str:
    """The label of a note as the reader names it."""
    placeholder = find_placeholder(MARK_FORMS[form][0])
    if placeholder in SEQUENCES:
        return SEQUENCES[placeholder][number - 1]
    return str(number)


def fill(template: str, label: str) -> str:
    """A form with the label of a note."""
    placeholder = find_placeholder(template)
    if placeholder in "①⑴":
        label = chr(ord(placeholder) + int(label) - 1)
    elif placeholder == "¹":
        label = label.translate(_SUPERSCRIPT)
    elif placeholder == "ᵃ":
        label = "".join("ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡ"[_LETTERS.index(char)] for char in label)
    elif placeholder == "ⓐ":
        label = chr(ord("ⓐ") + _LETTERS.index(label))
    return template.replace(placeholder, label)
