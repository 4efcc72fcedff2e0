"""Every word on screen, in both languages; `Noun` counts.

A few words that belong to a citation, whatever shows it, live in `rag.render.labels`.
"""

from __future__ import annotations

from dataclasses import dataclass

from index.messages import Language, Message
from rag.render.labels import NEAREST_PASSAGES, NOT_FOUND, NOTE, PAGE, RESOLVES_TO

__all__ = [
    "NEAREST_PASSAGES",
    "NOTE",
    "NOT_FOUND",
    "PAGE",
    "RESOLVES_TO",
    "Noun",
]


@dataclass(frozen=True, slots=True)
class Noun:
    """A thing that is counted."""

    singular: str
    plural: str
    zh: str

    def format_count(self, number: int, language: Language) -> str:
        """How many there are of it: 1 note, 76 notes, 76 則註."""
        if language == "zh":
            return f"{number:,} {self.zh}"
        return f"{number:,} {self.singular if number == 1 else self.plural}"


PUBLICATIONS = Noun("publication", "publications", "種刊物")
ARTICLES = Noun("article", "articles", "篇文章")
SECTIONS = Noun("section", "sections", "節")
PASSAGES = Noun("passage", "passages", "個段落")
NOTES = Noun("note", "notes", "則註")
MARKS = Noun("mark", "marks", "個註號")
PIECES = Noun("piece", "pieces", "處")


# The command line: what it is, what the commands do
PROGRAM_DESCRIPTION = Message(
    "Ask footnoted publications in Chinese or English; "
    "get the passage and the footnotes it rests on.",
    "以中文或英文向附註刊物提問，得到原文段落與其所依據的註腳。",
)
USAGE = Message("Usage", "用法")
COMMANDS = Message("Commands", "指令")
ARGUMENTS = Message("Arguments", "引數")
OPTIONS = Message("Options", "選項")
EXAMPLE = Message("Example", "範例")
COMMAND_PLACEHOLDER = Message("COMMAND", "指令")
OPTIONS_PLACEHOLDER = Message("[OPTIONS]", "[選項]")
HELP_OF_COMMAND = Message(
    "tongzhu COMMAND --help explains a command.", "tongzhu 指令 --help 說明各指令。"
)

HELP_HELP = Message("Show this and stop.", "顯示說明後結束。")
HELP_VERSION = Message("Show the version and stop.", "顯示版本後結束。")
HELP_LANG = Message(
    "Language of the messages, zh or en; by default that of the locale (TONGZHU_LANG).",
    "訊息的語言：zh 或 en；預設依語系設定（TONGZHU_LANG）。",
)
HELP_DEBUG = Message(
    "Show the traceback of an unforeseen error.", "發生未預期的錯誤時顯示追蹤內容。"
)
HELP_LIBRARY = Message(
    "Folder of the library; by default one in your data folder (TONGZHU_LIBRARY).",
    "館藏的資料夾；預設在使用者的資料夾內（TONGZHU_LIBRARY）。",
)
HELP_MODEL = Message(
    "Model of a new library (sentence-transformers), by name or path; else the bundled one.",
    "新館藏所用的 sentence-transformers 模型名稱或路徑；預設為隨附的模型。",
)
HELP_JSON = Message("Print JSON, for programs.", "輸出 JSON，供程式使用。")
HELP_EXPLAIN = Message(
    "Say too why each passage was found, and what the confidence is made of.",
    "一併說明每個段落為何被找到，以及可信度的由來。",
)
HELP_K = Message("How many passages at most.", "最多列出幾個段落。")
HELP_FILES = Message("Files to read.", "要讀取的檔案。")
HELP_PATHS = Message("Files, or folders with files in them.", "檔案，或內有檔案的資料夾。")
HELP_IDS = Message(
    "Publications, by id (see tongzhu list) or by the file they were read from.",
    "刊物的識別碼（見 tongzhu list），或其來源檔案。",
)
HELP_QUESTION = Message("The question, in Chinese or English.", "問題，中文或英文。")
HELP_HOST = Message("Address to listen at.", "監聽的位址。")
HELP_UPLOADS = Message(
    "Let visitors add and remove publications; by default only on this machine.",
    "允許使用者加入與移除刊物；預設僅限本機。",
)
HELP_AUTH = Message(
    "Ask for a password: that of TONGZHU_PASSWORD, else one typed here.",
    "要求密碼：取自 TONGZHU_PASSWORD，否則於此輸入。",
)
HELP_AUTH_FILE = Message("Ask for the password that stands in this file.", "要求此檔案中的密碼。")
HELP_PORT = Message("Port to listen at.", "監聽的連接埠。")
HELP_HTTP = Message(
    "Serve over HTTP, at /mcp, instead of stdin and stdout.",
    "改以 HTTP 於 /mcp 提供服務，而非標準輸入輸出。",
)
HELP_KEY = Message(
    "API key that clients must send; may be repeated (TONGZHU_API_KEYS).",
    "用戶端須傳送的 API 金鑰；可重複指定（TONGZHU_API_KEYS）。",
)
HELP_KEY_FILE = Message("File of API keys, one to a line.", "API 金鑰的檔案，每行一個。")
HELP_HOSTS = Message(
    "Name that the server answers to, beside those of this machine; may be repeated.",
    "除本機名稱外，伺服器所回應的名稱；可重複指定。",
)
HELP_ORIGINS = Message(
    "Origin of web pages that may ask from a browser; may be repeated.",
    "可從瀏覽器提問的網頁來源；可重複指定。",
)
HELP_RATE = Message(
    "Requests a minute from one client, 0 for any; "
    "by default 600 where others than this machine reach the server.",
    "每個用戶端每分鐘的請求數，0 為不限；本機以外可連線時預設為 600。",
)
HELP_SECONDS = Message("Seconds that a request may take.", "每個請求可用的秒數。")
HELP_ANSWERS = Message("Answers to keep in memory.", "保留在記憶體中的答案數。")

