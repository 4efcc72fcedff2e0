"""Small files in SQuAD's form."""

from __future__ import annotations

import json
from pathlib import Path


def squad_file(file: Path, *paragraphs: tuple[str, str, str, str]) -> Path:
    """A SQuAD file of one article: (context, id, question, answer) for each paragraph."""
    data = [
        {
            "title": "T",
            "paragraphs": [
                {
                    "context": context,
                    "qas": [
                        {
                            "id": name,
                            "question": question,
                            "answers": [{"text": answer, "answer_start": context.index(answer)}],
                        }
                    ],
                }
                for context, name, question, answer in paragraphs
            ],
        }
    ]
    file.write_text(json.dumps({"data": data}, ensure_ascii=False), encoding="utf-8")
    return file


ENGLISH = (
    ("The old bridge is 312 metres long.", "a", "How long is the bridge?", "312 metres"),
    ("Seven ferries cross the bay each day.", "b", "How many ferries cross?", "Seven"),
)
CHINESE = (
    ("舊橋全長三百一十二公尺。", "a", "橋有多長？", "三百一十二公尺"),
    ("每天有七艘渡輪往返海灣。", "b", "有幾艘渡輪？", "七艘"),
)
