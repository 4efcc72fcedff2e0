"""The words of the library's panel about files that are put into it or taken out, and why not."""

from __future__ import annotations

from index.document import FindingKind
from index.messages import Message

# The panel
ADD = Message("Add publications", "加入刊物")
CHOOSE = Message("Choose files", "選擇檔案")
DROP = Message("or drop them here.", "或將檔案拖曳到這裡。")
WHAT_FILES = Message(
    "Plain text (.txt) or Markdown (.md, .markdown), up to {size} MB each.",
    "純文字（.txt）或 Markdown（.md、.markdown），每個檔案至多 {size} MB。",
)
REMOVE = Message("Remove", "移除")
REMOVE_NAMED = Message("Remove {name}", "移除 {name}")
REMOVE_TITLE = Message("Remove this publication?", "要移除這份刊物嗎？")
REMOVE_EXPLAINED = Message(
    "Its passages will not be found any more, by anybody who asks this library. "
    "The file that it was read from is not touched.",
    "所有使用者都將無法再查到其中的段落；原始檔案不受影響。",
)
KEEP = Message("Keep it", "保留")

# How far it is
SENDING = Message("Sending the files", "傳送檔案")
WAITING = Message(
    "Waiting: another change of the library comes first.", "等候中：館藏正進行另一項變更。"
)
PREPARING = Message("Preparing", "準備中")
READING = Message("Reading files", "讀取檔案")
ENCODING = Message("Encoding passages", "計算段落向量")
WRITING = Message("Writing the library", "寫入館藏")
PROGRESS_COUNT = Message("{done} of {total}", "共 {total} 項，已完成 {done} 項")
CANCEL = Message("Cancel", "取消")
CANCELLING = Message("Cancelling …", "正在取消……")
RUNS_IN_BACKGROUND = Message(
    "This goes on when you close the panel or leave the page.",
    "關閉側欄或離開本頁，作業仍會繼續。",
)

# What came of it
DISMISS = Message("Close this report", "關閉報告")
CHANGED = Message(
    "Done: questions are answered from the library as it is now.", "完成：館藏已更新，即刻可查。"
)
UNCHANGED = Message("Nothing was changed.", "館藏沒有變動。")
CANCELLED = Message("Cancelled; the library is as it was.", "已取消；館藏維持原狀。")
CANCELLED_LATE = Message(
    "It was too late to cancel: the library has been changed.", "來不及取消：館藏已更新。"
)
ADDED = Message("Added", "已加入")
REMOVED = Message("Removed", "已移除")
REFUSED = Message("Not added", "未加入")
NOT_DONE = Message("Not removed", "未移除")
FILES_READ = Message("Read so far", "已讀取")
CHECK = Message("To check", "請檢查")
REPAIRED = Message("Repaired", "已修復")
SET_ASIDE = Message("Set aside", "擱置的內容")
MORE = Message("and {number} more", "另有 {number} 項")
BALANCED = Message("Every character has its place.", "每個字皆有歸屬。")
MISSING = Message(
    "{number} characters of the file are nowhere: please report this file.",
    "檔案中有 {number} 個字不知去向：請回報此檔案。",
)

# Why not
NO_FILES = Message("No file came; choose at least one.", "沒有收到檔案；請至少選擇一個。")
TOO_MANY = Message(
    "That is too many files; send at most {number} at once.",
    "檔案過多；每次至多 {number} 個。",
)
TOO_LARGE = Message(
    "{file}: the file is too large; up to {size} MB can be added here. "
    "Split it into single publications.",
    "{file}：檔案過大，此處至多可加入 {size} MB。請拆成單一刊物。",
)
ALL_TOO_LARGE = Message(
    "Together the files are too large; send at most {size} MB at once.",
    "檔案合計過大；每次至多 {size} MB。",
)
WRONG_KIND = Message(
    "{file}: files of this kind cannot be read. "
    "These can: plain text (.txt), Markdown (.md, .markdown).",
    "{file}：無法讀取這種檔案。可讀取的有：純文字（.txt）、Markdown（.md、.markdown）。",
)
TOO_SLOW = Message(
    "{file}: reading it takes longer than {seconds} seconds; it was given up. "
    "Split it into single publications.",
    "{file}：讀取超過 {seconds} 秒，已放棄。請拆成單一刊物。",
)
TOO_MUCH_MEMORY = Message(
    "{file}: reading it takes more than {size} MB of memory; it was given up. "
    "Split it into single publications.",
    "{file}：讀取所需記憶體超過 {size} MB，已放棄。請拆成單一刊物。",
)
NOT_READABLE = Message(
    "{file}: this file cannot be read; please report it.", "{file}：無法讀取這個檔案；請回報。"
)
ALREADY_ADDED = Message(
    "{file}: the library holds this file already.", "{file}：館藏中已有這個檔案。"
)
DIFFERENT_CONTENT = Message(
    "{file}: the library holds “{name}” already, with other contents. "
    "Remove that one first, or give this one another title, number or date.",
    "{file}：館藏中已有「{name}」，內容卻不同。請先移除舊的，或更改這份的刊名、期數或日期。",
)
DUPLICATE_PUBLICATION = Message(
    "{file}: another of these files holds the same publication, with other contents. "
    "Keep one of the two.",
    "{file}：另一個檔案為同一刊物，內容卻不同。請只保留其中一份。",
)
PUBLICATION_GONE = Message(
    "This publication is not in the library any more.", "館藏中已沒有這份刊物。"
)
CHANGE_RUNNING = Message(
    "Your last change of the library is still being made; wait for it, or cancel it.",
    "您的前一項變更仍在進行；請等候完成，或將其取消。",
)
TOO_BUSY = Message(
    "Too many changes of the library are waiting; try again in a few minutes.",
    "等候中的館藏變更過多；請於數分鐘後再試。",
)
DISK_FULL = Message(
    "The server's disk is full; nothing was changed. Free some space and try again.",
    "伺服器磁碟空間不足；館藏維持原狀。請釋出空間後再試。",
)
NOT_ALLOWED = Message("The library cannot be changed from here.", "無法從此處變更館藏。")
CONNECTION_LOST = Message(
    "The connection broke; nothing was changed. Send the files again.",
    "連線中斷；館藏維持原狀。請重新傳送檔案。",
)
FAILED = Message(
    "The library could not be changed: something went wrong on the server. It is as it was. "
    "Try again, or look at the server's log.",
    "無法變更館藏：伺服器發生錯誤。館藏維持原狀。請再試一次，或查看伺服器的紀錄。",
)

STAGES: dict[str, Message] = {
    "waiting": WAITING,
    "preparing": PREPARING,
    "reading": READING,
    "encoding": ENCODING,
    "writing": WRITING,
}
REPAIRED_KINDS: frozenset[FindingKind] = frozenset({"joined", "loose-mark"})
"""Findings that need nobody's attention: what they tell of is mended."""
