"""Who does what in a sentence: its statements, each a party, an act of it, and what that is about.

Nothing is parsed: a statement is a clause with a verb of `data/acts.toml`. Before the verb stands
who acts, unless a word for the passive or a preposition says otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from index.text.characters import contains_han
from index.text.dictionary import Dictionary
from index.text.script_variants import match_either_script
from rag.written.content import Content, read_content

_SENTENCE = re.compile(r"(?:[^。.！!？?\n]|\.(?!\s|$))+")
_BETWEEN_CLAUSES = re.compile(
    r"[，；：,;:()（）]|\b(?:but|while|whereas|although|though|and|yet|because)\b|因为|因為",
    re.IGNORECASE,
)
_PASSIVE_ZH = re.compile(
    match_either_script(
        "(?:被|遭到?|(?<![接承感享忍])受到?|(?<![认成作因以称视])为|(?<![理自经])由(?!于))([^被遭受]{0,20})$"
    )
)
_BEFORE_OBJECT_ZH = re.compile(
    match_either_script("(?:(?<![反面针绝相])对|(?<![方倾一走])向|把|将|给|跟|与)(.{1,20})$")
)
_PASSIVE_EN = re.compile(
    r"(?:^|\s)(?:was|were|is|are|been|being|be)(?:\s(?:not|also|later|then|once|never|\w+ly))*\s*$",
    re.IGNORECASE,
)
_AGENT = re.compile(
    r"\bby\s+(.+?)(?=\s(?:of|for|with|to|in|on|over|that|as|because|when|from|at)\b|$)",
    re.IGNORECASE,
)
_OBJECT_RELATIVE = re.compile(r"^(.*?)\b(?:whom|which|that)\s+(.+)$", re.IGNORECASE)
_AUXILIARY = re.compile(
    r"\b(?:may|might|can|could|will|would|shall|should|must|has|have|had|was|were|is|are|been|be|do|does|did"
    r"|also|then|later|soon|not|never|always|already|once|only|alone|\w+ly)\b|\s+",
    re.IGNORECASE,
)
_OF_SOME = re.compile(r"^(?:of|among|in|with|from)\b", re.IGNORECASE)  # of those inspected
_CLEFT = re.compile(r"^it (?:was|is) (.+) (?:who|that)$", re.IGNORECASE)
_MODAL_ZH = re.compile(
    match_either_script(
        "(?:[则却也亦并仍已曾将可会就才都便均还又不未只所能应]|可[以能]|才能|只有|当时|随后|后来)+$"
    )
)
_RELATIVE = re.compile(r"\s*(?:who|whom|which)\b", re.IGNORECASE)
_BEFORE_NOUN = re.compile(
    r"(?:^|\s)(?:the|an?|his|her|its|their|our|this|no|any|of|in|on|for|by|with|from|\S+['’]s?)\s$",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    r"^(?:(?:he|she|it|they|this|that|these|those|the (?:former|latter|other))\b"
    r"|[他她它](?!的)|其(?=[后後中]|$)|[此這这該该]|[前後后]者|[對对]方)",
    re.IGNORECASE,
)
_SIBILANTS = ("s", "sh", "ch", "x")
_NO_NOUN_BEFORE, _NO_NOUN_AFTER = "(?<![的之该此项份种])", "(?![者人书案权率的之])"


@dataclass(frozen=True, eq=False, slots=True)
class Statement:
    """What a party does, or is said to do.

    Attributes:
        text: The clause.
        act: What the verb means: a table of `data/acts.toml`.
        has_one_party: Whether what the act is about is no party.
        agent: Who acts; None where that is not said.
        patient: Whom it is done to, where the voice says so; else None.
        content: All that is said beside the agent.
    """

    text: str
    act: str
    has_one_party: bool
    agent: Content | None
    patient: Content | None
    content: Content


class _Verb(NamedTuple):
    act: str
    start: int
    end: int
    is_participle: bool


class _Parts(NamedTuple):
    """Parts of a clause, "" where the clause does not name them.

    Attributes:
        agent: Who acts; None where a passive does not say.
        patient: Whom it is done to; None where the voice does not say.
        rest: What follows.
    """

    agent: str | None
    patient: str | None
    rest: str


@lru_cache(maxsize=1_024)
def list_statements(text: str, dictionary: Dictionary) -> tuple[Statement, ...]:
    """Return the statements of a text, in order.

    A clause without a party goes on with that of the clause before it.

    Args:
        text: A sentence, or several.
        dictionary: CC-CEDICT.
    """
    return tuple(
        statement
        for sentence in _SENTENCE.findall(text)
        for statement in _read_sentence(_BETWEEN_CLAUSES.split(sentence), dictionary)
    )


def _read_sentence(clauses: Sequence[str], dictionary: Dictionary) -> Iterator[Statement]:
    party: str | None = None
    previous = ""  # what follows the verb before
    waiting = ""  # clauses without a verb of the table: a time, or a party with an apposition
    for clause in clauses:
        verb = _find_verb(clause)
        if verb is None:
            waiting = f"{waiting} {clause}".strip()
            continue
        agent, patient, rest = _split_clause(clause, verb)
        is_relative = _RELATIVE.match(clause) is not None
        before = waiting or party
        if patient == "":
            patient = waiting or previous if is_relative else before
        elif patient is None and (is_relative or agent == ""):
            agent = before
        if not is_relative:
            party, waiting, previous = patient or agent, "", rest
        yield Statement(
            clause.strip(),
            verb.act,
            verb.act in load_acts().with_one_party,
            _read_party(agent, dictionary),
            _read_party(patient, dictionary),
            read_content(f"{patient or ''} {rest}", dictionary),
        )


def _read_party(words: str | None, dictionary: Dictionary) -> Content | None:
    if not words or _PRONOUN.match(words):
        return None
    content = read_content(_MODAL_ZH.sub("", _AUXILIARY.sub(" ", words)), dictionary)
    return content if content.words else None


def _find_verb(clause: str) -> _Verb | None:
    """Return the first verb of a clause."""
    is_chinese = contains_han(clause)
    acts = load_acts()
    for match in (acts.chinese if is_chinese else acts.english).finditer(clause):
        if not is_chinese and _BEFORE_NOUN.search(clause[: match.start()]):
            continue
        act, _, form = (match.lastgroup or "").partition("__")
        return _Verb(act, match.start(), match.end(), form == "participle")
    return None


def _split_clause(clause: str, verb: _Verb) -> _Parts:
    before, after = _CLEFT.sub(r"\1", clause[: verb.start].strip()), clause[verb.end :].strip()
    if contains_han(clause):
        return _split_chinese(before, after)
    relative = _OBJECT_RELATIVE.match(before)
    if relative and _AUXILIARY.sub("", relative[2]):
        return _Parts(relative[2], relative[1].strip(), after)
    if verb.is_participle and not after and _OF_SOME.match(before):
        return _Parts(None, None, after)
    agent = _AGENT.search(after)
    passive = _PASSIVE_EN.search(before) if verb.is_participle else None
    if passive or (verb.is_participle and agent and not agent.start()):
        patient = before[: passive.start()] if passive else before
        rest = after.replace(agent[0], " ") if agent else after
        return _Parts(agent[1] if agent else None, patient, rest)
    return _Parts(before, None, after)


def _split_chinese(before: str, after: str) -> _Parts:
    if passive := _PASSIVE_ZH.search(before):
        return _Parts(passive[1].rstrip("所") or None, before[: passive.start()], after)
    if moved := _BEFORE_OBJECT_ZH.search(before):
        return _Parts(before[: moved.start()], None, moved[1] + after)
    return _Parts(before, None, after)


class Acts(NamedTuple):
    """What parties do.

    Attributes:
        chinese: The verbs, in groups that are named by the act.
        english: The same; the groups of participles have an ending.
        with_one_party: The acts that have one party.
    """

    chinese: re.Pattern[str]
    english: re.Pattern[str]
    with_one_party: frozenset[str]


@cache
def load_acts() -> Acts:
    """Return the acts."""
    import tomllib  # takes 15 ms to import

    path = Path(__file__).with_name("data") / "acts.toml"
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    chinese = "|".join(f"(?P<{act}>{'|'.join(table['zh'])})" for act, table in tables.items())
    english = "|".join(_join_forms(act, table["en"]) for act, table in tables.items())
    return Acts(
        re.compile(match_either_script(f"{_NO_NOUN_BEFORE}(?:{chinese}){_NO_NOUN_AFTER}")),
        re.compile(rf"\b(?:{english})\b", re.IGNORECASE),
        frozenset(act for act, table in tables.items() if table.get("has_one_party")),
    )


def _join_forms(act: str, verbs: Sequence[str]) -> str:
    """Return the forms of verbs as two groups: of these the second has the participles."""
    finite: list[str] = []
    participles: list[str] = []
    for verb in verbs:
        base, *forms = verb.split("/")
        past, participle = forms or [_add_ending(base, "ed")] * 2
        finite += [base, _add_ending(base, "es" if base.endswith(_SIBILANTS) else "s"), past]
        participles.append(participle)
    return f"(?P<{act}__participle>{'|'.join(participles)})|(?P<{act}>{'|'.join(finite)})"


def _add_ending(base: str, ending: str) -> str:
    if base.endswith("y") and base[-2] not in "aeou":
        return f"{base[:-1]}i{ending if ending == 'ed' else 'es'}"
    return base + ending[1:] if base.endswith("e") and ending == "ed" else base + ending