INSPECT = Message(
    "Show how a file is read: its outline, what was repaired, what was set aside.",
    "顯示檔案的讀取結果：大綱、修復之處、擱置的內容。",
)
INDEX = Message(
    "Put publications into the library, or update them.", "將刊物編入館藏，或更新既有的刊物。"
)
REMOVE = Message("Take publications out of the library.", "將刊物移出館藏。")
LIST = Message("List the publications of the library.", "列出館藏中的刊物。")
ASK = Message("Answer a question with cited passages.", "以附有出處的原文段落回答問題。")
CHAT = Message("Serve the chat page.", "啟動問答網頁。")
SERVE = Message(
    "Serve the library to programs over HTTP, and to OpenAI's clients.",
    "以 HTTP 將館藏提供給程式，並相容於 OpenAI 的用戶端。",
)
MCP = Message(
    "Serve the library to an agent (MCP), over stdin and stdout or over HTTP.",
    "將館藏提供給代理程式（MCP），經由標準輸入輸出或 HTTP。",
)

EVAL = Message(
    "Measure retrieval with a question set: figures with intervals, and a report.",
    "以題組衡量檢索效果：列出指標與信賴區間，並可寫成報告。",
)
HELP_SET = Message(
    "Question set: a JSON Lines or SQuAD file, or sample, or fortnightly-87.",
    "題組：JSON Lines 或 SQuAD 檔案，或 sample、fortnightly-87。",
)
HELP_PARAGRAPHS = Message(
    "SQuAD file whose paragraphs are to be found, with the same question ids.",
    "要尋找其段落的 SQuAD 檔案，題目編號須相同。",
)
HELP_SPLIT = Message(
    "Which questions: dev (for tuning), test (for reporting) or all.",
    "要問的題目：dev（供調整）、test（僅供報告）或 all（全部）。",
)
HELP_BASELINES = Message(
    "Systems to compare with, parted by commas: langchain, llamaindex, bm25, vectors; or all.",
    "要比較的系統，以逗號分隔：langchain、llamaindex、bm25、vectors；或 all（全部）。",
)
HELP_AGAINST = Message(
    "Another library, or the folder of an earlier report, to compare with.",
    "要比較的另一個館藏，或先前報告的資料夾。",
)
HELP_REPORT = Message(
    "Folder to write the report into: Markdown, JSON, plots.",
    "報告的資料夾：Markdown、JSON 與圖表。",
)

