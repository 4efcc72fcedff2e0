"""The words of a report, in both languages."""

from __future__ import annotations

from index.messages import Message

TABLES: dict[str, tuple[Message, tuple[str, ...]]] = {
    "ranking": (
        Message("The right text", "正確的段落"),
        ("recall@1", "recall@3", "recall@5", "recall@10", "mrr@10", "ndcg@10"),
    ),
    "answer": (
        Message("The answer and its notes; not in the library", "答案與註；館藏中沒有的"),
        ("sentence", "notes recall", "notes precision", "auroc", "refused", "wrongly refused"),
    ),
    "cost": (
        Message("Time and length", "時間與長度"),
        ("p50 ms", "p95 ms", "characters", "with notes"),
    ),
}
"""The figures, a table each for what belongs together."""

METRICS: dict[str, Message] = {
    "recall@1": Message("recall@1", "召回@1"),
    "recall@3": Message("recall@3", "召回@3"),
    "recall@5": Message("recall@5", "召回@5"),
    "recall@10": Message("recall@10", "召回@10"),
    "mrr@10": Message("MRR@10", "MRR@10"),
    "ndcg@10": Message("nDCG@10", "nDCG@10"),
    "sentence": Message("sentence right", "標句正確"),
    "notes recall": Message("notes recall", "註召回"),
    "notes precision": Message("notes precision", "註精確"),
    "auroc": Message("AUROC", "AUROC"),
    "refused": Message("refused", "正確拒答"),
    "wrongly refused": Message("wrongly refused", "錯誤拒答"),
    "p50 ms": Message("p50, ms", "p50（毫秒）"),
    "p95 ms": Message("p95, ms", "p95（毫秒）"),
    "characters": Message("characters", "字元數"),
    "with notes": Message("with notes", "連同註"),
}

GROUPS: dict[str, Message] = {
    "all": Message("all", "全部"),
    "en": Message("English", "英文"),
    "zh-Hans": Message("simplified Chinese", "簡體中文"),
    "zh-Hant": Message("traditional Chinese", "繁體中文"),
    "fact": Message("fact", "事實"),
    "reason": Message("reason", "原因"),
    "comparison": Message("comparison", "比較"),
    "note": Message("in a note", "註中"),
    "source": Message("source", "出處"),
    "about": Message("about the publication", "關於刊物"),
    "follow-up": Message("follow-up", "追問"),
    "unanswerable": Message("unanswerable", "無答案"),
}

QUESTIONS = Message("questions", "題目")
COUNT = Message("n", "題數")
INTERVALS = Message(
    "95 % bootstrap intervals over questions in brackets.", "方括號內為以題目重抽的 95 % 信賴區間。"
)
DIFFERENCE_TITLE = Message(
    "{first} − {second}, question by question", "{first} − {second}，逐題相減"
)
METRIC = Message("figure", "指標")
DIFFERENCE = Message("difference", "差")
SIGNIFICANT = Message("interval without 0", "區間不含 0")
YES = Message("yes", "是")
NO = Message("no", "否")
MISSES = Message(
    "Right text not first (its rank), dev half: {names}.",
    "正確段落不在首位（其名次），dev 部分：{names}。",
)
NONE = Message("none", "無")
AND_MORE = Message("and {count} more", "另有 {count} 題")
METADATA_LINE = Message(
    "{questions} questions ({split}); model {model}; {passages} passages; Tongzhu {version}.",
    "{questions} 題（{split}）；模型 {model}；{passages} 個段落；同註 {version}。",
)
ALL_SPLITS = Message("all halves", "全部")
