"""Every word of `tongzhu feedback` on screen, in both languages."""

from __future__ import annotations

from index.messages import Message

FEEDBACK = Message(
    "Show what visitors said of answers, and write it down as question sets.",
    "列出訪客對回答的意見，並可寫成題組。",
)
HELP_EXPORT = Message(
    "Folder to write question sets into: one for each publication, and the drafts.",
    "寫入題組的資料夾：每種刊物一個檔案，另有待補完的草稿。",
)
NO_FEEDBACK = Message(
    "Nobody has said anything of an answer yet; the chat page asks under each.",
    "尚無人對回答表示意見；問答網頁在每個回答下方都有詢問。",
)
VERDICT_LABELS: dict[str, Message] = {
    "right": Message("right", "正確"),
    "elsewhere": Message("another passage is right", "別的段落才對"),
    "wrong": Message("wrong", "不正確"),
}
EXPORT_HINT = Message(
    "As question sets: tongzhu feedback --export FOLDER",
    "寫成題組：tongzhu feedback --export 資料夾",
)
SET_WRITTEN = Message("{number} on {name}: {path}", "《{name}》的題組，{number}：{path}")
DRAFTS_WRITTEN = Message(
    "{number} to be finished by hand, each with what is missing: {path}",
    "{number} 題待人工補完，各附所缺內容：{path}",
)
DRAFT_LINE = Message("       {question} (missing: {missing})", "       {question}（缺：{missing}）")
EXPORT_EXISTS = Message(
    "{path} is there already; name another folder, or take the file away.",
    "{path} 已存在；請指定其他資料夾，或先移開該檔案。",
)
EXPORT_FAILED = Message(
    "{path} cannot be written ({reason}); name another folder.",
    "無法寫入 {path}（{reason}）；請指定其他資料夾。",
)
