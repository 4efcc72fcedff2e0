"""Tests of who does what in a written sentence, and of the statements that are compared for it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text.dictionary import load_dictionary
from rag.ranking.parameters import load_parameters
from rag.written.roles import find_exchanged_roles
from rag.written.statements import list_statements, load_acts

LIBRARY = "The librarian accused the binder of ruining the atlas; the binder replied that rats had."
MINE = "工頭被礦主控告偷煤，礦工卻替工頭作證。"
LOAN = "The abbey lent the town four hundred florins, which the town used to repair its mill."
FERRY = "船家要求調高票價，碼頭商人主張維持原價，縣長則建議由縣庫補貼。"
CHORUS = "The conductor praised the chorus, but the composer criticised the tempo."
TEMPLE = "The abbess, whom the bishop had appointed, refused to close the school."
RELAY = "郵差向站長檢舉車夫，站長後來解雇了車夫。"


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("The binder accused the librarian of ruining the atlas.", LIBRARY),
        ("The librarian was accused by the binder of ruining the atlas.", LIBRARY),
        ("律師指控記者說謊。", "The journalist accused the lawyer of lying."),
        ("礦主被工頭控告偷煤。", MINE),
        ("工頭控告礦主偷煤。", MINE),
        ("The foreman accused the mine owner of stealing coal.", MINE),
        ("The town lent the abbey four hundred florins.", LOAN),
        ("碼頭商人要求調高票價。", FERRY),
        ("船家主張維持原價。", FERRY),
        ("The wharf merchants asked for higher fares.", FERRY),
        ("The composer praised the chorus.", CHORUS),
        ("It was the composer who praised the chorus.", CHORUS),
        ("The bishop was appointed by the abbess.", TEMPLE),
        ("車夫檢舉郵差。", RELAY),
        ("車夫解雇了站長。", RELAY),
    ],
)
def test_exchanged_parties_are_found(text: str, cited: str) -> None:
    assert find_roles(text, cited) != []


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("The binder was accused by the librarian of ruining the atlas.", LIBRARY),
        ("Accused by the librarian, the binder blamed rats.", LIBRARY),
        ("圖書館員指控裝訂工毀了地圖集。", LIBRARY),
        ("裝訂工遭圖書館員指控毀損地圖集。", LIBRARY),
        ("礦主控告工頭偷煤。", MINE),
        ("The mine owner accused the foreman of stealing coal.", MINE),
        ("The town was lent four hundred florins by the abbey.", LOAN),
        ("The town, to which the abbey had lent the money, repaired its mill.", LOAN),
        ("碼頭商人主張票價不變，船家則要求調高。", FERRY),
        ("縣長建議用縣庫的錢補貼船家。", FERRY),
        ("The magistrate proposed a subsidy, and the merchants argued against any rise.", FERRY),
        ("The chorus was praised by the conductor.", CHORUS),
        ("The tempo was criticised by the composer, the chorus praised by the conductor.", CHORUS),
        ("The bishop appointed the abbess.", TEMPLE),
        ("She refused to close the school.", TEMPLE),
        ("車夫遭郵差檢舉，後被站長解雇。", RELAY),
        ("站長接獲檢舉後解雇車夫。", RELAY),
        ("They accused each other.", "The cook accused the baker, and the baker accused the cook."),
        ("麵包師指控廚師。", "The cook accused the baker, and the baker accused the cook."),
        (
            "Helen Marsh's committee wanted two reactors shut.",
            "The committee, which Dr Helen Marsh chaired, recommended closing two reactors.",
        ),
    ],
)
def test_the_same_parties_in_other_words_are_let_pass(text: str, cited: str) -> None:
    assert find_roles(text, cited) == []


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        ("工頭被礦主控告偷煤。", [("accuse", "矿主", "工头")]),
        ("由縣長主持。", [("make", "县长", "")]),
        ("The hall was built by nuns.", [("make", "nuns", "hall")]),
        ("The hall was built in 1820.", [("make", "", "hall")]),
        ("The dean, a rower, opposed it and left.", [("oppose", "dean rower", "")]),
        ("It was opposed, and the dean praised us.", [("oppose", "", ""), ("praise", "dean", "")]),
        ("The owner, whom the guild had sued, paid.",
         [("accuse", "guild", "owner"), ("give", "owner", "")]),
        ("He denied it.", [("deny", "", "")]),
        ("The report of the claim was lost.", []),
        ("檢舉人的主張", []),
    ],
)  # fmt: skip
def test_statements_have_parties(text: str, statements: list[tuple[str, str, str]]) -> None:
    parties = [
        (item.act, *(
            " ".join(word.text for word in party.words) if party else ""
            for party in (item.agent, item.patient)
        ))
        for item in list_statements(text, load_dictionary())
    ]  # fmt: skip
    assert parties == statements


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_is_compared(first: str, second: str) -> None:
    assert find_roles(first, first) == []
    find_roles(first, second)


def test_no_verb_is_empty() -> None:
    acts = load_acts()
    assert not acts.chinese.search("")
    assert not acts.english.search("")


def find_roles(text: str, cited: str) -> list[str]:
    thresholds = load_parameters().verification.roles
    return list(find_exchanged_roles(text, [cited], load_dictionary(), thresholds))
