"""The words, dates and numbers of headings of random publications."""

from __future__ import annotations

from datetime import date

# No numerals, no words that head, label or cite: what these would mean is not decidable.
HAN = (
    "山川風雲林海島橋燈塔鼓樓港灣潮汐茶園稻田書院廣場鐵道郵局"
    "礦坑鹽場船塢碼頭城牆渡口泉石松竹梅蘭菊荷"
)
SURNAMES = "溫石尤藍祝賀白葉戴龔"
GIVEN = "沛霖若嵐承謙知遠以安蘭汀"
WORDS = (
    "harbour lantern tide keeper bridge archive orchard ferry granite meadow timber village "
    "charter council ledger winter signal custom market voyage"
).split()
CAPITALS = ("Okell", "Thorley", "Ashgrove", "Brandvold", "Quayle", "Teague", "Marlowe", "Dunmore")
FIRST = ("Marian", "Agnes", "Lowell", "Edda", "Dorrit", "Barnaby", "Petra", "Owen")
FORMAL = "壹貳參肆伍陸柒捌玖拾"
COUNT = "一二三四五六七八九十"
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")

DATES = (
    ("2025 年 5 月 22 日", date(2025, 5, 22)),
    ("中華民國 114 年 5 月 22 日", date(2025, 5, 22)),
    ("民國114年5月22日", date(2025, 5, 22)),
    ("二○二五年五月二十二日", date(2025, 5, 22)),
    ("２０２５年５月２２日", date(2025, 5, 22)),
    ("2025/5/22", date(2025, 5, 22)),
    ("2025-05-22", date(2025, 5, 22)),
    ("May 22, 2025", date(2025, 5, 22)),
    ("22 May 2025", date(2025, 5, 22)),
    ("2025 年 5 月", None),
)
CHINESE_FORMS = (
    lambda number: f"{FORMAL[number - 1]}、",
    lambda number: f"{COUNT[number - 1]}、",
    lambda number: f"（{COUNT[number - 1]}）",
    lambda number: f"{number}. ",
    lambda number: f"（{number}）",
)
ENGLISH_FORMS = (
    lambda number: f"{ROMAN[number - 1]}. ",
    lambda number: f"{chr(ord('A') + number - 1)}. ",
    lambda number: f"{number}. ",
    lambda number: f"({number}) ",
    lambda number: f"({chr(ord('a') + number - 1)}) ",
)