# The command line: usage
UNKNOWN_COMMAND = Message("There is no command “{name}”.", "沒有「{name}」這個指令。")
UNKNOWN_OPTION = Message("There is no option {name}.", "沒有 {name} 這個選項。")
MISSING_PARAMETER = Message("{name} is missing.", "缺少 {name}。")
INVALID_NUMBER = Message(
    "{name} wants a whole number from {low} to {high}.", "{name} 須為 {low} 到 {high} 的整數。"
)
INVALID_LANGUAGE = Message("--lang wants zh or en.", "--lang 須為 zh 或 en。")
EXTRA_ARGUMENTS = Message("“{words}” is too much.", "「{words}」是多餘的。")
BAD_USAGE = Message("This cannot be understood: {reason}", "無法理解這個指令：{reason}")
DID_YOU_MEAN = Message("Did you mean {names}?", "您是指 {names} 嗎？")
SEE_HELP = Message("See {command} --help.", "請見 {command} --help。")
ERROR = Message("Error", "錯誤")
STOPPED = Message("Stopped.", "已中止。")
UNEXPECTED_ERROR = Message(
    "Something unforeseen went wrong ({error}). "
    "Run it again with --debug and report what it shows.",
    "發生未預期的錯誤（{error}）。請加上 --debug 再執行一次，並回報其內容。",
)

LABELLED = Message("{label}: {value}", "{label}：{value}")

# inspect
ID = Message("id", "識別碼")
DATE = Message("date", "日期")
PUBLISHER = Message("publisher", "出版者")
FILE = Message("file", "檔案")
TOPICS = Message("topics", "主題")
NO_AUTHOR = Message("no author given", "未載作者")
NO_TITLE = Message("(no title)", "（無題名）")
BEFORE_HEADINGS = Message("(before the first heading)", "（首個標題之前）")
READ_REPORT = Message("The reading", "讀取情形")
NOTHING_TO_REPORT = Message(
    "nothing to repair, everything has its place", "無須修復，全部內容皆有歸屬"
)
LINE = Message("line {line}", "第 {line} 行")
LINES = Message("lines {lines}", "第 {lines} 行")
SET_ASIDE = Message("Set aside", "擱置的內容")
CHARACTER_ACCOUNT = Message("Where every character went", "每個字的去處")
CHARACTER_TOTAL = Message("non-blank characters in the file", "檔案中的非空白字元")
MISSING_CHARACTERS = Message(
    "{number} of them are nowhere: please report this file", "有 {number} 個不知去向：請回報此檔案"
)
EXTRA_CHARACTERS = Message(
    "{number} too many were read: please report this file", "多讀了 {number} 個：請回報此檔案"
)
SET_ASIDE_REASONS: dict[str, Message] = {
    "cover": Message("cover", "封面"),
    "contents": Message("table of contents", "目錄"),
    "imprint": Message("imprint", "版權頁"),
    "label": Message("labels", "欄位名稱"),
    "markup": Message("markup", "格式符號"),
    "furniture": Message("running heads, page numbers", "頁眉與頁碼"),
}
CHARACTER_CATEGORIES: dict[str, Message] = {
    "metadata": Message("metadata", "書目資料"),
    "headings": Message("headings", "標題"),
    "paragraphs": Message("paragraphs", "內文"),
    "notes": Message("notes", "註"),
    "imprint": Message("imprint", "版權頁"),
    "marks": Message("note marks", "註號"),
    "set aside": Message("set aside", "擱置"),
}

