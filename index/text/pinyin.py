"""Hanyu Pinyin with tone marks, of syllables with tone numbers as dictionaries write them."""

from __future__ import annotations

import re
import unicodedata

_TONE_MARKS = {"1": "\u0304", "2": "\u0301", "3": "\u030c", "4": "\u0300", "5": ""}
_SYLLABLE = re.compile(r"([A-Za-zü]+)([1-5])")
_MARKED_VOWEL = re.compile("[ae]|o(?=u)|[iouü](?![aeiouü])", re.IGNORECASE)


def format_pinyin(numbered: str) -> str:
    """Return syllables with tone numbers as words with tone marks.

    Syllables are joined, with an apostrophe before a vowel; a capital begins a new word.

    Args:
        numbered: Syllables as CC-CEDICT has them, with blanks between them; `u:` is ü.

    >>> format_pinyin("guo2 fang2 bu4"), format_pinyin("Xi1 an1 Shi4"), format_pinyin("nu:3 er2")
    ('guófángbù', "Xī'ān Shì", "nǚ'ér")
    """
    words: list[str] = []
    for written in numbered.replace("u:", "ü").replace("U:", "Ü").split():
        syllable = _SYLLABLE.fullmatch(written)
        text = _add_tone_mark(*syllable.groups()) if syllable else written
        # What is no syllable is a sign or a letter (卡拉OK), and stands by itself.
        if not words or not syllable or text[0].isupper() or not words[-1][-1].isalpha():
            words.append(text)
        else:
            words[-1] += f"'{text}" if written[0] in "aeo" else text
    return " ".join(words).replace(" ,", ",")


def _add_tone_mark(syllable: str, tone: str) -> str:
    vowel = _MARKED_VOWEL.search(syllable)
    end = vowel.end() if vowel else 1  # m2 and ng2 have none
    return unicodedata.normalize("NFC", f"{syllable[:end]}{_TONE_MARKS[tone]}{syllable[end:]}")
