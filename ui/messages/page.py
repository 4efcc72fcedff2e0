"""Every word on the page, in both languages; `ui.messages.cli` has those of the command line."""

from __future__ import annotations

from index.messages import Message
from rag.render.labels import NOT_FOUND, NOTE
from ui.messages.cli import Noun

__all__ = ["NOTE", "NOT_FOUND"]

QUESTIONS = Noun("question", "questions", "個問題")

# The frame
PAGE_TITLE = Message("Tongzhu — ask the library", "同註——向館藏提問")
PAGE_NAME = Message("Tongzhu", "同註")
SWITCH = Message("中文", "English")
LEDE = Message(
    "Ask in Chinese or English. "
    "Every answer is a passage as printed, with the footnotes it rests on.",
    "以中文或英文提問。每個回答都是原文段落，並附其所依據的註腳。",
)
NAMING = Message(
    "同註 (tóngzhù): “the same source as that note”, the ibid. of Chinese scholars.",
    "「同註」即出處與前註相同，猶如西文註腳中的 ibid。",
)
IN_THE_LIBRARY = Message("In this library", "館藏")
AND_MORE = Message("and {publications} more", "另有 {publications}")
TRY_ASKING = Message("For example", "試著問")
EXAMPLE_CONTENTS = Message(
    "Which articles are in {title} {number}?", "《{title}》{number}有哪些文章？"
)
EXAMPLE_QUESTION = Message("What is said about “{topic}”?", "關於「{topic}」，文中怎麼說？")
ASK_LABEL = Message("Your question", "您的問題")
ASK_PLACEHOLDER = Message("Ask the library", "向館藏提問")
ASK_BUTTON = Message("Ask", "提問")
SEARCHING = Message("Searching the library …", "正在查閱館藏……")
NOTES_AND_SOURCES = Message("Notes and sources", "註與出處")
NOTE_LINK = Message("Note {number}", "註 {number}")
NEAREST_FOLD = Message("The nearest passages", "最接近的段落")
NOT_FOUND_HINT = Message(
    "Other words, or the name of an article, may help.", "換個說法，或提及文章名稱，或許有幫助。"
)
EMPTY_LIBRARY = Message(
    "There is nothing in this library yet. In a terminal: tongzhu index FILE",
    "館藏中尚無刊物。請在終端機執行：tongzhu index 檔案",
)
EMPTY_SHELVES = Message("There is nothing in this library yet.", "館藏中尚無刊物。")
ADD_SOME = Message("Add publications", "加入刊物")
PAGE_ERROR = Message(
    "The question could not be answered: something went wrong on the server. "
    "Ask again, or look at the server's log.",
    "無法回答：伺服器發生錯誤。請再試一次，或查看伺服器的紀錄。",
)
CONVERSATION_DELETED = Message(
    "This conversation is not here any more; begin a new one. "
    "If this happens again, the browser refuses this page's cookie.",
    "這段對話已不存在；請開始新的對話。若一再發生，表示瀏覽器拒絕了本頁的 cookie。",
)
ANSWER_UNREADABLE = Message(
    "This answer was kept by another release and cannot be shown; ask again.",
    "這個回答由其他版本保存，無法顯示；請再問一次。",
)

# Conversations
NEW = Message("New", "新對話")
HISTORY = Message("History", "紀錄")
CONVERSATIONS = Message("Your conversations", "您的對話")
NO_CONVERSATIONS = Message(
    "Nothing has been asked yet. What you ask is kept here, for this browser alone.",
    "尚未提問。您的提問會保存在這裡，只有這個瀏覽器看得到。",
)
RENAME = Message("Rename", "改名")
NAME_LABEL = Message("Name of the conversation", "對話名稱")
SAVE = Message("Save", "儲存")
CANCEL = Message("Cancel", "取消")
DELETE = Message("Delete", "刪除")
CONFIRM_DELETE = Message("Delete it for good?", "確定永久刪除？")
SIGN_OUT = Message("Sign out", "登出")
PASSWORD = Message("Password", "密碼")
ENTER = Message("Enter", "進入")
PASSWORD_NEEDED = Message(
    "A password is needed; open the page in a browser, or sign in at /login.",
    "需要密碼；請以瀏覽器開啟本頁，或於 /login 登入。",
)
WRONG_PASSWORD = Message("That is not the password; try again.", "密碼不正確；請再試一次。")
TRY_LATER = Message(
    "Too many tries; try again in {seconds} seconds.", "嘗試次數過多；請於 {seconds} 秒後再試。"
)
CLOSE = Message("Close", "關閉")

# An answer
CERTAIN = Message("Very probably the answer.", "很可能就是答案。")
LIKELY = Message("Probably the answer.", "應該是答案。")
UNSURE = Message("Perhaps the answer: read the passage to be sure.", "或許是答案：請讀原文確認。")
ALL_SOURCES = Message("All sources of this answer", "這個回答的所有出處")
IT_CITES = Message("It cites:", "引用：")
COPY = Message("Copy", "複製")
COPY_TEXT = Message("Quotation", "引文")
COPY_FOOTNOTE = Message("Footnote", "註腳")
COPY_LIST = Message("Copy the list", "複製清單")
COPY_LINK = Message("Copy the address", "複製網址")
COPY_TEXT_LABEL = Message("Copy the quotation with its source", "複製引文與出處")
COPY_MARKDOWN_LABEL = Message(
    "Copy the quotation with its source as Markdown", "以 Markdown 複製引文與出處"
)
COPY_FOOTNOTE_LABEL = Message("Copy the source as a footnote", "複製為註腳")
COPIED = Message("Copied.", "已複製。")

