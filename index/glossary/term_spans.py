"""Where a term begins that a bracket after it glosses."""

from __future__ import annotations

import re

from index.glossary.brackets import HAN, is_chinese
from index.glossary.overlap import covered
from index.glossary.phonetics import likeness
from index.glossary.term_boundary import Surroundings, best_end, folded_by_sign
from index.text.terms import words

_QUOTED = re.compile(r"[「『《〈“]\**([^「」『』《》〈〉“”\n]{2,40})\**[」』》〉”]\s*$")
_RUN = re.compile(rf"[{HAN}A-Za-z\d·‧ -]+$")
_CHINESE_END = re.compile(rf"[{HAN}](?: ?[A-Za-z\d-]+)?$")  # 措施, 生成式 AI, 殲轟 17
_LATIN_RUN = re.compile(r"[A-Za-z\u00c0-\u024f][A-Za-z\u00c0-\u024f\d '’–-]*$")
_OPENED = "「『《〈“"
_WINDOW = 40  # characters before a bracket that are looked at
_MOST_WORDS = 6
_CAPITAL = 0.15  # for beginning where capitals begin
_AGREES = 0.4


def chinese_before(before: str, gloss: str, around: Surroundings) -> str:
    """The Chinese term right before a bracket that a foreign form in it glosses; "" if unclear.

    Args:
        before: The text before the bracket.
        gloss: The foreign form.
        around: What helps to tell.
    """
    before = before[-_WINDOW:].rstrip(" *")
    if quoted := _QUOTED.search(before):
        return quoted[1].strip(" *")
    found = _RUN.search(before)
    if not found or not re.search(f"[{HAN}]", found[0]):
        return ""
    run = found[0].lstrip()
    opened = found.start() > 0 and before[found.start() - 1] in _OPENED
    if opened and not any(sign.isascii() for sign in gloss):
        return run
    whole = found.start() > 0 or len(before) < _WINDOW
    return best_end(run, gloss, around, whole=whole)


def ends_chinese(before: str) -> bool:
    """Whether the words right before a bracket are Chinese, be it in part: 生成式 AI."""
    before = before[-_WINDOW:]
    if quoted := _QUOTED.search(before):
        return is_chinese(quoted[1])
    return _CHINESE_END.search(before) is not None


def latin_before(before: str, chinese: str, around: Surroundings) -> str:
    """The words right before a bracket that a Chinese form in it glosses; "" if unclear."""
    found = _LATIN_RUN.search(before)
    if not found:
        return ""
    run = found[0]
    signs = folded_by_sign(chinese)
    readings = around.lexicon.readings(set(signs))
    heard = [readings.get(sign, frozenset()) for sign in signs]
    starts = [word.start() for word in re.finditer(r"\S+", run)][-_MOST_WORDS:]
    scored = []
    for start in starts:
        phrase = run[start:]
        if not words(phrase.split()[0]):
            continue  # of, the
        agrees = max(covered(phrase, signs, around.lexicon), likeness(heard, phrase))
        earlier = run[:start].split()
        capital = phrase[0].isupper() and not (earlier and earlier[-1][0].isupper())
        scored.append((agrees + (_CAPITAL if capital else 0.0), start))
    score, start = max(scored, default=(0.0, 0))
    return run[start:] if score >= _AGREES else ""