# index, remove, list
READING_FILES = Message("Reading files", "讀取檔案")
ENCODING = Message("Encoding passages", "計算段落向量")
WRITING = Message("Writing the library", "寫入館藏")
PREPARING_MODEL = Message("Preparing the model (once)", "準備模型（僅此一次）")
RATE_PER_SECOND = Message("{rate}/s", "每秒 {rate}")
TIME_LEFT = Message("{time} left", "尚餘 {time}")
ADDED = Message("added", "新增")
REPLACED = Message("updated", "更新")
UNCHANGED = Message("unchanged", "未變動")
REMOVED = Message("removed", "移除")
NO_READABLE_FILES = Message(
    "No file to read in {path}: {kinds} can be read.",
    "{path} 中沒有可讀取的檔案：可讀取的格式為 {kinds}。",
)
NOT_IN_LIBRARY = Message(
    "{name} is not in the library; tongzhu list shows what is.",
    "館藏中沒有 {name}；請以 tongzhu list 查看。",
)
LIBRARY_PATH = Message("Library: {path}", "館藏：{path}")
LIBRARY_COUNTS = Message(
    "The library holds {publications}, {passages}.", "館藏現有{publications}、{passages}。"
)
LIBRARY_EMPTY = Message(
    "The library is empty. Put publications into it with: tongzhu index FILE",
    "館藏是空的。請以 tongzhu index 檔案 編入刊物。",
)
LIBRARY_UNCHANGED = Message("Stopped; the library is as it was.", "已中止；館藏維持原狀。")

# eval
ASKING_SYSTEM = Message("Asking {system}", "向 {system} 提問")
REPORT_PATH = Message("Report: {path}", "報告：{path}")

# ask and chat
BUILDING_SAMPLE = Message(
    "There is no library yet: building one of the bundled sample.",
    "尚無館藏：正以隨附的範例刊物建立。",
)
MIGRATING_LIBRARY = Message(
    "The library was made by an older version: bringing it up to date.",
    "館藏由較舊的版本建立：正在更新。",
)
SERVING_PAGE = Message(
    "Open {address} in a browser; Ctrl-C stops.", "請在瀏覽器開啟 {address}；按 Ctrl-C 結束。"
)
SERVING_API = Message(
    "Serving at {address}; Ctrl-C stops.", "於 {address} 提供服務；按 Ctrl-C 結束。"
)
PORT_TAKEN = Message(
    "Port {port} of {host} is taken; choose another with --port.",
    "{host} 的連接埠 {port} 已被佔用；請以 --port 另選一個。",
)
CANNOT_LISTEN = Message(
    "It is not possible to listen at {host}, port {port} ({reason}); choose another with --host or"
    " --port.",
    "無法在 {host} 的連接埠 {port} 監聽（{reason}）；請以 --host 或 --port 另選。",
)
PAGE_EXPOSED_READ = Message(
    "Anybody who reaches {host} can read this library; --auth asks them for a password.",
    "能連上 {host} 的人都能讀取此館藏；加上 --auth 可要求密碼。",
)
API_EXPOSED = Message(
    "Anybody who reaches {host} can read this library; --api-key-file asks them for a key.",
    "能連上 {host} 的人都能讀取此館藏；加上 --api-key-file 可要求金鑰。",
)
PAGE_EXPOSED_CHANGE = Message(
    "Anybody who reaches {host} can read and change this library; --auth asks them for a password.",
    "能連上 {host} 的人都能讀取並變更此館藏；加上 --auth 可要求密碼。",
)
PASSWORD_PROMPT = Message("Password of the page: ", "本頁的密碼：")
PASSWORD_CONFIRM = Message("Once more: ", "再次輸入：")
PASSWORD_MISMATCH = Message("The two passwords differ; start again.", "兩次密碼不同；請重新執行。")
PASSWORD_TOO_SHORT = Message(
    "The password is too short; it must have at least {number} characters.",
    "密碼過短；至少須有 {number} 個字元。",
)
PASSWORD_MISSING = Message(
    "There is no password: set TONGZHU_PASSWORD, or name a file with --auth-file.",
    "沒有密碼：請設定 TONGZHU_PASSWORD，或以 --auth-file 指定檔案。",
)
PASSWORD_FILE_UNUSABLE = Message(
    "{path} cannot be used ({reason}); check the file and its permissions.",
    "無法使用 {path}（{reason}）；請檢查檔案與權限。",
)
SESSION_KEY_TRUNCATED = Message(
    "{path} is cut short; delete it, and everybody signs in again.",
    "{path} 不完整；請刪除該檔，使用者需重新登入。",
)