# The reading pane
READ = Message("Read on in the article", "在文章中閱讀")
READING = Message("The article", "文章")
BACK_TO_PASSAGE = Message("To the passage", "回到段落")
NO_PASSAGE = Message(
    "This passage is not in the library any more; it may have been corrected or removed.",
    "館藏中已沒有這個段落；可能已更正或移除。",
)

# The library's panel, and what a question is limited to
LIBRARY = Message("Library", "館藏")
LIMIT_HINT = Message("Choose what to ask: nothing else is searched.", "點選以限定提問範圍。")
ARTICLES_FOLD = Message("Articles", "文章")
AUTHORS = Message("Authors", "作者")
TOPICS = Message("Topics", "主題")
DAYS = Message("Days", "日期")
SEARCH_LIBRARY = Message(
    "Find a publication, article, author or topic", "尋找刊物、文章、作者或主題"
)
LISTED_COUNT = Message("{shown} of {publications}", "{publications}，先列出 {shown} 種")
MORE = Message("More", "更多")
AND_OTHERS = Message(
    "and {number} others: look for them by name", "另有 {number} 個，可輸入名稱尋找"
)
ONLY_PUBLICATION = Message("In", "刊物")
ONLY_ARTICLE = Message("In the article", "文章")
ONLY_AUTHOR = Message("By", "作者")
ONLY_TOPIC = Message("On", "主題")
ONLY_AFTER = Message("From", "起")
ONLY_BEFORE = Message("Until", "迄")
UNLIMITED = Message("Do not limit to {name}", "取消限定：{name}")

# What could not be kept
NO_COOKIE = Message(
    "Nothing can be kept: the browser refuses this page's cookie. "
    "This conversation lasts until the page is closed or loaded again.",
    "無法保存：瀏覽器拒絕了本頁的 cookie。這段對話只保留到關閉或重新載入本頁為止。",
)
UNSAVED = Message(
    "{reason} This conversation lasts until the server is stopped.",
    "{reason}這段對話只保留到伺服器停止為止。",
)
DISK_FULL = Message(
    "Nothing can be kept: the server's disk is full.", "無法保存：伺服器的磁碟已滿。"
)
READ_ONLY = Message(
    "Nothing can be kept: the server may not write its data.", "無法保存：伺服器無法寫入資料。"
)
LOCKED = Message(
    "Nothing can be kept right now: another process holds the data. Try again in a moment.",
    "目前無法保存：資料正由另一個程序使用。請稍候再試。",
)
STORAGE_UNAVAILABLE = Message(
    "Nothing can be kept: the server's data cannot be used.", "無法保存：伺服器的資料無法使用。"
)

# What a visitor says of an answer
IS_IT_RIGHT = Message("Is this right?", "這樣對嗎？")
VERDICT_RIGHT = Message("Right", "正確")
VERDICT_ELSEWHERE = Message("Another passage", "別的段落")
VERDICT_WRONG = Message("Wrong", "不正確")
WHICH_PASSAGE = Message("Which passage is right?", "哪個段落才對？")
ABSENT = Message("The library does not have the answer.", "館藏中沒有答案。")
WHAT_IS_RIGHT = Message("What is right? (optional)", "正確的是什麼？（可不填）")
JUDGEMENT_SAVED = Message("Kept.", "已保存。")
JUDGEMENT_REMOVED = Message("Taken back.", "已收回。")
YOUR_FEEDBACK = Message("What you said of answers, as a question set", "您對回答的意見（題組）")
DOWNLOAD = Message("Download", "下載")
NEEDS_GOLD = Message(
    "where the answer stands: article, sections, answers, where",
    "答案所在：article、sections、answers、where",
)
NEEDS_ANSWER_TEXT = Message("the words that answer: answers, where", "答案的文字：answers、where")
NEEDS_UNLIMITED_SEARCH = Message(
    "whether all of the library lacks it: the question was limited to a part",
    "是否全部館藏皆無：提問時限定了範圍",
)
NEEDS_STANDALONE_QUESTION = Message(
    "a question that can be understood without the ones before it", "不靠前文即可理解的問題"
)
NEEDS_MATCHING_GOLD = Message(
    "gold that the library as it is now bears out: {fault}", "與目前館藏相符的答案：{fault}"
)
NEEDS_LIBRARY = Message("the library with the publication it is about", "含有所針對刊物的館藏")

# Why this passage
WHY = Message("Why this passage", "為何是這個段落")
AGAINST = Message("against it: {what}", "不利：{what}")
HOW_SURE = Message("How sure this is", "有多少把握")
RAISES = Message("What raises it: {what}.", "提高把握的因素：{what}。")
LOWERS = Message("What lowers it: {what}.", "降低把握的因素：{what}。")
