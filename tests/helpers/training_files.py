"""A few questions in the files that training reads."""

from __future__ import annotations

import json
from pathlib import Path

from tests.helpers.squad_file import CHINESE, ENGLISH, squad_file

HARBOUR = [
    {
        "id": f"H{article}-{part}",
        "lang": "zh-Hant",
        "source": "invented",
        "title": f"港口史 {article}",
        "heading": "二、整治",
        "sentences": [
            f"港口在一九二{article}年{part}月整治。",
            "費用由鹽商負擔。",
            "次年船隻倍增。",
        ],
        "notes": {"1": "見《港務年報》。整治用了三艘船。"},
    }
    for article in range(3)
    for part in range(1)
]
QUESTIONS = [
    {
        "passage": passage["id"],
        "question": question,
        "language": "en",
        "answers": answers,
        "type": "who",
        "near": near,
        "pair": pair,
        "change": "object" if pair and not answers else "",
    }
    for passage in HARBOUR
    for question, answers, near, pair in (
        ("Who paid for deepening the port?", [1], [], 0),
        ("How many vessels deepened it?", ["n1"], [], 1),
        ("How many labourers deepened it?", [], [1], 1),
        ("Who opposed deepening the port?", [], [1], 0),
    )
]
CLAIMS = [
    {
        "passage": passage["id"],
        "language": "en",
        "cites": cites,
        "claim": claim,
        "label": label,
        "pair": 10 * number + pair,
        "change": "" if label == "supported" else "actor",
    }
    for number, passage in enumerate(HARBOUR)
    for pair, label, claim, cites in (
        (0, "not", "The province paid for deepening the port in 1925.", [0, 1]),
        (0, "supported", "Salt merchants paid for deepening the port in 1925.", [0, 1]),
        (1, "supported", "Three vessels deepened the port.", ["n1"]),
        (2, "partly", "Ships doubled, and so did the price of salt.", [2]),
    )
]


def write_training_files(folder: Path) -> tuple[Path, Path]:
    """Write written questions with claims, and SQuAD files; return the folder of each.

    Args:
        folder: Where both folders are made.
    """
    for own in (written := folder / "written", squad := folder / "squad"):
        own.mkdir()
    for name, rows in (("passages", HARBOUR), ("questions", QUESTIONS), ("claims", CLAIMS)):
        (written / f"{name}.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    for name, paragraphs in (("cmrc", CHINESE), ("drcd", CHINESE), ("xquad.zh", CHINESE)):
        squad_file(squad / f"{name}.dev.json", *paragraphs)
    squad_file(squad / "xquad.en.dev.json", *ENGLISH)
    return written, squad
