"""The words of `tongzhu glossary`, in both languages."""

from __future__ import annotations

from index.messages import Message

GLOSSARY = Message(
    "Show what stands for what in either language, by the publications and by a file of your own.",
    "列出中英對照與縮寫：刊物所載，以及自訂的詞彙。",
)
HELP_WORDS = Message(
    "Words to look up; with --remove, those of your own to remove.",
    "要查詢的字詞；與 --remove 並用時，為要移除的自訂詞彙。",
)
HELP_ADD = Message(
    "Add a file: on each line term = other form; another, or cells parted by tabs.",
    "加入檔案：每行寫成「詞 = 另一寫法; 又一寫法」，或以定位字元分隔。",
)
HELP_REMOVE = Message(
    "Remove what you added: the entries with one of the words, or all.",
    "移除自訂的詞彙：含所列字詞者，未列則全部移除。",
)

GLOSS_TERM = Message("Term", "詞")
GLOSS_OTHER_FORMS = Message("Also", "又作")
GLOSS_SOURCE = Message("Where", "出處")
LINE_NUMBER = Message("line {line}", "第 {line} 行")
USER_GLOSSARY = Message("your glossary", "自訂詞彙")
GLOSSARY_EMPTY = Message("The library has no glossary yet.", "館藏尚無詞彙表。")
NOT_IN_GLOSSARY = Message("The glossary does not have {words}.", "詞彙表中沒有 {words}。")
GLOSSES_ADDED = Message(
    "{added} added to your glossary, {same} were there already.",
    "自訂詞彙新增 {added} 條，另有 {same} 條原已存在。",
)
GLOSSES_REMOVED = Message("{removed} removed from your glossary.", "自訂詞彙移除 {removed} 條。")
NOT_IN_USER_GLOSSARY = Message(
    "Your glossary does not have {word}; what publications say themselves cannot be removed.",
    "自訂詞彙中沒有 {word}；刊物本身所載的詞彙無法移除。",
)
GLOSSARY_UNCHANGED = Message(
    "Nothing was added; mend these lines and try again.", "未新增任何詞彙；請修正上述各行後重試。"
)
ADD_OR_REMOVE = Message(
    "--add and --remove are two steps: give one of them.", "--add 與 --remove 請分兩次執行。"
)
ADD_TAKES_NO_WORDS = Message(
    "--add takes a file only; look words up without it.", "--add 只接檔案；查詢字詞時請勿加上。"
)
